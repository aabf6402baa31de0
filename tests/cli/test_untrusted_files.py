"""Files of a stranger's: what they say is read, and nothing that they say is executed."""

import contextlib
import json
import os
import shutil
import sys
import zipfile

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from cmd_keras_cli.main import main

from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, resume, train
from cmd_keras.run.epochs.checkpoints import Checkpoints
from cmd_keras.run.folder.run_folder import RunFolder

EVIL = """
import pathlib
marker = pathlib.Path({marker!r})
marker.write_text("imported")

def net(input_shape, num_classes):
    import keras
    marker.write_text("called")
    return keras.Sequential(
        [keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(num_classes)]
    )

class Layer:
    @classmethod
    def from_config(cls, config):
        marker.write_text("built")
"""


def _invoke(*arguments):
    with pytest.MonkeyPatch.context() as patch:
        # CliRunner swaps sys.stderr, whose descriptor the quiet start needs.
        for command in ("train", "evaluate", "predict", "plot", "export", "datasets"):
            patch.setattr(f"cmd_keras_cli.{command}.quiet_start", contextlib.nullcontext)
        patch.setattr("cmd_keras_cli.train.set_process_switches", lambda: None)
        return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="cmd-keras")


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A table and a run on it, as they were before the stranger came."""
    folder = tmp_path_factory.mktemp("clean")
    rows = [f"{i % 7}.5,{'xyz'[i % 3]},{'ab'[i % 2]}" for i in range(60)]
    (folder / "table.csv").write_text("\n".join(["number,letter,class", *rows]))
    done = _invoke(
        "train", "--dataset", f"csv:{folder / 'table.csv'}", "--target", "class",
        "--ignore", "letter", "--epochs", "2", "--output", folder / "run",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder


class _Stranger:
    """A folder with a module `evil` and a run, in the worst place: Python imports from it."""

    def __init__(self, folder):
        self.folder, self.run, self.marker = folder, folder / "run", folder / "was-executed"

    def __getattr__(self, name):
        return self.folder / name

    def changes_settings(self, **changes):
        config = json.loads((self.run / "config.json").read_text())
        config["settings"].update(changes)
        (self.run / "config.json").write_text(json.dumps(config))

    def changes_network(self, path, layer):
        """Puts another layer into a saved model; the weights stay."""
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        config = json.loads(members["config.json"])
        config["config"]["layers"][-1] = {**config["config"]["layers"][-1], **layer}
        members["config.json"] = json.dumps(config).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)


@pytest.fixture
def stranger(clean, tmp_path, monkeypatch):
    shutil.copytree(clean / "run", tmp_path / "run")
    (tmp_path / "evil.py").write_text(EVIL.format(marker=str(tmp_path / "was-executed")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield _Stranger(tmp_path)
    sys.modules.pop("evil", None)


def _refused(done, stranger, *words):
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert not stranger.marker.exists()
    said = " ".join(done.output.split())
    assert all(word in said for word in words), said


def _not_ended(run):
    (run / "metrics.json").unlink()
    (run / "peer_a.keras").unlink()


NETWORKS = [
    {"network": "evil:net", "network_a": None, "network_b": None},
    {"network": None, "network_a": "evil:net"},
    {"network": None, "network_b": "evil:net"},
    {"network": "mlp", "network_a": "mlp", "network_b": "evil:net"},
]


@pytest.mark.parametrize("changes", NETWORKS, ids=str)
def test_a_function_in_a_config_is_not_run(stranger, changes):
    _not_ended(stranger.run)
    stranger.changes_settings(**changes)
    for arguments in (
        ["--config", "run/config.json"],
        ["--config", "run/config.json", "--network-a", "mlp"],
        # Said in another place than where networks are named.
        ["--config", "run/config.json", "--data-dir", "evil:net", "--ignore", "evil:net"],
        ["--config", "run/config.json", "--network", "other:net"],
        ["--resume", "run"],
        ["--resume", "run", "--network", "other:net"],
    ):
        if arguments[-2:] == ["--network-a", "mlp"] and changes.get("network_a"):
            continue
        done = _invoke("train", *arguments)
        if arguments[-1] == "other:net" and "--config" in arguments:
            # It replaces what the file says.
            _refused(done, stranger, "no module other")
        else:
            _refused(done, stranger, "say it yourself, with --network evil:net")


def test_settings_of_a_file_that_hold_nothing_but_a_network(stranger):
    (stranger.folder / "config.json").write_text(
        json.dumps({"settings": {"dataset": "digits", "network": "evil:net"}})
    )
    _refused(_invoke("train", "--config", "config.json"), stranger, "--network evil:net")


def test_a_function_is_run_where_the_user_names_it(stranger):
    stranger.changes_settings(network="evil:net", network_a=None, network_b=None)
    done = _invoke("train", "--config", "run/config.json", "--network-b", "evil:net",
                   "--epochs", "1", "--output", "own")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert stranger.marker.read_text() == "called"


def test_in_python_a_file_is_not_believed_either(stranger):
    _not_ended(stranger.run)
    stranger.changes_settings(network="evil:net", network_a=None, network_b=None)
    with pytest.raises(InputError, match="say it yourself"):
        resume(stranger.run)
    read = json.loads((stranger.run / "config.json").read_text())["settings"]
    for settings in (
        TrainSettings.from_json(read),
        TrainSettings.from_json(read).changed(seed=1, data_dir="evil:net"),
        TrainSettings.from_json({**read, "network": None, "network_a": "evil:net"}),
    ):
        with pytest.raises(InputError, match="say it yourself"):
            train(settings, stranger.out)
    assert not stranger.marker.exists()
    with pytest.raises(InputError, match="Unknown settings trusted"):
        TrainSettings.from_json({**read, "trusted": ["evil:net"]})


def test_in_python_the_users_own_word_is_taken(stranger):
    settings = TrainSettings(network_a="evil:net", network_b="mlp", epochs=1)
    train(settings, stranger.out)
    assert stranger.marker.read_text() == "called"
    assert "trusted" not in (stranger.out / "config.json").read_text()


def test_no_setting_imports_what_it_names(stranger):
    """Any text in any setting may be a module, to some library or other."""
    names = [name for name in json.loads((stranger.run / "config.json").read_text())["settings"]]
    (stranger.folder / "nested").mkdir()
    shutil.copy(stranger.folder / "evil.py", stranger.folder / "nested/__init__.py")
    for name in names:
        for value in ("evil:net", "evil", "nested.evil", ["evil"], {"module": "evil"}):
            config = {"settings": {"epochs": 1, name: value}}
            (stranger.folder / "config.json").write_text(json.dumps(config))
            _refused(_invoke("train", "--config", "config.json"), stranger)


def test_a_data_set_with_the_name_of_a_function_does_not_vouch_for_it(stranger):
    shutil.copy(stranger.folder / "evil.py", stranger.folder / "folder.py")
    config = {"settings": {"network": "folder:net"}}
    (stranger.folder / "config.json").write_text(json.dumps(config))
    (stranger.folder / "net").mkdir()
    arguments = ("train", "--config", "config.json", "--dataset", "folder:net")
    _refused(_invoke(*arguments), stranger, "--network folder:net")


def _python(code):
    return {
        "class_name": "__lambda__",
        "config": {"value": [code, None, None]},
    }


LAYERS = {
    "a lambda": {
        "module": "keras.layers",
        "class_name": "Lambda",
        "registered_name": None,
        "config": {"name": "l", "function": _python("4wAAAAA=")},
    },
    "a lambda as activation": {
        "module": "keras.layers",
        "class_name": "Activation",
        "registered_name": None,
        "config": {"name": "l", "activation": _python("4wAAAAA=")},
    },
    "a class of another module": {
        "module": "evil",
        "class_name": "Layer",
        "registered_name": "evil>Layer",
        "config": {"name": "l"},
    },
    "a function of another module": {
        "module": "keras.layers",
        "class_name": "Activation",
        "registered_name": None,
        "config": {
            "name": "l",
            "activation": {
                "module": "evil",
                "class_name": "function",
                "config": "net",
                "registered_name": "net",
            },
        },
    },
    "a function of Python": {
        "module": "keras.layers",
        "class_name": "Activation",
        "registered_name": None,
        "config": {
            "name": "l",
            "activation": {
                "module": "builtins",
                "class_name": "function",
                "config": "exec",
                "registered_name": "exec",
            },
        },
    },
    "a saved program": {
        "module": "keras.layers",
        "class_name": "TFSMLayer",
        "registered_name": None,
        "config": {"name": "l", "filepath": "run", "call_endpoint": "serve"},
    },
}


@pytest.mark.parametrize("layer", list(LAYERS))
def test_code_in_a_saved_network_is_not_run(stranger, layer):
    stranger.changes_network(stranger.run / "peer_a.keras", LAYERS[layer])
    for command in (
        ["evaluate", "run"],
        ["predict", "run", stranger.folder / "rows.csv"],
        ["export", "run"],
        ["train", "--network", "run/peer_a.keras"],
        ["train", "--network", "run/peer_a.keras", "--pretrained"],
    ):
        shutil.copy(json.loads((stranger.run / "config.json").read_text())["settings"]
                    ["dataset"].removeprefix("csv:"), stranger.folder / "rows.csv")  # fmt: skip
        _refused(_invoke(*command), stranger, "peer_a.keras")


@pytest.mark.parametrize("layer", list(LAYERS))
def test_code_in_an_encoding_of_tables_is_not_run(stranger, layer):
    content = json.dumps({**LAYERS[layer], "compile_config": None})
    with zipfile.ZipFile(stranger.run / "feature_space.keras", "w") as archive:
        archive.writestr("config.json", content)
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", b"")
    (stranger.folder / "rows.csv").write_text("number\n1.5\n")
    _refused(_invoke("predict", "run", "rows.csv"), stranger, "feature_space.keras")


@pytest.mark.parametrize("content", [b"", b"PK half of a zip", "another model"], ids=str)
def test_an_encoding_of_tables_that_is_none_is_named(stranger, content):
    path = stranger.run / "feature_space.keras"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        shutil.copy(stranger.run / "peer_a.keras", path)
    (stranger.folder / "rows.csv").write_text("number\n1.5\n")
    _refused(_invoke("predict", "run", "rows.csv"), stranger, "feature_space.keras")


def test_members_of_a_saved_network_stay_in_it(stranger):
    with zipfile.ZipFile(stranger.run / "peer_a.keras", "a") as archive:
        for name in ("../was-executed", "/tmp/../was-executed", "assets/../../was-executed"):
            archive.writestr(name, "escaped")
    before = {path.name for path in stranger.folder.parent.iterdir()}
    done = _invoke("predict", "run", "rows.csv")
    assert done.exit_code in (0, 2), done.output
    assert not stranger.marker.exists()
    assert {path.name for path in stranger.folder.parent.iterdir()} == before


class _Pickle:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def test_pickles_in_arrays_are_not_run(stranger):
    objects = np.array([_Pickle(stranger.marker)] * 4, dtype=object)
    for name, arrays in (
        ("x", {"x": objects, "y": np.arange(4)}),
        ("y", {"x": np.zeros((4, 2)), "y": objects}),
        ("class_names", {"x": np.zeros((4, 2)), "y": np.arange(4), "class_names": objects}),
        ("other", {"x": np.zeros((4, 2)), "y": np.arange(4), "other": objects}),
    ):
        np.savez(stranger.folder / "data.npz", **arrays)
        _refused(_invoke("train", "--dataset", "npz:data.npz"), stranger, f"{name} in data.npz")
    np.save(stranger.folder / "data.npy", objects)
    shutil.move(stranger.folder / "data.npy", stranger.folder / "data.npz")
    _refused(_invoke("train", "--dataset", "npz:data.npz"), stranger, "data.npz")


@pytest.mark.parametrize("which", ["about", "0"])
def test_a_pickle_in_a_checkpoint_is_not_run(stranger, which):
    _not_ended(stranger.run)
    last = stranger.run / "checkpoints/epoch-000002.npz"
    with np.load(last) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(last, **{**arrays, which: np.array([_Pickle(stranger.marker)], dtype=object)})
    done = _invoke("train", "--resume", "run")
    assert done.exit_code == 0, done.output
    assert "is damaged, the checkpoint before it is used" in " ".join(done.output.split())
    assert not stranger.marker.exists()


def _huge(path, names, **others):
    """An npz whose arrays say that they are larger than any memory."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            header = {"descr": "<f4", "fortran_order": False, "shape": (10**7, 10**8)}
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array_header_1_0(member, header)
        for name, array in others.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.save(member, array)


