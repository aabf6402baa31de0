"""A loss that is no number ends a run at the step in which it appears."""

import math
from typing import Any

import keras

from cmd_keras.errors import DivergenceError

_LOSSES = {"peer_a_loss": "peer A", "peer_b_loss": "peer B", "loss": "both peers"}


class StopOnNonFinite(keras.callbacks.Callback):
    """Raises as soon as a loss is NaN or infinite, before anything else is saved.

    Args:
        learning_rate: Called with the epoch, counted from 0; named in the message.

    Raises:
        DivergenceError: naming step, epoch and peer.
    """

    def __init__(self, learning_rate: Any) -> None:
        super().__init__()
        self._learning_rate = learning_rate

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the running means: once a step was not finite, they are not."""
        self._check(logs, f"step {batch + 1} of epoch {self._epoch + 1}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the evaluation: the last step of all may have broken the weights."""
        tested = {name.removeprefix("val_"): v for name, v in logs.items() if "val_" in name}
        self._check(tested, f"the evaluation after epoch {epoch + 1}")

    def _check(self, logs: dict[str, float], where: str) -> None:
        for name, peer in _LOSSES.items():
            if name in logs and not math.isfinite(logs[name]):
                raise DivergenceError(
                    f"Training diverged: the loss of {peer} is {float(logs[name])} in {where}. Try "
                    f"a lower learning_rate than {self._learning_rate(self._epoch):g}, or look "
                    "at the inputs: very large values do the same."
                )
