import json
import math
import os

import pytest

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder


def test_a_file_is_whole_or_not_there(tmp_path):
    folder = RunFolder.new(tmp_path / "run")

    def fail_half_way():
        with folder.whole("a.json") as path:
            path.write_text("half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert list(folder.path.iterdir()) == []


def test_an_empty_folder_may_be_used(tmp_path):
    assert RunFolder.new(tmp_path).path == tmp_path


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "run").touch()
    with pytest.raises(InputError, match="is a file"):
        RunFolder.new(tmp_path / "run")


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="Cannot"):
        RunFolder.new(tmp_path / "file" / "run")


def test_json_has_no_infinity(tmp_path):
    folder = RunFolder.new(tmp_path)
    folder.write_json("a.json", {"chi": math.inf, "rows": [math.nan, 1.5]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"chi": None, "rows": [None, 1.5]}
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_matrix_is_a_line_a_row(tmp_path):
    value = {
        "matrix": [[0.5, 1e-06, -2.0], [1, None, 2.5e30]],
        "names": ["[\n  1\n]", "b"],
        "none": [],
        "deep": [[[1, 2]], [{"a": [3]}]],
    }
    RunFolder.new(tmp_path).write_json("a.json", value)
    text = (tmp_path / "a.json").read_text()
    assert json.loads(text) == value
    assert "    [0.5, 1e-06, -2.0],\n    [1, null, 2.5e+30]\n" in text


def test_what_a_killed_process_was_writing_is_no_content(tmp_path):
    (tmp_path / ".unfinished-abc.json").write_text("half")
    folder = RunFolder.new(tmp_path)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/.unfinished-abc.npz").write_text("half")
    (tmp_path / ".unfinished-saved_model").mkdir()
    folder.remove_unfinished()
    assert [path.name for path in tmp_path.rglob("*")] == ["checkpoints"]


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000, b"\xff\xfe"])
def test_json_that_cannot_be_read_is_said(content, tmp_path):
    (tmp_path / "a.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match="Cannot read"):
        RunFolder(tmp_path).read_json("a.json")
