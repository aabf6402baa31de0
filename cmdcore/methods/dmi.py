"""DMI: how much labels and predictions tell about each other, by a determinant."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.method import SURENESS, Method, Moment, PeerLosses, sureness_of
from cmdcore.tensor import Tensor

# Of the largest diagonal entry of R: of smaller ones float32 knows too little.
_SINGULAR = 1e-5
# A class that all examples together predict, or are labelled, less is not there.
_NEVER = 1e-30


@registered
@dataclasses.dataclass(frozen=True)
class DMI(Method):
    """Cross entropy at first, then -log|det U|, where U = sum q p^T over the batch.

    Yilun Xu et al., L_DMI: a novel information-theoretic loss function for training deep nets
    robust to label noise, NeurIPS 2019.

    Labels that go wrong whatever the input multiply det U by a constant, which makes no
    difference to the gradient. Where U is singular, as it is if a class is missing in the
    batch, the batch teaches nothing; so batches must be much larger than the number of
    classes, and best hold a share of each. One of a few examples has a U that is far from that
    of the data, and a large gradient: the authors leave out the last one of an epoch; make all
    of one size. The authors' code adds 0.001 to |det U|, which with more than a few classes is
    either nothing or all: it is not done here. On several replicas each one has the U of its
    own share of the batch. A peer knows nothing of the other.

    Args:
        warmup: the share of training with cross entropy, in (0, 1]. The authors' 120 of 220
            epochs.
        weight: of -log|det U|, at least 0. The authors go on with a learning rate of 1e-6;
            with schedules that begin at 0.1 and have dropped to 0.01 by then, a weight of 1e-4
            makes steps of that size.

    Raises:
        ValueError: if a constant lies outside its range.
    """

    warmup: float = 0.55
    weight: float = 1e-4

    measures = (*SURENESS, "regular_a", "regular_b")
    needs_every_class = True

    def __post_init__(self) -> None:
        ranges.above_0_up_to_1("warmup", self.warmup)
        ranges.weight("weight", self.weight)

    def check_batch_size(self, batch_size: int, num_classes: int) -> None:
        """Require batches in which no class has to be missing.

        Args:
            batch_size: B.
            num_classes: C.

        Raises:
            ValueError: if B is below C.

        Example:
            >>> cmdcore.DMI().check_batch_size(64, num_classes=100)
            Traceback (most recent call last):
            ValueError: A batch must hold each of the 100 classes for DMI(warmup=0.55, weight=...
        """
        if batch_size < num_classes:
            raise ValueError(
                f"A batch must hold each of the {num_classes} classes for {self}, and where it is "
                f"learned from holds {batch_size} examples. Take a larger batch_size, for one "
                f"device {num_classes} at the very least, better {10 * num_classes}."
            )

    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """The loss of each.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`. Later each example has the loss of the batch, and the gradient of B
            times its share in it, so that the means are those of the batch. They measure the
            peers' entropies and certainties, and `regular_a` and `regular_b`: 1 for each
            example of a batch whose U is regular, 0 else.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.eye(2), keras.ops.log([[0.75, 0.25], [0.25, 0.75]])
            >>> late = cmdcore.Moment(t=2, gamma=2, certainty_a=0.0, certainty_b=0.0)
            >>> losses = cmdcore.DMI(weight=1.0).losses(q, log_p, log_p, late)
            >>> round(float(losses.loss_a[0]), 5)  # det U = 9/16 - 1/16
            0.69315
        """
        measured = sureness_of(log_p_a, log_p_b)
        begins = moment.progress(log_p_a.dtype) <= self.warmup
        losses = []
        for peer, log_p in (("a", log_p_a), ("b", log_p_b)):
            later, regular = batch_loss(q, log_p)
            losses.append(ops.where(begins, cross_entropy(q, log_p), self.weight * later))
            measured[f"regular_{peer}"] = ops.broadcast_to(regular, ops.shape(later))
        return PeerLosses(*losses, measured)


def batch_loss(q: Tensor, log_p: Tensor) -> tuple[Tensor, Tensor]:
    """-log|det U| as a loss of each example.

    Args:
        q: `[batch, num_classes]`, labels.
        log_p: `[batch, num_classes]`, log-probabilities.

    Returns:
        `[batch]`, whose mean has the value and the gradient of -log|det U|; 0 without a
        gradient where U is singular, and NaN where something in the batch is NaN. And whether
        U is regular, a float.

    Example:
        >>> q, log_p = keras.ops.eye(2), keras.ops.log([[1.0, 0.0], [1.0, 0.0]])
        >>> loss, regular = cmdcore.methods.dmi.batch_loss(q, log_p)  # nobody says class 1
        >>> [abs(float(x)) for x in loss], float(regular)
        ([0.0, 0.0], 0.0)
    """
    q = ops.cast(q, log_p.dtype)
    p = ops.exp(log_p)
    u = ops.stop_gradient(ops.matmul(ops.transpose(q), p))
    log_det, inverse, regular = log_det_and_inverse(u)
    # d -log|det U| / d p_i = -U^-1 q_i. Linear in p_i, and constant but for its gradient.
    slope = -ops.matmul(q, ops.transpose(inverse))
    linear = ops.sum(slope * (p - ops.stop_gradient(p)), axis=-1)
    size = ops.cast(ops.shape(log_p)[0], log_p.dtype)
    return size * linear - log_det, regular


def log_det_and_inverse(u: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Log|det U| and U^-1, both 0 for a matrix that is singular as far as float32 can tell.

    Args:
        u: `[n, n]`, not negative. NaN makes both NaN.

    Returns:
        A scalar, `[n, n]`, and a scalar that is 1.0 if `u` is regular, and 0.0 else.

    Example:
        >>> u = keras.ops.array([[2.0, 0.0], [0.0, 4.0]])
        >>> log_det, inverse, regular = cmdcore.methods.dmi.log_det_and_inverse(u)
        >>> round(float(log_det), 5), float(inverse[1, 1]), float(regular)  # log 8
        (2.07944, 0.25, 1.0)
    """
    # Rare classes, and those that are hardly ever predicted, make small rows and columns, not
    # a singular matrix.
    rows = _scale(ops.sum(u, axis=1))
    columns = _scale(ops.sum(u / rows[:, None], axis=0))
    orthogonal, r = ops.qr(u / rows[:, None] / columns)
    diagonal = ops.abs(ops.diagonal(r))
    singular = ops.min(diagonal) < _SINGULAR * ops.max(diagonal)
    singular = ops.logical_or(singular, ops.max(diagonal) == 0)
    identity = ops.eye(u.shape[-1], dtype=u.dtype)
    r = ops.where(singular, identity, r)
    inverse = ops.solve_triangular(r, ops.transpose(orthogonal))
    inverse = inverse / columns[:, None] / rows
    log_det = sum(ops.sum(ops.log(ops.abs(x))) for x in (ops.diagonal(r), rows, columns))
    log_det = ops.where(singular, ops.zeros_like(log_det), log_det)
    inverse = ops.where(singular, ops.zeros_like(inverse), inverse)
    return log_det, inverse, 1.0 - ops.cast(singular, u.dtype)


def _scale(sums: Tensor) -> Tensor:
    return ops.where(sums > _NEVER, sums, ops.ones_like(sums))
