"""One name, one data set."""

import dataclasses
import importlib
from collections.abc import Sequence

from cmd_keras.data.corrections import correct_labels
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.few import few_of
from cmd_keras.data.fold import Fold
from cmd_keras.data.noise import Noise
from cmd_keras.data.sources.check import check_source
from cmd_keras.data.sources.known import TEST_SPLIT, source_of
from cmd_keras.errors import InputError
from cmd_keras.notice import notice


def load(
    name: str,
    *,
    data_dir: str | None = None,
    noise: str = "none",
    seed: int = 0,
    label_key: str | None = None,
    target: str | None = None,
    files: str | None = None,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    parts: str | None = None,
    image_size: int | None = None,
    flip: bool | None = None,
    pad: int | None = None,
    train_examples: int | None = None,
    test_examples: int | None = None,
    corrections: str | None = None,
    test_split: float = TEST_SPLIT,
    fold: str | None = None,
    validation_split: float = 0.0,
    validation_labels: str = "clean",
) -> Dataset:
    """A data set by name, with synthetic noise on its training labels.

    The source is divided into a training and a test part, of the training part so many
    examples as are asked for are kept, then noise is added to
    all training labels, then they are corrected, then a fold and the validation share are held
    out: a seed corrupts the same labels with and without them.

    Args:
        name: `"digits"`; an image classification set of tensorflow-datasets;
            `"folder:PATH"`, images in a sub-folder for each class; `"images:FILE"`, a table
            of image files with their labels;
            `"npz:FILE"`, arrays; or `"csv:FILE"`, a table.
        data_dir: Where tensorflow-datasets keeps prepared sets, or what the paths in a table of
            images are relative to; None is the folder of the table.
        noise: `"none"`, `"sym:RATE"`, `"pair:RATE"` or `"inst:RATE"`.
        seed: Decides which labels are corrupted, and which examples held out.
        label_key: Feature of a tensorflow-datasets set that holds the given
            labels, as `worse_label` of `cifar10_n`.
        target: Column of a table that holds the labels.
        files: Column of a table of images that holds their paths; None is the only one in which
            every cell ends as image files do.
        categorical: Columns of numbers that stand for categories.
        ignore: Columns of a table to leave out.
        parts: Column of a table, or of a table of images, that says train, test or validation of
            each row.
        image_size: Side of the square that the networks see of an image. The
            shorter side of the image is first brought to 8/7 of it (256 for
            224), or to 320 for 299, as the paper does for WebVision.
        flip: Whether training images are mirrored; None as the source has it:
            colour photographs and folders are, characters and digits are not.
        pad: Black pixels around a training image, of which a square of the image's size
            is cut out at random; 0 leaves images where they are. None as the source has
            it: 4 for photographs of up to 64×64 pixels.
        train_examples: How many training examples are kept, the same ones in every run;
            None keeps all.
        test_examples: The same of the test part.
        corrections: A table of labels that somebody looked at, as `correct_labels` takes it.
        test_split: Part held out for testing where a source has no test part of
            its own: the same examples in every run.
        fold: `"K/N"`, one of N parts of the training examples that the networks are to see
            nothing of; None keeps all.
        validation_split: Part of the training examples held out for validation.
        validation_labels: `"clean"` or `"given"`, what validation is done with.

    Raises:
        InputError: if there is no such set or no such noise, the set cannot be
            read, or an option does not apply to it.
    """
    options = {
        "data_dir": data_dir,
        "label_key": label_key,
        "target": target,
        "files": files,
        "categorical": tuple(categorical),
        "ignore": tuple(ignore),
        "parts": parts,
        "image_size": image_size,
    }
    check_source(name, options, {"flip": flip, "pad": pad}, test_split)
    noise = Noise.parse(noise)
    dataset = _varied(_from_source(name, test_split, options), name, {"flip": flip, "pad": pad})
    dataset = few_of(dataset, train_examples, test_examples).with_noise(noise, seed)
    if corrections is not None:
        dataset = correct_labels(dataset, corrections)
    if fold is not None:
        dataset = Fold.parse(fold).left_out_of(dataset)
    return dataset.with_validation(validation_split, validation_labels, seed)


def _from_source(name: str, test_split: float, options: dict[str, object]) -> Dataset:
    source, place = source_of(name)
    own = {option: options[option] for option in source.options}
    if not source.has_test_part:
        own["test_split"] = test_split
    # Not before it is needed: tensorflow-datasets takes half a second that others need not.
    module = importlib.import_module(f"cmd_keras.data.sources.{source.module}")
    return module.load(place, **own)


def _varied(dataset: Dataset, name: str, variations: dict[str, bool | int | None]) -> Dataset:
    """The same with training images varied as it is said, where it is."""
    own = dataset.augmentation
    guessed = source_of(name)[0].guesses_photographs and own.varies(dataset.input_shape)
    if guessed and all(value is None for value in variations.values()):
        notice(
            f"Images of {name!r} are taken for photographs, by their size and colours: for "
            f"training they are mirrored at random and shifted by up to {own.pad} pixels. If they "
            "are of characters, flip=False leaves them as they are, and pad=0 where they stand."
        )
    for variation, value in variations.items():
        if value and len(dataset.input_shape) != 3:
            raise InputError(f"{variation} does not apply to {name!r}, which holds no images.")
        if value is not None:
            augmentation = dataclasses.replace(dataset.augmentation, **{variation: value})
            dataset = dataclasses.replace(dataset, augmentation=augmentation)
    return dataset
