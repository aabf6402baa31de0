"""What the page is told: the right examples, in the right order, and nothing that runs."""

import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from cmd_keras.data.inputs import ArrayInputs, StreamedImages
from cmd_keras.review_page import review_page
from cmd_keras.review_page.judged import BESIDE
from cmd_keras.review_page.pictures import pictures
from tests.cmd_keras.review_page.judged import (
    CLASSES,
    NAMES,
    PICTURES,
    embedded,
    judged,
    picture_of,
)

MATRIX = np.eye(3)


def test_the_least_probable_labels_come_first_with_the_most_probable_other_class():
    shown = judged().shown()
    assert [e["index"] for e in shown] == [12, 11, 14, 13, 10]
    assert [e["given"] for e in shown] == [2, 1, 1, 0, 0]
    assert [e["p_given"] for e in shown] == [0.05, 0.1, 0.4, 0.45, 0.9]
    # Also where the given class is the most probable one.
    assert [e["other"] for e in shown] == [1, 0, 0, 1, 1]
    assert [e["p_other"] for e in shown] == [0.75, 0.7, 0.3, 0.3, 0.05]
    assert [e["suspected"] for e in shown].count(True) == 2
    assert [e["name"] for e in shown] == [NAMES[e["index"] - 10] for e in shown]


@pytest.mark.parametrize("streamed", [False, True], ids=["array", "stream"])
def test_each_example_has_its_own_picture(streamed):
    # A stream comes in its own order, whatever order is asked for.
    images = tf.data.Dataset.from_tensor_slices(PICTURES)
    inputs = StreamedImages(images, tf.identity, len(PICTURES), PICTURES.shape[1:])
    for example in judged(**{"inputs": inputs} if streamed else {}).shown():
        expected = (np.arange(16) + 16 * (example["index"] - 10)).reshape(4, 4) * 3.0
        found = picture_of(example["picture"]).astype(float)
        np.testing.assert_array_equal(found, expected)


def test_numbers_of_any_range_are_brought_to_that_of_a_picture_alike():
    images = np.array([0.0, 4.0, 8.0, 16.0]).reshape(4, 1, 1, 1)
    found = [int(picture_of(address)[0, 0]) for address in pictures(lambda: images, (1, 1, 1))]
    assert found == [0, 63, 127, 255]


def test_a_table_shows_its_rows_and_any_other_array_its_first_numbers():
    rows = judged(
        inputs=ArrayInputs(np.zeros((5, 2))), cells={n: {"size": n, "age": ""} for n in NAMES}
    ).shown()
    assert [dict(e["row"])["size"] for e in rows] == [e["name"] for e in rows]
    numbers = judged(inputs=ArrayInputs(np.arange(150.0).reshape(5, 30))).shown()
    by_index = {e["index"]: e["row"] for e in numbers}
    assert by_index[11][:2] == [("0", "30"), ("1", "31")]
    assert by_index[11][-1] == ("…", "30 in all")


def test_no_more_are_shown_than_a_browser_holds():
    assert len(judged().shown(most=2)) == 2
    page = review_page("photos", CLASSES, MATRIX, [judged()], most=2)
    assert embedded(page)["parts"]["train"] == {"count": 5, "suspected": 2}


def test_what_is_doubtful_in_another_way_is_shown_though_its_label_is_not():
    given, n = np.zeros(400, int), 400
    many = {
        "inputs": ArrayInputs(np.zeros((n, 4, 4, 1), np.uint8)),
        "given": given,
        "belief": np.column_stack([np.linspace(0.6, 1.0, n), *2 * [np.linspace(0.2, 0.0, n)]]),
        "suspected": np.zeros(n, bool),
        "index": np.arange(n),
        "names": None,
        "near_duplicate": [""] * 350 + ["7"] + [""] * 49,
        "no_class": np.where(np.arange(n) == 399, 0.5, 0.4999),
    }
    shown = judged(**many).shown()
    assert [e["index"] for e in shown] == [*range(BESIDE), 350, 399]
    assert [e.get("near_duplicate") for e in shown[-2:]] == ["7", None]
    assert [e.get("no_class") for e in shown[-2:]] == [None, 0.5]


