"""Classes that corrections leave no example of, as a name that was misspelt."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from cmd_keras.errors import InputError
from cmd_keras.listed import listed
from cmd_keras.notice import notice

if TYPE_CHECKING:
    from cmd_keras.data.dataset import Dataset


def without_classes(dataset: "Dataset", gone: np.ndarray, path: str) -> "Dataset":
    """The same set without classes that no training example is called any more.

    Args:
        dataset: The corrected set.
        gone: Numbers of these classes.
        path: Of the corrections.

    Returns:
        The set, the other classes numbered anew, in their order.

    Raises:
        InputError: if another part holds one of them, or clean labels do, and it cannot be
            learned; or one class alone would be left.
    """
    names = dataset.class_names
    labels = {
        name: values
        for name in ("given_labels", "clean_labels", "test_labels", "validation_labels")
        if (values := getattr(dataset, name)) is not None
    }
    for name, values in labels.items():
        if held := int(np.isin(values, gone).sum()):
            lost = names[values[np.isin(values, gone)][0]]
            where = name.removesuffix("_labels").replace("clean", "unspoilt training")
            named = name == "test_labels" and dataset.test_names is not None
            how = "Correct these as well, keep" if named else "Keep"
            raise InputError(
                f"{path} leaves no training example of class {lost!r}, which then cannot be "
                f"learned, and {held:,} of the {where} labels are {lost!r}. {how} one training "
                "example, or change the data themselves."
            )
    left = np.setdiff1d(np.arange(len(names)), gone)
    if len(left) < 2:
        raise InputError(
            f"{path} leaves no class but {names[left[0]]!r}: there is nothing to tell apart."
        )
    notice(
        f"{path} leaves no example of {listed([names[k] for k in gone], 10)}: {len(left)} classes "
        "are left."
    )
    renumbered = {name: np.searchsorted(left, values) for name, values in labels.items()}
    return dataclasses.replace(dataset, class_names=tuple(names[k] for k in left), **renumbered)
