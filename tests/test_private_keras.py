"""The private names of Keras that cmd_keras relies on: one list, and all are still there.

Keras may drop them in any release. What breaks then breaks late, or not at all; here it is
a sentence that says where the name is needed, and for what.
"""

import ast
from pathlib import Path
from typing import NamedTuple

import keras
import pytest

ROOT = Path(__file__).parent.parent


class Private(NamedTuple):
    owner: str
    name: str
    where: str
    why: str


PRIVATE = [
    Private("tensor", "_keras_history", "cmd_keras/logits.py",
            "to find the operation that made a network's outputs, and refuse a softmax"),
    Private("layer", "_inbound_nodes", "cmd_keras/logits.py",
            "to look behind layers that keep the values, such as Dropout"),
    Private("model", "_loss_tracker", "cmd_keras/mutual_distiller.py",
            "to count each batch into the mean that is logged as loss"),
    Private("model", "_flatten_layers", "cmd_keras/networks/batch_normalization.py",
            "to find layers of ours, inside networks of the network too"),
    Private("tensor", "_keras_history", "cmd_keras/networks/penultimate.py",
            "to find what goes into the logits layer"),
    Private("layer", "_inbound_nodes", "cmd_keras/networks/penultimate.py",
            "to look behind layers without weights"),
    Private("model", "_flatten_layers", "cmd_keras/networks/user_network/file.py",
            "to find layers that learn with adapt, inside networks of the network too"),
    Private("layer", "_trainable_variables", "cmd_keras/networks/user_network/file.py",
            "to see whether a frozen layer has weights that would be trained"),
    Private("optimizer", "_get_variable_index", "cmd_keras/optimizers/coupled_sgd.py",
            "to find the velocity of a weight"),
    Private("optimizer", "_use_weight_decay", "cmd_keras/optimizers/coupled_sgd.py",
            "to leave out what exclude_from_weight_decay names"),
    Private("optimizer", "_trainable_variables", "cmd_keras/optimizers/peer_optimizers.py",
            "to divide the weights between both optimizers"),
    Private("optimizer", "_iterations", "cmd_keras/optimizers/peer_optimizers.py",
            "to count the steps of the pair"),
    Private("optimizer", "_learning_rate", "cmd_keras/optimizers/peer_optimizers.py",
            "to keep the ratio of both rates where it is saved with the pair"),
    Private("model", "_distribute_strategy", "cmd_keras/train_step/tensorflow.py",
            "to see among which replicas a batch is shared out"),
    Private("model", "_maybe_symbolic_build", "cmd_keras/train_step/tensorflow.py",
            "to be overridden: shares of a batch need not be of one size"),
    Private("model", "_get_metrics_result_or_logs", "cmd_keras/train_step/tensorflow.py",
            "to be overridden: means are over examples, not over replicas"),
]  # fmt: skip


@pytest.fixture(scope="module")
def objects():
    """One object of each kind whose names are used."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    return {
        "tensor": model.outputs[0],
        "layer": model.layers[0],
        "model": model,
        "optimizer": model.optimizer,
    }


@pytest.mark.parametrize("private", PRIVATE, ids=lambda private: f"{private.where}-{private.name}")
def test_private_names_of_keras_are_still_there(private, objects):
    backend = Path(private.where).stem
    if backend in ("tensorflow", "jax", "torch") and backend != keras.backend.backend():
        pytest.skip(f"needed on {backend} only")
    assert hasattr(objects[private.owner], private.name), (
        f"Keras {keras.__version__} has no {private.owner}.{private.name} any more. "
        f"{private.where} needs it {private.why}. See what took its place, and use that there."
    )


@pytest.mark.parametrize("private", PRIVATE, ids=lambda private: f"{private.where}-{private.name}")
def test_what_is_listed_is_needed(private):
    assert private.name in (ROOT / private.where).read_text(), "take it off the list"


def test_what_is_needed_is_listed(objects):
    of_keras = {name for thing in objects.values() for name in dir(thing) if name[0] == "_"}
    listed = {(private.where, private.name) for private in PRIVATE}
    for path in sorted((ROOT / "cmd_keras").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for name in names_used(ast.parse(path.read_text())) & of_keras:
            assert name.startswith("__") or (where, name) in listed, f"list {name} of {where}"


def names_used(tree):
    """What a file reads of objects without setting it, and what its classes define or override."""
    nodes = list(ast.walk(tree))
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    stored = {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    members = [part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body]
    methods = {part.name for part in members if isinstance(part, ast.FunctionDef)}
    return {node.attr for node in attributes} - stored | methods
