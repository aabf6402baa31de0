"""One name, one data set."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from cmd_keras.data.dataset import Dataset
from cmd_keras.data.noise import Noise
from cmd_keras.errors import InputError

# Which options mean something to which source.
_OPTIONS = {
    "digits": (),
    "folder": ("image_size",),
    "npz": (),
    "csv": ("target", "categorical", "ignore"),
    "tensorflow-datasets": ("data_dir", "label_key", "image_size"),
}


def load(
    name: str,
    *,
    data_dir: str | None = None,
    noise: str = "none",
    seed: int = 0,
    label_key: str | None = None,
    target: str | None = None,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    image_size: int | None = None,
    flip: bool | None = None,
    test_split: float = 0.2,
    validation_split: float = 0.0,
    validation_labels: str = "clean",
) -> Dataset:
    """A data set by name, with synthetic noise on its training labels.

    The source is divided into a training and a test part, then noise is added to
    all training labels, then the validation share is held out: a seed corrupts the
    same labels with and without such a share.

    Args:
        name: `"digits"`; an image classification set of tensorflow-datasets;
            `"folder:PATH"`, pictures in a sub-folder for each class;
            `"npz:FILE"`, arrays; or `"csv:FILE"`, a table.
        data_dir: Where tensorflow-datasets keeps prepared sets.
        noise: `"none"`, `"sym:RATE"` or `"pair:RATE"`.
        seed: Decides which labels are corrupted, and which examples held out.
        label_key: Feature of a tensorflow-datasets set that holds the given
            labels, as `worse_label` of `cifar10_n`.
        target: Column of a table that holds the labels.
        categorical: Columns of numbers that stand for categories.
        ignore: Columns of a table to leave out.
        image_size: Side of the square that the networks see of a picture. The
            shorter side of the picture is first brought to 8/7 of it (256 for
            224), or to 320 for 299, as the paper does for WebVision.
        flip: Whether training pictures are mirrored; None as the source has it:
            colour photographs and folders are, characters and digits are not.
        test_split: Part held out for testing where a source has no test part of
            its own: the same examples in every run.
        validation_split: Part of the training examples held out for validation.
        validation_labels: `"clean"` or `"given"`, what validation is done with.

    Raises:
        InputError: if there is no such set or no such noise, the set cannot be
            read, or an option does not apply to it.
    """
    source, _, path = name.partition(":")
    if name == "digits":
        source = "digits"
    elif source not in ("folder", "npz", "csv"):
        source = "tensorflow-datasets"
        _refuse_paths(name)
    options = {
        "data_dir": data_dir,
        "label_key": label_key,
        "target": target,
        "categorical": tuple(categorical),
        "ignore": tuple(ignore),
        "image_size": image_size,
    }
    for option, value in options.items():
        if value not in (None, ()) and option not in _OPTIONS[source]:
            places = [s for s, known in _OPTIONS.items() if option in known]
            raise InputError(
                f"{option} does not apply to {name!r}; it is an option of {' and '.join(places)}."
            )
    noise = Noise.parse(noise)
    dataset = _from_source(source, name, path, test_split, options)
    if flip is not None:
        if flip and len(dataset.input_shape) != 3:
            raise InputError(f"flip does not apply to {name!r}, which holds no pictures.")
        augmentation = dataclasses.replace(dataset.augmentation, flip=flip)
        dataset = dataclasses.replace(dataset, augmentation=augmentation)
    dataset = dataset.with_noise(noise, seed)
    return dataset.with_validation(validation_split, validation_labels, seed)


def _from_source(
    source: str, name: str, path: str, test_split: float, options: dict[str, object]
) -> Dataset:
    own = {option: options[option] for option in _OPTIONS[source]}
    # Imported one by one: tensorflow-datasets takes half a second that others need not.
    if source == "digits":
        from cmd_keras.data import digits

        return digits.load()
    if source == "folder":
        from cmd_keras.data import folder

        return folder.load(path, test_split=test_split, **own)
    if source == "npz":
        from cmd_keras.data import npz

        return npz.load(path, test_split=test_split)
    if source == "csv":
        from cmd_keras.data import csv_table

        if own["target"] is None:
            raise InputError(f"{name!r} needs target, the name of its column of labels.")
        return csv_table.load(path, test_split=test_split, **own)
    from cmd_keras.data import tfds_images

    return tfds_images.load(name, **own)


def _refuse_paths(name: str) -> None:
    path = Path(name).expanduser()
    sources = {".npz": "npz", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
    if path.is_file() and path.suffix.lower() in sources:
        raise InputError(f"To read the file {name!r} write {sources[path.suffix.lower()]}:{name}.")
    # Without such a sign it may be a name, like mnist_corrupted/spatter, and a folder as well.
    if path.is_dir() and (name.startswith(("~", ".", "/")) or name.endswith("/")):
        raise InputError(f"To read the folder {name!r} write folder:{name}.")
