"""The state of a run at the end of an epoch, kept so that it can be taken up again."""

import dataclasses
import hashlib
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import keras
import numpy as np

from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.training_evidence import Evidence

# The last one could be damaged by what stopped the run; then the one before serves.
_KEPT = 2
_FOLDER = "checkpoints"
_EVIDENCE = "evidence_"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Everything that the next epoch depends on.

    Args:
        epoch: How many epochs are finished.
        variables: The value of every variable of the distiller and its optimizer, in
            their order: weights, batch statistics, t, Gamma, r, the states of random
            layers, velocities, steps taken, learning rate.
        record: What was measured so far; anything JSON can hold.
        evidence: What training said of each label so far; None in a checkpoint that was
            written before there was any.
    """

    epoch: int
    variables: list[np.ndarray]
    record: dict[str, Any]
    evidence: Evidence | None = None

    @classmethod
    def take(
        cls,
        distiller: keras.Model,
        epoch: int,
        record: dict[str, Any],
        evidence: Evidence | None = None,
    ) -> "Checkpoint":
        """The state of a distiller as it is now."""
        values = [keras.ops.convert_to_numpy(variable) for variable in _variables(distiller)]
        return cls(epoch, values, record, evidence)

    def restore(self, distiller: keras.Model) -> None:
        """Bring a distiller, compiled as the one before, to this state.

        Raises:
            ValueError: if it has other variables.
        """
        variables = _variables(distiller)
        here = [tuple(variable.shape) for variable in variables]
        kept = [value.shape for value in self.variables]
        if here != kept:
            raise ValueError(
                f"The checkpoint is of another model: it holds {len(kept)} variables, and this "
                f"one has {len(here)}, or their shapes differ."
            )
        for variable, value in zip(variables, self.variables, strict=True):
            variable.assign(value)

    def digest(self) -> str:
        """SHA-256 of the content, which a torn or edited file does not have."""
        seen = hashlib.sha256(json.dumps([self.epoch, self.record]).encode())
        for value in (*self.variables, *_arrays(self.evidence).values()):
            seen.update(f"{value.dtype} {value.shape}".encode())
            seen.update(np.ascontiguousarray(value).tobytes())
        return seen.hexdigest()


class Checkpoints:
    """The last two checkpoints of a run folder.

    Args:
        folder: Holds them in its folder `checkpoints`.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def write(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, then drop all but the last two."""
        about = {
            "epoch": checkpoint.epoch,
            "record": checkpoint.record,
            "count": len(checkpoint.variables),
            "sha256": checkpoint.digest(),
        }
        arrays = {str(i): value for i, value in enumerate(checkpoint.variables)}
        arrays |= {f"{_EVIDENCE}{k}": v for k, v in _arrays(checkpoint.evidence).items()}
        with self._folder.whole(f"{_FOLDER}/epoch-{checkpoint.epoch:06d}.npz") as path:
            np.savez(path, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **arrays)
        for old in self._paths()[:-_KEPT]:
            old.unlink()

    def latest(self) -> tuple[Checkpoint | None, list[Path]]:
        """The last checkpoint that is whole, and the damaged ones after it."""
        damaged = []
        for path in reversed(self._paths()):
            checkpoint = _read(path)
            if checkpoint is not None:
                return checkpoint, damaged
            damaged.append(path)
        return None, damaged

    def _paths(self) -> list[Path]:
        found = self._folder.path.glob(f"{_FOLDER}/epoch-*.npz")
        return sorted(path for path in found if re.fullmatch(r"epoch-\d{6,}\.npz", path.name))


class KeepCheckpoints(keras.callbacks.Callback):
    """Writes a checkpoint at the end of every epoch.

    Args:
        checkpoints: Where to.
        record: Called without arguments; returns what was measured so far.
        evidence: What training says of each label; None if that is not known.
    """

    def __init__(self, checkpoints: Checkpoints, record: Any, evidence: Evidence | None) -> None:
        super().__init__()
        self._checkpoints = checkpoints
        self._record = record
        self._evidence = evidence

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the checkpoint of this epoch."""
        state = Checkpoint.take(self.model, epoch + 1, self._record(), self._evidence)
        self._checkpoints.write(state)


def _arrays(evidence: Evidence | None) -> dict[str, np.ndarray]:
    return {} if evidence is None else evidence.arrays()


def _variables(distiller: keras.Model) -> list:
    return [*distiller.variables, *distiller.optimizer.variables]


def _read(path: Path) -> Checkpoint | None:
    """The checkpoint in a file, or None if it is not what was written there."""
    try:
        # Without pickle a file can hold numbers only, nothing that is executed.
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            arrays = [file[str(i)] for i in range(about["count"])]
            said = {k.removeprefix(_EVIDENCE): file[k] for k in file if k.startswith(_EVIDENCE)}
            evidence = Evidence.of_arrays(said) if said else None
            checkpoint = Checkpoint(about["epoch"], arrays, about["record"], evidence)
        return checkpoint if checkpoint.digest() == about["sha256"] else None
    # The header of an array may ask for any amount of memory.
    except (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, RecursionError):
        return None
    except (zipfile.BadZipFile, zlib.error):
        return None
