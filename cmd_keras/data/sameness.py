"""Whether pictures differ: what cannot be told apart cannot be learned."""

import hashlib

import numpy as np

from cmd_keras.data.class_names import visible
from cmd_keras.errors import InputError

_WHY = (
    "Likely reasons: a download that brought the same placeholder each time, a white drawing on a "
    "transparent ground (transparency is laid over white), or masks in place of photographs. Look "
    "at some of them, and replace or remove them."
)


class Sameness:
    """Notes of decoded pictures, as they come by, what tells equal and empty ones."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self._flat: list[bool] = []

    def see(self, images: np.ndarray) -> None:
        """Note some more pictures, `[m, height, width, channels]`."""
        self._digests += [hashlib.blake2b(image.tobytes()).digest() for image in images]
        self._flat += (images == images[:, :1, :1]).all(axis=(1, 2, 3)).tolist()

    def check(self, labels: np.ndarray, class_names: tuple[str, ...]) -> None:
        """Refuse a set, or a class of it, whose pictures do not differ.

        Args:
            labels: `[n]`, of all pictures in the order they were seen in.
            class_names: One for each class.

        Raises:
            InputError: if all pictures, or two or more that are all there are of a class, are
                equal, or each of a single colour.
        """
        everything = range(len(labels))
        self._refuse(everything, f"All {len(labels):,} images")
        for number, name in enumerate(class_names):
            of_class = np.flatnonzero(labels == number)
            self._refuse(of_class, f"All {len(of_class):,} images of the class {visible(name)}")

    def _refuse(self, numbers: range | np.ndarray, which: str) -> None:
        if len(numbers) < 2:
            return
        if len({self._digests[i] for i in numbers}) == 1:
            raise InputError(f"{which} are equal, as the networks would see them. {_WHY}")
        if all(self._flat[i] for i in numbers):
            raise InputError(
                f"{which} are a single flat colour each, as the networks would see them. {_WHY}"
            )
