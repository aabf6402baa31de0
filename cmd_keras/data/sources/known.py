"""Every source of data, a row each. It needs no Keras, so that wrong options are said at once."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from cmd_keras.data.sources.prepared.data_dir import check_place_of_prepared
from cmd_keras.data.sources.table.roles import check_image_roles, check_roles
from cmd_keras.errors import InputError, did_you_mean
from cmd_keras.user_path import user_path

# Part that is held out for testing, where the user does not say.
TEST_SPLIT = 0.2


@dataclasses.dataclass(frozen=True)
class Source:
    """One source of data.

    Args:
        name: What it is called in messages, and what stands before the colon of `name:PATH`.
        module: In `cmd_keras.data.sources`, with `load(place, *, …) -> Dataset`.
        kind: What a data set of it is known by. `"folder"` or `"file"`: by a path, as
            `name:PATH`. `"embedded"`: by the name of the source, for it is a single set.
            `"collection"`: by a name of its own; there is one such source, which every name
            is sought in that no other source knows.
        options: Keyword parameters of `load` that mean nothing to some other source.
        required: Those of them that must be given, and what they are.
        needed: What there must be at the path, as a part of a sentence.
        suffixes: Of files that are most probably meant for it.
        has_test_part: Whether each of its data sets has a test part of its own. If not, `load`
            takes `test_split` as well.
        may_hold_images: Whether inputs may be images, so that they can be mirrored.
        guesses_photographs: Whether it takes images for photographs, and varies them, where
            nothing but their size and colours says that they are.
        recipe_sizes_images: Whether its images are of any size, so that a recipe says how large
            the networks see them.
        check: Called with the path or the name, and with all options, when both have passed
            what this row says. It must need no Keras, and raises `InputError`.
    """

    name: str
    module: str
    kind: Literal["folder", "file", "embedded", "collection"]
    options: tuple[str, ...] = ()
    required: Mapping[str, str] = dataclasses.field(default_factory=dict)
    needed: str = ""
    suffixes: tuple[str, ...] = ()
    has_test_part: bool = False
    may_hold_images: bool = True
    guesses_photographs: bool = False
    recipe_sizes_images: bool = False
    check: Callable[[str, Mapping[str, Any]], None] | None = None


SOURCES = (
    Source("digits", "digits", "embedded", has_test_part=True),
    Source(
        "folder",
        "image_folder",
        "folder",
        options=("image_size",),
        needed="a folder with a sub-folder for each class is needed",
        recipe_sizes_images=True,
    ),
    Source(
        "images",
        "image_table",
        "file",
        options=("target", "files", "parts", "data_dir", "image_size"),
        required={"target": "the name of its column of labels"},
        needed="a CSV table that lists image files is needed",
        recipe_sizes_images=True,
        check=check_image_roles,
    ),
    Source(
        "npz",
        "npz",
        "file",
        needed="an npz file is needed",
        suffixes=(".npz",),
        guesses_photographs=True,
    ),
    Source(
        "csv",
        "csv_table",
        "file",
        options=("target", "categorical", "ignore", "parts"),
        required={"target": "the name of its column of labels"},
        needed="a CSV table is needed",
        suffixes=(".csv", ".tsv", ".txt"),
        may_hold_images=False,
        check=check_roles,
    ),
    Source(
        "tensorflow-datasets",
        "tfds",
        "collection",
        options=("data_dir", "label_key", "image_size"),
        has_test_part=True,
        check=check_place_of_prepared,
    ),
)

# By the name of the source.
OPTIONS = {source.name: source.options for source in SOURCES}

# NAME, NAME/CONFIGURATION and a version after a colon. What tensorflow-datasets takes
# besides, NAMESPACE:NAME, is a program from somewhere else that it would load and run.
_IN_COLLECTION = re.compile(r"[\w-]+(/\w[\w.-]*)*(:[\d.*]+)?")


def source_of(name: str) -> tuple[Source, str]:
    """The source that a name means, and what the data set is called there.

    Args:
        name: `digits`, `folder:PATH`, `images:FILE`, `npz:FILE`, `csv:FILE`, or a name of
            tensorflow-datasets.

    Returns:
        The source, and the path or the name.

    Raises:
        InputError: if it is none of these.
    """
    prefix, _, path = name.partition(":")
    for source in SOURCES:
        if source.kind in ("folder", "file") and source.name == prefix:
            return source, path
        if source.kind == "embedded" and source.name == name:
            return source, name
    _refuse_paths(name)
    if not _IN_COLLECTION.fullmatch(name):
        prefixes = [f"{s.name}:{path}" for s in SOURCES if s.kind in ("folder", "file")]
        raise InputError(
            f"{name!r} is not a name of a data set.{did_you_mean(name, prefixes)} "
            "`cmd-keras datasets` lists some."
        )
    return next(source for source in SOURCES if source.kind == "collection"), name


def _refuse_paths(name: str) -> None:
    path = user_path(name)
    # Without such a sign it may be a name, like mnist_corrupted/spatter, and a folder as well.
    is_path = name.startswith(("~", ".", "/")) or name.endswith("/")
    for source in SOURCES:
        of_file = path.suffix.lower() in source.suffixes and path.is_file()
        of_folder = source.kind == "folder" and is_path and path.is_dir()
        if of_file or of_folder:
            what = "folder" if of_folder else "file"
            raise InputError(f"To read the {what} {name!r} write {source.name}:{name}.")
