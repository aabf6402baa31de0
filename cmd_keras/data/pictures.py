"""Picture files: checked, decoded, and brought to the size of the networks."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from cmd_keras.data.inputs import ArrayInputs, FileImages, fit_in_memory
from cmd_keras.errors import InputError

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".gif")

# Pictures as well, but TensorFlow cannot decode them.
OTHER_EXTENSIONS = (".webp", ".tif", ".tiff", ".heic", ".heif", ".avif")

# MPO is what many phones write into a .jpg: a JPEG with a second one behind it.
_FORMATS = ("JPEG", "MPO", "PNG", "BMP", "GIF")

_NAMED_IN_ERRORS = 5


def sizes_and_channels(paths: Sequence[Path]) -> tuple[set[tuple[int, int]], int]:
    """What the headers of picture files say; nothing is decoded.

    Args:
        paths: The files.

    Returns:
        All `(height, width)` that occur, and the channels: 1 if every picture is
        grey, else 3.

    Raises:
        InputError: listing the files that are no pictures.
    """
    sizes, channels, broken = set(), 1, []
    for path in paths:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            broken.append(f"{written(path)} ({problem})")
            continue
        try:
            with Image.open(path) as picture:
                if picture.format not in _FORMATS:
                    broken.append(f"{written(path)} (a {picture.format})")
                # TensorFlow would take the numbers of the colours for grey values.
                if picture.format == "BMP" and picture.mode in ("1", "P"):
                    broken.append(f"{written(path)} (a BMP with a palette)")
                sizes.add((picture.height, picture.width))
                if picture.mode not in ("1", "L", "I;16"):
                    channels = 3
        except Image.DecompressionBombError:
            broken.append(f"{written(path)} (too large)")
        except (OSError, ValueError, SyntaxError):
            broken.append(written(path))
    _refuse(broken, len(paths))
    return sizes, channels


def read(
    paths: Sequence[Path],
    decode: Callable[[tf.Tensor], tf.Tensor],
    shape: tuple[int, int, int],
) -> ArrayInputs | FileImages:
    """The pictures of these files, in memory if they take no more than 1 GiB.

    Each is decoded once in any case: a truncated file shows now, not after hours
    of training.

    Args:
        paths: The files.
        decode: Makes a uint8 array of `shape` of the content of a file.
        shape: `(height, width, channels)` after decoding.

    Raises:
        InputError: listing the files that cannot be decoded.
    """
    files = FileImages([os.fsencode(path) for path in paths], decode, shape)
    in_memory = fit_in_memory(len(paths), shape)
    array = np.empty((len(paths) if in_memory else 0, *shape), np.uint8)
    decoded = np.zeros(len(paths), bool)
    numbers = tf.data.Dataset.range(len(paths))
    numbered = tf.data.Dataset.zip((numbers, files.in_order()))
    for index, images in numbered.ignore_errors().batch(64):
        decoded[index.numpy()] = True
        if in_memory:
            array[index.numpy()] = images.numpy()
    _refuse([written(paths[i]) for i in np.flatnonzero(~decoded)], len(paths))
    return ArrayInputs(array) if in_memory else files


def decode(content: tf.Tensor, channels: int) -> tf.Tensor:
    """The picture in the content of a file, `[height, width, channels]`, uint8.

    A colour picture becomes its luminance where one channel is asked for. Of a
    moving GIF it is the first frame. The orientation that a camera notes beside
    the pixels (EXIF) is not followed.
    """
    image = tf.image.decode_image(content, channels=3, expand_animations=False)
    if channels == 3:
        return image
    # Weights of ITU-R BT.601; they add up to 1, so that grey stays what it is.
    weights = tf.constant([0.299, 0.587, 0.114])
    grey = tf.reduce_sum(tf.cast(image, tf.float32) * weights, axis=-1, keepdims=True)
    return tf.cast(tf.round(grey), tf.uint8)


def stretched(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The whole picture at another size, uint8; one of this size is not touched."""
    same = tf.reduce_all(tf.equal(tf.shape(image)[:2], (height, width)))
    resized = tf.cond(same, lambda: image, lambda: _resized(image, (height, width)))
    return tf.ensure_shape(resized, (height, width, image.shape[-1]))


def square(image: tf.Tensor, side: int) -> tf.Tensor:
    """The centre of a picture whose shorter side is brought to `side`, uint8."""
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scaled = tf.cast(tf.math.ceil(size * side / tf.reduce_min(size)), tf.int32)
    return tf.image.resize_with_crop_or_pad(_resized(image, scaled), side, side)


def side_before_crop(image_size: int) -> int:
    """What the shorter side of a picture is brought to, before the crop.

    As in appendix A.1 of the paper: 320 for WebVision, of which 299 are cut out.
    For all others the proportion of 256 to 224.
    """
    return 320 if image_size == 299 else round(image_size * 256 / 224)


def written(path: str | Path) -> str:
    """A path as text that can be printed, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _resized(image: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    image = tf.image.resize(image, size, antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)


def _refuse(broken: list[str], total: int) -> None:
    if not broken:
        return
    more = ", …" if len(broken) > _NAMED_IN_ERRORS else ""
    raise InputError(
        f"{len(broken)} of {total} files cannot be read as pictures: "
        f"{', '.join(sorted(broken)[:_NAMED_IN_ERRORS])}{more}. Replace or remove them, or "
        "convert them to JPEG or PNG."
    )
