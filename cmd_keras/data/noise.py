"""Synthetic label noise: section 5.1 of the paper."""

import dataclasses

import numpy as np

from cmd_keras.errors import InputError


@dataclasses.dataclass(frozen=True)
class Noise:
    """How labels are corrupted.

    Args:
        kind: `"none"`; `"sym"`, a label moves to one of the *other* classes,
            all equally likely; or `"pair"`, class y moves to (y + 1) mod C.
        rate: Probability that a label moves, in [0, 1).

    Raises:
        InputError: if the kind is unknown or the rate out of range.
    """

    kind: str
    rate: float

    def __post_init__(self) -> None:
        if self.kind not in ("none", "sym", "pair"):
            raise InputError(
                f"Unknown kind of noise {self.kind!r}. Use sym:RATE, pair:RATE or none."
            )
        if not 0.0 <= self.rate < 1.0:
            raise InputError(
                f"The noise rate must lie in [0, 1), received {self.rate:g}. A rate of 0.4 "
                "corrupts 40 % of the labels."
            )

    @classmethod
    def parse(cls, text: str) -> "Noise":
        """The noise written as `none`, `sym:0.4` or `pair:0.2`.

        Raises:
            InputError: if the text is none of these.
        """
        if text == "none":
            return cls("none", 0.0)
        kind, _, rate = text.partition(":")
        try:
            return cls(kind, float(rate))
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"Cannot read noise {text!r}. Use sym:RATE, pair:RATE or none, as in sym:0.4."
            ) from None

    def corrupt(self, labels: np.ndarray, num_classes: int, seed: int) -> np.ndarray:
        """A corrupted copy of the labels.

        Args:
            labels: `[n]`, integers 0 … C-1. They are not changed.
            num_classes: C, at least 2.
            seed: Same seed, same labels.

        Returns:
            `[n]`, of the same dtype.

        Raises:
            InputError: if there is a single class, or a label out of range.
        """
        if num_classes < 2:
            raise InputError(f"At least 2 classes are needed, received {num_classes}.")
        labels = np.asarray(labels)
        if len(labels) and not 0 <= labels.min() <= labels.max() < num_classes:
            raise InputError(
                f"Labels must lie in 0 … {num_classes - 1}, received values from {labels.min()} to "
                f"{labels.max()}."
            )
        rng = np.random.default_rng(seed)
        moves = rng.random(len(labels)) < self.rate
        steps = rng.integers(1, num_classes, size=len(labels)) if self.kind == "sym" else 1
        return np.where(moves, (labels + steps) % num_classes, labels).astype(labels.dtype)