def test_arrays_larger_than_memory_are_refused(stranger):
    _huge(stranger.folder / "data.npz", ["x", "y"])
    _refused(_invoke("train", "--dataset", "npz:data.npz"), stranger, "data.npz")


def test_a_checkpoint_larger_than_memory_is_damaged(stranger):
    last = stranger.run / "checkpoints/epoch-000002.npz"
    with np.load(last) as file:
        about = file["about"]
    _huge(last, ["0"], about=about)
    found, damaged = Checkpoints(RunFolder(stranger.run)).latest()
    assert found.epoch == 1
    assert damaged == [last]


FORMATS = [
    {"kind": "evil.Layer", "shape": [1]},
    {"kind": "table"},
    {"kind": "table", "shape": "evil", "numeric": {"number": 1.0}},
    {"kind": "table", "shape": [1], "numeric": ["number"]},
    {"kind": "table", "shape": [1], "numeric": {"number": "evil"}},
    {"kind": "table", "shape": [1], "categorical": 3},
    {"kind": "table", "shape": [1], "__class__": "evil.Layer"},
    {"kind": ["table"], "shape": [1]},
    ["table"],
    None,
]


@pytest.mark.parametrize("values", FORMATS, ids=str)
def test_an_input_format_that_is_none_is_named(stranger, values):
    config = json.loads((stranger.run / "config.json").read_text())
    config["data"]["input_format"] = values
    (stranger.run / "config.json").write_text(json.dumps(config))
    (stranger.folder / "rows.csv").write_text("number\n1.5\n")
    _refused(_invoke("predict", "run", "rows.csv"), stranger)


