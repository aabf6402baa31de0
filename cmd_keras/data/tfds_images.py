"""Any image classification set of tensorflow-datasets."""

import difflib
import re
import socket
import urllib.request
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from cmd_keras.data.augment import Augmentation
from cmd_keras.data.dataset import Dataset
from cmd_keras.data.images import ArrayImages, StreamedImages
from cmd_keras.errors import InputError

# Training pictures up to this many bytes are decoded once and kept in memory.
_MEMORY_LIMIT = 2**30

# Pictures of varying size are brought to 256×256, of which 224×224 are cut out,
# as the paper does with Food-101.
_RESIZED, _CROPPED = 256, 224


def load(name: str, data_dir: str | None = None) -> Dataset:
    """The training and test pictures of a tensorflow-datasets set.

    Args:
        name: Its name, as in `cifar10` or `food101`.
        data_dir: Where prepared sets are kept; None is tensorflow-datasets' own
            default. A set that is not there is downloaded.

    Raises:
        InputError: if there is no such set, it cannot be had, or it is not one
            of classified images.
    """
    builder = _prepared(name, str(folder(data_dir)))
    image_key, label_key = _keys(builder)
    test_split = next((s for s in ("test", "validation") if s in builder.info.splits), None)
    if "train" not in builder.info.splits or test_split is None:
        raise InputError(
            f"Data set {name!r} has the splits {sorted(builder.info.splits)}; a 'train' split and "
            "a 'test' or 'validation' split are needed."
        )
    labels = _labels(builder, "train", image_key, label_key)
    shape = builder.info.features[image_key].shape
    fixed = None not in shape
    return Dataset(
        name=name,
        class_names=tuple(builder.info.features[label_key].names),
        train=_images(builder, "train", image_key),
        test=_images(builder, test_split, image_key),
        given_labels=labels,
        clean_labels=labels,
        test_labels=_labels(builder, test_split, image_key, label_key),
        augmentation=Augmentation(
            pad=4 if fixed else 0,
            crop=None if fixed else _CROPPED,
            # A mirrored grey picture is most often a mirrored character.
            flip=shape[-1] == 3 and not _is_of_characters(name),
        ),
    )


def folder(data_dir: str | None = None) -> Path:
    """The folder in which prepared sets are sought.

    Raises:
        InputError: if `data_dir` is given and is not a folder.
    """
    if data_dir is None:
        return Path(tfds.core.constants.DATA_DIR).expanduser()
    path = Path(data_dir).expanduser()
    if not path.is_dir():
        problem = "is not a folder" if path.exists() else "does not exist"
        raise InputError(
            f"The data folder {data_dir} {problem}. Correct --data-dir, or create the folder first "
            "to have data sets downloaded into it."
        )
    return path


def on_disk(data_dir: str | None = None) -> list[str]:
    """Names of the sets that are prepared in a folder."""
    sought = folder(data_dir)
    found = sought.glob("*/**/dataset_info.json")
    return sorted({path.relative_to(sought).parts[0] for path in found})


def _is_of_characters(name: str) -> bool:
    return any(word in name for word in ("svhn", "mnist", "omniglot", "digit", "letter"))


def _prepared(name: str, data_dir: str | None) -> tfds.core.DatasetBuilder:
    if not re.fullmatch(r"[\w/.:-]*\w", name) or name.startswith((".", "/")):
        raise InputError(f"{name!r} is not a name of a data set. `cmd-keras datasets` lists some.")
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError:
        known = ["digits", *tfds.list_builders(with_community_datasets=False)]
        near = difflib.get_close_matches(name, known, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InputError(
            f"Unknown data set {name!r}.{hint} `cmd-keras datasets` lists what there is."
        ) from None
    except Exception as error:
        # A version or configuration that tensorflow-datasets does not know fails
        # with whatever exception its parser happens to raise.
        raise InputError(f"tensorflow-datasets cannot open {name!r}: {_reason(error)}") from error
    _keys(builder)
    if builder.info.splits:
        return builder
    try:
        _check_network()
        builder.download_and_prepare()
    except Exception as error:
        raise InputError(
            f"Data set {name!r} is not on disk and could not be downloaded.\n"
            f"  Sought in: {builder.data_dir}\n"
            f"  Reason: {_reason(error)}\n"
            f"On a machine with a network run `tfds build {name}` (or this command), copy the "
            f"folder {name}/ it makes, and pass the folder above it with --data-dir."
        ) from error
    return builder


def _reason(error: Exception) -> str:
    """The first line of what an exception says, or its name if it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


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
    return images[0], labels[0]


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
    builder: tfds.core.DatasetBuilder, split: str, image_key: str
) -> ArrayImages | StreamedImages:
    feature = builder.info.features[image_key]
    count = builder.info.splits[split].num_examples
    encoded = _read(builder, split, image_key).map(lambda e: e[image_key])
    if None in feature.shape:

        def decode(picture: tf.Tensor) -> tf.Tensor:
            image = tf.image.decode_image(picture, channels=3, expand_animations=False)
            return _square(image)

        return StreamedImages(encoded, decode, count, (_RESIZED, _RESIZED, 3))

    def decode_fixed(picture: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(feature.decode_example(picture), feature.shape)

    if count * np.prod(feature.shape) * np.dtype(feature.np_dtype).itemsize > _MEMORY_LIMIT:
        return StreamedImages(encoded, decode_fixed, count, feature.shape)
    batches = encoded.map(decode_fixed, tf.data.AUTOTUNE).batch(1000)
    return ArrayImages(np.concatenate([batch.numpy() for batch in batches]))


def _square(image: tf.Tensor) -> tf.Tensor:
    """The centre of a picture whose shorter side is brought to 256, as uint8."""
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scaled = tf.cast(tf.math.ceil(size * _RESIZED / tf.reduce_min(size)), tf.int32)
    image = tf.image.resize(image, scaled, antialias=True)
    image = tf.image.resize_with_crop_or_pad(image, _RESIZED, _RESIZED)
    return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)
