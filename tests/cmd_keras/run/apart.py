"""Runs in processes of their own, which say how many devices they have."""

import csv

import numpy as np
from sklearn.datasets import load_digits


def start(forks, orders, devices=1, **environment):
    """A process that trains; `finish` waits for it."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = {"XLA_FLAGS": flags, **environment}
    return forks.child(f"{__name__}:obey", environment, orders=orders, devices=devices)


def finish(process, seconds=300):
    """What it printed; it must have ended well."""
    said, errors = process.communicate(timeout=seconds)
    assert process.returncode == 0, f"{said}\n{errors}"
    return said


NETWORK = "tests.cmd_keras.run.small_networks:normalised"


def settings(folder, **changes):
    """Batches of 40 of 153 digits: the last one holds 33, which no number of devices divides;
    17 examples for validation and 49 for testing."""
    digits = load_digits()
    np.savez(folder / "digits.npz", x=digits.images[:219, ..., None], y=digits.target[:219])
    return {
        "dataset": f"npz:{folder / 'digits.npz'}",
        "network": NETWORK,
        "recipe": "digits",
        "noise": "sym:0.3",
        "mode": "static",
        # Close to H(u), where the entropies of the first epochs lie.
        "eta": 1.01,
        "test_split": 0.223,
        "validation_split": 0.1,
        "batch_size": 40,
        "learning_rate": 0.1,
        "epochs": 3,
        **changes,
    }


def rows(run):
    """What `history.csv` says, a dictionary an epoch."""
    with (run / "history.csv").open() as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def state(run):
    """Every number of the last checkpoint: weights, batch statistics, velocities, r, t, and what
    was thought of each label in all epochs."""
    last = max((run / "checkpoints").glob("epoch-*.npz"))
    with np.load(last) as file:
        assert "evidence_margins" in file.files
        return [file[name] for name in file.files if name != "about"]


def deviation(one, two):
    """The largest difference between two runs, over all these numbers."""
    pairs = zip(state(one), state(two), strict=True)
    return max(float(np.abs(a.astype("float64") - b).max(initial=0.0)) for a, b in pairs)


def weighted(path):
    """Examples of unequal weight, in batches that no number of devices divides."""
    import keras
    import tensorflow as tf

    from cmd_keras import MutualDistiller
    from cmd_keras.optimizers import CoupledSGD
    from cmd_keras.run.devices.choose import strategy_named
    from tests.cmd_keras.run.small_networks import dense

    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 8, 8, 1)).astype("float32") * 16
    y, weight = rng.integers(0, 4, 100), rng.uniform(0.0, 3.0, 100).astype("float32")

    def batches(count, size):
        return tf.data.Dataset.from_tensor_slices((x[:count], y[:count], weight[:count])).batch(
            size
        )

    keras.utils.set_random_seed(1)
    strategy = strategy_named("mirrored")
    with strategy.scope():
        distiller = MutualDistiller(dense((8, 8, 1), 4), dense((8, 8, 1), 4), clock="step")
        optimizer = CoupledSGD(0.05, weight_decay=1e-3)
        # On several devices the loss is scaled up, and up again, to the same end.
        if strategy.devices > 1:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, dynamic_growth_steps=4)
        distiller.compile(optimizer=optimizer)
    history = distiller.fit(
        batches(100, 33), epochs=3, validation_data=batches(7, 5), shuffle=False, verbose=0
    ).history
    probabilities = distiller.predict(x[:7], batch_size=5, verbose=0)
    values = [*distiller.get_weights(), probabilities, *history.values()]
    np.savez(path, **{str(i): value for i, value in enumerate(values)})


def averaged(path):
    """What MentorNet keeps of batches of 4 and 3, of which it learns nothing."""
    import keras

    import cmdcore
    from cmd_keras import MutualDistiller
    from cmd_keras.optimizers import CoupledSGD
    from cmd_keras.run.devices.choose import strategy_named
    from tests.cmd_keras.run.small_networks import dense

    x = np.random.default_rng(0).normal(size=(7, 8, 8, 1)).astype("float32") * 16
    y = np.arange(7) % 4
    keras.utils.set_random_seed(1)
    with strategy_named("mirrored").scope():
        peers = dense((8, 8, 1), 4), dense((8, 8, 1), 4)
        distiller = MutualDistiller(*peers, method=cmdcore.MentorNet(0.5, percentile_momentum=0.75))
        distiller.compile(CoupledSGD(0.0))
    distiller.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    logits = [np.asarray(peer(x)) for peer in peers]
    np.savez(path, means=np.asarray(distiller.means.of_both()), logits=logits, y=y)


def obey(orders, devices):
    """Train, or resume, on so many logical devices of the CPU.

    Args:
        orders: What `weighted` or `averaged` is to write, or settings and a folder for a run, or a
            folder to go on in.
        devices: How many.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        (cpu,) = tf.config.list_physical_devices("CPU")
        logical = [tf.config.LogicalDeviceConfiguration()] * devices
        tf.config.set_logical_device_configuration(cpu, logical)
    from rich.console import Console

    from cmd_keras.run import TrainSettings, resume, train

    for order in orders:
        if "weighted" in order:
            weighted(order["weighted"])
        elif "averaged" in order:
            averaged(order["averaged"])
        elif "settings" in order:
            train(TrainSettings(**order["settings"]), order["output"], Console())
        else:
            strategy = order.get("strategy")
            resume(order["output"], Console(), strategy=strategy, trusted=[NETWORK])


def follow(script):
    """Run a script."""
    exec(script, {})
