"""Small pictures of images, as a page holds them."""

import base64
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from cmd_keras.data.files import decoding

# Two thousand of them are some ten megabytes.
_SIDE = 96
_QUALITY = 80
# Images up to this side keep every pixel.
_SMALL = 32


def pictures(
    images: Callable[[], Iterable[np.ndarray]], shape: tuple[int, ...]
) -> Iterator[str | None]:
    """A `data:` address for each image.

    Args:
        images: Begins with the first one whenever it is called, `[height, width, channels]`
            each: two thousand large ones do not fit in memory.
        shape: Theirs.

    Yields:
        The address of a PNG of a small image, of a JPEG of at most 96 pixels a side of a
        larger one; None if it has neither 1, 3 nor 4 channels, and so no look.
    """
    if shape[-1] not in (1, 3, 4):
        yield from (None for _ in images())
        return
    as_bytes = _scale(images())
    for image in images():
        yield _address(as_bytes(image))


def pictures_of_files(paths: Iterable[Path]) -> Iterator[str | None]:
    """The same for image files, as a viewer shows them.

    Args:
        paths: The files.

    Yields:
        The address of a picture, or None where there is no file that can be decoded.
    """
    # Pillow decodes outside of Python's lock.
    with ThreadPoolExecutor() as threads:
        yield from threads.map(_of_file, paths)


def _of_file(path: Path) -> str | None:
    try:
        return _address(decoding.decode(path.read_bytes(), channels=3, bits=8))
    except (OSError, ValueError, SyntaxError):
        return None


def _scale(images: Iterable[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """From what is stored to 0 … 255, alike for all images."""
    low, high = np.inf, -np.inf
    for image in images:
        low, high = min(low, float(image.min())), max(high, float(image.max()))
        if image.dtype == np.uint8 and high > 127.0:
            break
    if low >= 0.0 and 127.0 < high <= 255.0:
        return lambda image: np.asarray(image, np.uint8)
    spread = (high - low) or 1.0
    return lambda image: ((image.astype(np.float32) - low) / spread * 255.0).astype(np.uint8)


def _address(array: np.ndarray) -> str:
    picture = Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)
    form = "png" if max(picture.size) <= _SMALL else "jpeg"
    picture.thumbnail((_SIDE, _SIDE))
    content = io.BytesIO()
    picture.convert("RGB" if form == "jpeg" else picture.mode).save(
        content, form, **({"quality": _QUALITY} if form == "jpeg" else {"optimize": True})
    )
    return f"data:image/{form};base64,{base64.b64encode(content.getvalue()).decode()}"
