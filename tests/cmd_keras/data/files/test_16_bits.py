"""Images with 16 bits a channel, from the file to the networks."""

import numpy as np
import pytest
from PIL import Image

from cmd_keras import data
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.notice import Notice
from tests.cmd_keras.data.images import write_image

# As many levels as a camera for X-rays may use of 65,536.
LEVELS = np.arange(888, dtype=np.uint16).reshape(24, 37)


def deep_classes(root, image_size=None):
    """Four images of 888 levels each, all different; none of them needs its high byte."""
    for i, name in enumerate(("a/0.png", "a/1.png", "b/0.png", "b/1.png")):
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        Image.fromarray(np.roll(LEVELS, i + 1)).save(root / name)
    return data.load(f"folder:{root}", image_size=image_size, flip=False)


def test_all_levels_of_16_bits_reach_the_networks(tmp_path):
    dataset = deep_classes(tmp_path)
    assert dataset.input_format == ImageFormat((24, 37, 1), bits=16)
    expected = np.unique((LEVELS / 257).astype(np.float32))
    for batches in (dataset.plain_train_batches().map(lambda x: (x, 0)), dataset.test_batches()):
        for x, _ in batches:
            for image in x:
                np.testing.assert_array_equal(np.unique(image), expected)
    # Around a training image black is added before the crop.
    varied = np.concatenate([x for x, _ in dataset.train_batches(epochs=3)])
    assert np.isin(varied, expected).all()
    assert len(np.unique(varied)) > 800


def test_predict_sees_16_bits_as_training_did(tmp_path):
    dataset = deep_classes(tmp_path)
    paths = [tmp_path / name for name in dataset.train_names]
    read = data.InputFormat.from_json(dataset.input_format.to_json()).read(paths)[1]
    ((x, y),) = zip(read, dataset.plain_train_batches(), strict=True)
    np.testing.assert_array_equal(x, y)


def test_resized_images_of_16_bits_are_not_rounded(tmp_path):
    dataset = deep_classes(tmp_path, image_size=16)
    ((x, _),) = dataset.test_batches()
    assert len(np.unique(x)) > 200
    assert 0 <= x.numpy().min() < x.numpy().max() <= 887 / 257


def test_8_and_16_bits_in_one_set_are_said_and_have_one_scale(tmp_path):
    for i in range(8):
        kind = np.uint8 if i % 2 else np.uint16
        white = np.full((6, 6), np.iinfo(kind).max, kind)
        white[i % 6, i // 2] = 0
        path = tmp_path / "ab"[i // 4] / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(white).save(path)
    with pytest.warns(Notice, match=r"4 of 8 images have 16 bits a channel, the others 8\."):
        dataset = data.load(f"folder:{tmp_path}")
    (x,) = dataset.plain_train_batches()
    np.testing.assert_array_equal(np.unique(x), (0, 255))


def test_16_bits_for_networks_trained_on_8_are_said(tmp_path):
    Image.fromarray(LEVELS * 70).save(tmp_path / "deep.png")
    write_image(tmp_path / "plain.png", mode="L")
    with pytest.warns(Notice, match=r"1 of 2 images have 16 bits a channel. They are rounded to 8"):
        _, x = ImageFormat((24, 37, 1)).read([tmp_path / "deep.png", tmp_path / "plain.png"])
    (x,) = x
    np.testing.assert_array_equal(x[0, ..., 0], np.round(LEVELS * 70 / 257))


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_tiff_of_which_0_is_white_is_read_as_a_viewer_shows_it(tmp_path, compression):
    black = np.full((6, 6), 65535, np.uint16)
    black[0, :3] = (0, 257, 514)
    meaning = {262: 0}
    Image.fromarray(black).save(tmp_path / "x.tif", tiffinfo=meaning, compression=compression)
    (x,) = ImageFormat((6, 6, 1), bits=16).read([tmp_path / "x.tif"])[1]
    np.testing.assert_array_equal(x[0, 0, :4, 0], (255, 254, 253, 0))
    assert x.numpy()[0, 1:].max() == 0


def test_a_format_written_before_there_were_16_bits_is_one_of_8():
    old = {"kind": "image", "shape": [8, 8, 3], "resized": None}
    assert data.InputFormat.from_json(old) == ImageFormat((8, 8, 3))
