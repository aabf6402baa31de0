"""The strategy of this process, by its name."""

import os

import keras

from cmd_keras.errors import InputError
from cmd_keras.run.devices.names import check_strategy
from cmd_keras.run.devices.one_device import OneDevice
from cmd_keras.run.devices.strategy import Strategy


def strategy_named(name: str | None, asked_backend: str | None = None) -> Strategy:
    """The strategy of this process.

    Args:
        name: A name in `names.STRATEGIES`; None is `mirrored` where TensorFlow sees more than
            one GPU, and `one-device` everywhere else.
        asked_backend: Which backend Keras should run on, if that matters.

    Raises:
        InputError: if the backend is another one or does not have it, or the environment does
            not say which process of how many this is.
        RunError: if the other processes cannot be reached.
    """
    backend = keras.backend.backend()
    if asked_backend not in (None, backend):
        raise InputError(
            f"This run is for the backend {asked_backend}, and Keras runs on {backend}. Set "
            f"KERAS_BACKEND={asked_backend} before Keras is imported."
        )
    check_strategy(name, backend)
    if name == "data-parallel":
        from cmd_keras.run.devices.data_parallel import DataParallel

        return DataParallel.from_environment(os.environ)
    if backend == "tensorflow" and name != "one-device":
        from cmd_keras.run.devices.mirrored import Mirrored, devices

        if name == "mirrored" or len(devices("GPU")) > 1:
            return Mirrored(devices("GPU") or devices("CPU"))
    return OneDevice()
