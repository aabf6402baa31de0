"""Whether images in an array have the scale of those that the networks were trained on."""

import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# No images are so much darker than others: 255 and 1 differ by more.
_OTHER_SCALE = 50

# By so much none is brighter than the brightest of all that were trained on: 255 and 16 differ
# by more, and 16 and 1.
_BRIGHTER = 10

# Of so many images the darkest are not looked at: some photographs are black but for a few pixels.
_DARKEST = 0.05

Peaks = tuple[float, float, float]


def peaks_of(images: np.ndarray) -> Peaks | None:
    """How far a dark image, the usual one and the one that reaches furthest are from 0.

    Args:
        images: `[n, height, width, channels]`.

    Returns:
        The twentieth part, the median and the largest; images that are black throughout do
        not count. None if all are.
    """
    peaks = _peaks(images)
    lit = peaks[peaks > 0.0]
    if not len(lit):
        return None
    return float(np.quantile(lit, _DARKEST)), float(np.median(lit)), float(lit.max())


def differ(images: np.ndarray, others: np.ndarray) -> bool:
    """Whether one part of a set was brought to a scale, and the other was not.

    Args:
        images: `[n, height, width, channels]`.
        others: `[m, height, width, channels]`.
    """
    found = peaks_of(images), peaks_of(others)
    if None in found:
        return False
    (_, usual, largest), (_, other_usual, other_largest) = found
    least, most = sorted((largest, other_largest))
    # Where the darker part ends elsewhere than at 1 its images may be dark: at night, say.
    to_one = 0.5 < least <= 1.0 and max(usual, other_usual) >= _BRIGHTER * least
    return to_one or most >= _OTHER_SCALE * least


def check_scale(images: np.ndarray, trained: Peaks, path: str) -> None:
    """Refuses images that were not scaled as those for training were.

    Where those vary as much among each other, as amplitudes do, it is only said.

    Args:
        images: `[n, height, width, channels]`, new ones.
        trained: `peaks_of` those for training.
        path: Of the file that they are from.

    Raises:
        InputError: saying how far both reach.
    """
    found = peaks_of(images)
    if found is None:
        return
    (_, usual, largest), (dark_trained, usual_trained, largest_trained) = found, trained
    brighter = usual >= _BRIGHTER * largest_trained
    if not brighter and _OTHER_SCALE * largest > usual_trained:
        return
    said = (
        f"Images of x in {path} reach {largest:g}, but those that the networks were trained on "
        f"{largest_trained:g}."
    )
    vary = _OTHER_SCALE * dark_trained <= usual_trained
    if vary or (not brighter and _may_be_dark(images, largest_trained)):
        notice(f"{said} If they are not meant to, bring them to the scale of these.")
        return
    raise InputError(f"{said} Bring them to the same scale.")


def _may_be_dark(images: np.ndarray, largest_trained: float) -> bool:
    """Whether nothing says that a dark image is one on another scale."""
    in_levels = largest_trained <= 1.0 or (images == np.round(images)).all()
    return bool(in_levels) and np.count_nonzero(_peaks(images)) == 1


def _peaks(images: np.ndarray) -> np.ndarray:
    axes = tuple(range(1, images.ndim))
    # Not the absolute value, which the least integer of a type has none of.
    return np.maximum(images.max(axis=axes).astype(float), -images.min(axis=axes).astype(float))
