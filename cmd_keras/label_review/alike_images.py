"""Images that show the same: shifted a little, mirrored, brighter, smaller, or stored anew.

Networks see through such changes less than one should think, in pixels they are found for sure:
two images are compared in their details, what is left when all that is coarse is taken away, in
the best of all small shifts.
"""

from typing import Any

import numpy as np
from scipy import fft, ndimage

from cmd_keras.label_review.checks import check_finite

# Images are looked at in this size, or in their own, if they are smaller.
_SIDE = 32
# What is finer than so many of 32 pixels is noise, and what is coarser than so many is no detail.
_FINE, _COARSE = 0.7, 2.5
# One image may be shifted by so many of these pixels, or by halves of them.
_SHIFT, _FINER = 2, 2
# First they are looked for by the mean shades of so many squares each way.
_SQUARES, _CANDIDATES = 8, 6
# Of the median distance to the most alike image.
_NEAR = 0.25
# Pairs whose details are compared at a time.
_AT_A_TIME = 4096


def alike_images(shades: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """For each image the most alike one with another label, if both show the same.

    Each is compared with the six images that are most like it, and the six that are most like its
    mirror image, in 8 by 8 squares.

    Args:
        shades: `[n, h, w]`, as `image_shades` makes them.
        labels: `[n]`, integers.

    Returns:
        `[n]`, the place of that image, -1 where there is none, and `[n]`, the correlation of
        their details, 1 for copies. Both show the same where 1 - correlation is less than a
        quarter of what it is, in the median over all images, to the most alike one of any label.

    Raises:
        ValueError: if there are not as many labels as images, or shades are not finite.
    """
    shades, labels = np.asarray(shades, np.float32), np.asarray(labels)
    if shades.ndim != 3 or labels.shape != shades.shape[:1]:
        raise ValueError(
            "shades must be [n, h, w], with n labels, received shades of shape "
            f"{shades.shape} and labels of shape {labels.shape}."
        )
    check_finite("shades", shades)
    # Small images have not been made smaller, and hold nothing finer than their pixels.
    finest = _FINE * min(shades.shape[1:]) / _SIDE
    fine, coarse = (ndimage.gaussian_filter(shades, (0.0, x, x)) for x in (finest, _COARSE))
    fine = _unit(fine - coarse)
    turned = ((fine, shades), (fine[:, :, ::-1], shades[:, :, ::-1]))
    found = [_candidates(coarse, shades) for _, coarse in turned]
    alike = [_correlation(own, fine, f) for (own, _), f in zip(turned, found, strict=True)]
    found, alike = np.concatenate(found, axis=1), np.concatenate(alike, axis=1)
    each = np.arange(len(shades))
    alike[found == each[:, None]] = -1.0
    nearest = alike.max(axis=1)
    alike[labels[found] == labels[:, None]] = -1.0
    first = alike.argmax(axis=1)
    best = alike[each, first]
    near = 1.0 - best < _NEAR * (1.0 - np.median(nearest))
    return np.where(near, found[each, first], -1), best


def image_shades(images: Any) -> np.ndarray:
    """Images in grey, and small.

    Args:
        images: `[n, h, w, channels]`.

    Returns:
        float32 `[n, min(h, 32), min(w, 32)]`.

    Raises:
        ValueError: if they are of another shape.
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or 0 in images.shape[1:]:
        raise ValueError(
            f"images must be [n, h, w, channels], received shape {images.shape}. Grey ones "
            "without channels become so by images[..., None], a single one by images[None]."
        )
    grey = images.mean(axis=-1)
    return _averaged(grey, *(min(side, _SIDE) for side in grey.shape[1:]))


def _averaged(grey: np.ndarray, height: int, width: int) -> np.ndarray:
    down, across = _shares(grey.shape[1], height), _shares(grey.shape[2], width)
    return np.einsum("ah,nhw,bw->nab", down, grey, across, optimize=True)


def _shares(size: int, into: int) -> np.ndarray:
    """How much of each of `size` pixels is in each of `into` equal stretches, `[into, size]`."""
    begin, pixel = np.arange(into)[:, None] * size / into, np.arange(size)
    common = np.minimum(begin + size / into, pixel + 1) - np.maximum(begin, pixel)
    return (np.maximum(common, 0.0) * into / size).astype(np.float32)


def _unit(images: np.ndarray) -> np.ndarray:
    """The same with mean 0 and length 1; all 0, where nothing differs."""
    images = images - images.mean(axis=(1, 2), keepdims=True)
    length = np.linalg.norm(images, axis=(1, 2), keepdims=True)
    return images / np.where(length > 0.0, length, 1.0)


def _candidates(asked: np.ndarray, shades: np.ndarray) -> np.ndarray:
    """The places of the images that are most alike in a few squares, `[n, up to 7]`."""
    # Only here is it needed, and it takes long to import, which every training would wait for.
    from sklearn.neighbors import NearestNeighbors

    sides = [min(side, _SQUARES) for side in shades.shape[1:]]
    coarse, wanted = (_unit(_averaged(x, *sides)).reshape(len(x), -1) for x in (shades, asked))
    # One more than asked for: the image itself may be among them.
    count = min(_CANDIDATES + 1, len(coarse))
    search = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(coarse)
    return search.kneighbors(wanted, return_distance=False)


def _correlation(one: np.ndarray, others: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Of the details of each image with those of the ones that were found, at the best shifts."""
    best = np.empty(found.shape)
    for start in range(0, len(one), _AT_A_TIME):
        rows = slice(start, start + _AT_A_TIME)
        own = fft.fft2(one[rows])
        for column in range(found.shape[1]):
            spectrum = own * np.conj(fft.fft2(others[found[rows, column]]))
            best[rows, column] = _near_the_middle(spectrum).max(axis=(1, 2))
    return best


def _near_the_middle(spectrum: np.ndarray) -> np.ndarray:
    """The inverse transform at small shifts alone, halves of pixels among them."""
    shifts = np.arange(-_SHIFT * _FINER, _SHIFT * _FINER + 1) / _FINER
    down, across = (
        np.exp(2j * np.pi * np.outer(shifts, fft.fftfreq(size))).astype(np.complex64) / size
        for size in spectrum.shape[1:]
    )
    return np.einsum("ah,nhw,bw->nab", down, spectrum, across, optimize=True).real
