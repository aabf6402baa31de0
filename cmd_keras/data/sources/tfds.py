"""Any image classification set of tensorflow-datasets."""

from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras.counted import counted
from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import ArrayFormat, ImageFormat
from cmd_keras.data.inputs import ArrayInputs, StreamedImages, fits_in_memory
from cmd_keras.data.sources.prepared.builder import open_builder
from cmd_keras.data.sources.prepared.keys import find_keys, find_training_keys
from cmd_keras.errors import InputError
from cmd_keras.notice import notice

# Images of varying size are brought to 256×256, of which 224×224 are cut out,
# as the paper does with Food-101.
_IMAGE_SIZE = 224


def load(
    name: str,
    *,
    data_dir: str | None = None,
    label_key: str | None = None,
    image_size: int | None = None,
) -> Dataset:
    """The training and test images of a tensorflow-datasets set.

    Args:
        name: Its name, as in `cifar10` or `food101`.
        data_dir: Where prepared sets lie; None is tensorflow-datasets' own
            default. A set that is not there is downloaded.
        label_key: Feature with the given training labels; None is the one that
            the set is made for, where no other has as many classes. Clean labels are
            `clean_label`, where the set has it, or else those it is made for, which
            test labels always are.
        image_size: Side of the square that the networks see; None keeps the size
            of images that all have the same, and is 224 for others.

    Raises:
        InputError: if there is no such set, it cannot be had, it is not one of
            classified images, or it has several labels and none was chosen.
    """
    builder = open_builder(name, data_dir, label_key)
    image_key, supervised_key = find_keys(builder)
    given_key, clean_key = find_training_keys(builder, label_key)
    test_split = next((s for s in ("test", "validation") if s in builder.info.splits), None)
    if "train" not in builder.info.splits or test_split is None:
        raise InputError(
            f"Data set {name!r} has the splits {sorted(builder.info.splits)}; a 'train' split and "
            "a 'test' or 'validation' split are needed."
        )
    if test_split == "test" and "validation" in builder.info.splits:
        count = builder.info.splits["validation"].num_examples
        notice(
            f"The split 'validation' of {name!r} ({counted(count, 'example')}) is left out: it is "
            "trained with 'train' and tested with 'test'. To choose settings by, hold out a share "
            "of 'train' (validation_split=0.1)."
        )
    feature = builder.info.features[image_key]
    input_format = _input_format(feature, image_size)
    crops = isinstance(input_format, ImageFormat) and input_format.resized is not None
    train, labels = _read(builder, "train", image_key, {given_key, clean_key}, input_format)
    test, test_labels = _read(builder, test_split, image_key, {supervised_key}, input_format)
    return Dataset(
        name=name,
        class_names=tuple(builder.info.features[supervised_key].names),
        train=train,
        test=test,
        given_labels=labels[given_key],
        clean_labels=labels[clean_key],
        test_labels=test_labels[supervised_key],
        augmentation=Augmentation(
            pad=0 if crops else 4,
            crop=input_format.cropped if crops else None,
            # A mirrored grey image is most often a mirrored character.
            flip=feature.shape[-1] == 3 and not _is_of_characters(name),
        ),
        input_format=input_format,
    )


def _is_of_characters(name: str) -> bool:
    words = ("svhn", "mnist", "omniglot", "digit", "letter", "cmaterdb")
    return any(word in name for word in words)


def _input_format(
    feature: tfds.features.Image, image_size: int | None
) -> ImageFormat | ArrayFormat:
    if image_size is not None or None in feature.shape:
        channels = 1 if feature.shape[-1] == 1 else 3
        bits = 16 if feature.np_dtype == np.uint16 else 8
        side = _IMAGE_SIZE if image_size is None else image_size
        return ImageFormat.cropping(side, channels, bits)
    # Other than 8 bits or 1 or 3 channels are not in an image file of the user's.
    is_plain = feature.np_dtype == np.uint8 and feature.shape[-1] in (1, 3)
    return (ImageFormat if is_plain else ArrayFormat)(feature.shape)


def _read(
    builder: tfds.core.DatasetBuilder,
    split: str,
    image_key: str,
    label_keys: set[str],
    input_format: ImageFormat | ArrayFormat,
) -> tuple[ArrayInputs | StreamedImages, dict[str, np.ndarray]]:
    """Inputs of a split, and its labels `[n]` by the name of their feature."""
    feature, count = builder.info.features[image_key], builder.info.splits[split].num_examples
    # Undecoded and from one file at a time: the order of the examples is what
    # ties a corrupted label to its image.
    records = builder.as_dataset(
        split=split,
        shuffle_files=False,
        decoders={image_key: tfds.decode.SkipDecoding()},
        read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
    )
    encoded = records.map(lambda record: record[image_key])

    def labels(record: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {key: record[key] for key in label_keys}

    def decode(image: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(feature.decode_example(image), feature.shape)

    if isinstance(input_format, ImageFormat) and input_format.resized is not None:
        stream = StreamedImages(encoded, input_format.decode, count, input_format.decoded_shape)
    elif not fits_in_memory(count, feature.shape, np.dtype(feature.np_dtype).itemsize):
        stream = StreamedImages(encoded, decode, count, feature.shape)
    else:
        # Images and labels together, so that the records are gone through once.
        examples = records.map(lambda e: (decode(e[image_key]), labels(e)), tf.data.AUTOTUNE)
        images, found = _collected(examples, 1000)
        return ArrayInputs(images), found
    return stream, _collected(records.map(labels), 4096)


def _collected(elements: tf.data.Dataset, at_a_time: int) -> Any:
    """All elements, in their own structure, as arrays `[n, …]`."""
    batches = list(elements.batch(at_a_time).as_numpy_iterator())
    return tf.nest.map_structure(lambda *parts: np.concatenate(parts), *batches)
