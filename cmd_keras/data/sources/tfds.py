"""Any image classification set of tensorflow-datasets."""

import socket
import textwrap
import urllib.request
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.input_format import ArrayFormat, ImageFormat
from cmd_keras.data.inputs import ArrayInputs, StreamedImages, fit_in_memory
from cmd_keras.data.sources.known import source_of
from cmd_keras.data.sources.prepared.data_dir import check_data_dir
from cmd_keras.data.sources.prepared.features import check_features
from cmd_keras.data.sources.prepared.names import refuse_unknown
from cmd_keras.errors import InputError, first_line

# Pictures of varying size are brought to 256×256, of which 224×224 are cut out,
# as the paper does with Food-101.
_IMAGE_SIZE = 224


def load(
    name: str,
    *,
    data_dir: str | None = None,
    label_key: str | None = None,
    image_size: int | None = None,
) -> Dataset:
    """The training and test pictures of a tensorflow-datasets set.

    Args:
        name: Its name, as in `cifar10` or `food101`.
        data_dir: Where prepared sets are kept; None is tensorflow-datasets' own
            default. A set that is not there is downloaded.
        label_key: Feature with the given training labels; None is the one that
            the set is made for, where no other has as many classes. Clean labels are
            `clean_label`, where the set has it, or else those it is made for, which
            test labels always are.
        image_size: Side of the square that the networks see; None keeps the size
            of pictures that all have the same, and is 224 for others.

    Raises:
        InputError: if there is no such set, it cannot be had, it is not one of
            classified images, or it has several labels and none was chosen.
    """
    builder = _prepared(name, str(folder(data_dir)), label_key)
    image_key, supervised_key = _keys(builder)
    given_key, clean_key = _training_label_keys(builder, label_key)
    test_split = next((s for s in ("test", "validation") if s in builder.info.splits), None)
    if "train" not in builder.info.splits or test_split is None:
        raise InputError(
            f"Data set {name!r} has the splits {sorted(builder.info.splits)}; a 'train' split and "
            "a 'test' or 'validation' split are needed."
        )
    feature = builder.info.features[image_key]
    input_format = _input_format(feature, image_size)
    crops = isinstance(input_format, ImageFormat) and input_format.resized is not None
    return Dataset(
        name=name,
        class_names=tuple(builder.info.features[supervised_key].names),
        train=_images(builder, "train", image_key, input_format),
        test=_images(builder, test_split, image_key, input_format),
        given_labels=_labels(builder, "train", image_key, given_key),
        clean_labels=_labels(builder, "train", image_key, clean_key),
        test_labels=_labels(builder, test_split, image_key, supervised_key),
        augmentation=Augmentation(
            pad=0 if crops else 4,
            crop=input_format.cropped if crops else None,
            # A mirrored grey picture is most often a mirrored character.
            flip=feature.shape[-1] == 3 and not _is_of_characters(name),
        ),
        input_format=input_format,
    )


def folder(data_dir: str | None = None) -> Path:
    """The folder in which prepared sets are sought.

    Raises:
        InputError: if `data_dir` is given and is not a folder.
    """
    if data_dir is None:
        return Path(tfds.core.constants.DATA_DIR).expanduser()
    return check_data_dir(data_dir)


def on_disk(data_dir: str | None = None) -> list[str]:
    """Names of the sets that are prepared in a folder."""
    sought = folder(data_dir)
    found = sought.glob("*/**/dataset_info.json")
    return sorted({path.relative_to(sought).parts[0] for path in found})


def _is_of_characters(name: str) -> bool:
    return any(word in name for word in ("svhn", "mnist", "omniglot", "digit", "letter"))


def _prepared(name: str, data_dir: str | None, label_key: str | None) -> tfds.core.DatasetBuilder:
    source_of(name)
    check_features(Path(data_dir), name)
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError:
        refuse_unknown(name, tfds.list_builders(with_community_datasets=False))
    except Exception as error:
        # A version or configuration that tensorflow-datasets does not know fails
        # with whatever exception its parser happens to raise.
        raise InputError(
            f"tensorflow-datasets cannot open {name!r}: {first_line(error)}"
        ) from error
    _training_label_keys(builder, label_key)
    if builder.info.splits:
        return builder
    _refuse_without_manual_files(builder, data_dir)
    try:
        _check_network()
        builder.download_and_prepare()
    except Exception as error:
        raise InputError(
            f"Data set {name!r} is not on disk and could not be downloaded.\n"
            f"  Sought in: {builder.data_dir}\n"
            f"  Reason: {first_line(error)}\n"
            f"On a machine with a network run `tfds build {name}` (or this command), copy the "
            f"folder {name}/ it makes, and pass the folder above it with --data-dir."
        ) from error
    return builder


