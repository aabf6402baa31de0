"""Which backend Keras runs on, or will, without importing it."""

import json
import os
import sys
from pathlib import Path

BACKENDS = ("tensorflow", "jax", "torch")


def backend_of_keras() -> str:
    """The backend of this process, as Keras chooses it when it is imported."""
    if keras := sys.modules.get("keras"):
        return keras.backend.backend()
    if name := os.environ.get("KERAS_BACKEND"):
        return name
    home = Path(os.environ.get("KERAS_HOME") or Path("~").expanduser() / ".keras")
    try:
        return str(json.loads((home / "keras.json").read_text())["backend"])
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow"
