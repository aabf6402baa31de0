"""What the files of a prepared data set ask tensorflow-datasets to import."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cmd_keras.errors import InputError

# Under these keys features.json names the classes that describe an example; the module
# of a class is imported, wherever Python finds it.
_CLASS_KEYS = ("pythonClassName", "python_class_name", "type")
_OWN = "tensorflow_datasets."


def check_features(data_dir: Path, name: str) -> None:
    """Require that a prepared set is described by classes of tensorflow-datasets itself.

    Args:
        data_dir: The folder of prepared sets.
        name: The set, as `cifar10` or `cifar10_corrupted/fog_1:1.0.0`.

    Raises:
        InputError: if a file names a class of another module, or cannot be read.
    """
    wanted = _plain(name.partition("/")[0].partition(":")[0])
    folders = data_dir.iterdir() if data_dir.is_dir() else ()
    for folder in folders:
        if _plain(folder.name) != wanted:
            continue
        for path in sorted(folder.rglob("features.json")):
            for class_name in _class_names(_read(path)):
                if "." in class_name and not class_name.startswith(_OWN):
                    raise InputError(
                        f"{path} asks to import {class_name}. Only classes of tensorflow-datasets "
                        "are: prepare the data set with these, or pass its images as a folder."
                    )


def _plain(name: str) -> str:
    # It is CamelCase or snake_case, as one likes.
    return name.replace("_", "").lower()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None


def _class_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _CLASS_KEYS and isinstance(inner, str):
                yield inner
            yield from _class_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _class_names(inner)
