"""A set of tensorflow-datasets, opened: from disk, or downloaded."""

import socket
import textwrap
import urllib.request
from pathlib import Path

import tensorflow_datasets as tfds

from cmd_keras.data.sources.known import source_of
from cmd_keras.data.sources.prepared.features import check_features
from cmd_keras.data.sources.prepared.keys import find_training_keys
from cmd_keras.data.sources.prepared.names import refuse_unknown
from cmd_keras.data.sources.prepared.on_disk import find_data_dir
from cmd_keras.errors import InputError, first_line


def open_builder(
    name: str, data_dir: str | None = None, label_key: str | None = None
) -> tfds.core.DatasetBuilder:
    """What reads a set, which is downloaded and prepared first if it is not there.

    Args:
        name: Of the set, as `cifar10` or `cifar10_corrupted/fog_1:1.0.0`.
        data_dir: Where prepared sets lie; None is the default of tensorflow-datasets.
        label_key: The feature that is wanted for labels, which is looked for before anything
            is downloaded; None as in `find_training_keys`.

    Raises:
        InputError: if there is no such set, it cannot be had, it is not one of classified
            images, or it has several labels and none was chosen.
    """
    source_of(name)
    data_dir = str(find_data_dir(data_dir))
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
    find_training_keys(builder, label_key)
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
            f"On a machine with a network run `tfds build {name}` (or load it there), copy the "
            f"folder {name}/ that is made, and name the folder above it in data_dir."
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
