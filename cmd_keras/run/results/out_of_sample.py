"""What a run that leaves a fold out tells a review."""

import dataclasses

import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.training_evidence import Evidence

_FILE = "out_of_sample.npz"


@dataclasses.dataclass(frozen=True)
class OutOfSample:
    """The ensemble's probabilities of what it never saw, and what its training said of the rest.

    Args:
        held_out: `[h, C]`, of the fold that was held out.
        test: `[m, C]`, of the test part.
        evidence: `[n]`, in [0, 1], how much spoke for each label that was trained on; None, where
            that is not known.
    """

    held_out: np.ndarray
    test: np.ndarray
    evidence: np.ndarray | None = None

    @classmethod
    def of_run(cls, folder: RunFolder) -> "OutOfSample":
        """What a run that has ended wrote.

        Raises:
            InputError: if the file is missing, torn or holds something else.
        """
        path = folder.path / _FILE
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**arrays)
        except Exception as error:
            # A damaged file fails in zipfile, zlib or NumPy, as it happens.
            raise InputError(
                f"Cannot read {path}: {type(error).__name__}. {folder.written_anew()}"
            ) from None


def write_out_of_sample(run: Run, evidence: Evidence | None) -> None:
    """Predict the fold that was held out, and the test part.

    Args:
        run: That has ended.
        evidence: What its epochs said of each label, if that is known.
    """
    dataset = run.dataset
    with run.folder.whole(_FILE) as path:
        np.savez(
            path,
            **{
                name: run.distiller.predict(dataset.plain_batches(inputs), verbose=0)
                for name, inputs in (("held_out", dataset.held_out), ("test", dataset.test))
            },
            **({} if evidence is None else {"evidence": evidence.quality}),
        )
