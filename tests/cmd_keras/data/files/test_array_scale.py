"""New images in an array are on the scale of those for training, or refused."""

import warnings

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.files import array_scale
from cmd_keras.data.input_format import ArrayFormat
from cmd_keras.errors import InputError
from cmd_keras.notice import Notice

RNG = np.random.default_rng(0)
PHOTOS = RNG.integers(0, 256, (20, 6, 5, 3)).astype(np.uint8)
DIGITS = RNG.integers(0, 17, (20, 6, 5, 3)).astype(np.uint8)
FEW_LEVELS = (PHOTOS[:1] > 200).astype(np.uint8)


def read(tmp_path, trained, x):
    """What is said when networks that were trained on one array are asked about another."""
    np.savez(tmp_path / "new.npz", x=x)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Notice)
        _, found = ArrayFormat.of_inputs(trained).read([tmp_path / "new.npz"])
    np.testing.assert_array_equal(found, x.astype(np.float32))
    return "\n".join(str(w.message) for w in caught if w.category is Notice)


def test_a_part_of_dark_images_is_taken():
    night = PHOTOS // 10
    assert not array_scale.differ(PHOTOS, night)
    assert not array_scale.differ(night, PHOTOS)
    assert not array_scale.differ(PHOTOS / 255, night / 255)
    assert array_scale.differ(DIGITS, DIGITS / 16)
    assert array_scale.differ(DIGITS / 16, DIGITS)
    assert array_scale.differ(PHOTOS, PHOTOS / 255)


@pytest.mark.parametrize(
    ("trained", "x"),
    [
        (PHOTOS, PHOTOS / 255),
        (PHOTOS, PHOTOS[:1] / 255),
        (PHOTOS, (PHOTOS > 128).astype(np.uint8)),
        (PHOTOS / 255, PHOTOS),
        (PHOTOS / 127.5 - 1, PHOTOS[:1]),
        (DIGITS, PHOTOS),
        (PHOTOS, PHOTOS.astype(np.uint16) * 257),
        # Most are dark, and one of them is not.
        (np.concatenate([PHOTOS[:1], PHOTOS // 8]), PHOTOS // 8 / 255),
    ],
)
def test_another_scale_is_refused(tmp_path, trained, x):
    with pytest.raises(InputError, match=r"Images of x in .*new.npz reach .*, but .* trained on"):
        read(tmp_path, trained, x)


@pytest.mark.parametrize(
    ("trained", "x"),
    [
        (PHOTOS, PHOTOS),
        (PHOTOS, np.zeros_like(PHOTOS)),
        (PHOTOS, np.concatenate([PHOTOS[:1], np.zeros_like(PHOTOS)])),
        (PHOTOS, PHOTOS // 12),
        (DIGITS, DIGITS[:1] * 3),
        (np.zeros_like(PHOTOS), PHOTOS),
        (PHOTOS / 127.5 - 1, PHOTOS[:2] / 255),
        # A hot pixel in one image of several.
        (DIGITS, np.where(np.arange(20)[:, None, None, None] == 3, 60_000, DIGITS.astype(int))),
        # Vectors have no scale in common: one feature may be an income.
        (PHOTOS.reshape(20, -1), PHOTOS.reshape(20, -1) / 255),
    ],
)
def test_the_same_scale_is_taken_without_a_word(tmp_path, trained, x):
    assert read(tmp_path, trained, x) == ""


def test_among_images_that_vary_as_much_it_is_only_said(tmp_path):
    loud = np.exp(3.0 * RNG.standard_normal((60, 1, 1, 1)))
    amplitudes = (loud * RNG.random((60, 6, 5, 1))).astype(np.float32)
    for factor in (1e-7, 1e7):
        said = read(tmp_path, amplitudes, amplitudes[:4] * np.float32(factor))
        assert "If they are not meant to, bring them to the scale" in said


def test_the_scale_is_that_of_all_files_together(tmp_path):
    np.savez(tmp_path / "dark.npz", x=FEW_LEVELS)
    np.savez(tmp_path / "rest.npz", x=PHOTOS)
    files = [tmp_path / "dark.npz", tmp_path / "rest.npz"]
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        names, _ = ArrayFormat.of_inputs(PHOTOS).read(files)
    assert len(names) == 21


@pytest.mark.parametrize(
    ("trained", "x"),
    [(PHOTOS, FEW_LEVELS), (PHOTOS, FEW_LEVELS * 4), (PHOTOS / 255, FEW_LEVELS / 255)],
)
def test_a_single_image_that_may_be_dark_is_said(tmp_path, trained, x):
    assert "but those that the networks were trained on" in read(tmp_path, trained, x)


def test_networks_of_an_earlier_version_take_any_scale(tmp_path):
    np.savez(tmp_path / "new.npz", x=PHOTOS / 255)
    old = data.InputFormat.from_json({"kind": "array", "shape": [6, 5, 3]})
    assert len(old.read([tmp_path / "new.npz"])[0]) == 20


def test_digits_know_their_scale(tmp_path):
    np.savez(tmp_path / "new.npz", x=RNG.integers(0, 256, (3, 8, 8)))
    with pytest.raises(InputError, match=r"reach 25\d, but those .* 16"):
        data.load("digits").input_format.read([tmp_path / "new.npz"])
