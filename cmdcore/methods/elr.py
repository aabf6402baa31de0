"""ELR: what was predicted of an example before, and is not to be given up for its label."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.remembering import Remembering
from cmdcore.tensor import Tensor

# Between these the authors' code holds every probability.
_LEAST, _MOST = 1e-4, 1.0 - 1e-4


@registered
@dataclasses.dataclass(frozen=True)
class ELR(Remembering):
    """Early-learning regularization, CE + lambda log(1 - <t, p>).

    Sheng Liu et al., Early-learning regularization prevents memorization of noisy labels,
    NeurIPS 2020. t, the target of an example, is a running mean of what its own network has
    predicted of it; the second term draws p towards t, and undoes the gradient of a label
    that contradicts it. Their ELR+ adds mixup, averaged weights and targets that two
    networks exchange; this is the method without these.

    Args:
        regularization: lambda, weight of the second term, at least 0. The authors' 7 for
            CIFAR-100; for CIFAR-10 they have 3.
        target_momentum: beta, how much of a target stays in a step that sees its example, in
            [0, 1]; with 1 it stays 0. The authors' 0.9 for CIFAR-100; for CIFAR-10 they have
            0.7.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    regularization: float = 7.0
    target_momentum: float = 0.9

    measures = SURENESS

    def __post_init__(self) -> None:
        ranges.weight("regularization", self.regularization)
        ranges.unit_interval("target_momentum", self.target_momentum)

    def row_shape(self, num_classes: int) -> tuple[int, ...]:
        """That of a target: a number for each class.

        Args:
            num_classes: C.

        Example:
            >>> cmdcore.ELR().row_shape(10)
            (10,)
        """
        return (num_classes,)

    def target(self, t: Tensor, log_p: Tensor) -> Tensor:
        """Beta t + (1 - beta) p, through which no gradient flows.

        Args:
            t: `[batch, num_classes]`, targets until now.
            log_p: `[batch, num_classes]`, log-probabilities of the same network.

        Returns:
            `[batch, num_classes]`. Its sum is 1 - beta^k after k steps.

        Example:
            >>> t, log_p = keras.ops.zeros((1, 2)), keras.ops.log([[0.25, 0.75]])
            >>> keras.ops.convert_to_numpy(cmdcore.ELR(target_momentum=0.5).target(t, log_p))
            array([[0.125, 0.375]], dtype=float32)
        """
        p = ops.stop_gradient(_held(log_p))
        predicted = p / ops.sum(p, axis=-1, keepdims=True)
        t = ops.cast(t, log_p.dtype)
        return self.target_momentum * t + (1.0 - self.target_momentum) * predicted

    def loss(self, q: Tensor, log_p: Tensor, t: Tensor) -> Tensor:
        """H(q, p) + lambda log(1 - <t, p>).

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, log-probabilities.
            t: `[batch, num_classes]`, targets, this step's prediction among them.

        Returns:
            `[batch]`, in nats; negative where p agrees with its target.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> t = keras.ops.array([[0.0, 1.0]])
            >>> loss = cmdcore.ELR(regularization=1.0).loss(q, log_p, t)
            >>> abs(round(float(loss[0]), 5))  # log 4 + log(1 - 3/4)
            0.0
        """
        agreement = ops.sum(t * _held(log_p), axis=-1)
        return cross_entropy(q, log_p) + self.regularization * ops.log(1.0 - agreement)

    def losses_and_rows(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, rows: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """The loss of each against its own target, and both targets.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: Makes no difference here.
            rows: `[batch, 2, num_classes]`, the targets of A and of B until now.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and the targets
            `[batch, 2, num_classes]`, this step's predictions among them.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> rows, method = keras.ops.zeros((1, 2, 2)), cmdcore.ELR(target_momentum=1.0)
            >>> losses, rows = method.losses_and_rows(q, log_p, log_p, None, rows)
            >>> round(float(losses.loss_a[0]), 3), float(keras.ops.max(rows))  # log 4
            (1.386, 0.0)
        """
        measured = sureness_of(log_p_a, log_p_b)
        t_a, t_b = self.target(rows[:, 0], log_p_a), self.target(rows[:, 1], log_p_b)
        losses = PeerLosses(self.loss(q, log_p_a, t_a), self.loss(q, log_p_b, t_b), measured)
        return losses, ops.stack((t_a, t_b), axis=1)


def _held(log_p: Tensor) -> Tensor:
    return ops.clip(ops.exp(log_p), _LEAST, _MOST)
