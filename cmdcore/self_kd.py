"""Refined labels: table 2 of the paper, one object a column.

Each turns the annotated labels q and a network's own prediction p into the
label that the network learns and, if it is confident, teaches. The self trust
epsilon is always a constant to the gradient; p inside the label is not, as in
the code of the ProSelfLC authors. With both held constant, dL/dz would shrink
to (1 - epsilon)(p - q), and the confidence penalty would do nothing at all.
"""

import abc
import dataclasses
from typing import Any

from cmdcore import information, ops, ranges, schedule
from cmdcore.after_keras import registered
from cmdcore.named import value_of
from cmdcore.tensor import Tensor
from cmdcore.value import Value


class SelfKD(Value, abc.ABC):
    """A column of table 2: how much to trust oneself, and what to make of it."""

    @abc.abstractmethod
    def self_trust(self, log_p: Tensor, progress: Tensor, certainty: Tensor) -> Tensor:
        """epsilon, the second row of table 2.

        Args:
            log_p: `[batch, num_classes]`, the network's own log-probabilities.
            progress: scalar t/Gamma.
            certainty: scalar r of eq. 6, over the last finished epoch.

        Returns:
            A scalar or `[batch]`, in [0, 1].
        """

    @abc.abstractmethod
    def mix(self, q: Tensor, log_p: Tensor, epsilon: Tensor) -> Tensor:
        """The refined label for a given epsilon, the first row of table 2.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, the network's own log-probabilities.
            epsilon: broadcastable to `[batch, 1]`.

        Returns:
            `[batch, num_classes]`.
        """

    def refined_labels(
        self, q: Tensor, log_p: Tensor, progress: Tensor, certainty: Tensor
    ) -> Tensor:
        """q~ of table 2.

        Args:
            q: `[batch, num_classes]`, annotated labels.
            log_p: `[batch, num_classes]`, the network's own log-probabilities.
            progress: scalar t/Gamma.
            certainty: scalar r of eq. 6, over the last finished epoch.

        Returns:
            `[batch, num_classes]`. Gradient flows through p, not through epsilon.

        Raises:
            ValueError: if epsilon depends on l(p) and there are fewer than 2 classes.

        Example:
            >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
            >>> method = cmdcore.BootSoft(epsilon=0.5)
            >>> refined = method.refined_labels(q, log_p, progress=1.0, certainty=0.0)
            >>> [round(float(x), 3) for x in refined[0]]  # 1/2 + 1/4, 0 + 1/4
            [0.75, 0.25]
        """
        epsilon = ops.convert_to_tensor(
            self.self_trust(log_p, progress, certainty), dtype=log_p.dtype
        )
        return self.mix(ops.cast(q, log_p.dtype), log_p, ops.stop_gradient(epsilon)[..., None])


@registered
@dataclasses.dataclass(frozen=True)
class CrossEntropy(SelfKD):
    """CE: the annotated label as it is, q~ = q."""

    def self_trust(self, log_p: Tensor, progress: Tensor, certainty: Tensor) -> Tensor:
        """0.

        >>> log_p = keras.ops.log([[0.5, 0.5]])
        >>> cmdcore.CrossEntropy().self_trust(log_p, progress=1.0, certainty=0.0)
        0.0
        """
        return 0.0

    def mix(self, q: Tensor, log_p: Tensor, epsilon: Tensor) -> Tensor:
        """q.

        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> float(cmdcore.CrossEntropy().mix(q, log_p, epsilon=0.0)[0, 1])
        0.0
        """
        return q


class FixedTrust(SelfKD):
    """Base of the three columns whose epsilon is set by hand."""

    epsilon: float

    def __post_init__(self) -> None:
        ranges.unit_interval("epsilon", self.epsilon)

    def self_trust(self, log_p: Tensor, progress: Tensor, certainty: Tensor) -> Tensor:
        """The constant `epsilon`.

        >>> log_p = keras.ops.log([[0.5, 0.5]])
        >>> cmdcore.BootSoft(epsilon=0.3).self_trust(log_p, progress=1.0, certainty=0.0)
        0.3
        """
        return self.epsilon


@registered
@dataclasses.dataclass(frozen=True)
class LabelSmoothing(FixedTrust):
    """LS: q~ = (1 - epsilon) q + epsilon u, with u uniform.

    Args:
        epsilon: in [0, 1].

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.1

    def mix(self, q: Tensor, log_p: Tensor, epsilon: Tensor) -> Tensor:
        """(1 - epsilon) q + epsilon u.

        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> float(cmdcore.LabelSmoothing().mix(q, log_p, epsilon=0.5)[0, 1])  # 0 + 1/2 * 1/2
        0.25
        """
        return (1.0 - epsilon) * q + epsilon / q.shape[-1]


@registered
@dataclasses.dataclass(frozen=True)
class ConfidencePenalty(FixedTrust):
    """CP: q~ = (1 - epsilon) q - epsilon p, which pays for low entropy.

    Args:
        epsilon: in [0, 1].

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.1

    def mix(self, q: Tensor, log_p: Tensor, epsilon: Tensor) -> Tensor:
        """(1 - epsilon) q - epsilon p. Entries may be negative.

        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> mixed = cmdcore.ConfidencePenalty().mix(q, log_p, epsilon=0.5)
        >>> round(float(mixed[0, 1]), 3)  # 0 - 1/2 * 1/2
        -0.25
        """
        return (1.0 - epsilon) * q - epsilon * ops.exp(log_p)


