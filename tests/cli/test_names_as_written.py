"""What users call things is shown as they wrote it, whatever it means to Rich or matplotlib."""

import contextlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main
from cmd_keras_cli.terminal import terminal
from matplotlib.figure import Figure
from PIL import Image
from rich.console import Console

from cmd_keras.plots.comparison import draw_comparison
from cmd_keras.plots.run import draw_curves
from cmd_keras.printable import printable
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.results import report

ROOT = Path(__file__).parent.parent.parent
NAME = "_we[ird] [red]$x^$ :dog: 100%s {0} \\d 'q'"


def _invoke(*arguments):
    with pytest.MonkeyPatch.context() as patch:
        # CliRunner swaps sys.stderr, whose descriptor the quiet start needs.
        for command in ("train", "evaluate", "predict", "plot"):
            patch.setattr(f"cmd_keras_cli.{command}.quiet_start", contextlib.nullcontext)
        patch.setattr("cmd_keras_cli.train.set_process_switches", lambda: None)
        return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="cmd-keras")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Images, and a run on them, in folders of that name."""
    home = tmp_path_factory.mktemp("home")
    pixels = np.random.default_rng(0).integers(0, 256, (24, 8, 8), np.uint8)
    for i, image in enumerate(pixels):
        folder = home / NAME / f"{NAME} {i % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{NAME} {i}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        done = _invoke("train", "--dataset", f"folder:{NAME}", "--network", "mlp",
                       "--epochs", "1", "--output", f"run {NAME}")  # fmt: skip
    assert done.exit_code == 0, done.output
    (home / "said").write_text(done.output)
    return home


@pytest.fixture
def invoke(home, monkeypatch):
    monkeypatch.chdir(home)
    return _invoke


def test_a_run_says_the_names_as_they_are(home):
    lines = [x for x in (home / "said").read_text().splitlines() if not x.startswith("Note: ")]
    assert lines[0].startswith(f"folder:{NAME}: ")
    assert f"writing to run {NAME}" in lines


def test_a_run_that_has_ended_is_measured_asked_drawn_and_resumed(invoke, home):
    run = f"run {NAME}"
    for arguments in (
        ["train", "--resume", run],
        ["evaluate", run],
        ["plot", run, "--output", f"{NAME}.png"],
    ):
        done = invoke(*arguments)
        assert done.exit_code == 0, done.output
    assert done.output == f"wrote {NAME}.png\n"
    file = next((home / NAME).rglob("*.png"))
    done = invoke("predict", run, file)
    assert done.exit_code == 0, done.output
    assert NAME in done.output.splitlines()[1]


def test_what_is_said_to_continue_a_run_can_be_pasted(invoke, home):
    run = home / f"run {NAME}"
    for name in ("metrics.json", "peer_a.keras"):
        (run / name).unlink()
    done = invoke("evaluate", f"run {NAME}")
    assert done.exit_code == 2
    command = done.output[done.output.index("cmd-keras train") :].strip()
    _, *arguments = shlex.split(command)
    assert arguments == ["train", "--resume", f"run {NAME}"]
    done = invoke(*arguments)
    assert done.exit_code == 0, done.output
    assert "continuing after epoch 1" in done.output
    assert f"writing to run {NAME}" in done.output.splitlines()
    done = invoke("train", "--output", f"run {NAME}")
    assert done.exit_code == 2
    command = done.output[done.output.index("cmd-keras train") :].strip()
    assert shlex.split(command)[1:] == ["train", "--resume", f"run {NAME}"]


ROW = {
    "epoch": 1,
    **dict.fromkeys(
        ("test_peer_a_accuracy", "test_peer_b_accuracy", "test_ensemble_accuracy",
         "test_mean_accuracy", "mean_accuracy", "a_to_b", "b_to_a", "threshold",
         "peer_a_entropy", "peer_b_entropy"), 0.5),
}  # fmt: skip


@pytest.fixture
def drawn(monkeypatch):
    """The last figure that was saved."""
    figures = []
    save = Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda self, *a, **k: (figures.append(self), save(self, *a, **k))
    )
    return figures


@pytest.mark.parametrize("name", [f"{NAME} [/b]", "$\\undefined$", "_nolegend_", "$x$"])
def test_pictures_show_names_as_they_are(name, drawn, tmp_path):
    draw_curves([ROW], 3, name, tmp_path / "one.png")
    draw_comparison({name: ([ROW], 5), f"{name} 2": ([ROW], 5)}, tmp_path / "two.png")
    one, two = drawn
    assert one._suptitle.get_text() == name
    (legend,) = two.legends
    texts = legend.get_texts()
    assert [text.get_text() for text in texts] == [name, f"{name} 2"]
    assert not any(text.get_parse_math() for text in (one._suptitle, *texts))


def test_a_terminal_is_not_commanded():
    assert printable("a\x1b[2Jb\x07\r\x9b31m\u202ec\td\nü漢") == (
        "a\\x1b[2Jb\\x07\\x0d\\x9b31m\\u202ec\td\nü漢"
    )


def test_nothing_in_a_runs_results_commands_a_terminal(invoke, home, capsys):
    evil = "\x1b]0;owned\x07[red]"
    accuracies = {f"test_{who}_accuracy": 0.5 for who in ("peer_a", "peer_b", "mean", "ensemble")}
    labels = {"suspected": evil, "count": evil, "classes_named": 1, "classes_given": 9}
    console = Console(force_terminal=True, color_system=None)
    row = {"epoch": evil, **accuracies}
    report.print_result(console, {"last": row, "best": row, "labels": labels})
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert said.count("\\x1b]0;owned\\x07[red]") == 4
    folder = RunFolder(home / "metrics run")
    folder.path.mkdir(exist_ok=True)
    for name in ("peer_a.keras", "peer_b.keras"):
        (folder.path / name).touch()
    (folder.path / "config.json").write_text('{"settings": {}}')
    for metrics in ("{}", '{"last": 1}', '{"last": {"epoch": 1, "test_peer_a_accuracy": "x"}}'):
        (folder.path / "metrics.json").write_text(metrics)
        done = invoke("train", "--resume", "metrics run")
        assert done.exit_code == 2, done.output
        assert "metrics.json is not that of a run" in done.output
    done = invoke("evaluate", evil)
    assert done.exit_code == 2
    assert "\x1b" not in done.output


def test_all_words_go_through_one_place():
    """A console of Rich reads markup in what it is given, unless it is told not to."""
    for package in ("cmd_keras", "cli"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text()
            quiet = text.replace("Console(quiet=True)", "")
            assert "Console(" not in quiet or path.name == "terminal.py", path
            printed = re.findall(r"console\.print\((.*)\)", text)
            assert path.name in ("say.py", "report.py") or not printed, path
            assert all(p.startswith(("plain(", "table,")) for p in printed), path
    console = terminal()
    with console.capture() as capture:
        console.print(NAME, soft_wrap=True)
    assert capture.get() == f"{NAME}\n"


@pytest.mark.parametrize("alike", [True, False])
def test_advice_fits_inputs_that_tell_nothing(alike, capsys):
    accuracies = {f"test_{who}_accuracy": 0.5 for who in ("peer_a", "peer_b", "mean", "ensemble")}
    labels = {"suspected": 0, "count": 9, "classes_given": 3, "classes_named": 1 if alike else 2}
    row = {"epoch": 1, **accuracies}
    report.print_result(Console(width=1000), {"last": row, "best": row, "labels": labels})
    said = capsys.readouterr().out
    assert ("the inputs do not tell the classes apart" in said) == alike
    assert ("train longer" in said) == alike
    assert "More than half" not in said
    labels["mostly_suspected"] = True
    report.print_result(Console(width=1000), {"last": row, "best": row, "labels": labels})
    assert "More than half of the labels are suspected" in capsys.readouterr().out