@pytest.mark.parametrize(
    ("suspects", "doubtful", "expected"),
    [
        # Of a hundred places 25 are kept; what is not needed goes to the others.
        (150, 10, (90, 10)),
        (150, 25, (75, 25)),
        (150, 60, (75, 25)),
        (150, 0, (100, 0)),
        (0, 60, (75, 25)),
    ],
)
def test_what_is_doubtful_in_another_way_keeps_a_quarter_of_the_places(
    suspects, doubtful, expected
):
    n = 400
    many = {
        "inputs": ArrayInputs(np.zeros((n, 2))),
        "given": np.zeros(n, int),
        "belief": np.column_stack([np.linspace(0.0, 1.0, n), *2 * [np.linspace(0.5, 0.0, n)]]),
        "suspected": np.arange(n) < suspects,
        "index": np.arange(n),
        "names": None,
        "near_duplicate": [""] * (n - doubtful) + ["7"] * doubtful,
    }
    shown = [example["index"] for example in judged(**many).shown(most=100)]
    of_labels, beside = expected
    assert shown == [*range(of_labels), *range(n - doubtful, n - doubtful + beside)]


def test_doubtful_ones_have_all_places_that_suspects_do_not_need():
    n = BESIDE + 300
    many = {
        "inputs": ArrayInputs(np.zeros((n, 2))),
        "given": np.zeros(n, int),
        "belief": np.column_stack([np.linspace(0.6, 1.0, n), *2 * [np.linspace(0.2, 0.0, n)]]),
        "suspected": np.zeros(n, bool),
        "index": np.arange(n),
        "names": None,
        "near_duplicate": ["7" if i >= BESIDE else "" for i in range(n)],
    }
    shown = judged(**many).shown(most=200)
    assert [example["index"] for example in shown] == [*range(200)]


def test_names_do_not_leave_the_data():
    parts = [judged(), judged("test")]
    page = review_page("<b>photos</b>", CLASSES, MATRIX, parts, "<script>note")
    data = embedded(page)
    assert data["classes"] == list(CLASSES)
    assert {e["name"] for e in data["examples"]} == set(NAMES)
    assert {e["part"] for e in data["examples"]} == {"train", "test"}
    assert data["note"] == "<script>note"
    for name in (*CLASSES[1:], *NAMES[1:], "<b>photos", "<script>note"):
        assert name not in page
    # The page's own script is the only one that its policy lets run.
    assert page.count("<script") == page.count("</script>") == 2
    assert "script-src 'sha256-" in page
    assert "unsafe" not in page
    assert not re.findall(r"(?:src|href)=", page.split("<script")[0])


def test_the_page_knows_the_content_of_each_example_where_that_tells_them_apart():
    keys = [f"x{i}" for i in range(5)]
    shown = embedded(review_page("photos", CLASSES, MATRIX, [judged(keys=keys)]))["examples"]
    assert {e["name"]: e["key"] for e in shown} == dict(zip(NAMES, keys, strict=True))
    assert all("key" not in e for e in judged().shown())


def test_the_same_review_is_the_same_page_and_another_one_has_another_key():
    one, two = (review_page("photos", CLASSES, MATRIX, [judged()]) for _ in range(2))
    assert one == two
    other = review_page("photos", CLASSES, MATRIX, [judged(given=np.array([1, 1, 2, 0, 1]))])
    key = re.compile('data-key="(.*?)"')
    assert key.search(one)[1] != key.search(other)[1]


