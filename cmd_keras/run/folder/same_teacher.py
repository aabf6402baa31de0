"""Whether the teacher is still the one that a run began with."""

import hashlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.run.folder.run_folder import RunFolder


def about_teacher(networks: Sequence[keras.Model]) -> dict[str, Any]:
    """What `config.json` keeps of the networks of a teacher; nothing where there are none."""
    if not networks:
        return {}
    seen = hashlib.sha256()
    for weight in (weight for network in networks for weight in network.get_weights()):
        seen.update(f"{weight.dtype} {weight.shape}".encode())
        seen.update(np.ascontiguousarray(weight).tobytes())
    return {"teacher": {"sha256": seen.hexdigest()}}


def check_same_teacher(
    folder: RunFolder, config: dict[str, Any], networks: Sequence[keras.Model], teacher: str | None
) -> None:
    """Require the teacher that a run began with.

    Args:
        folder: Of the run.
        config: What its `config.json` holds.
        networks: Of the teacher, as it is now.
        teacher: What it is called in the settings.

    Raises:
        InputError: if its weights are others.
    """
    now = about_teacher(networks).get("teacher")
    if config.get("teacher") != now:
        raise InputError(
            f"The teacher {teacher} is not the one that {folder.path} began with: its weights are "
            "others. Bring it back, or start a new run."
        )
