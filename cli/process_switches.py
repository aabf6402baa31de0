"""Switches of TensorFlow that must be on before it is imported."""

import os

# oneDNN's convolutions, which TensorFlow uses unasked on some processors only. On the
# others a training step takes a third longer without them.
SWITCHES = {"TF_ENABLE_ONEDNN_OPTS": "1"}


def set_process_switches() -> list[str]:
    """Turn on what makes training faster, unless the user has chosen otherwise.

    Returns:
        Every switch as it now stands, `NAME=value`, for the log.
    """
    return [f"{name}={os.environ.setdefault(name, value)}" for name, value in SWITCHES.items()]
