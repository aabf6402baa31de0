"""The data of a search: what it chooses by, and whether they are still the same."""

import dataclasses
import json

import optuna

from cmd_keras.data import Dataset
from cmd_keras.data.digests import digests, other_part
from cmd_keras.errors import InputError
from cmd_keras.run.epochs.begin import read_data
from cmd_keras.tune.search import PAPER_SHARE, Search


def with_data(search: Search) -> tuple[Search, Dataset]:
    """A search that has something to choose by, and the data of its trials.

    Args:
        search: Where it names no validation share, and the data have no validation part of
            their own, a tenth is held out.

    Raises:
        InputError: if the data cannot be had, or have such a part and a share is named.
    """
    dataset = read_data(search.base)
    if dataset.validation is not None:
        return search, dataset
    base = dataclasses.replace(search.base, validation_split=PAPER_SHARE)
    held_out = dataset.with_validation(PAPER_SHARE, base.validation_labels, base.seed)
    return dataclasses.replace(search, base=base), held_out


def check_same_data(study: optuna.Study, dataset: Dataset) -> None:
    """Require the data that the trials of a study are made with; a new study is told of them.

    Raises:
        InputError: saying which part is another one.
    """
    now = digests(dataset)
    recorded = study.user_attrs.get("data")
    if recorded is None:
        study.set_user_attr("data", json.dumps(now))
        return
    if part := other_part(json.loads(recorded), now):
        raise InputError(
            f"The data are not those of the trials in the study {study.study_name!r}: examples of "
            f"the {part} part, or their labels, were added, taken away or changed. Their "
            "accuracies would not be comparable. Bring the data back, or choose another output, "
            "and another study where machines share it."
        )
