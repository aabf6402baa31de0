"""What stands near each example of a review: copies with another label, or nothing at all."""

import dataclasses
import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from cmd_keras.data import Dataset
from cmd_keras.errors import InputError
from cmd_keras.label_review import (
    alike_images,
    contradicting_copies,
    image_shades,
    neighbours,
    unit_features,
)
from cmd_keras.networks.penultimate import penultimate
from cmd_keras.run.results.finished_run import FinishedRun
from cmd_keras.runs.job import Job
from cmd_keras.tracing_once import several_networks


@dataclasses.dataclass(frozen=True)
class Neighbourhood:
    """Of all examples, those of the training part before those of the test part.

    Args:
        near_duplicate: `[n + m]`, the place of an example that is the same, or nearly, with
            another label; -1 where there is none.
        similarity: `[n + m]`, 1 for copies, else of images the correlation of their details, of
            others the cosine of their features; NaN where there is none.
        farness: `[n + m]`, in [0, 1], how far from every class; NaN where features are missing.
        names: `n + m` words for them: their names, or the number that each has in its part.
        lacking: What was not looked for, as features are missing, and why; or "".
    """

    near_duplicate: np.ndarray
    similarity: np.ndarray
    farness: np.ndarray
    names: list[str]
    lacking: str = ""

    @classmethod
    def of_runs(cls, dataset: Dataset, parts: dict[Job, Dataset]) -> "Neighbourhood":
        """The neighbours of each example, in the features of networks that never saw it.

        Those of different runs cannot be compared. So each fold is asked about in the features
        of the run that left it out, in which all other examples lie as well; the test part in
        those of the first run.

        Args:
            dataset: All data.
            parts: The runs, which have ended, each with its data.
        """
        labels = np.concatenate([dataset.given_labels, dataset.test_labels])
        count, lacking, images = len(dataset.train), "", len(dataset.input_shape) == 3
        other, similarity = np.full(len(labels), -1), np.full(len(labels), np.nan)
        far = np.full(len(labels), np.nan)
        place = {number: i for i, number in enumerate(dataset.train_index.tolist())}
        for i, (job, part) in enumerate(parts.items()):
            try:
                features = _features(FinishedRun(job.folder), dataset)
            except InputError as error:
                what = "such of no class" if images else "nearly equal ones or such of no class"
                lacking = f"Examples that come again were looked for, not {what}: {error}"
                continue
            asked = np.array([place[number] for number in part.held_out_index.tolist()])
            if i == 0:
                asked = np.concatenate([asked, np.arange(count, len(labels))])
            found = neighbours(features, labels, asked, dataset.num_classes)
            # Two photographs that networks take for one are often like in their colours alone.
            if not images:
                other[asked] = near = found.near_duplicates()
                similarity[asked] = np.where(near < 0, np.nan, 1.0 - found.other_distance)
            far[asked] = found.farness()
        for found, alike in _in_the_inputs(dataset, labels):
            other = np.where(found < 0, other, found)
            similarity = np.where(found < 0, similarity, alike)
        return cls(other, similarity, far, _names(dataset), lacking)

    def columns(self, part: str, count: int) -> pd.DataFrame:
        """The columns of a part.

        Args:
            part: `train` or `test`.
            count: How many examples the training part has.

        Returns:
            `near_duplicate`, the name of the other example or "", `similarity` and `farness`.
        """
        rows = slice(None, count) if part == "train" else slice(count, None)
        named = ["" if place < 0 else self.names[place] for place in self.near_duplicate[rows]]
        return pd.DataFrame(
            {
                "near_duplicate": pd.Series(named, dtype=object),
                "similarity": self.similarity[rows],
                "farness": self.farness[rows],
            }
        )


def _features(run: FinishedRun, dataset: Dataset) -> np.ndarray:
    """What both networks make of all examples, `[n + m, d]`.

    Raises:
        InputError: if a network cannot be read, or has no features.
    """
    distiller = run.distiller()
    units = []
    for peer in (distiller.peer_a, distiller.peer_b):
        model = penultimate(peer)
        if model is None:
            raise InputError(f"the network {peer.name!r} does not end in a Dense layer")
        parts = (dataset.train, dataset.test)
        with several_networks():
            said = [model.predict(dataset.plain_batches(part), verbose=0) for part in parts]
        units.append(np.concatenate(said))
    return unit_features(*units)


def _in_the_inputs(
    dataset: Dataset, labels: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray | float]]:
    """Places of what is the same with another label, or -1, and how alike: copies at last."""
    keys, shades = [], []
    for part in (dataset.train, dataset.test):
        for batch in dataset.plain_batches(part).as_numpy_iterator():
            keys += [hashlib.blake2b(one.tobytes()).digest() for one in batch]
            if batch.ndim == 4:
                shades.append(image_shades(batch))
    if shades:
        yield alike_images(np.concatenate(shades), labels)
    yield contradicting_copies(keys, labels), 1.0


def _names(dataset: Dataset) -> list[str]:
    # A number alone is that of a training example.
    train = dataset.train_names or map(str, dataset.train_index.tolist())
    test = dataset.test_names or (f"test {number}" for number in dataset.test_index.tolist())
    return [*train, *test]
