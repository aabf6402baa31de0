"""Switches of TensorFlow that must be set before it is imported."""

import os

# oneDNN's convolutions, which TensorFlow uses unasked on some processors only. On the
# others a training step takes a third longer without them.
_ONEDNN = {"TF_ENABLE_ONEDNN_OPTS": "1"}
# One core for each peer, instead of two for each kernel. With more cores TensorFlow's
# own choice stands.
_TWO_CORES = {"TF_NUM_INTEROP_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "1"}


def switches(processes: int = 1) -> dict[str, str]:
    """What makes training two peers fastest on this machine, as environment variables.

    Args:
        processes: How many runs share the machine.
    """
    cores = os.cpu_count() or 1
    if processes > 1:
        each = str(max(1, cores // processes))
        return {**_ONEDNN, "TF_NUM_INTEROP_THREADS": each, "TF_NUM_INTRAOP_THREADS": each}
    return {**_ONEDNN, **(_TWO_CORES if cores == 2 else {})}


def set_process_switches(processes: int = 1) -> None:
    """Turn them on, each unless the user has set it. A run says which are on."""
    for name, value in switches(processes).items():
        os.environ.setdefault(name, value)
