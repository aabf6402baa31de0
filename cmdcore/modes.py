"""Which knowledge is passed on: the modes of section 4.2, as values.

A mode answers one question, how low the entropy of a prediction must be at
this moment of training, and eq. 8 does the rest. `Selection` is the generic
form; the four named modes are points of it.
"""

import abc
import dataclasses
from typing import Any

from cmdcore import ranges, schedule
from cmdcore.after_keras import registered
from cmdcore.named import value_of
from cmdcore.tensor import Tensor
from cmdcore.value import Value


class Mode(Value, abc.ABC):
    """How confident a network must be for its knowledge to be passed on.

    A rule of one's own is a frozen dataclass that derives from it. To be saved with a
    distiller it needs `keras.saving.register_keras_serializable`.

    Example:
        >>> @dataclasses.dataclass(frozen=True)
        ... class SecondHalf(cmdcore.Mode):
        ...     def threshold(self, progress, num_classes):
        ...         return math.log(num_classes) if progress > 0.5 else 0.0
        >>> SecondHalf().threshold(progress=0.5, num_classes=4)
        0.0
    """

    @abc.abstractmethod
    def threshold(self, progress: Tensor, num_classes: int) -> Tensor:
        """chi, which the entropy of a prediction must stay below (eqs. 8 and 9).

        Args:
            progress: t/Gamma in [0, 1], any shape.
            num_classes: C, at least 2.

        Returns:
            chi in nats, of the shape of `progress`.

        Raises:
            ValueError: if `num_classes` is below 2.
        """


@registered
@dataclasses.dataclass(frozen=True)
class Selection(Mode):
    """The generic threshold of eq. 12.

    Args:
        eta: scale; H(u)/eta is the threshold halfway through training. There, and with b2 = 0
            throughout, 0 < eta <= 1 selects nearly everything, below 0 or infinity nothing.
        b2: direction and steepness of the change.

    Raises:
        ValueError: if `eta` is 0 or NaN or `b2` is not finite.
    """

    eta: float
    b2: float

    def __post_init__(self) -> None:
        ranges.selection_scale(self.eta)
        ranges.finite("b2", self.b2)

    def threshold(self, progress: Tensor, num_classes: int) -> Tensor:
        """chi in nats at `progress` = t/Gamma (eq. 12); shape of `progress`.

        >>> mode = cmdcore.Progressive(eta=2.0, b2=-2 * math.log(3))
        >>> round(float(mode.threshold(1.0, num_classes=4)), 3)  # log 4 / 2, times 1/2
        0.347

        Raises:
            ValueError: if `num_classes` is below 2.
        """
        return schedule.threshold(progress, self.eta, self.b2, num_classes)


@registered
@dataclasses.dataclass(frozen=True)
class Progressive(Selection):
    """CMD-P: the threshold moves as training goes on.

    Args:
        eta: scale, as in `Selection`.
        b2: below 0 (the paper's choice under label noise) demands more and
            more confidence; 0 is CMD-S.

    Raises:
        ValueError: if `eta` is 0 or NaN or `b2` is not finite.
    """

    eta: float = 2.0
    b2: float = -5.0


@registered
@dataclasses.dataclass(frozen=True)
class Static(Mode):
    """CMD-S: chi = H(u)/eta throughout, eq. 12 with b2 = 0.

    Args:
        eta: scale, as in `Selection`.

    Raises:
        ValueError: if `eta` is 0 or NaN.
    """

    eta: float = 2.0

    def __post_init__(self) -> None:
        ranges.selection_scale(self.eta)

    def threshold(self, progress: Tensor, num_classes: int) -> Tensor:
        """chi in nats, the same at every `progress`; shape of `progress`.

        >>> round(float(cmdcore.Static(eta=2.0).threshold(1.0, num_classes=4)), 3)  # log 4 / 2
        0.693

        Raises:
            ValueError: if `num_classes` is below 2.
        """
        return schedule.threshold(progress, self.eta, 0.0, num_classes)


@registered
@dataclasses.dataclass(frozen=True)
class Zero(Mode):
    """Nothing is passed on: chi = 0, eq. 12 with eta = infinity."""

    def threshold(self, progress: Tensor, num_classes: int) -> Tensor:
        """chi = 0 at every `progress`; shape of `progress`.

        >>> cmdcore.Zero().threshold(0.5, num_classes=4)
        0.0

        Raises:
            ValueError: if `num_classes` is below 2.
        """
        ranges.class_count(num_classes)
        return progress * 0.0


@registered
@dataclasses.dataclass(frozen=True)
class All(Mode):
    """Everything is passed on: chi = infinity, the limit of eq. 12 as eta falls to 0.

    Eq. 12 with eta = 1 gives chi = H(u), and the strict `<` of eq. 8 would then
    drop an exactly uniform prediction.
    """

    def threshold(self, progress: Tensor, num_classes: int) -> Tensor:
        """chi = infinity at every `progress`; shape of `progress`.

        >>> cmdcore.All().threshold(0.5, num_classes=4)
        inf

        Raises:
            ValueError: if `num_classes` is below 2.
        """
        ranges.class_count(num_classes)
        return progress * 0.0 + float("inf")


MODES = {"zero": Zero, "all": All, "static": Static, "progressive": Progressive}


def get(mode: Any) -> Mode:
    """The object itself, or the named mode with its default constants.

    Args:
        mode: a `Mode`, or one of `"zero"`, `"all"`, `"static"`, `"progressive"`.

    Raises:
        ValueError: for anything else.

    Example:
        >>> cmdcore.modes.get("static")
        Static(eta=2.0)
    """
    return value_of("mode", mode, Mode, MODES, "Progressive(eta=2.0, b2=-5.0)")