@pytest.mark.parametrize("names", [[["a"], ["b"]], "ab", {"a": 1}, [1, 2], None, []], ids=str)
def test_class_names_that_are_none_are_named(stranger, names):
    config = json.loads((stranger.run / "config.json").read_text())
    config["data"]["class_names"] = names
    (stranger.run / "config.json").write_text(json.dumps(config))
    (stranger.folder / "rows.csv").write_text("number\n1.5\n")
    _refused(_invoke("predict", "run", "rows.csv"), stranger, "class_names")


HISTORIES = ["", "epoch\n1\n", "epoch,loss\n1\n", "epoch,loss\n1,2,3\n", "epoch,loss\nx,[red]\n"]


@pytest.mark.parametrize("text", HISTORIES)
def test_a_history_that_is_none_is_named(stranger, text):
    (stranger.run / "history.csv").write_text(text)
    shutil.copytree(stranger.run, stranger.folder / "other")
    for runs in (["run"], ["run", "other"]):
        _refused(_invoke("plot", *runs), stranger, "run")
    assert not (stranger.folder / "curves.png").exists()


# Python that tensorflow-datasets would load for a name, from the network or from a folder.
@pytest.mark.parametrize(
    "name", ["huggingface:evil", "kubric:evil", "evil:net", "evil:net/a:1.0.0"]
)
def test_a_data_set_of_a_community_is_not_loaded(stranger, name):
    (stranger.folder / "config.json").write_text(json.dumps({"settings": {"dataset": name}}))
    _refused(_invoke("train", "--config", "config.json"), stranger, "is not a name of a data set")


