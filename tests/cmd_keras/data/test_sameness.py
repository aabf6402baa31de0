"""Images that cannot be told apart cannot be learned."""

import numpy as np
import pytest
from PIL import Image

from cmd_keras import data
from cmd_keras.data.input_format import ImageFormat
from cmd_keras.errors import InputError
from tests.cmd_keras.data.images import write_classes


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("white on clear", r"All 8 images are equal.*white drawing on a transparent ground"),
        ("one placeholder", r"All 4 images of the class 'b' are equal.*placeholder"),
        ("flat colours", r"All 4 images of the class 'b' are a single flat colour each"),
        ("all flat", r"All 8 images are a single flat colour each"),
    ],
)
def test_images_that_cannot_be_told_apart_are_refused(change, match, tmp_path):
    write_classes(tmp_path, {"a": 4, "b": 4})
    paths = sorted(tmp_path.glob("*/*.png"))
    for i, path in enumerate(paths):
        if change == "white on clear":
            alpha = np.asarray(Image.open(path))[..., :1]
            Image.fromarray(np.concatenate([0 * alpha + 255] * 3 + [alpha], axis=-1)).save(path)
        elif change == "all flat" or (change == "flat colours" and i >= 4):
            Image.new("RGB", (10, 12), (i, 2 * i, 0)).save(path)
        elif change == "one placeholder" and i >= 4:
            path.write_bytes(paths[4].read_bytes())
    with pytest.raises(InputError, match=match):
        data.load(f"folder:{tmp_path}")


def test_a_class_of_one_image_and_some_equal_images_are_no_reason_to_refuse(tmp_path):
    write_classes(tmp_path, {"a": 4, "b": 1})
    (tmp_path / "a" / "00.png").write_bytes((tmp_path / "a" / "01.png").read_bytes())
    Image.new("RGB", (10, 12)).save(tmp_path / "b" / "00.png")
    assert data.load(f"folder:{tmp_path}").num_classes == 2


def test_a_flat_image_may_be_asked_about(tmp_path):
    Image.new("RGB", (10, 12), "red").save(tmp_path / "x.png")
    _, x = ImageFormat((12, 10, 3)).read([tmp_path / "x.png"] * 2)
    (x,) = x
    assert x.shape == (2, 12, 10, 3)
