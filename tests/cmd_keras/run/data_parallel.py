"""Several processes follow one; run by `make test-jax`, because they need JAX."""

import json
import subprocess

import numpy as np
import pytest

from cmd_keras.errors import InputError
from tests.cmd_keras.run import apart
from tests.cmd_keras.run.together import environment, free_port, gloo, start_together

TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def folder(forks, tmp_path_factory):
    """Runs of one process with 1 and 2 devices, and of 2 and 4 processes."""
    folder = tmp_path_factory.mktemp("parallel")
    for name, count, devices in (("1", 1, 1), ("devices-2", 1, 2), ("2", 2, 1), ("4", 4, 1)):
        strategy = "one-device" if name == "1" else "data-parallel"
        settings = apart.settings(folder, strategy=strategy, backend="jax")
        order = {"settings": settings, "output": str(folder / name)}
        if count == 1:
            apart.finish(apart.start(forks, [order], devices))
            continue
        first, *others = map(apart.finish, start_together(forks, count, order))
        assert "3/3" in first
        assert not any(set(said.splitlines()) - {gloo(count, said)} for said in others)
    return folder


@pytest.mark.parametrize("name", ["devices-2", "2", "4"])
def test_weights_statistics_and_history_follow_one_process(folder, name):
    assert apart.deviation(folder / "1", folder / name) < TOLERANCE
    one, several = apart.rows(folder / "1"), apart.rows(folder / name)
    assert len(one) == len(several) == 3
    for expected, found in zip(one, several, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    assert several[-1]["loss"] < several[0]["loss"] - 0.05
    assert 0 < several[0]["a_to_b"] < 1, "some knowledge is passed on, and some is not"
    labels = [json.loads((folder / n / "metrics.json").read_text())["labels"] for n in ("1", name)]
    assert labels[0] == labels[1]


def test_a_process_without_the_run_folder_is_sent_it(forks, folder, tmp_path):
    whole, stopped = folder / "2", tmp_path / "stopped"
    subprocess.run(["cp", "-r", whole, stopped], check=True)
    for name in ("metrics.json", "checkpoints/epoch-000003.npz"):
        (stopped / name).unlink()
    port, order = free_port(), {"strategy": "data-parallel"}
    processes = [
        apart.start(forks, [{**order, "output": str(path)}], **environment(2, number, port))
        for number, path in enumerate((stopped, tmp_path / "elsewhere"))
    ]
    for process in processes:
        apart.finish(process)
    assert apart.deviation(whole, stopped) < 1e-6
    assert not (tmp_path / "elsewhere").exists()


def test_batches_divide_evenly_over_the_devices():
    from cmd_keras.run.devices.data_parallel import DataParallel

    strategy = DataParallel.from_environment({})
    strategy.devices = 4
    strategy.check_batch_size(8)
    with pytest.raises(InputError, match=r"multiple of the 4 devices.*Choose 4"):
        strategy.check_batch_size(7)
    with pytest.raises(InputError, match="multiple of the 4 devices"):
        strategy.check_batch_size(3)


def test_only_the_batches_of_a_data_set_are_other_ones():
    from cmd_keras import data
    from cmd_keras.run.devices.data_parallel import DataParallel

    digits = data.load("digits", noise="sym:0.4", validation_split=0.1)
    spread = DataParallel.from_environment({}).distribute(digits)
    for name in ("given_labels", "validation_labels", "class_names", "train", "input_format"):
        assert getattr(spread, name) is getattr(digits, name)
    assert spread.input_shape == digits.input_shape
    assert spread.steps_per_epoch(100) == digits.steps_per_epoch(100)
    for name, options in {
        "train_batches": {"batch_size": 100, "epochs": 3, "seed": 1, "initial_epoch": 1},
        "validation_batches": {"batch_size": 50},
        "test_batches": {"batch_size": 90},
        "plain_train_batches": {"batch_size": 2, "indices": np.array([5, 3, 3])},
    }.items():
        expected = list(getattr(digits, name)(**options).as_numpy_iterator())
        found = getattr(spread, name)(**options)
        assert len(found) == len(expected)
        for i, batch in enumerate(expected):
            columns = batch if isinstance(batch, tuple) else (batch,)
            for mine, column in zip(found[i], columns, strict=True):
                np.testing.assert_array_equal(mine, column)


def test_inputs_to_predict_are_read_whole_by_every_process():
    import jax

    from cmd_keras import data
    from cmd_keras.data.shard import Shard
    from cmd_keras.run.devices.sharded_dataset import ShardedDataset

    digits = data.load("digits")
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("batch",))
    ((own,), *_) = ShardedDataset(digits, Shard(1, 2, 2), mesh).plain_train_batches(90)
    np.testing.assert_array_equal(own, next(digits.plain_train_batches(90).as_numpy_iterator()))


def test_mirrored_is_refused():
    from cmd_keras.run.devices.choose import strategy_named

    with pytest.raises(InputError, match="mirrored is TensorFlow's, and the backend is jax"):
        strategy_named("mirrored")
