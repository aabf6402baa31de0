"""What the peers of a run think of examples that they were not trained on."""

import dataclasses

import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.folder.run_folder import RunFolder

_FILE = "out_of_sample.npz"


@dataclasses.dataclass(frozen=True)
class OutOfSample:
    """The ensemble's probabilities.

    Args:
        held_out: `[h, C]`, of the fold that was held out.
        test: `[m, C]`, of the test part.
    """

    held_out: np.ndarray
    test: np.ndarray

    @classmethod
    def of_run(cls, folder: RunFolder) -> "OutOfSample":
        """What a run that has ended wrote.

        Raises:
            InputError: if the file is missing, torn or holds something else.
        """
        path = folder.path / _FILE
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(arrays["held_out"], arrays["test"])
        except Exception as error:
            # A damaged file fails in zipfile, zlib or NumPy, as it happens.
            raise InputError(
                f"Cannot read {path}: {type(error).__name__}. {folder.written_anew()}"
            ) from None


def write_out_of_sample(run: Run) -> None:
    """Predict the fold that was held out, and the test part."""
    dataset = run.dataset
    with run.folder.whole(_FILE) as path:
        np.savez(
            path,
            **{
                name: run.distiller.predict(dataset.plain_batches(inputs), verbose=0)
                for name, inputs in (("held_out", dataset.held_out), ("test", dataset.test))
            },
        )
