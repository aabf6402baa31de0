"""What a method of teaching and learning is: two losses from two predictions."""

import abc
from typing import ClassVar, NamedTuple

from cmdcore import ops
from cmdcore.information import certainty, entropy
from cmdcore.methods.phase import Phase
from cmdcore.tensor import Tensor
from cmdcore.value import Value

# What t may count.
CLOCKS = ("epoch", "step")


class Moment(NamedTuple):
    """How far training has come.

    Attributes:
        t: scalar, the number of the current epoch (or step), counted from 1.
        gamma: scalar Gamma, the number of all.
        certainty_a: scalar r of eq. 6 for A, over the last finished epoch; 0 before.
        certainty_b: scalar r of eq. 6 for B.
        phase: scalar, the number of the phase of the method, counted from 0.
    """

    t: Tensor
    gamma: Tensor
    certainty_a: Tensor
    certainty_b: Tensor
    phase: Tensor = 0

    def progress(self, dtype: str) -> Tensor:
        """t/Gamma, a scalar of the float type `dtype`.

        Example:
            >>> moment = cmdcore.Moment(t=3, gamma=12, certainty_a=0.0, certainty_b=0.0)
            >>> float(moment.progress("float32"))
            0.25
        """
        return ops.cast(self.t, dtype) / ops.cast(self.gamma, dtype)


class PeerLosses(NamedTuple):
    """What a method makes of a batch.

    Attributes:
        loss_a: `[batch]`, what A minimises the mean of, in nats.
        loss_b: `[batch]`, what B minimises the mean of, in nats.
        measured: floats, scalars or `[batch]`, whose means over an epoch are logged by
            these names.
    """

    loss_a: Tensor
    loss_b: Tensor
    measured: dict[str, Tensor]


class Method(Value, abc.ABC):
    """A way in which two networks learn, from the given labels and from each other.

    A method is one file with one value: a frozen dataclass that holds its constants,
    registered with Keras, and a row in `cmdcore.methods.METHODS`. What it measures is
    named in `measures` and logged by these names everywhere. One that learns nothing from a
    batch in which a class is missing says so in `needs_every_class`.

    The gradient of an example's loss is taken for its own row of log-probabilities: rows
    may decide which others are learned from, but only as constants (`ops.stop_gradient`).
    """

    measures: ClassVar[tuple[str, ...]] = ()
    needs_every_class: ClassVar[bool] = False

    @abc.abstractmethod
    def losses(self, q: Tensor, log_p_a: Tensor, log_p_b: Tensor, moment: Moment) -> PeerLosses:
        """Both peers' losses on a batch.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p_a: `[batch, num_classes]`, log-probabilities of A.
            log_p_b: `[batch, num_classes]`, log-probabilities of B.
            moment: How far training has come.

        Returns:
            `PeerLosses`. The gradient of `loss_a` with respect to B is exactly 0, and that
            of `loss_b` with respect to A.
        """

    def phases(self) -> tuple[Phase, ...]:
        """The trainings that follow each other: one, unless it says otherwise.

        Example:
            >>> cmdcore.GCE().phases()
            (Phase(start=0.0, fresh=False, rate=1.0, drops=True),)
        """
        return (Phase(),)

    def check_batch_size(self, batch_size: int, num_classes: int) -> None:
        """Require batches from which the method can learn: any, unless it says otherwise.

        Args:
            batch_size: B.
            num_classes: C.

        Raises:
            ValueError: if it cannot.

        Example:
            >>> cmdcore.GCE().check_batch_size(1, num_classes=100)
        """


# What `sureness` measures.
SURENESS = ("peer_a_entropy", "peer_b_entropy", "peer_a_certainty", "peer_b_certainty")


def sureness(entropy_a: Tensor, entropy_b: Tensor, num_classes: int) -> dict[str, Tensor]:
    """How sure the peers are, by the names under which it is logged.

    Args:
        entropy_a: `[batch]`, H(p_A) in nats.
        entropy_b: `[batch]`, H(p_B) in nats.
        num_classes: C, at least 2.

    Returns:
        `[batch]` each: H(p), and 1 - H(p)/H(u), whose mean over an epoch is r of eq. 6.

    Raises:
        ValueError: if `num_classes` is below 2.

    Example:
        >>> entropy_a, entropy_b = keras.ops.log([1.0]), keras.ops.log([4.0])
        >>> measured = cmdcore.methods.method.sureness(entropy_a, entropy_b, num_classes=4)
        >>> float(measured["peer_a_certainty"][0]), float(measured["peer_b_certainty"][0])
        (1.0, 0.0)
    """
    entropies = (entropy_a, entropy_b)
    certainties = (certainty(entropy, num_classes) for entropy in entropies)
    return dict(zip(SURENESS, (*entropies, *certainties), strict=True))


def sureness_of(log_p_a: Tensor, log_p_b: Tensor) -> dict[str, Tensor]:
    """`sureness` of two predictions, through which no gradient flows.

    Args:
        log_p_a: `[batch, num_classes]`, log-probabilities of A.
        log_p_b: `[batch, num_classes]`, log-probabilities of B.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Example:
        >>> log_p_a, log_p_b = keras.ops.log([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> measured = cmdcore.methods.method.sureness_of(log_p_a, log_p_b)
        >>> float(measured["peer_a_certainty"][0]), float(measured["peer_b_certainty"][0])
        (1.0, 0.0)
    """
    entropies = (ops.stop_gradient(entropy(log_p)) for log_p in (log_p_a, log_p_b))
    return sureness(*entropies, log_p_a.shape[-1])
