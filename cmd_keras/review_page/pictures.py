"""Small pictures of images, as a page holds them."""

import base64
import io
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from PIL import Image

# Two thousand of them are some ten megabytes.
_SIDE = 96
_QUALITY = 80


def pictures(images: Iterable[np.ndarray], shape: tuple[int, ...]) -> Iterator[str | None]:
    """A `data:` address for each image.

    Args:
        images: `[height, width, channels]` each.
        shape: Theirs.

    Yields:
        The address of a PNG of a small image, of a JPEG of at most 96 pixels a side of a
        larger one; None if it has neither 1, 3 nor 4 channels, and so no look.
    """
    if shape[-1] not in (1, 3, 4):
        yield from (None for _ in images)
        return
    images = list(images)
    as_bytes = _scale(images)
    small = max(shape[:2]) <= 32
    for image in images:
        array = as_bytes(image)
        picture = Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)
        picture.thumbnail((_SIDE, _SIDE))
        yield _address(picture, "png" if small else "jpeg")


def _scale(images: list[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """From what is stored to 0 … 255, alike for all images."""
    low = min((float(image.min()) for image in images), default=0.0)
    high = max((float(image.max()) for image in images), default=1.0)
    if low >= 0.0 and 127.0 < high <= 255.0:
        return lambda image: np.asarray(image, np.uint8)
    spread = (high - low) or 1.0
    return lambda image: ((image.astype(np.float32) - low) / spread * 255.0).astype(np.uint8)


def _address(picture: Image.Image, form: str) -> str:
    content = io.BytesIO()
    picture.convert("RGB" if form == "jpeg" else picture.mode).save(
        content, form, **({"quality": _QUALITY} if form == "jpeg" else {"optimize": True})
    )
    return f"data:image/{form};base64,{base64.b64encode(content.getvalue()).decode()}"
