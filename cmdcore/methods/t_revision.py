"""T-Revision: examples weigh as a matrix has it, which is estimated, and then learned, too."""

import dataclasses
import math

from cmdcore import ops, ranges
from cmdcore.after_keras import registered
from cmdcore.information import cross_entropy
from cmdcore.methods.estimating import Estimating
from cmdcore.methods.method import SURENESS, Moment, PeerLosses, sureness_of
from cmdcore.methods.phase import Phase
from cmdcore.methods.reweighting import d_matrix, estimated, importance
from cmdcore.tensor import Tensor

# What the learning rate is multiplied with while T is revised.
_RATE = 0.01
# Of a larger gradient the square would be infinite, and dT would stay for ever where it is.
_MOST_SQUARED = 1e18
# Of Adam, as the authors have it.
_MOMENTUM, _OF_SQUARES, _SMALL = 0.9, 0.999, 1e-8


@registered
@dataclasses.dataclass(frozen=True)
class TRevision(Estimating):
    """Importance reweighting by an estimated transition matrix, which is revised.

    Xiaobo Xia et al., Are anchor points really indispensable in label-noise learning?, NeurIPS
    2019. T_ij = P(given label j | true class i). Three phases, in which the networks go on:

    1. Cross entropy with the given labels. At its end row i of T becomes what is said of the
       example that is said to be of class i most surely.
    2. beta H(q, p), where beta = p_y / (T' p)_y, the weight of the label y, is constant.
    3. The same with T + dT in place of T, and now beta has a gradient, for the network and for
       dT, which begins with 0. dT is learned by Adam, without weight decay: the authors' 1e-4
       would be nothing beside the gradient. As in the paper nothing makes rows of T + dT sum to
       1, and as no loss falls where an entry does, dT only grows. The authors' code adds dT anew
       for each example of a batch, which is not done here.

    Each peer has a T of its own. The authors take it from the epoch that is best on noisy
    validation labels, by a pass over the training set. Here it is what each network said of an
    example in the step that saw it last, varied as it was then: no pass over the data is
    added. Of a class of which nothing was said T has the row of the identity, so that it is the
    identity, and the second phase cross entropy, where `estimate_from` is half an epoch or
    less. No label weighs more than 1000.

    The authors' learning rate is constant in the first phase, as here, and drops in the second.
    For the third they change to Adam, with 5e-7; here it is a hundredth of that at the start,
    constant, of the same optimizer.

    Args:
        estimate_from: the share of training after which T is estimated, in [0, 1]. The authors'
            15 of 415 epochs for CIFAR-100.
        revise_from: the share of training after which T is revised, in [0, 1]. The authors' 215
            of 415 epochs.
        revision_rate: the learning rate of dT, at least 0. The authors' 5e-7.

    Raises:
        ValueError: if a constant lies outside its range, or `estimate_from` is above
            `revise_from`.
    """

    estimate_from: float = 0.04
    revise_from: float = 0.52
    revision_rate: float = 5e-7

    measures = (*SURENESS, "weight_a", "weight_b")

    def __post_init__(self) -> None:
        ranges.unit_interval("estimate_from", self.estimate_from)
        ranges.unit_interval("revise_from", self.revise_from)
        ranges.weight("revision_rate", self.revision_rate)
        if self.estimate_from > self.revise_from:
            raise ValueError(
                "What is revised was estimated before: estimate_from must not be above "
                f"revise_from, received estimate_from={self.estimate_from} and "
                f"revise_from={self.revise_from}."
            )

    def phases(self) -> tuple[Phase, ...]:
        """Cross entropy, weights by T, and weights by T + dT.

        Example:
            >>> [(phase.start, phase.rate) for phase in cmdcore.TRevision().phases()]
            [(0.0, 1.0), (0.04, 1.0), (0.52, 0.01)]
        """
        last = Phase(self.revise_from, rate=_RATE, drops=False)
        return Phase(drops=False), Phase(self.estimate_from), last

    def row_shape(self, num_classes: int) -> tuple[int, ...]:
        """That of a prediction: a number for each class.

        Args:
            num_classes: C.

        Example:
            >>> cmdcore.TRevision().row_shape(10)
            (10,)
        """
        return (num_classes,)

    def matrices_shape(self, num_classes: int) -> tuple[int, ...]:
        """T, dT, and what Adam knows: running means of gradient and square, and steps.

        Args:
            num_classes: C.

        Example:
            >>> cmdcore.TRevision().matrices_shape(10)
            (5, 10, 10)
        """
        return (5, num_classes, num_classes)

    def matrices_at(self, number: int, rows: Tensor, matrices: Tensor) -> Tensor:
        """T as it is estimated where the second phase begins; in the third it stays.

        Args:
            number: Of the phase.
            rows: `[n, 2, num_classes]`, what A and B said last of all examples.
            matrices: `[2, 5, num_classes, num_classes]`, until now.

        Returns:
            `[2, 5, num_classes, num_classes]`.

        Example:
            >>> rows = keras.ops.array([[[0.75, 0.25]] * 2, [[0.5, 0.5]] * 2])
            >>> matrices = cmdcore.TRevision().matrices_at(1, rows, keras.ops.zeros((2, 5, 2, 2)))
            >>> keras.ops.convert_to_numpy(matrices[0, 0])
            array([[0.75, 0.25],
                   [0.5 , 0.5 ]], dtype=float32)
        """
        if number > 1:
            return matrices
        rows = ops.cast(rows, matrices.dtype)
        transition = ops.stack([estimated(rows[:, peer]) for peer in (0, 1)])
        return ops.concatenate((transition[:, None], ops.zeros_like(matrices[:, 1:])), axis=1)

    def losses_rows_and_matrices(
        self,
        q: Tensor,
        log_p_a: Tensor,
        log_p_b: Tensor,
        moment: Moment,
        rows: Tensor,
        matrices: Tensor,
    ) -> tuple[PeerLosses, Tensor, Tensor]:
        """The loss of each by its own T + dT, what both say first, and dT after a step.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.
            rows: `[batch, 2, num_classes]`, what A and B said of these examples last.
            matrices: `[2, 5, num_classes, num_classes]`, of A and of B.

        Returns:
            `PeerLosses`, which measure the peers' entropies and certainties, and `weight_a` and
            `weight_b`, beta of the label. The rows are p in the first phase, and stay
            afterwards; of the matrices all but T change in the third.

        Raises:
            ValueError: if there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> moment = cmdcore.Moment(t=9, gamma=9, certainty_a=0.0, certainty_b=0.0, phase=1)
            >>> rows = keras.ops.array([[[0.5, 0.5]] * 2, [[0.0, 1.0]] * 2])
            >>> method = cmdcore.TRevision()
            >>> matrices = method.matrices_at(1, rows, keras.ops.zeros((2, 5, 2, 2)))
            >>> losses, _, _ = method.losses_rows_and_matrices(
            ...     q, log_p, log_p, moment, rows[:1], matrices
            ... )
            >>> float(losses.measured["weight_a"][0])  # 1/2 / (1/2 1/2 + 0 1/2)
            2.0
            >>> round(float(losses.loss_a[0]), 3)  # 2 log 2
            1.386
        """
        measured = sureness_of(log_p_a, log_p_b)
        q, rows, matrices = (ops.cast(x, log_p_a.dtype) for x in (q, rows, matrices))
        first, last = (ops.equal(moment.phase, number) for number in (0, 2))
        losses, said, later = [], [], []
        for place, (peer, log_p) in enumerate((("a", log_p_a), ("b", log_p_b))):
            own = matrices[place]
            matrix = own[0] + own[1]
            beta = importance(log_p, matrix)
            beta = ops.where(last, beta, ops.stop_gradient(beta))
            beta = ops.where(first, ops.ones_like(beta), beta)
            losses.append(cross_entropy(q * beta, log_p))
            constant = ops.stop_gradient(log_p)
            said.append(ops.where(first, ops.exp(constant), rows[:, place]))
            gradient = ops.stop_gradient(d_matrix(q, constant, matrix))
            later.append(ops.where(last, self.revised(own, gradient), own))
            measured[f"weight_{peer}"] = ops.sum(q * ops.stop_gradient(beta), axis=-1)
        return PeerLosses(*losses, measured), ops.stack(said, axis=1), ops.stack(later)

    def revised(self, matrices: Tensor, gradient: Tensor) -> Tensor:
        """The matrices of a peer after a step of Adam.

        Args:
            matrices: `[5, num_classes, num_classes]`, before it.
            gradient: `[num_classes, num_classes]`, of the mean loss, with respect to dT.

        Returns:
            `[5, num_classes, num_classes]`.

        Example:
            >>> gradient = keras.ops.array([[4.0, 0.0], [0.0, -0.5]])
            >>> method = cmdcore.TRevision(revision_rate=0.125)
            >>> revised = method.revised(keras.ops.zeros((5, 2, 2)), gradient)
            >>> [round(float(revised[1, i, i]), 5) for i in (0, 1)]  # by the sign
            [-0.125, 0.125]
        """
        transition, revision, mean, square, steps = (matrices[place] for place in range(5))
        gradient = ops.clip(gradient, -_MOST_SQUARED, _MOST_SQUARED)
        steps = steps + 1.0
        mean = _MOMENTUM * mean + (1.0 - _MOMENTUM) * gradient
        square = _OF_SQUARES * square + (1.0 - _OF_SQUARES) * gradient**2
        # Of all weights of a running mean the sum, 1 - b^steps.
        of_mean, of_square = (-ops.expm1(steps * math.log(b)) for b in (_MOMENTUM, _OF_SQUARES))
        step = mean / of_mean / (ops.sqrt(square / of_square) + _SMALL)
        revision = revision - self.revision_rate * step
        return ops.stack((transition, revision, mean, square, steps))
