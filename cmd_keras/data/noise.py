"""Synthetic label noise: section 5.1 of the paper, and noise that depends on the input."""

import dataclasses
import numbers
import re
from collections.abc import Iterable

import numpy as np

from cmd_keras.errors import InputError, did_you_mean

_KINDS = ("none", "sym", "pair", "inst")

# float() takes underscores, spaces and the digits of every script as well.
_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e-?[0-9]+)?", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Noise:
    """How labels are corrupted.

    Args:
        kind: `"none"`; `"sym"`, a label moves to one of the *other* classes,
            all equally likely; `"pair"`, class y moves to (y + 1) mod C; or `"inst"`, it
            depends on the input whether and where it moves (`instance_noise`).
        rate: Probability that a label moves, in [0, 1), of `"inst"` the mean over examples; 0
            for `"none"`.

    Raises:
        InputError: if the kind is unknown, the rate out of range, or there is a rate
            without noise.
    """

    kind: str
    rate: float

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise InputError(
                f"Unknown kind of noise {self.kind!r}.{did_you_mean(self.kind, _KINDS)} Use "
                "sym:RATE, pair:RATE, inst:RATE or none."
            )
        if not isinstance(self.rate, numbers.Real) or isinstance(self.rate, bool):
            raise InputError(
                f"The noise rate must be a number such as 0.4, received {self.rate!r}."
            )
        if not 0.0 <= self.rate < 1.0:
            percent = f" {self.rate:g} % is {self.rate / 100:g}." if 1 < self.rate < 100 else ""
            raise InputError(
                f"The noise rate must lie in [0, 1), received {self.rate:g}.{percent} A rate of "
                "0.4 corrupts 40 % of the labels."
            )
        if self.kind == "none" and self.rate:
            raise InputError(
                f"No noise has no rate, received {self.rate:g}. Use sym:{self.rate:g} or "
                f"pair:{self.rate:g} to corrupt labels, or none to leave them as they are."
            )

    @property
    def needs_inputs(self) -> bool:
        """Whether `corrupt` looks at the inputs."""
        return self.kind == "inst"

    @classmethod
    def parse(cls, text: str) -> "Noise":
        """The noise written as `none`, `sym:0.4`, `pair:0.2` or `inst:0.4`.

        Raises:
            InputError: if the text is none of these, to the letter.
        """
        if text == "none":
            return cls("none", 0.0)
        kind, _, rate = text.partition(":") if isinstance(text, str) else ("", "", "")
        if _NUMBER.fullmatch(rate):
            noise = cls(kind, float(rate))
            if kind != "none":
                return noise
        hint = f" Did you mean {kind}:0.4?" if kind in _KINDS[1:] else ""
        raise InputError(
            f"Cannot read noise {text!r}.{hint} Use sym:RATE, pair:RATE, inst:RATE or none, as in "
            "sym:0.4."
        )

    def corrupt(
        self,
        labels: np.ndarray,
        num_classes: int,
        seed: int,
        inputs: Iterable[np.ndarray] | None = None,
    ) -> np.ndarray:
        """A corrupted copy of the labels.

        Args:
            labels: `[n]`, integers 0 … C-1. They are not changed.
            num_classes: C, at least 2.
            seed: Same seed, same labels.
            inputs: Of `"inst"` alone: batches `[b, ...]` of the examples, in the order of their
                labels, with mean 0 and variance 1. All others do not look at them.

        Returns:
            `[n]`, of the same dtype.

        Raises:
            InputError: if there is a single class, the labels are of another shape or type, out
                of range, or of a type that has no room for class C-1, to which they may move, or
                there are no inputs where they are needed.
        """
        if num_classes < 2:
            raise InputError(f"At least 2 classes are needed, received {num_classes}.")
        labels = np.asarray(labels)
        if labels.ndim != 1 or labels.dtype.kind not in "biu":
            raise InputError(
                f"Labels must be integers [n], received {labels.dtype} of the shape "
                f"{list(labels.shape)}. For one-hot labels take labels.argmax(axis=1)."
            )
        if len(labels) and not 0 <= labels.min() <= labels.max() < num_classes:
            raise InputError(
                f"Labels must lie in 0 … {num_classes - 1}, received values from {labels.min()} to "
                f"{labels.max()}."
            )
        if self.rate:
            _check_room(labels.dtype, num_classes)
        if self.needs_inputs:
            if inputs is None:
                raise InputError("inst noise depends on the inputs. Give them, in batches.")
            # SciPy takes a while, and no other noise needs it.
            from cmd_keras.data.instance_noise import corrupt_by_instance

            return corrupt_by_instance(inputs, labels, num_classes, self.rate, seed)
        rng = np.random.default_rng(seed)
        moves = rng.random(len(labels)) < self.rate
        steps = rng.integers(1, num_classes, size=len(labels)) if self.kind == "sym" else 1
        # int64 first: in a narrow type the last label and 1 could be out of its range.
        moved = (labels.astype(np.int64) + steps) % num_classes
        return np.where(moves, moved, labels).astype(labels.dtype)

    def transition(self, num_classes: int) -> tuple[tuple[float, ...], ...]:
        """What `corrupt` does to classes: T_ij = P(label becomes j | it was i).

        Args:
            num_classes: C, at least 2.

        Raises:
            InputError: if the noise depends on the inputs, or there is a single class.
        """
        if num_classes < 2:
            raise InputError(f"At least 2 classes are needed, received {num_classes}.")
        if self.needs_inputs:
            raise InputError("inst noise depends on the inputs, and no matrix says what it does.")
        moved = np.roll(np.eye(num_classes), 1, axis=1)
        if self.kind == "sym":
            moved = (1.0 - np.eye(num_classes)) / (num_classes - 1)
        matrix = (1.0 - self.rate) * np.eye(num_classes) + self.rate * moved
        return tuple(map(tuple, matrix.tolist()))


def _check_room(dtype: np.dtype, num_classes: int) -> None:
    # NumPy would make another class of one that is too large, without a word.
    highest = 1 if dtype.kind == "b" else np.iinfo(dtype).max
    if num_classes - 1 > highest:
        raise InputError(
            f"Labels that move may become {num_classes - 1}, and {dtype} ends at {highest}. Give "
            "labels.astype(numpy.int64)."
        )
