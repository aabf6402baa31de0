"""What a viewer would show of an image file, as numbers.

Transparent pixels are laid over white, the orientation that a camera notes beside the
pixels (EXIF) is followed, and of several frames the first is taken. Pixels run from 0 to
255; those of 16 bits have fractions, so that none of their levels is lost.
"""

import dataclasses
import io
import warnings
from typing import BinaryIO

import numpy as np
import tensorflow as tf
from PIL import ExifTags, Image, features

_AVIF = features.check("avif")

EXTENSIONS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff"),
    *((".avif",) if _AVIF else ()),
)

# Images as well, but not decoded here.
OTHER_EXTENSIONS = (
    *(".heic", ".heif", ".jp2", ".j2k", ".jxl", ".ppm", ".pgm", ".pbm", ".pnm"),
    *(() if _AVIF else (".avif",)),
)

_READERS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "WEBP", "TIFF", *(("AVIF",) if _AVIF else ()))

# MPO is what many phones write into a .jpg: a JPEG with a second one behind it.
_FORMATS = (*_READERS, "MPO")

_GREY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N")

# Notes of a camera can be broken in every way; the pixels are there all the same.
warnings.filterwarnings("ignore", "Corrupt EXIF data", UserWarning, r"PIL\.")

# Weights of ITU-R BT.601; they add up to 1, so that grey stays what it is.
_LUMINANCE = np.array([0.299, 0.587, 0.114])

# Where a PNG says how many bits a channel has, and which channels; where a TIFF does.
_PNG_BITS, _PNG_CHANNELS = 24, 25
_TIFF_BITS = 258

# Where a TIFF says what its numbers mean, and the number for grey of which 0 is white.
_TIFF_MEANING, _WHITE_IS_ZERO = 262, 0

# How the stored pixels are turned, by the number that EXIF has for it.
_UPRIGHT = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}


class UndecodableError(ValueError):
    """An image that could only be decoded with loss, or not at all; says what it is."""


@dataclasses.dataclass(frozen=True)
class Header:
    """What an image file says of itself before it is decoded.

    Args:
        size: `(height, width)`, upright.
        grey: Whether it has no colours.
        bits: Of one pixel and channel, 8 or 16; fewer than 8 count as 8.
        moving: Whether there are more frames than the first.
    """

    size: tuple[int, int]
    grey: bool
    bits: int
    moving: bool


def read_header(file: BinaryIO) -> Header:
    """What the header of an open file says; the pixels are not decoded.

    Raises:
        UndecodableError: if it is no image that can be decoded as it is.
        OSError, ValueError, SyntaxError: from Pillow, if it is no image.
    """
    start = file.read(_PNG_CHANNELS + 1)
    file.seek(0)
    with Image.open(file) as image:
        if image.format not in _FORMATS:
            raise UndecodableError(f"a {image.format}")
        size = (image.height, image.width)
        return Header(
            # Pillow turns a TIFF itself.
            size if image.format == "TIFF" or _orientation(image) < 5 else size[::-1],
            _is_grey(image, start),
            _bits(image, start),
            image.format != "MPO" and getattr(image, "is_animated", False),
        )


def decode(content: bytes, channels: int, bits: int) -> np.ndarray:
    """The image in the content of a file, upright.

    Args:
        content: Of a file.
        channels: 3, or 1 for grey; a colour image becomes its luminance.
        bits: 8 for whole numbers, to which an image of 16 bits is rounded; 16 for fractions.

    Returns:
        `[height, width, channels]` from 0 to 255, uint8 or, of 16 bits, float32.

    Raises:
        UndecodableError: if it has more bits than are read here.
        OSError, ValueError, SyntaxError: from Pillow, if it is damaged.
    """
    with Image.open(io.BytesIO(content), formats=_READERS) as image:
        if _bits(image, content) == 16:
            values = _of_16_bits(image, content)
        else:
            values = _of_8_bits(image, content)
        # After the pixels: a PNG may have its EXIF behind them.
        values = _UPRIGHT.get(_orientation(image), lambda same: same)(values)
    if values.shape[-1] < channels:
        values = np.repeat(values, channels, axis=-1)
    elif values.shape[-1] > channels:
        values = (values @ _LUMINANCE)[..., np.newaxis]
    if bits == 8 and values.dtype != np.uint8:
        values = values.round().astype(np.uint8)
    return np.ascontiguousarray(values, np.uint8 if bits == 8 else np.float32)


def _bits(image: Image.Image, content: bytes) -> int:
    if image.format == "PNG":
        return 16 if content[_PNG_BITS] == 16 else 8
    if image.mode.startswith("I;16"):
        return 16
    if image.mode in ("I", "F"):
        raise UndecodableError(f"a {image.format} with 32 bits a pixel")
    # Pillow would keep the high byte of each colour.
    if image.format == "TIFF" and max(image.tag_v2.get(_TIFF_BITS, (1,))) > 8:
        raise UndecodableError("a TIFF in colour with more than 8 bits a channel")
    return 8


def _is_grey(image: Image.Image, content: bytes) -> bool:
    # Pillow has no grey of 16 bits with transparency.
    return content[_PNG_CHANNELS] in (0, 4) if image.format == "PNG" else image.mode in _GREY


def _of_8_bits(image: Image.Image, content: bytes) -> np.ndarray:
    mode = "L" if _is_grey(image, content) else "RGB"
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    # `convert` copies what is right already.
    values = np.asarray(image if image.mode == mode else image.convert(mode))
    return values.reshape(*values.shape[:2], -1)


def _of_16_bits(image: Image.Image, content: bytes) -> np.ndarray:
    if image.format == "PNG":
        # Pillow has no colours of 16 bits. Reading transparency as well brings both kinds of it,
        # a fourth channel and one colour that is named.
        with tf.device("CPU"):
            rgba = tf.io.decode_png(content, channels=4, dtype=tf.uint16).numpy()
        opacity = rgba[..., 3:] / 65535
        values = rgba[..., : 1 if _is_grey(image, content) else 3] * opacity + 65535 * (1 - opacity)
    else:
        values = np.asarray(image)[..., np.newaxis]
        # Pillow turns those of 8 bits itself, and leaves these.
        if image.format == "TIFF" and image.tag_v2.get(_TIFF_MEANING) == _WHITE_IS_ZERO:
            values = 65535 - values
    return (values / 257).astype(np.float32)


def _orientation(image: Image.Image) -> int:
    try:
        # Not that of PngImageFile, which decodes the pixels first.
        exif = Image.Image.getexif(image)
        return 1 if image.format == "TIFF" else int(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:
        # As above.
        return 1
