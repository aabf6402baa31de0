"use strict";
(() => {
  const PAGE = 48;
  const data = JSON.parse(document.getElementById("data").textContent);
  const key = "cmd-keras review " + document.body.dataset.key;
  const at = (id) => document.getElementById(id);
  const examples = data.examples;
  const classes = data.classes;
  let page = 0;
  let shown = examples;
  // Whether the browser keeps decisions for files; else they last as long as the page.
  let kept = true;
  let decisions = read();

  // Text only, wherever it comes from: names of classes and files are not trusted.
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // By file where there is one, else by number, as the commands name an example.
  function id(example) {
    return example.name === null ? "index " + example.index : "file " + example.name;
  }

  function read() {
    const decided = new Map();
    let found = {};
    try {
      found = JSON.parse(localStorage.getItem(key)) || {};
    } catch (error) {
      lose();
      return decided;
    }
    for (const example of examples) {
      const name = id(example);
      if (Object.hasOwn(found, name) && allowed(example, found[name])) decided.set(name, found[name]);
    }
    return decided;
  }

  function lose() {
    kept = false;
    at("unkept").hidden = false;
  }

  // The page may be open twice: what was decided there is not to be overwritten here.
  function reread() {
    if (kept) decisions = read();
  }

  function allowed(example, decision) {
    if (!decision) return false;
    if (decision.action === "keep") return true;
    if (decision.action === "remove") return example.part === "train";
    return decision.action === "relabel" && Number.isInteger(decision.label)
      && decision.label >= 0 && decision.label < classes.length && decision.label !== example.given;
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(decisions)));
    } catch (error) {
      lose();
    }
  }

  function decide(example, decision) {
    reread();
    if (decision === null) decisions.delete(id(example));
    else if (allowed(example, decision)) decisions.set(id(example), decision);
    keep();
    const card = at("cards").querySelector(`[data-place="${examples.indexOf(example)}"]`);
    if (card) mark(card, example);
    count();
  }

  function count() {
    at("decided").textContent = `${decisions.size.toLocaleString("en")} decided`;
    at("save").disabled = at("forget").disabled = decisions.size === 0;
  }

  function percent(p) {
    return p > 0 && p < 0.001 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`;
  }

  function look(example) {
    const box = element("div", "look");
    if (example.picture) {
      const image = element("img");
      image.loading = "lazy";
      image.decoding = "async";
      image.alt = "";
      image.src = example.picture;
      image.onload = () => image.classList.toggle("large", image.naturalWidth > 40);
      box.append(image);
    } else if (example.row) {
      const table = element("table", "row");
      for (const [column, cell] of example.row) {
        const line = element("tr");
        line.append(element("th", "", column), element("td", "", cell));
        table.append(line);
      }
      box.append(table);
    } else {
      box.append(element("span", "name", "no picture"));
    }
    return box;
  }

  function card(example) {
    const made = element("article", "card");
    made.tabIndex = 0;
    made.dataset.place = examples.indexOf(example);
    const names = element("p", "classes");
    for (const [said, label, p] of [
      ["given", example.given, example.p_given],
      ["probable", example.other, example.p_other],
    ]) {
      names.append(element("span", "", said), element("b", "", classes[label]), element("i", "", percent(p)));
    }
    const name = example.name === null ? `number ${example.index}` : example.name;
    const part = example.part === "test" ? " (test part)" : "";
    made.append(look(example), names, element("div", "name", name + part), ...badges(example), actions(example));
    made.setAttribute("aria-label", `${name}${part}: given ${classes[example.given]}, probably ${classes[example.other]}`);
    mark(made, example);
    return made;
  }

  function badges(example) {
    const said = [];
    if (example.near_duplicate) said.push(`nearly the same, with another label: ${example.near_duplicate}`);
    if (example.no_class) said.push(`perhaps of no class: ${example.no_class}`);
    return said.map((text) => element("p", "badge", text));
  }

  function actions(example) {
    const box = element("div", "actions");
    const button = (className, text, decision) => {
      const made = element("button", className, text);
      made.type = "button";
      made.onclick = () => decide(example, made.getAttribute("aria-pressed") === "true" ? null : decision);
      box.append(made);
      return made;
    };
    button("keep", "Keep", { action: "keep" });
    button("take", `Take ${classes[example.other]}`, { action: "relabel", label: example.other });
    const remove = button("remove", "Remove", { action: "remove" });
    if (example.part === "test") {
      remove.disabled = true;
      remove.title = "The test part stays the same examples.";
    }
    box.append(chooser(example));
    return box;
  }

  function chooser(example) {
    const select = element("select");
    select.setAttribute("aria-label", "choose a class");
    let before = "";
    let walks = false;
    const commit = () => {
      if (select.value === before) return;
      before = select.value;
      decide(example, before === "" ? null : { action: "relabel", label: Number(before) });
    };
    select.onpointerenter = () => whole(select, example);
    select.onpointerdown = () => {
      walks = false;
    };
    select.onfocus = () => {
      whole(select, example);
      before = select.value = decidedLabel(example);
    };
    select.onblur = () => {
      walks = false;
      commit();
      choice(select, example);
    };
    // Each key that walks through the classes changes it: only the one where that ends is meant.
    select.onchange = () => {
      if (!walks) commit();
    };
    const leave = (event) => {
      if (!["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      if (event.key === "Escape") select.value = before;
      select.closest(".card").focus();
    };
    select.onkeydown = (event) => {
      walks = true;
      leave(event);
    };
    // Of a key that closes the open list the page hears only that it is let go.
    select.onkeyup = leave;
    return select;
  }

  // A thousand classes on each card would take seconds: they are there once they are wanted.
  function whole(select, example) {
    if (select.dataset.whole) return;
    const value = select.value;
    offer(select, [...classes.keys()].filter((label) => label !== example.given));
    select.value = value;
    select.dataset.whole = "whole";
  }

  function offer(select, labels) {
    const options = labels.map((label) => new Option(classes[label], String(label)));
    select.replaceChildren(new Option("Choose …", ""), ...options);
  }

  function mark(made, example) {
    const decision = decisions.get(id(example));
    const action = decision ? decision.action : "";
    made.className = `card ${action}`;
    const takes = action === "relabel" && decision.label === example.other;
    made.querySelector("button.keep").setAttribute("aria-pressed", action === "keep");
    made.querySelector("button.take").setAttribute("aria-pressed", takes);
    made.querySelector("button.remove").setAttribute("aria-pressed", action === "remove");
    choice(made.querySelector("select"), example);
  }

  function decidedLabel(example) {
    const decision = decisions.get(id(example));
    return decision && decision.action === "relabel" ? String(decision.label) : "";
  }

  // The other class has a button of its own. While somebody walks through the list it stays
  // where they are, whatever a page that is open beside this one decides.
  function choice(select, example) {
    const label = decidedLabel(example);
    const value = label === String(example.other) ? "" : label;
    if (!select.dataset.whole) offer(select, value === "" ? [] : [Number(value)]);
    if (select !== document.activeElement) select.value = value;
    select.classList.toggle("chosen", value !== "");
  }

  function pairOf(example) {
    return `${example.given} ${example.other}`;
  }

  function filter() {
    const [pair, part, state] = ["pair", "part", "state"].map((name) => at(name).value);
    shown = examples.filter((example) =>
      (pair === "" || pairOf(example) === pair)
      && (part === "" || example.part === part)
      && (state === "all" || (["open", "decided"].includes(state)
        ? decisions.has(id(example)) === (state === "decided")
        : state in example)));
    page = 0;
    draw();
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const cards = shown.slice(page * PAGE, (page + 1) * PAGE).map(card);
    at("cards").replaceChildren(...(cards.length ? cards : [element("p", "empty", "No such example.")]));
    at("page").textContent = `page ${page + 1} of ${pages}`;
    at("before").disabled = page === 0;
    at("next").disabled = page === pages - 1;
  }

  function turn(by) {
    page += by;
    draw();
    window.scrollTo(0, 0);
    const first = at("cards").querySelector(".card");
    if (first) first.focus({ preventScroll: true });
  }

  function cell(text) {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function corrections() {
    const named = examples.some((example) => example.name !== null);
    // What tells whether the example of a name is still the same one.
    const keyed = examples.some((example) => example.key !== undefined);
    const lines = [[named ? "file" : "index", "given_name", "action", "label", ...(keyed ? ["key"] : [])]];
    for (const example of examples) {
      const decision = decisions.get(id(example));
      if (decision) {
        lines.push([
          named ? example.name : String(example.index),
          classes[example.given],
          decision.action,
          decision.action === "relabel" ? classes[decision.label] : "",
          ...(keyed ? [example.key] : []),
        ]);
      }
    }
    return lines.map((line) => line.map(cell).join(",") + "\n").join("");
  }

  function save() {
    if (decisions.size === 0) return;
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([corrections()], { type: "text/csv" }));
    link.download = "corrections.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function select(name, options) {
    at(name).replaceChildren(...options.map(([text, value]) => new Option(text, value)));
    at(name).onchange = filter;
  }

  function pairs() {
    const counts = new Map();
    for (const example of examples) {
      counts.set(pairOf(example), (counts.get(pairOf(example)) || 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([pair, times]) => [pairName(pair, times), pair]);
  }

  function pairName(pair, times) {
    const [given, other] = pair.split(" ").map(Number);
    return `${classes[given]} → ${classes[other]} (${times})`;
  }

  function choosePair(pair) {
    const list = at("pair");
    list.value = pair;
    if (list.selectedIndex < 0) {
      list.add(new Option(pairName(pair, 0), pair));
      list.value = pair;
    }
    filter();
  }

  function matrix() {
    if (data.matrix === null) return;
    at("matrix-box").hidden = false;
    const head = element("tr");
    head.append(element("th"), ...classes.map((name) => element("th", "", name)));
    at("matrix").append(head);
    data.matrix.forEach((values, truth) => {
      const line = element("tr");
      line.append(element("th", "", classes[truth]));
      values.forEach((value, given) => {
        const box = element("td");
        const button = element("button", "", value < 0.0005 ? "" : (100 * value).toFixed(1));
        button.type = "button";
        button.title = `${classes[truth]} labelled ${classes[given]}`;
        button.style.setProperty("background", `color-mix(in srgb, var(--accent) ${Math.round(70 * value)}%, transparent)`);
        button.onclick = () => choosePair(`${given} ${truth}`);
        button.disabled = truth === given;
        box.append(button);
        line.append(box);
      });
      at("matrix").append(line);
    });
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.tagName === "SELECT") return;
    const pressed = event.key.toLowerCase();
    if (pressed === "s") return save();
    if (pressed === "p" && page > 0) return turn(-1);
    if (pressed === "n" && !at("next").disabled) return turn(1);
    const cards = [...at("cards").querySelectorAll(".card")];
    const here = cards.indexOf(document.activeElement.closest(".card"));
    const step = { arrowright: 1, arrowleft: -1 }[pressed];
    if (step && cards.length) {
      event.preventDefault();
      return cards[here < 0 ? 0 : Math.min(Math.max(here + step, 0), cards.length - 1)].focus();
    }
    if (here < 0) return;
    const example = examples[cards[here].dataset.place];
    if (pressed === "k") decide(example, { action: "keep" });
    if (pressed === "t") decide(example, { action: "relabel", label: example.other });
    if (pressed === "r") decide(example, { action: "remove" });
    if (pressed === "u") decide(example, null);
    if (pressed === "c") {
      event.preventDefault();
      cards[here].querySelector("select").focus();
    }
  }

  at("title").textContent = data.title;
  at("note").textContent = data.note || "";
  at("note").hidden = !data.note;
  at("counts").textContent = Object.entries(data.parts).map(([part, said]) => {
    const there = examples.filter((example) => example.part === part).length;
    const name = part === "train" ? "training" : part;
    return `${said.suspected.toLocaleString("en")} of ${said.count.toLocaleString("en")} ${name} labels are suspected, `
      + `the ${there.toLocaleString("en")} most doubtful are here`;
  }).join("; ") + ".";
  select("pair", [["all", ""], ...pairs()]);
  select("part", [["all", ""], ...Object.keys(data.parts).map((part) => [part === "train" ? "training" : part, part])]);
  at("state").onchange = filter;
  at("before").onclick = () => turn(-1);
  at("next").onclick = () => turn(1);
  at("save").onclick = save;
  at("forget").onclick = () => {
    if (!confirm(`Forget ${decisions.size} decisions?`)) return;
    decisions = new Map();
    keep();
    count();
    filter();
  };
  document.addEventListener("keydown", keys);
  window.addEventListener("storage", () => {
    reread();
    for (const made of at("cards").querySelectorAll(".card")) mark(made, examples[made.dataset.place]);
    count();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!kept && decisions.size > 0) event.preventDefault();
  });
  matrix();
  count();
  draw();
})();