def _refuse_without_manual_files(builder: tfds.core.DatasetBuilder, data_dir: str) -> None:
    instructions = builder.MANUAL_DOWNLOAD_INSTRUCTIONS
    place = Path(data_dir, "downloads", "manual")
    if instructions and not (place.is_dir() and any(place.iterdir())):
        raise InputError(
            f"Data set {builder.name!r} is not on disk, and some of its files must be downloaded "
            f"by hand into {place}:\n\n{textwrap.dedent(instructions).strip()}"
        )


def _check_network() -> None:
    # Without a network tensorflow-datasets tries for three minutes before it
    # says so. Its own host is looked up first, unless a proxy does the looking up.
    if not urllib.request.getproxies():
        socket.getaddrinfo("storage.googleapis.com", 443)


def _keys(builder: tfds.core.DatasetBuilder) -> tuple[str, str]:
    features = builder.info.features
    if not isinstance(features, tfds.features.FeaturesDict):
        features = {}
    images = [k for k, f in features.items() if isinstance(f, tfds.features.Image)]
    labels = [k for k, f in features.items() if isinstance(f, tfds.features.ClassLabel)]
    supervised = builder.info.supervised_keys
    if supervised and supervised[0] in images and supervised[1] in labels:
        return supervised[0], supervised[1]
    if not images or not labels:
        raise InputError(
            f"Data set {builder.name!r} is not one of classified images: it has the features "
            f"{sorted(features)}, and an Image and a ClassLabel are needed."
        )
    return images[0], "label" if "label" in labels else labels[0]


def _training_label_keys(
    builder: tfds.core.DatasetBuilder, label_key: str | None
) -> tuple[str, str]:
    """The features of the given and of the clean labels."""
    _, supervised = _keys(builder)
    features = builder.info.features
    labels = [k for k, f in features.items() if isinstance(f, tfds.features.ClassLabel)]
    if label_key is None:
        others = sorted(
            key
            for key in labels
            if key not in (supervised, "clean_label")
            and features[key].num_classes == features[supervised].num_classes
        )
        if others:
            raise InputError(
                f"Data set {builder.name!r} has several labels for each image. Choose those to "
                f"learn from: --label-key {', '.join(others)}; or --label-key {supervised}, those "
                "that it is tested with and that count as clean."
            )
        label_key = supervised
    if label_key not in labels:
        raise InputError(
            f"Data set {builder.name!r} has no labels {label_key!r}. label_key may be "
            f"{', '.join(sorted(labels))}."
        )
    clean = "clean_label" if "clean_label" in labels else supervised
    for key in (label_key, clean):
        if features[key].num_classes != features[supervised].num_classes:
            raise InputError(
                f"{key} of data set {builder.name!r} has {features[key].num_classes} classes, but "
                f"{supervised}, which it is tested with, {features[supervised].num_classes}."
            )
    return label_key, clean


def _input_format(
    feature: tfds.features.Image, image_size: int | None
) -> ImageFormat | ArrayFormat:
    if image_size is not None or None in feature.shape:
        channels = 1 if feature.shape[-1] == 1 else 3
        bits = 16 if feature.np_dtype == np.uint16 else 8
        side = _IMAGE_SIZE if image_size is None else image_size
        return ImageFormat.cropping(side, channels, bits)
    # Other than 8 bits or 1 or 3 channels are not in a picture file of the user's.
    is_plain = feature.np_dtype == np.uint8 and feature.shape[-1] in (1, 3)
    return (ImageFormat if is_plain else ArrayFormat)(feature.shape)


def _read(builder: tfds.core.DatasetBuilder, split: str, image_key: str) -> tf.data.Dataset:
    # Undecoded and from one file at a time: the order of the examples is what
    # ties a corrupted label to its picture.
    return builder.as_dataset(
        split=split,
        shuffle_files=False,
        decoders={image_key: tfds.decode.SkipDecoding()},
        read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
    )


def _labels(
    builder: tfds.core.DatasetBuilder, split: str, image_key: str, label_key: str
) -> np.ndarray:
    batches = _read(builder, split, image_key).map(lambda e: e[label_key]).batch(4096)
    return np.concatenate([batch.numpy() for batch in batches])


def _images(
    builder: tfds.core.DatasetBuilder,
    split: str,
    image_key: str,
    input_format: ImageFormat | ArrayFormat,
) -> ArrayInputs | StreamedImages:
    feature = builder.info.features[image_key]
    count = builder.info.splits[split].num_examples
    encoded = _read(builder, split, image_key).map(lambda e: e[image_key])
    if isinstance(input_format, ImageFormat) and input_format.resized is not None:
        return StreamedImages(encoded, input_format.decode, count, input_format.decoded_shape)

    def decode_fixed(picture: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(feature.decode_example(picture), feature.shape)

    if not fit_in_memory(count, feature.shape, np.dtype(feature.np_dtype).itemsize):
        return StreamedImages(encoded, decode_fixed, count, feature.shape)
    batches = encoded.map(decode_fixed, tf.data.AUTOTUNE).batch(1000)
    return ArrayInputs(np.concatenate([batch.numpy() for batch in batches]))
