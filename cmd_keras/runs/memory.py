"""What several runs side by side take."""

import os

from cmd_keras.errors import InputError
from cmd_keras.run.settings.train_settings import TrainSettings

# What one process takes at the least, with TensorFlow in it.
_BYTES = 700 * 2**20


def check_processes(most: int) -> None:
    """Require a number of processes that this machine has memory for.

    Raises:
        InputError: if it has not, or the number is below 1.
    """
    if most < 1:
        raise InputError(f"processes must be at least 1, received {most}.")
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows does not say.
        return
    if most * _BYTES > memory:
        raise InputError(
            f"processes must be at most {memory // _BYTES} here, received {most}: each takes "
            f"{_BYTES / 2**30:.1f} GB at the least, and this machine has {memory / 2**30:.1f} GB."
        )


def check_one_process_a_run(settings: TrainSettings) -> None:
    """Require runs that are a process each.

    Raises:
        InputError: if they are several.
    """
    if settings.strategy == "data-parallel":
        raise InputError(
            "strategy must be one-device or mirrored here, received data-parallel, which takes "
            "several processes a run, started by hand. Train such runs one by one."
        )