@pytest.mark.parametrize(
    ("shape", "form", "size"),
    [((8, 8, 1), "png", (8, 8)), ((300, 200, 3), "jpeg", (96, 64)), ((200, 200, 4), "jpeg", (96, 96))],
)  # fmt: skip
def test_pictures_are_small_and_lie_as_they_were(shape, form, size):
    image = np.zeros(shape, np.uint8)
    image[: shape[0] // 2] = 250
    (address,) = pictures(lambda: [image], shape)
    assert address.startswith(f"data:image/{form};")
    found = picture_of(address)
    assert found.shape[:2] == size
    assert found[2].mean() > 240
    assert found[-3].mean() < 15


def test_what_has_no_look_has_no_picture():
    assert list(pictures(lambda: [np.zeros((4, 4, 7))], (4, 4, 7))) == [None]


def test_five_hundred_photographs_take_less_than_five_megabytes():
    rng = np.random.default_rng(0)
    # Noise is what JPEG packs worst.
    images = rng.integers(0, 256, (500, 96, 96, 3), np.uint8)
    many = judged(
        inputs=ArrayInputs(images),
        given=np.zeros(500, int),
        belief=np.full((500, 3), 1 / 3),
        suspected=np.ones(500, bool),
        index=np.arange(500),
        names=None,
    )
    page = review_page("photos", CLASSES, MATRIX, [many])
    assert len(embedded(page)["examples"]) == 500
    assert len(page) < 5e6


def five_hundred(**changes):
    classes = changes.pop("classes", 3)
    return judged(
        given=np.zeros(500, int),
        belief=np.full((500, classes), 1 / classes),
        suspected=np.ones(500, bool),
        index=np.arange(500),
        **changes,
    )


def test_a_thousand_classes_have_no_matrix_and_take_less_than_five_megabytes():
    inputs = ArrayInputs(np.zeros((500, 8, 8, 1), np.uint8))
    names = [f"class {i}" for i in range(1000)]
    many = five_hundred(inputs=inputs, names=None, classes=1000)
    page = review_page("photos", names, np.full((1000, 1000), 0.001), [many])
    assert embedded(page)["matrix"] is None
    assert len(page) < 5e6
    few = review_page("photos", names[:40], np.full((40, 40), 1 / 40), [judged()])
    assert embedded(few)["matrix"] == [[0.025] * 40] * 40


@pytest.mark.parametrize(
    "row",
    [{f"column {i}": "0.123456789" for i in range(1000)}, {"text": "漢<" * 20_000, "more": "漢" * 20_000},
     {f"{'漢' * 300} {i}": "1" for i in range(300)}],
)  # fmt: skip
def test_five_hundred_rows_take_less_than_five_megabytes_whatever_is_in_them(row):
    names = tuple(f"table.csv line {i}" for i in range(500))
    inputs = ArrayInputs(np.zeros((500, 2)))
    many = five_hundred(inputs=inputs, names=names, cells=dict.fromkeys(names, row))
    page = review_page("table", CLASSES, MATRIX, [many])
    assert len(page) < 5e6
    shown = embedded(page)["examples"][0]["row"]
    assert shown[0][1][:5] == next(iter(row.values()))[:5]
    assert len(shown) == len(row) or shown[-1] == ["…", f"{len(row):,} in all"]


def test_images_are_read_anew_and_never_held_together():
    begun = []

    def images():
        begun.append(None)
        yield np.full((4, 4, 1), 200, np.uint8)
        if len(begun) == 1:
            pytest.fail("what bytes are is clear from the first bright one")
        yield np.full((4, 4, 1), 9, np.uint8)

    found = [int(picture_of(address)[0, 0]) for address in pictures(images, (4, 4, 1))]
    assert (found, len(begun)) == ([200, 9], 2)


def test_a_folder_shows_its_files_whole_and_what_cannot_be_read_as_the_networks_saw_it(tmp_path):
    names = tuple(f"{i}.png" for i in range(5))
    for i, name in enumerate(names[:4]):
        image = Image.new("RGB", (400, 100), (40 * i, 0, 0))
        image.paste((0, 0, 255), (0, 0, 40, 100))
        image.save(tmp_path / name)
    (tmp_path / names[3]).write_bytes(b"no image")
    shown = judged(names=names, folder=tmp_path).shown()
    for example in shown:
        place = example["index"] - 10
        found = picture_of(example["picture"]).astype(int)
        if place < 3:
            assert found.shape == (24, 96, 3)
            # JPEG is not exact.
            assert np.abs(found[12, 60] - (40 * place, 0, 0)).max() < 12
            assert np.abs(found[12, 4] - (0, 0, 255)).max() < 12
        else:
            np.testing.assert_array_equal(found, (np.arange(16) + 16 * place).reshape(4, 4) * 3)
