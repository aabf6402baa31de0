"""Two peers that are trained on numbered examples, and remember what they thought of each."""

import functools
from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from cmd_keras.arguments import named
from cmd_keras.array_check import check_batches
from cmd_keras.class_matrices import ClassMatrices
from cmd_keras.example_memory import ExampleMemory
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.mutual_objective import (
    check_untaught,
    estimating_objective,
    remembering_objective,
)
from cmd_keras.peers import num_classes
from cmd_keras.training_evidence.check_numbers import check_numbered, checked_labels
from cmd_keras.training_evidence.epoch_margins import EpochMargins, margins
from cmdcore import Estimating, PeerLosses, Remembering
from cmdcore.tensor import Tensor


@keras.saving.register_keras_serializable(package="cmd_keras")
class NumberedDistiller(MutualDistiller):
    """A `MutualDistiller` to whose `fit` the numbers of the examples are given as labels.

    Methods that remember each example, such as `cmdcore.ELR`, are trained by it alone. What
    they remember is forgotten where a training begins, as r is. Validation data, and those of
    `evaluate`, have their labels.

    Args:
        labels: `[n]`, the label of each example, integers.
        *args: As `MutualDistiller` takes them.
        **kwargs: As `MutualDistiller` takes them.

    Attributes:
        margins: What this epoch's steps predicted, an `EpochMargins`.
        memory: What the method remembers, an `ExampleMemory`, or None if it does not.
        matrices: What it estimates, `ClassMatrices`, or None if it does not.

    Example:

    ```python
    distiller = NumberedDistiller(y, peer(), peer(), method="elr")
    distiller.compile(optimizer="adam")
    distiller.fit(x, np.arange(len(x)), epochs=30, validation_data=(x_test, y_test))
    ```

    Raises:
        ValueError: if labels are none of the peers' classes; or it is not known yet, how many
            there are, and the method remembers; or as `MutualDistiller`.
    """

    def __init__(self, labels: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = num_classes(self.peer_a, self.peer_b)
        self._labels = checked_labels(labels, classes)
        self.margins = EpochMargins(len(self._labels))
        self.memory = self.matrices = None
        if isinstance(self.method, Remembering):
            if classes is None:
                raise ValueError(
                    f"{self.method} must know how many classes there are, and no peer is built "
                    "yet. Begin them with keras.Input(shape), or call one on a batch."
                )
            self.memory = ExampleMemory(self, self.method, len(self._labels), classes)
        if isinstance(self.method, Estimating):
            self.matrices = ClassMatrices(self, self.method, classes)

    def peer_losses(self, logits: tuple[Tensor, Tensor], y: Tensor, objective: Any) -> PeerLosses:
        """As those of any two peers; `y` are numbers `[batch]`."""
        labels = ops.take(ops.convert_to_tensor(self._labels), y)
        both = [ops.stop_gradient(margins(labels, of_peer)) for of_peer in logits]
        self.margins.update_state(y, ops.stack(both, axis=-1))
        if self.memory is None:
            return super().peer_losses(logits, labels, objective)
        objective, told = remembering_objective, {"rows": self.memory.of(y)}
        if self.matrices is not None:
            objective, told["matrices"] = estimating_objective, self.matrices.of_both()
        objective = functools.partial(objective, **told)
        losses, rows, *matrices = super().peer_losses(logits, labels, objective)
        self.memory.remember(y, ops.stop_gradient(rows))
        if matrices:
            self.matrices.replace(*matrices)
        return losses

    def begin(self) -> None:
        """Forget all that was found out about examples. `fit` does this where it begins."""
        super().begin()
        if self.memory is not None:
            self.memory.forget()
        if self.matrices is not None:
            self.matrices.forget()

    def begin_epoch(self) -> None:
        """Forget the margins of the epoch before. `fit` does this."""
        super().begin_epoch()
        self.margins.clear()

    def begin_phase(self, number: int) -> None:
        """Begin another training, with matrices of what is remembered. `fit` does this.

        Args:
            number: Of the phase, counted from 0.
        """
        super().begin_phase(number)
        if self.matrices is not None:
            self.matrices.begin_phase(number, self.memory.of_all())

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Configures training, as `MutualDistiller.compile`, without metrics.

        Raises:
            ValueError: if metrics are given, which would take numbers for labels.
        """
        given = named(super().compile, *args, **kwargs)
        for name in ("metrics", "weighted_metrics"):
            if given.get(name):
                raise ValueError(
                    f"{name} compare predictions with what fit is given, and a NumberedDistiller "
                    "is given numbers. Leave them out; accuracies are logged in any case."
                )
        super().compile(*args, **kwargs)

    def check_fit(self, given: Mapping[str, Any]) -> None:
        """Require data that `fit` can learn from, among all that it was given, by name."""
        if not self.teachers:
            check_untaught(self.method)
        classes = num_classes(self.peer_a, self.peer_b)
        check_batches(given, classes, self.method)
        check_numbered(given, len(self._labels), classes)

    def get_config(self) -> dict[str, Any]:
        """Everything `__init__` takes, serialised."""
        return {**super().get_config(), "labels": self._labels.tolist()}
