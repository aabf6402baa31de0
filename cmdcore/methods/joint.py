"""Joint optimisation: labels are learned with the weights, and then a new network from them."""

import dataclasses

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy, entropy
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.phase import Phase
from cmdcore.methods.remembering import Remembering
from cmdcore.tensor import Tensor

# A class that hardly any example of a batch is said to be of still has a gradient.
_LEAST = 1e-7


@registered
@dataclasses.dataclass(frozen=True)
class Joint(Remembering):
    """Joint optimisation of labels and weights, two trainings.

    Daiki Tanaka et al., Joint optimization framework for learning with noisy labels, CVPR 2018.

    In the first, H(s, p) + alpha KL(pi, mean p) + beta H(p) is minimised at a learning rate
    that does not drop: s is the label, pi the uniform distribution, mean p that of the batch.
    From some epoch on s is what the network has said of the example, as a mean over epochs.
    The second begins with the weights that the networks began with, and minimises H(s, p).

    s is a running mean in which ten epochs weigh two thirds, if `target_momentum` is 0.9; the
    authors keep the last ten of each example, ten times the memory. Each peer has its own.

    Args:
        alpha: weight of what holds every class in use, at least 0. The authors' 1.2 for
            symmetric noise on CIFAR-10; they have no constants for CIFAR-100.
        beta: weight of the entropy, at least 0. The authors' 0.8.
        target_momentum: how much of a mean stays in a step that sees its example, in [0, 1).
        update_from: the share of training in which s is the given label, in [0, 1]. The
            authors' 70 of 320 epochs.
        retrain_from: the share of training that is the first one, in [0, 1]. The authors' 200
            of 320 epochs.

    Raises:
        ValueError: if a constant lies outside its range, or `update_from` is above
            `retrain_from`.
    """

    alpha: float = 1.2
    beta: float = 0.8
    target_momentum: float = 0.9
    update_from: float = 0.22
    retrain_from: float = 0.625

    measures = (*SURENESS, "relabelled_a", "relabelled_b")

    def __post_init__(self) -> None:
        ranges.weight("alpha", self.alpha)
        ranges.weight("beta", self.beta)
        ranges.rate("target_momentum", self.target_momentum)
        ranges.unit_interval("update_from", self.update_from)
        ranges.unit_interval("retrain_from", self.retrain_from)
        if self.update_from > self.retrain_from:
            raise ValueError(
                "Labels are learned in the first of two trainings: update_from must not be above "
                f"retrain_from, received update_from={self.update_from} and "
                f"retrain_from={self.retrain_from}."
            )

    def phases(self) -> tuple[Phase, ...]:
        """Labels and weights together, then new weights from the labels.

        Example:
            >>> [phase.start for phase in cmdcore.Joint().phases()]
            [0.0, 0.625]
        """
        return Phase(drops=False), Phase(self.retrain_from, fresh=True)

    def row_shape(self, num_classes: int) -> tuple[int, ...]:
        """That of a running mean: a number for each class.

        Args:
            num_classes: C.

        Example:
            >>> cmdcore.Joint().row_shape(10)
            (10,)
        """
        return (num_classes,)

    def loss(self, s: Tensor, log_p: Tensor) -> Tensor:
        """H(s, p) + alpha KL(pi, mean p) + beta H(p), of the first training.

        Args:
            s: `[batch, num_classes]`, labels.
            log_p: `[batch, num_classes]`, log-probabilities.

        Returns:
            `[batch]`, in nats. The second term is that of the batch, and has the gradient of B
            times the share of the example in it, so that the means are those of the batch.

        Example:
            >>> s, log_p = keras.ops.eye(2), keras.ops.log([[0.5, 0.5]] * 2)
            >>> loss = cmdcore.Joint(alpha=1.0, beta=1.0).loss(s, log_p)
            >>> round(float(loss[0]), 5)  # log 2 + 0 + log 2
            1.38629
        """
        own = cross_entropy(s, log_p) + self.beta * entropy(log_p)
        return own + self.alpha * from_uniform(log_p)

    def losses_and_rows(
        self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment, rows: Tensor
    ) -> tuple[PeerLosses, Tensor]:
        """The loss of each against its own labels, and what both have said of the examples.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2, num_classes]`, the running means of A and of B until now.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `relabelled_a`
            and `relabelled_b`: 1 for each example whose s has another class than q, 0 else. And
            the running means `[batch, 2, num_classes]`, which the second training leaves alone.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.25, 0.75]])
            >>> rows = keras.ops.array([[[0.0, 0.5], [0.0, 0.0]]])  # B has never seen it
            >>> last = cmdcore.Moment(t=9, gamma=9, certainty_a=0.0, certainty_b=0.0, phase=1)
            >>> losses, _ = cmdcore.Joint().losses_and_rows(q, log_p, log_p, last, rows)
            >>> round(float(losses.loss_a[0]), 3), round(float(losses.loss_b[0]), 3)
            (0.288, 1.386)
        """
        measured = sureness_of(log_p_a, log_p_b)
        rows = ops.cast(rows, log_p_a.dtype)
        first = ops.equal(moment.phase, 0)
        given = ops.logical_and(first, moment.progress(log_p_a.dtype) <= self.update_from)
        losses, means = [], []
        for place, (peer, log_p) in enumerate((("a", log_p_a), ("b", log_p_b))):
            mean = rows[:, place]
            s = learned_label(q, mean, given)
            losses.append(ops.where(first, self.loss(s, log_p), cross_entropy(s, log_p)))
            p = ops.stop_gradient(ops.exp(log_p))
            later = self.target_momentum * mean + (1.0 - self.target_momentum) * p
            means.append(ops.where(first, later, mean))
            other = ops.not_equal(ops.argmax(s, axis=-1), ops.argmax(q, axis=-1))
            measured[f"relabelled_{peer}"] = ops.cast(other, log_p.dtype)
        return PeerLosses(*losses, measured), ops.stack(means, axis=1)


