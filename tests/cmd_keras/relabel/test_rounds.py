"""What a run was corrected with is in the copy, and what is decided after that as well."""

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.corrections import correct_labels
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from cmd_keras.relabel import relabel
from cmd_keras.relabel.rounds import Round

from .test_relabel import NAMES, content, images, reviewed


@pytest.fixture(params=["csv", "folder", "images", "npz"])
def own(request, tmp_path):
    """Settings that name data, and what a copy is called."""
    rng = np.random.default_rng(0)
    match request.param:
        case "folder":
            images(tmp_path / "own", count=16)
            return {"dataset": f"folder:{tmp_path / 'own'}"}, "new"
        case "npz":
            np.savez(tmp_path / "own.npz", x=rng.normal(size=(60, 4)), y=np.array(NAMES * 20))
            return {"dataset": f"npz:{tmp_path / 'own.npz'}"}, "new.npz"
        case "images":
            images(tmp_path, count=16)
            names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.png"))
            rows = [f"{name},{name.split('/')[0]}" for name in names]
    if request.param == "csv":
        rows = [f"{rng.normal():.9f},{name}" for name in NAMES * 20]
    (tmp_path / "own.csv").write_text("\n".join(["what,class", *rows]))
    name = f"{request.param}:{tmp_path / 'own.csv'}"
    return {"dataset": name, "target": "class"}, "new.csv"


def read(settings, **more):
    options = {name: value for name, value in settings.items() if name != "dataset"}
    return data.load(settings["dataset"], **options, **more)


def by_size(found):
    return [name for _, name in sorted((np.frombuffer(x, np.float32)[0], found[x]) for x in found)]


def table(path, *rows):
    path.write_text("\n".join(["file,given_name,action,label", *map(",".join, rows)]))
    return str(path)


def first_round(settings, tmp_path):
    """A run with corrections, and its training examples before them, all of the first class."""
    before = read(settings)
    cats = [before.train_names[i] for i in np.flatnonzero(before.given_labels == 0)]
    rows = [(cats[0], "cat", "relabel", "dog"), (cats[1], "cat", "remove", "")]
    one = table(tmp_path / "one.csv", *rows, (cats[2], "cat", "relabel", "dog"))
    return reviewed(tmp_path, **settings, corrections=one), cats, one


def test_the_copy_holds_both_rounds(own, tmp_path):
    settings, output = own
    run, cats, one = first_round(settings, tmp_path)
    before = read(settings)
    other = NAMES[before.test_labels[0] - 1]
    two = table(
        tmp_path / "two.csv",
        (cats[0], "dog", "relabel", "emu"),
        (cats[2], "dog", "relabel", "cat"),
        (cats[3], "cat", "remove", ""),
        (before.test_names[0], "", "relabel", other),
    )
    written = relabel(run, two, tmp_path / output)
    assert written.rounds == (Round(one, 2, 1), Round(two, 3, 1))
    # One has the label again that it has in the data.
    assert (written.relabelled, written.removed) == (2, 2)
    kind, _ = settings["dataset"].split(":")
    copy = read(settings | {"dataset": f"{kind}:{tmp_path / output}"})
    wanted = content(correct_labels(correct_labels(before, one), two))
    if kind == "csv":
        # Of a table the inputs are standardised by the rows that there are.
        assert by_size(content(copy)) == by_size(wanted)
    else:
        assert content(copy) == wanted


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [(0, "cat", "relabel", "emu")],
            "Line 2 .*was 'cat', and it is 'dog' now, after .*one.csv",
        ),
        ([(3, "cat", "keep", ""), (1, "cat", "keep", "")], "line 3: .* was taken out by .*one.csv"),
    ],
)
def test_what_the_first_round_decided_is_not_decided_once_more(own, tmp_path, rows, said):
    settings, output = own
    run, cats, _ = first_round(settings, tmp_path)
    two = table(tmp_path / "two.csv", *((cats[i], *rest) for i, *rest in rows))
    with pytest.raises(InputError, match=said):
        relabel(run, two, tmp_path / output)
    assert not (tmp_path / output).exists()


