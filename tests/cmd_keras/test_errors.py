import json
import shutil
import zipfile

import keras
import pytest

from cmd_keras.errors import InputError, first_line
from cmd_keras.networks.user_network.check import check_suits
from cmd_keras.run.results.finished_run import FinishedRun


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("one\ntwo"), "one"),
        (ValueError("\n  one\ntwo"), "one"),
        (AssertionError(), "AssertionError"),
        (OSError("  \n "), "OSError"),
        (KeyError("name"), "'name'"),
        (ValueError(3), "3"),
    ],
)
def test_the_first_line_of_an_exception_is_never_empty(error, says):
    assert first_line(error) == says


def test_a_network_that_keras_cannot_load_without_saying_why_is_named(tmp_path, monkeypatch):
    def load_model(*_, **__):
        raise AssertionError

    with zipfile.ZipFile(tmp_path / "peer_a.keras", "w") as file:
        file.writestr("config.json", "{}")
    monkeypatch.setattr(keras.saving, "load_model", load_model)
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "settings": {},
                "data": {
                    "class_names": ["a", "b"],
                    "input_format": {"kind": "array", "shape": [2]},
                },
            }
        )
    )
    shutil.copy(tmp_path / "peer_a.keras", tmp_path / "peer_b.keras")
    with pytest.raises(InputError, match=r"peer_a\.keras: AssertionError\. If it needs"):
        FinishedRun(tmp_path).distiller()


def test_a_network_that_fails_without_a_word_is_named():
    class Mute(keras.Model):
        def call(self, x):
            raise AssertionError

    with pytest.raises(InputError, match=r"mine does not take inputs of the shape \(3,\): \w"):
        check_suits("mine", Mute(), (3,), 2)
