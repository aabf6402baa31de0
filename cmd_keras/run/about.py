"""What a run says about itself: data, peers, method and versions."""

import importlib.metadata
import os
import platform
from typing import Any

import keras

from cmd_keras.data import Dataset
from cmd_keras.run.settings import TrainSettings

_VERSIONS_OF = ("cmd-keras", "keras", "tensorflow", "jax", "torch", "numpy", "tensorflow-datasets")


def announcement(settings: TrainSettings, dataset: Dataset, distiller: keras.Model) -> str:
    """Data, peers, method, and what is switched on, in four lines."""
    corrupted = int((dataset.given_labels != dataset.clean_labels).sum())
    peers = [
        f"{network} ({peer.count_params():,} parameters)"
        for network, peer in (
            (settings.network_a, distiller.peer_a),
            (settings.network_b, distiller.peer_b),
        )
    ]
    parts = [f"{len(dataset.given_labels):,} training"]
    if dataset.validation is not None:
        labels = f"{settings.validation_labels} labels" if corrupted else "labels as they are"
        labels = "a part of its own" if dataset.has_own_validation else labels
        parts.append(f"{len(dataset.validation_labels):,} validation ({labels})")
    parts.append(f"{len(dataset.test_labels):,} test examples")
    arithmetic = "" if settings.precision in (None, "float32") else f", {settings.precision}"
    noise = f"noise {settings.noise} ({corrupted:,} labels corrupted)"
    if not corrupted:
        noise = "labels as they are"
    return (
        f"{settings.dataset}: {', '.join(parts)}, {dataset.num_classes} classes, {noise}\n"
        f"peers: {' and '.join(peers)}, recipe {settings.recipe}{arithmetic}\n"
        f"method: {distiller.method}\n"
        f"switches: {' '.join(f'{k}={v}' for k, v in _switches().items()) or 'none'}"
    )


# They decide the order in which sums are added up, and with it the last bits.
_SWITCHES = ("TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")


def versions() -> dict[str, str]:
    """What a run was made with: all that the last bits of its numbers depend on."""
    found = {"python": platform.python_version(), "backend": keras.backend.backend()}
    found["cores"] = str(os.cpu_count())
    found |= _switches()
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


def _switches() -> dict[str, str]:
    return {name: os.environ[name] for name in _SWITCHES if name in os.environ}
