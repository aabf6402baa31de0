"""The right values of every kind of image file that can be read."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps, features

from cmd_keras import data
from cmd_keras.data.files import decoding
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_classes

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (5, 7, 3), np.uint8)
GREY = COLOURS[..., 0]
# As many levels as a camera for X-rays may use of 65,536.
LEVELS = np.arange(888, dtype=np.uint16).reshape(24, 37)


def content(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_of_16_bits(pixels):
    return tf.io.encode_png(pixels.astype(np.uint16)).numpy()


def decoded(content, channels=3, bits=8):
    pixels = decoding.decode(content, channels, bits)
    header = decoding.read_header(io.BytesIO(content))
    assert pixels.shape == (*header.size, channels)
    assert pixels.dtype == (np.uint8 if bits == 8 else np.float32)
    return pixels


def over_white(pixels, opacity):
    opacity = opacity[..., np.newaxis] / opacity.dtype.type(np.iinfo(opacity.dtype).max)
    return pixels * opacity + np.iinfo(pixels.dtype).max * (1 - opacity)


LOSSLESS = [
    ("PNG", {}),
    ("BMP", {}),
    ("DIB", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("WEBP", {"lossless": True}),
]


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
@pytest.mark.parametrize("image", [COLOURS, GREY], ids=["colour", "grey"])
def test_lossless_files_keep_every_value(kind, options, image):
    stored = content(Image.fromarray(image), kind, **options)
    expected = np.broadcast_to(image.reshape(5, 7, -1), (5, 7, 3))
    np.testing.assert_array_equal(decoded(stored), expected)
    if image is GREY and kind != "WEBP":
        assert decoding.read_header(io.BytesIO(stored)).grey
        np.testing.assert_array_equal(decoded(stored, 1)[..., 0], GREY)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_is_what_tensorflow_makes_of_it_but_for_rounding(mode):
    smooth = Image.fromarray(COLOURS).convert(mode).resize((64, 48), Image.BICUBIC)
    stored = content(smooth, "JPEG", quality=95)
    other = tf.io.decode_jpeg(stored, channels=3, dct_method="INTEGER_ACCURATE").numpy()
    assert abs(decoded(stored).astype(int) - other).max() <= 2


def test_a_jpeg_of_four_inks_becomes_red_green_and_blue():
    flat = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert abs(decoded(content(flat, "JPEG")).astype(int) - (255, 0, 0)).max() <= 2


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_what_is_drawn_in_the_alpha_channel_is_seen_on_white(kind):
    opacity = RNG.integers(0, 256, (5, 7), np.uint8)
    drawing = np.dstack([np.zeros((5, 7, 3), np.uint8), opacity])
    stored = content(
        Image.fromarray(drawing), kind, **({"lossless": True} if kind == "WEBP" else {})
    )
    np.testing.assert_array_equal(decoded(stored), np.repeat(255 - opacity[..., None], 3, axis=-1))
    coloured = content(Image.fromarray(np.dstack([COLOURS, opacity])))
    assert abs(decoded(coloured) - over_white(COLOURS, opacity)).max() <= 1


def test_a_grey_drawing_in_the_alpha_channel_stays_grey():
    stored = content(Image.fromarray(np.dstack([0 * GREY, GREY]), "LA"))
    assert decoding.read_header(io.BytesIO(stored)).grey
    np.testing.assert_array_equal(decoded(stored, 1)[..., 0], 255 - GREY)


def test_palettes_and_transparent_colours():
    palette = Image.fromarray(COLOURS).quantize(8)
    colours = np.asarray(palette.convert("RGB"))
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        np.testing.assert_array_equal(decoded(content(palette, kind)), colours)
    clear = np.asarray(palette) == 3
    for kind in ("PNG", "GIF"):
        pixels = decoded(content(palette, kind, transparency=3))
        np.testing.assert_array_equal(pixels[clear], np.full((clear.sum(), 3), 255))
        np.testing.assert_array_equal(pixels[~clear], colours[~clear])
    named = content(Image.fromarray(COLOURS), transparency=tuple(COLOURS[2, 2].tolist()))
    np.testing.assert_array_equal(decoded(named)[2, 2], (255, 255, 255))
    np.testing.assert_array_equal(decoded(named)[0, 0], COLOURS[0, 0])


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_are_spread_from_black_to_white(bits):
    levels = np.arange(2**bits, dtype=np.uint8)
    image = Image.fromarray((levels * (255 // levels[-1]))[None].repeat(3, axis=0))
    image = image.convert("1") if bits == 1 else image
    stored = content(image, bits=bits)
    np.testing.assert_array_equal(decoded(stored, 1)[0, :, 0], np.linspace(0, 255, 2**bits))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_no_level_of_16_bits_is_lost(kind):
    stored = content(Image.fromarray(LEVELS), kind)
    header = decoding.read_header(io.BytesIO(stored))
    assert (header.grey, header.bits) == (True, 16)
    np.testing.assert_array_equal(decoded(stored, 1, 16)[..., 0], (LEVELS / 257).astype(np.float32))
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    assert len(np.unique(decoded(content(Image.fromarray(every), kind), 1, 16))) == 65536
    np.testing.assert_array_equal(
        decoded(content(Image.fromarray(every), kind), 1)[..., 0], np.round(every / 257)
    )


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_colour_and_transparency_of_16_bits(channels):
    pixels = RNG.integers(0, 65536, (5, 7, channels), np.uint16)
    header = decoding.read_header(io.BytesIO(png_of_16_bits(pixels)))
    assert (header.grey, header.bits) == (channels == 2, 16)
    expected = pixels if channels == 3 else over_white(pixels[..., :-1], pixels[..., -1])
    found = decoded(png_of_16_bits(pixels), 1 if channels == 2 else 3, 16)
    np.testing.assert_allclose(found, expected / 257, rtol=1e-6)


def test_8_bits_among_16_keep_their_values():
    np.testing.assert_array_equal(decoded(content(Image.fromarray(COLOURS)), 3, 16), COLOURS)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "deep PNG", "deep TIFF", "MPO"])
def test_images_are_turned_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(LEVELS if kind.startswith("deep") else COLOURS)
    more = {"save_all": True, "append_images": [image]} if kind == "MPO" else {}
    stored = content(image, kind.split()[-1], exif=exif, **more)
    with Image.open(io.BytesIO(stored)) as opened:
        upright = np.asarray(ImageOps.exif_transpose(opened))
    if kind.startswith("deep"):
        found = decoded(stored, 1, 16)[..., 0]
        upright = (upright / 257).astype(np.float32)
    else:
        found = decoded(stored)
    np.testing.assert_array_equal(found, upright)


def test_broken_notes_of_a_camera_do_not_hide_the_image():
    stored = content(Image.fromarray(COLOURS), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    np.testing.assert_array_equal(decoded(stored), COLOURS)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_frames_the_first_is_taken(kind, tmp_path):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "green", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    path = tmp_path / f"moving.{kind.lower()}"
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    np.testing.assert_array_equal(decoded(path.read_bytes())[0, 0], (255, 0, 0))
    with pytest.warns(Notice, match=r"Of 1 image files with several frames only the first"):
        ImageFormat((6, 8, 3)).read([path])


@pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
def test_avif():
    flat = Image.new("RGB", (16, 12), (200, 40, 90))
    assert abs(decoded(content(flat, "AVIF")).astype(int) - (200, 40, 90)).max() <= 3


@pytest.mark.parametrize(
    ("image", "options", "what"),
    [
        (Image.fromarray(GREY.astype(np.float32)), {}, r"a TIFF with 32 bits a pixel"),
        (Image.fromarray(GREY.astype(np.int32)), {}, r"a TIFF with 32 bits a pixel"),
    ],
)
def test_what_would_lose_is_refused(image, options, what, tmp_path):
    image.save(tmp_path / "x.tif", **options)
    with pytest.raises(InputError, match=rf"1 of 1 files .*x.tif \({what}\)"):
        ImageFormat((5, 7, 1)).read([tmp_path / "x.tif"])


def test_a_tiff_in_colour_with_16_bits_is_refused(tmp_path):
    # Written by hand: a header, then what is to be known of the pixels, then these.
    pixels = RNG.integers(0, 65536, (2, 2, 3), np.uint16)
    tags = [(256, 3, 1, 2), (257, 3, 1, 2), (258, 3, 3, 200), (259, 3, 1, 1), (262, 3, 1, 2)]
    tags += [(273, 4, 1, 300), (277, 3, 1, 3), (278, 3, 1, 2), (279, 4, 1, 24)]
    file = bytearray(b"II*\0" + (8).to_bytes(4, "little") + len(tags).to_bytes(2, "little"))
    for tag in tags:
        file += b"".join(
            n.to_bytes(size, "little") for n, size in zip(tag, (2, 2, 4, 4), strict=True)
        )
    file = file.ljust(200, b"\0") + np.full(3, 16, "<u2").tobytes()
    (tmp_path / "x.tif").write_bytes(file.ljust(300, b"\0") + pixels.astype("<u2").tobytes())
    assert Image.open(tmp_path / "x.tif").mode == "RGB"
    with pytest.raises(InputError, match=r"x.tif \(a TIFF in colour with more than 8 bits a cha"):
        ImageFormat((2, 2, 3)).read([tmp_path / "x.tif"])


def test_drawings_in_the_alpha_channel_are_learned_from(tmp_path):
    write_classes(tmp_path, {"a": 3, "b": 3}, mode="L")
    drawn = {}
    for path in tmp_path.glob("*/*.png"):
        opacity = np.asarray(Image.open(path))
        drawn[path.relative_to(tmp_path).as_posix()] = 255 - opacity
        Image.fromarray(np.dstack([0 * opacity] * 3 + [opacity])).save(path)
    dataset = data.load(f"folder:{tmp_path}")
    (x,) = dataset.plain_train_batches()
    for name, image in zip(dataset.train_names, x, strict=True):
        np.testing.assert_array_equal(image, np.repeat(drawn[name][..., None], 3, axis=-1))
