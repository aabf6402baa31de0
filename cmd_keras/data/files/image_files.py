"""Image files, checked and decoded."""

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from cmd_keras.data.files import decoding
from cmd_keras.data.files.path_text import show_path
from cmd_keras.data.inputs import ArrayInputs, FileImages, fits_in_memory
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

_NAMED_IN_ERRORS = 5


@dataclasses.dataclass(frozen=True)
class Headers:
    """What the headers of image files say together.

    Args:
        sizes: All `(height, width)` that occur.
        channels: 1 if every image is grey, else 3.
        of_16_bits: How many have 16 bits a channel, not 8.
    """

    sizes: frozenset[tuple[int, int]]
    channels: int
    of_16_bits: int

    @property
    def bits(self) -> int:
        """What is needed so that no image loses any: 8 or 16."""
        return 16 if self.of_16_bits else 8


def read_headers(paths: Sequence[Path]) -> Headers:
    """Read the headers of image files; nothing is decoded.

    Of files with several frames, whose first one is used, the number is said in a notice.

    Args:
        paths: The files.

    Raises:
        InputError: listing the files that are no images.
    """
    found, broken = [], []
    for path in paths:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            broken.append(f"{show_path(path)} ({problem})")
            continue
        try:
            with path.open("rb") as file:
                found.append(decoding.read_header(file))
        except decoding.UndecodableError as problem:
            broken.append(f"{show_path(path)} ({problem})")
        except Image.DecompressionBombError:
            broken.append(f"{show_path(path)} (too large)")
        except (OSError, ValueError, SyntaxError):
            broken.append(show_path(path))
    _refuse(broken, len(paths))
    if moving := sum(header.moving for header in found):
        notice(f"Of {moving:,} image files with several frames only the first one is used.")
    return Headers(
        frozenset(header.size for header in found),
        1 if all(header.grey for header in found) else 3,
        sum(header.bits == 16 for header in found),
    )


def read_images(
    paths: Sequence[Path],
    decode: Callable[[tf.Tensor], tf.Tensor],
    shape: tuple[int, int, int],
    dtype: type[np.number] = np.uint8,
    see: Callable[[np.ndarray], None] | None = None,
) -> ArrayInputs | FileImages:
    """The images of these files, in memory if they take no more than 1 GiB.

    Each is decoded once in any case: a truncated file shows now, not after hours
    of training.

    Args:
        paths: The files.
        decode: Makes an array of `shape` of the content of a file.
        shape: `(height, width, channels)` after decoding.
        dtype: After decoding.
        see: Is shown the decoded images `[m, *shape]`, some at a time, in order.

    Raises:
        InputError: listing the files that cannot be decoded.
    """
    files = FileImages([os.fsencode(path) for path in paths], decode, shape)
    in_memory = fits_in_memory(len(paths), shape, np.dtype(dtype).itemsize)
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
    _refuse([show_path(paths[i]) for i in np.flatnonzero(~decoded)], len(paths))
    return ArrayInputs(array) if in_memory else files


def decode_image(content: tf.Tensor, channels: int, bits: int = 8) -> tf.Tensor:
    """The image in the content of a file, as `decoding.decode` has it.

    Args:
        content: A scalar string.
        channels: 1 or 3.
        bits: 8 or 16.

    Returns:
        `[height, width, channels]`, 0 to 255; uint8 or, for 16 bits, float32.
    """
    image = tf.numpy_function(
        lambda content: decoding.decode(content, channels, bits),
        [content],
        tf.uint8 if bits == 8 else tf.float32,
        # The same content is the same image: nothing to keep in order.
        stateful=False,
    )
    return tf.ensure_shape(image, (None, None, channels))


def _refuse(broken: list[str], total: int) -> None:
    if not broken:
        return
    more = ", …" if len(broken) > _NAMED_IN_ERRORS else ""
    raise InputError(
        f"{len(broken)} of {total} files cannot be read as images: "
        f"{', '.join(sorted(broken)[:_NAMED_IN_ERRORS])}{more}. Replace or remove them, or "
        "convert them to JPEG or PNG."
    )