def test_features_of_a_prepared_data_set_import_nothing_of_anybodys(stranger):
    place = stranger.folder / "sets/stranger/1.0.0"
    place.mkdir(parents=True)
    (place / "dataset_info.json").write_text(
        json.dumps({"name": "stranger", "version": "1.0.0", "fileFormat": "tfrecord", "splits": []})
    )
    inner = {"pythonClassName": "evil.Layer", "text": {}}
    (place / "features.json").write_text(
        json.dumps(
            {
                "pythonClassName": "tensorflow_datasets.core.features.features_dict.FeaturesDict",
                "featuresDict": {"features": {"image": inner}},
            }
        )
    )
    arguments = ("train", "--dataset", "stranger", "--data-dir", "sets")
    _refused(_invoke(*arguments), stranger, "features.json", "evil.Layer")
    (place / "features.json").write_text(json.dumps({"type": "evil.Layer", "content": {}}))
    _refused(_invoke(*arguments), stranger, "features.json", "evil.Layer")


def test_the_payload_works():
    """What is shown to be refused above would do harm if it were not."""
    layer = keras.layers.Lambda(lambda x: x)
    config = keras.saving.serialize_keras_object(layer)
    with pytest.raises(ValueError, match="safe_mode"):
        keras.saving.deserialize_keras_object(config)
    assert isinstance(
        keras.saving.deserialize_keras_object(config, safe_mode=False), keras.layers.Lambda
    )
