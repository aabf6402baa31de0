"""What `cmd-keras relabel` says it wrote."""

import contextlib
import json

import numpy as np
import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

from cmd_keras import data
from cmd_keras.run.folder.same_data import about_data


@pytest.fixture
def relabel(tmp_path, monkeypatch):
    """Runs the command in a folder with a run that was corrected by one.csv."""
    monkeypatch.chdir(tmp_path)
    # CliRunner swaps sys.stderr, whose descriptor the quiet start needs.
    monkeypatch.setattr("cmd_keras_cli.relabel.quiet_start", contextlib.nullcontext)
    x, y = np.random.default_rng(0).normal(size=(60, 4)), np.array(["cat", "dog", "emu"] * 20)
    np.savez("own.npz", x=x, y=y)
    before = data.load("npz:own.npz")
    a, b, c = (before.train_names[i] for i in np.flatnonzero(before.given_labels == 0)[:3])
    (tmp_path / "one.csv").write_text(f"file,action,label\n{a},relabel,dog\n{b},remove,\n")
    (tmp_path / "two.csv").write_text(f"file,action,label\n{c},relabel,emu\n")
    (tmp_path / "removed.csv").write_text(f"file,action,label\n{b},relabel,dog\n")
    settings = {"dataset": "npz:own.npz", "corrections": "one.csv"}
    about = about_data(data.load("npz:own.npz", corrections="one.csv"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run/config.json").write_text(json.dumps({"settings": settings, "data": about}))
    command = ["relabel", "run"]
    return lambda table, output="new.npz", *more: CliRunner().invoke(
        main, [*command, table, f"--output={output}", *more]
    )


def test_it_says_what_each_table_changed(relabel):
    done = relabel("two.csv")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "wrote new.npz: another label for 2 examples, 1 example left out "
        "(one.csv, which run was made with: 1 and 1; two.csv: 1 and 0)\n"
    )


def test_one_table_needs_no_list(relabel):
    done = relabel("one.csv")
    assert done.stdout == "wrote new.npz: another label for 1 example, 1 example left out\n"
    assert "is carried out once" in done.stderr


def test_an_example_that_is_gone_is_named_in_one_line(relabel):
    done = relabel("removed.csv")
    assert done.exit_code == 2
    error = done.stderr.splitlines()[-1]
    assert error.startswith("Error: removed.csv, line 2: 'x[")
    assert error.endswith("' was taken out by one.csv. Remove the line.")


def test_a_tilde_that_no_shell_has_replaced_is_the_home(relabel, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    done = relabel("two.csv", "~/new.NPZ")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"wrote {tmp_path / 'home/new.NPZ'}: another label for 2 ")
    assert len(np.load(tmp_path / "home/new.NPZ")["x"]) == 59
    assert not (tmp_path / "~").exists()


def test_arrays_have_no_files_to_be_linked(relabel, tmp_path):
    done = relabel("two.csv", "new.npz", "--links")
    assert done.exit_code == 2
    assert "links has no effect with npz:own.npz" in done.stderr
    assert not (tmp_path / "new.npz").exists()


def test_what_cannot_be_made_is_said_in_one_line(relabel, tmp_path):
    (tmp_path / "link.npz").symlink_to("nowhere")
    for output in ("one.csv/new.npz", "link.npz"):
        done = relabel("two.csv", output)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("Error: ")
