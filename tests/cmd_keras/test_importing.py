"""Importing the package: quickly, and with the same effect as if Keras came along."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import cmd_keras
import cmd_keras.data
import cmd_keras.networks
import cmd_keras.run
import cmd_keras.sklearn
from cmd_keras import MutualDistiller, NumberedDistiller

ROOT = Path(__file__).parent.parent.parent

LOAD = (
    "for name in ('distiller.keras', 'numbered.keras'):\n"
    "    print(type(keras.models.load_model(name)).__name__)\n"
)
# As a program may begin; what is sorted by name begins with cmd_keras.
BEGINNINGS = {
    "before Keras": "import cmd_keras\nimport keras\n",
    "by one distiller": "from cmd_keras import MutualDistiller\nimport keras\n",
    "by what training says": (
        "from cmd_keras.training_evidence.epoch_margins import margins\nimport keras\n"
    ),
    "by its optimizers": "from cmd_keras.optimizers import CoupledSGD\nimport keras\n",
    "looking for Keras first": (
        "import importlib.util, cmd_keras\nassert importlib.util.find_spec('keras')\nimport keras\n"
    ),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")

    # Here, where Keras is imported: what matters is who loads it.
    def peers():
        return (keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]) for _ in range(2))

    for name, distiller in (
        ("distiller", MutualDistiller(*peers())),
        ("numbered", NumberedDistiller([0, 1], *peers())),
    ):
        distiller.compile(optimizer="adam")
        distiller.save(folder / f"{name}.keras")
    return folder


@pytest.mark.parametrize("beginning", list(BEGINNINGS))
def test_a_saved_distiller_is_known_to_keras(beginning, saved):
    program = BEGINNINGS[beginning] + LOAD
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=saved
    )
    assert done.stdout == "MutualDistiller\nNumberedDistiller\n", done.stderr


def test_the_package_alone_brings_no_framework():
    program = (
        "import sys, cmdcore, cmd_keras, cmd_keras.run.folder.ready\n"
        "cmdcore.Mconf(b1=3.0), cmd_keras.run.TrainSettings(epochs=3)\n"
        "print(sorted({'keras', 'tensorflow', 'numpy', 'jax'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_the_curves_of_runs_are_drawn_without_a_framework():
    program = (
        "import sys, cmd_keras.run.results.plot\n"
        "print(sorted({'keras', 'tensorflow', 'pandas', 'jax'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize(
    "package",
    [cmd_keras, cmd_keras.data, cmd_keras.networks, cmd_keras.run, cmd_keras.sklearn],
    ids=str,
)
def test_every_name_of_a_package_is_there(package):
    assert set(package.__all__) <= set(dir(package))
    for name in package.__all__:
        # A file of the same name must not stand in its place.
        assert not isinstance(getattr(package, name), type(sys))
    for file in Path(package.__path__[0]).glob("*.py"):
        if file.stem in package.__all__:
            importlib.import_module(f"{package.__name__}.{file.stem}")
            assert not isinstance(getattr(package, file.stem), type(sys))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing


def test_no_part_of_the_distiller_finds_it_half_imported():
    """What it imports before itself has to be named in the package, but for its optimizers."""

    def imported(module):
        path = ROOT / (module.replace(".", "/") + ".py")
        path = path if path.exists() else ROOT / module.replace(".", "/") / "__init__.py"
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("cmd_keras."):
                yield node.module

    distillers = "cmd_keras.mutual_distiller", "cmd_keras.training_evidence.numbered_distiller"
    found, new = set(), set(distillers)
    while new:
        module = new.pop()
        found.add(module)
        new |= set(imported(module)) - found
    parts = {module.split(".")[1] for module in found} - {"mutual_distiller"}
    assert parts - {"optimizers", "errors"} == set(cmd_keras._PARTS)