class SelfCorrection(SelfKD):
    """Base of the three columns that correct the label with the prediction."""

    def mix(self, q: Tensor, log_p: Tensor, epsilon: Tensor) -> Tensor:
        """(1 - epsilon) q + epsilon p.

        >>> q, log_p = keras.ops.array([[1.0, 0.0]]), keras.ops.log([[0.5, 0.5]])
        >>> mixed = cmdcore.BootSoft().mix(q, log_p, epsilon=0.5)
        >>> round(float(mixed[0, 1]), 3)  # 0 + 1/2 * 1/2
        0.25
        """
        return (1.0 - epsilon) * q + epsilon * ops.exp(log_p)


@registered
@dataclasses.dataclass(frozen=True)
class BootSoft(SelfCorrection, FixedTrust):
    """Boot-soft: q~ = (1 - epsilon) q + epsilon p.

    Args:
        epsilon: in [0, 1].

    Raises:
        ValueError: if `epsilon` lies outside [0, 1].
    """

    epsilon: float = 0.1


@registered
@dataclasses.dataclass(frozen=True)
class ProSelfLC(SelfCorrection):
    """ProSelfLC, eq. 5: epsilon = g(t) l(p), trust that grows with time.

    Args:
        b1: steepness of g(t). The paper tunes it by data set and prints no value;
            20 did better than 10 and 5 on the embedded digits.

    Raises:
        ValueError: if `b1` is not finite.
    """

    b1: float = 20.0

    def __post_init__(self) -> None:
        ranges.finite("b1", self.b1)

    def self_trust(self, log_p: Tensor, progress: Tensor, certainty: Tensor) -> Tensor:
        """g(t) l(p), `[batch]`.

        >>> method = cmdcore.ProSelfLC(b1=2 * math.log(3))  # g(t) = 3/4, and l(p) = 1/2:
        >>> log_p = keras.ops.log([[0.5, 0.5, 0.0, 0.0]])
        >>> round(float(method.self_trust(log_p, progress=1.0, certainty=0.0)[0]), 3)
        0.375

        Raises:
            ValueError: if there are fewer than 2 classes.
        """
        return schedule.trust_by_time(progress, self.b1) * information.confidence(log_p)


@registered
@dataclasses.dataclass(frozen=True)
class Mconf(SelfCorrection):
    """Mconf, eqs. 6 and 7: epsilon = g(r) l(p), trust that grows with certainty.

    Args:
        b1: steepness of g(r). The paper tunes it by data set and prints no value;
            20 did better than 10 and 5 on the embedded digits.
        rho: the certainty r from which the network is trusted more than not;
            0.5 in all of the paper's experiments.

    Raises:
        ValueError: if `b1` is not finite or `rho` lies outside [0, 1].
    """

    b1: float = 20.0
    rho: float = 0.5

    def __post_init__(self) -> None:
        ranges.finite("b1", self.b1)
        ranges.unit_interval("rho", self.rho)

    def self_trust(self, log_p: Tensor, progress: Tensor, certainty: Tensor) -> Tensor:
        """g(r) l(p), `[batch]`.

        >>> method = cmdcore.Mconf(b1=2 * math.log(3))  # g(r) = 1/4, and l(p) = 1/2:
        >>> log_p = keras.ops.log([[0.5, 0.5, 0.0, 0.0]])
        >>> round(float(method.self_trust(log_p, progress=1.0, certainty=0.0)[0]), 3)
        0.125

        Raises:
            ValueError: if there are fewer than 2 classes.
        """
        trust = schedule.trust_by_certainty(certainty, self.rho, self.b1)
        return trust * information.confidence(log_p)


SELF_KD = {
    "ce": CrossEntropy,
    "ls": LabelSmoothing,
    "cp": ConfidencePenalty,
    "boot-soft": BootSoft,
    "proselflc": ProSelfLC,
    "mconf": Mconf,
}


def get(self_kd: Any) -> SelfKD:
    """The object itself, or the named column of table 2 with its default constants.

    Args:
        self_kd: a `SelfKD`, or one of `"ce"`, `"ls"`, `"cp"`, `"boot-soft"`,
            `"proselflc"`, `"mconf"`.

    Raises:
        ValueError: for anything else.

    Example:
        >>> cmdcore.self_kd.get("ls")
        LabelSmoothing(epsilon=0.1)
    """
    return value_of("self_kd", self_kd, SelfKD, SELF_KD, "ProSelfLC(b1=20.0)")
