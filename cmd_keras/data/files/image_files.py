"""Picture files: checked, decoded, and brought to the size of the networks."""

import dataclasses
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from cmd_keras.data.files import decoding
from cmd_keras.data.inputs import ArrayInputs, FileImages, fit_in_memory
from cmd_keras.data.notice import notice
from cmd_keras.errors import InputError

_NAMED_IN_ERRORS = 5

# Characters that end a line or move the cursor.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclasses.dataclass(frozen=True)
class Headers:
    """What the headers of picture files say together.

    Args:
        sizes: All `(height, width)` that occur.
        channels: 1 if every picture is grey, else 3.
        of_16_bits: How many have 16 bits a channel, not 8.
    """

    sizes: frozenset[tuple[int, int]]
    channels: int
    of_16_bits: int

    @property
    def bits(self) -> int:
        """What is needed so that no picture loses any: 8 or 16."""
        return 16 if self.of_16_bits else 8


def headers(paths: Sequence[Path]) -> Headers:
    """Read the headers of picture files; nothing is decoded.

    Of files with several frames, whose first one is used, the number is said in a notice.

    Args:
        paths: The files.

    Raises:
        InputError: listing the files that are no pictures.
    """
    found, broken = [], []
    for path in paths:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            broken.append(f"{shown(path)} ({problem})")
            continue
        try:
            with path.open("rb") as file:
                found.append(decoding.header(file))
        except decoding.UndecodableError as problem:
            broken.append(f"{shown(path)} ({problem})")
        except Image.DecompressionBombError:
            broken.append(f"{shown(path)} (too large)")
        except (OSError, ValueError, SyntaxError):
            broken.append(shown(path))
    _refuse(broken, len(paths))
    if moving := sum(header.moving for header in found):
        notice(f"Of {moving:,} image files with several frames only the first one is used.")
    return Headers(
        frozenset(header.size for header in found),
        1 if all(header.grey for header in found) else 3,
        sum(header.bits == 16 for header in found),
    )


def read(
    paths: Sequence[Path],
    decode: Callable[[tf.Tensor], tf.Tensor],
    shape: tuple[int, int, int],
    dtype: type[np.number] = np.uint8,
    see: Callable[[np.ndarray], None] | None = None,
) -> ArrayInputs | FileImages:
    """The pictures of these files, in memory if they take no more than 1 GiB.

    Each is decoded once in any case: a truncated file shows now, not after hours
    of training.

    Args:
        paths: The files.
        decode: Makes an array of `shape` of the content of a file.
        shape: `(height, width, channels)` after decoding.
        dtype: After decoding.
        see: Is shown the decoded pictures `[m, *shape]`, some at a time, in order.

    Raises:
        InputError: listing the files that cannot be decoded.
    """
    files = FileImages([os.fsencode(path) for path in paths], decode, shape)
    in_memory = fit_in_memory(len(paths), shape, np.dtype(dtype).itemsize)
    array = np.empty((len(paths) if in_memory else 0, *shape), dtype)
    decoded = np.zeros(len(paths), bool)
    numbers = tf.data.Dataset.range(len(paths))
    numbered = tf.data.Dataset.zip((numbers, files.in_order()))
    for index, images in numbered.ignore_errors().batch(64):
        decoded[index.numpy()] = True
        if see is not None:
            see(images.numpy())
        if in_memory:
            array[index.numpy()] = images.numpy()
    _refuse([shown(paths[i]) for i in np.flatnonzero(~decoded)], len(paths))
    return ArrayInputs(array) if in_memory else files


def decode(content: tf.Tensor, channels: int, bits: int = 8) -> tf.Tensor:
    """The picture in the content of a file, as `decoding.pixels` has it.

    Args:
        content: A scalar string.
        channels: 1 or 3.
        bits: 8 or 16.

    Returns:
        `[height, width, channels]`, 0 to 255; uint8 or, for 16 bits, float32.
    """
    image = tf.numpy_function(
        lambda content: decoding.pixels(content, channels, bits),
        [content],
        tf.uint8 if bits == 8 else tf.float32,
        # The same content is the same picture: nothing to keep in order.
        stateful=False,
    )
    return tf.ensure_shape(image, (None, None, channels))


def stretched(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The whole picture at another size; one of this size is not touched."""
    same = tf.reduce_all(tf.equal(tf.shape(image)[:2], (height, width)))
    resized = tf.cond(same, lambda: image, lambda: _resized(image, (height, width)))
    return tf.ensure_shape(resized, (height, width, image.shape[-1]))


def square(image: tf.Tensor, side: int) -> tf.Tensor:
    """The centre of a picture whose shorter side is brought to `side`."""
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
    """A path as text that can be written to a file, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def shown(path: str | Path) -> str:
    """A path as text that can be printed on one line, whatever bytes it is made of."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], written(path))


def _resized(image: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    resized = tf.clip_by_value(tf.image.resize(image, size, antialias=True), 0, 255)
    return tf.cast(tf.round(resized), tf.uint8) if image.dtype == tf.uint8 else resized


def _refuse(broken: list[str], total: int) -> None:
    if not broken:
        return
    more = ", …" if len(broken) > _NAMED_IN_ERRORS else ""
    raise InputError(
        f"{len(broken)} of {total} files cannot be read as pictures: "
        f"{', '.join(sorted(broken)[:_NAMED_IN_ERRORS])}{more}. Replace or remove them, or "
        "convert them to JPEG or PNG."
    )
