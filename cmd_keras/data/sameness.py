"""Whether inputs differ: what cannot be told apart cannot be learned."""

import hashlib

import numpy as np

from cmd_keras.data.spelling.class_names import quote
from cmd_keras.errors import InputError

_ADVICE = (
    "Likely reasons: inputs that were lost when they were read or saved, a download that brought "
    "the same placeholder each time, a white drawing on a transparent ground (transparency is laid "
    "over white), or masks in place of photographs. Look at some of them, and replace or remove "
    "them."
)

# The networks compute in float32, in which other types may hold numbers that are one there.
_AS_THEY_ARE = (np.bool_, np.uint8, np.int8, np.uint16, np.int16, np.float16, np.float32)


class Sameness:
    """Notes of inputs, as they come by, what tells equal and empty ones.

    Images that are lost on the way are most often all one and the same. Vectors may be equal
    within a class: they may be categories.
    """

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self._flat: list[bool] = []

    def see(self, inputs: np.ndarray) -> None:
        """Note some more images `[m, height, width, channels]`, or vectors `[m, features]`."""
        if inputs.dtype.type not in _AS_THEY_ARE:
            inputs = inputs.astype(np.float32)
        self._digests += [hashlib.blake2b(one.tobytes()).digest() for one in inputs]
        if inputs.ndim == 4:
            self._flat += (inputs == inputs[:, :1, :1]).all(axis=(1, 2, 3)).tolist()

    def check(self, labels: np.ndarray, class_names: tuple[str, ...], whose: str = "") -> None:
        """Refuse a set, or a class of it, whose images do not differ, or a set of such vectors.

        Args:
            labels: `[n]`, of all inputs in the order they were seen in.
            class_names: One for each class.
            whose: Words behind "images" or "inputs", with a space before them.

        Raises:
            InputError: if two or more that are all there are, in the set or in a class, are
                equal, or each of a single colour.
        """
        everything = np.arange(len(labels))
        what = "images" if self._flat else "inputs"
        self._refuse(everything, f"All {len(labels):,} {what}{whose}")
        for number, name in enumerate(class_names if self._flat else ()):
            of_class = np.flatnonzero(labels == number)
            which = f"All {len(of_class):,} {what} of the class {quote(name)}{whose}"
            self._refuse(of_class, which)

    def _refuse(self, numbers: np.ndarray, which: str) -> None:
        if len(numbers) < 2:
            return
        if len({self._digests[i] for i in numbers}) == 1:
            raise InputError(f"{which} are equal, as the networks would see them. {_ADVICE}")
        if self._flat and all(self._flat[i] for i in numbers):
            raise InputError(
                f"{which} are a single flat colour each, as the networks would see them. {_ADVICE}"
            )