def test_the_table_of_the_run_is_carried_out_once(own, tmp_path):
    settings, output = own
    run, _, one = first_round(settings, tmp_path)
    with pytest.warns(
        Notice, match=r"made with what .*one\.csv decides already; it is carried out once"
    ):
        written = relabel(run, one, tmp_path / output)
    assert written.rounds == (Round(one, 2, 1),)
    assert (written.relabelled, written.removed) == (2, 1)


def test_corrections_that_are_gone_or_others_are_not_passed_over(own, tmp_path):
    settings, output = own
    run, cats, _ = first_round(settings, tmp_path)
    two = table(tmp_path / "two.csv", (cats[3], "cat", "remove", ""))
    table(tmp_path / "one.csv", (cats[0], "cat", "relabel", "dog"))
    with pytest.raises(InputError, match=r"The data are not those .* corrections .*one\.csv: if"):
        relabel(run, two, tmp_path / output)
    (tmp_path / "one.csv").unlink()
    with pytest.raises(
        InputError, match=r"run was made with the corrections .*one\.csv, and there"
    ):
        relabel(run, two, tmp_path / output)
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize("gone", ["cat", "dog"])
def test_a_class_that_is_joined_to_another_is_gone_from_the_copy(own, gone, tmp_path):
    settings, new = own
    before = read(settings)
    number, other = NAMES.index(gone), "emu"
    was = {
        name: NAMES[label]
        for names, labels in (
            (before.train_names, before.given_labels),
            (before.test_names, before.test_labels),
        )
        for name, label in zip(names, labels.tolist(), strict=True)
    }
    rows = [(name, gone, "relabel", other) for name, label in was.items() if label == gone]
    run = reviewed(tmp_path, **settings)
    with pytest.warns(Notice, match=f"leaves no example of '{gone}': 2 classes"):
        done = relabel(run, table(tmp_path / "join.csv", *rows), tmp_path / new)
    assert (done.relabelled, done.removed) == (len(rows), 0)
    after = read({**settings, "dataset": settings["dataset"].split(":")[0] + f":{tmp_path / new}"})
    assert after.class_names == tuple(name for name in NAMES if name != gone)
    found, wanted = content(after), content(before)
    assert found.keys() == wanted.keys()
    assert found == {key: other if name == NAMES[number] else name for key, name in wanted.items()}


def test_what_is_decided_after_classes_were_joined_is_about_the_classes_that_are_left(
    own, tmp_path
):
    settings, new = own
    before = read(settings)
    names = (*before.train_names, *before.test_names)
    labels = [*before.given_labels.tolist(), *before.test_labels.tolist()]
    cats = [name for name, label in zip(names, labels, strict=True) if label == 0]
    emu = before.train_names[np.flatnonzero(before.given_labels == 2)[0]]
    one = table(tmp_path / "one.csv", *((name, "cat", "relabel", "dog") for name in cats))
    with pytest.warns(Notice, match="no example of 'cat'"):
        run = reviewed(tmp_path, **settings, corrections=one)
    # The numbers of a table that was written before classes were joined, and of one after that.
    for emu_was, dog_was in ((2, 1), (1, 0)):
        (tmp_path / "two.csv").write_text(
            "file,given,given_name,predicted,predicted_name,action\n"
            f"{emu},{emu_was},emu,{dog_was},dog,relabel\n"
        )
        with pytest.warns(Notice, match="no example of 'cat'"):
            done = relabel(run, str(tmp_path / "two.csv"), tmp_path / f"{emu_was}{new}")
        assert [r.relabelled for r in done.rounds] == [len(cats), 1]
    new = f"{emu_was}{new}"
    (tmp_path / "two.csv").write_text(f"file,given,given_name,action\n{emu},0,emu,keep\n")
    with pytest.raises(InputError, match=r"the number '0'.* it is 'emu', number 1, now"):
        relabel(run, str(tmp_path / "two.csv"), tmp_path / f"3{new}")
    after = read({**settings, "dataset": settings["dataset"].split(":")[0] + f":{tmp_path / new}"})
    assert after.class_names == ("dog", "emu")
    count = sum(label == 2 for label in labels)
    assert sum(name == "emu" for name in content(after).values()) == count - 1
