"""What the networks of a finished run are worth, measured again."""

from typing import Any

import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.run.results.finished_run import FinishedRun

PARTS = ("test", "validation", "train")

_BATCH = 256


def evaluate(run: FinishedRun, part: str = "test", data_dir: str | None = None) -> dict[str, float]:
    """Losses and accuracies of both peers and their ensemble.

    Args:
        run: A finished run.
        part: `test`; `validation`, the share that was held out; or `train`, against
            the labels that were given, not augmented.
        data_dir: Where the data are now, if they moved.

    Returns:
        `peer_a_accuracy`, `peer_b_accuracy`, `mean_accuracy`, `ensemble_accuracy`,
        `loss`, `peer_a_loss`, `peer_b_loss` and `count`.

    Raises:
        InputError: if the run has not ended, or has no such part.
    """
    distiller = run.distiller()
    dataset = run.dataset(data_dir)
    if part == "validation":
        if dataset.validation is None:
            raise InputError(
                f"{run.folder.path} has no validation share: its validation_split is 0."
            )
        batches, labels = dataset.validation_batches(), dataset.validation_labels
    elif part == "test":
        batches, labels = dataset.test_batches(), dataset.test_labels
    else:
        import tensorflow as tf

        labels = dataset.given_labels
        given = tf.data.Dataset.from_tensor_slices(labels.astype(np.int64)).batch(_BATCH)
        # Not batched anew: Keras says of batches of which it does not know how many there are
        # that there are too few.
        batches = tf.data.Dataset.zip((dataset.plain_train_batches(_BATCH), given))
    measured: dict[str, Any] = distiller.evaluate(batches, return_dict=True, verbose=0)
    return {**{name: float(value) for name, value in measured.items()}, "count": len(labels)}
