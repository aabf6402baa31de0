"""What a run was made with: all that the last bits of its numbers depend on."""

import importlib.metadata
import os
import platform
from typing import Any

import keras

_VERSIONS_OF = ("cmd-keras", "keras", "tensorflow", "jax", "torch", "numpy", "tensorflow-datasets")
# They decide the order in which sums are added up, and with it the last bits.
_SWITCHES = ("TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")


def versions() -> dict[str, str]:
    """What a run was made with: all that the last bits of its numbers depend on."""
    found = {"python": platform.python_version(), "backend": keras.backend.backend()}
    found["cores"] = str(os.cpu_count())
    found |= switches()
    for name in _VERSIONS_OF:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def other_versions(config: dict[str, Any]) -> str | None:
    """A warning, where a run began with other versions than those that are here now.

    Args:
        config: What `config.json` holds.
    """
    before, now = config.get("versions", {}), versions()
    names = dict.fromkeys((*before, *now))
    other = [f"{k} {before.get(k)} → {now.get(k)}" for k in names if before.get(k) != now.get(k)]
    if not other:
        return None
    return (
        "Not the versions that the run began with, so its last digits may differ: "
        f"{', '.join(other)}."
    )


def switches() -> dict[str, str]:
    """The switches of TensorFlow that are set, by name."""
    return {name: os.environ[name] for name in _SWITCHES if name in os.environ}
