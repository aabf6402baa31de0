"""Whether two data sets are the same one, part by part."""

from cmd_keras.data.dataset import Dataset
from cmd_keras.data.identity import digest_examples


def digests(dataset: Dataset) -> dict[str, str]:
    """SHA-256 of the examples of each part with their labels, in hexadecimal.

    It changes when an example or a label is added, taken away or changed, and when a
    class gets another name. Of sets that are the same everywhere the inputs are not
    looked at.

    Args:
        dataset: The data.

    Returns:
        Of `train`, `test`, and `validation` where there is such a part or share.
    """
    parts = {
        "train": (dataset.train_keys, dataset.given_labels),
        "test": (dataset.test_keys, dataset.test_labels),
    }
    if dataset.validation is not None:
        parts["validation"] = (dataset.validation_keys, dataset.validation_labels)
    return {
        name: digest_examples(keys, labels, dataset.class_names)
        for name, (keys, labels) in parts.items()
    }


def other_part(before: dict[str, str], now: dict[str, str]) -> str | None:
    """The first part that is another one, as a sentence calls it; None if there is none.

    Args:
        before: What `digests` gave once. A part that it says nothing of is as it was: older
            versions said nothing of the validation part.
        now: What it gives.
    """
    for part, digest in now.items():
        if before.get(part, digest) != digest:
            return "training" if part == "train" else part
    return None