def learned_label(q: Tensor, mean: Tensor, given: Tensor) -> Tensor:
    """What was said of each example, as a distribution; q where nothing was, or q is to be used.

    Args:
        q: `[batch, num_classes]`, annotated labels.
        mean: `[batch, num_classes]`, running means, whose sums are below 1; 0 before the first.
        given: whether q is to be used, a scalar.

    Returns:
        `[batch, num_classes]`.

    Example:
        >>> q, mean = keras.ops.eye(2), keras.ops.array([[0.125, 0.375], [0.0, 0.0]])
        >>> label = cmdcore.methods.joint.learned_label(q, mean, False)
        >>> keras.ops.convert_to_numpy(label)
        array([[0.25, 0.75],
               [0.  , 1.  ]], dtype=float32)
    """
    q = ops.cast(q, mean.dtype)
    sums = ops.sum(mean, axis=-1, keepdims=True)
    seen = sums > 0
    said = mean / ops.where(seen, sums, ops.ones_like(sums))
    # A label out of range is to be noticed.
    keep = ops.logical_or(ops.logical_or(given, ops.logical_not(seen)), ops.isnan(q))
    return ops.where(keep, q, said)


def from_uniform(log_p: Tensor) -> Tensor:
    """KL(pi, mean p) as a loss of each example, where pi is uniform.

    Args:
        log_p: `[batch, num_classes]`, log-probabilities.

    Returns:
        `[batch]`, whose mean has the value and the gradient of that of the batch.

    Example:
        >>> log_p = keras.ops.log([[0.75, 0.25], [0.25, 0.75]])
        >>> [abs(round(float(x), 5)) for x in cmdcore.methods.joint.from_uniform(log_p)]
        [0.0, 0.0]
    """
    p = ops.exp(log_p)
    share = 1.0 / log_p.shape[-1]
    mean = ops.stop_gradient(ops.maximum(ops.mean(p, axis=0), _LEAST))
    divergence = ops.sum(share * ops.log(share / mean))
    # Linear in p_i, and constant but for its gradient.
    linear = -ops.sum(share / mean * (p - ops.stop_gradient(p)), axis=-1)
    return divergence + linear
