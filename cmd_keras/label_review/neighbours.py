"""Who stands near an example, in the features of a network that never saw it.

Distances are cosine distances, 1 - cos, of features: what a network tells classes apart by.
Those of two networks cannot be compared with each other.
"""

import dataclasses
from typing import Any

import numpy as np

from cmd_keras.label_review.checks import check_classes, check_each, check_finite

# So many examples of a class must be near, not one, whose label may be wrong.
_OF_A_CLASS = 5
# Of the median distance to a nearest neighbour. cleanlab's Datalab takes 0.13.
_NEAR = 0.1


@dataclasses.dataclass(frozen=True)
class Neighbours:
    """The neighbours of some examples among all.

    Args:
        labels: `[q]`, their own labels.
        other: `[q]`, the place of the nearest example with another label; -1 where there is none.
        other_distance: `[q]`, how far it is; infinite where there is none.
        nearest_distance: `[q]`, how far the nearest example is, whatever its label.
        class_distance: `[q, C]`, how far the fifth nearest example of each class is, or the last
            one where there are fewer; infinite where there is none.
    """

    labels: np.ndarray
    other: np.ndarray
    other_distance: np.ndarray
    nearest_distance: np.ndarray
    class_distance: np.ndarray

    def near_duplicates(self) -> np.ndarray:
        """What is nearly the same example with another label.

        Returns:
            `[q]`, `other` where it is nearer than a tenth of the median distance to a nearest
            neighbour, else -1.
        """
        if len(self.other) == 0:
            return self.other
        near = self.other_distance < _NEAR * np.median(self.nearest_distance)
        return np.where(near, self.other, -1)

    def farness(self) -> np.ndarray:
        """How far from every class each example is.

        Returns:
            `[q]`, in [0, 1]: the distance to the nearest class over the median distance to a
            class other than the given one. 1 is as far as the classes are from each other.
        """
        others = np.isfinite(self.class_distance)
        others[np.arange(len(self.labels)), self.labels] = False
        scale = float(np.median(self.class_distance[others])) if others.any() else 0.0
        if scale == 0.0:
            # All features are one: nothing is farther than anything else.
            return np.zeros(len(self.labels))
        return np.minimum(1.0, self.class_distance.min(axis=1) / scale)


def unit_features(*features: Any) -> np.ndarray:
    """Features of several networks as one, in which the cosine is the mean of theirs.

    Args:
        features: `[n, d]` of each network.

    Returns:
        float32 `[n, sum of d]`, each row of length 1; a network whose features of an example
        are all 0 adds nothing to it.
    """
    parts = [np.asarray(part, np.float64) for part in features]
    lengths = (np.linalg.norm(part, axis=1, keepdims=True) for part in parts)
    units = [
        part / np.where(length > 0.0, length, 1.0)
        for part, length in zip(parts, lengths, strict=True)
    ]
    return (np.concatenate(units, axis=1) / np.sqrt(len(units))).astype(np.float32)


def neighbours(features: Any, labels: Any, places: Any, num_classes: int) -> Neighbours:
    """The neighbours of some examples among all, the example itself left out.

    Exact, by scikit-learn's `NearestNeighbors`; no array of n × n is made.

    Args:
        features: `[n, d]`, of length 1, of one network or as `unit_features` joins them.
        labels: `[n]`, integers 0 … C-1.
        places: `[q]`, which of the n examples are asked about, integers 0 … n-1: those that the
            network has not seen. There may be none.
        num_classes: C.

    Raises:
        ValueError: if there are not as many labels as features, features are not finite, labels
            are no classes, or places none of the examples.
    """
    features, labels = np.asarray(features), np.asarray(labels)
    if features.ndim != 2 or labels.shape != features.shape[:1]:
        raise ValueError(
            "features must be [n, d], with n labels, received features of shape "
            f"{features.shape} and labels of shape {labels.shape}."
        )
    check_finite("features", features)
    check_classes("labels", labels, num_classes)
    places = _checked_places(places, len(labels))
    count, own = len(places), labels[places]
    other, nearest = np.full(count, -1), np.full(count, np.inf)
    other_distance = np.full(count, np.inf)
    class_distance = np.full((count, num_classes), np.inf, np.float32)
    for number in range(num_classes):
        members = np.flatnonzero(labels == number)
        if len(members) == 0 or count == 0:
            continue
        distance, found = _nearest_of(features, members, places)
        nearest = np.minimum(nearest, distance[:, 0])
        better = (own != number) & (distance[:, 0] < other_distance)
        other[better], other_distance[better] = found[better, 0], distance[better, 0]
        last = np.maximum(np.isfinite(distance).sum(axis=1), 1) - 1
        class_distance[:, number] = distance[np.arange(count), last]
    return Neighbours(own, other, other_distance, nearest, class_distance)


def _checked_places(places: Any, count: int) -> np.ndarray:
    places = np.asarray(places)
    # An empty list is an array of floats.
    if places.ndim != 1 or (len(places) and places.dtype.kind not in "iu"):
        raise ValueError(
            f"places must be integers [q], received {places.dtype} of shape {places.shape}. A mask "
            "becomes places by numpy.flatnonzero(mask)."
        )
    wanted = f"the place of one of the {count:,} examples, 0 … {count - 1}"
    check_each("places", places, (places >= 0) & (places < count), wanted)
    return places.astype(np.int64)


def _nearest_of(
    features: np.ndarray, members: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and places of the nearest members, ascending; the example itself is infinite."""
    # Only here is it needed, and it takes long to import, which every training would wait for.
    from sklearn.neighbors import NearestNeighbors

    # One more than asked for: the example itself may be among them.
    asked = min(_OF_A_CLASS + 1, len(members))
    search = NearestNeighbors(n_neighbors=asked, algorithm="brute").fit(features[members])
    length, at = search.kneighbors(features[places])
    found = members[at]
    # Of vectors of length 1.
    distance = np.where(found == places[:, None], np.inf, length**2 / 2.0)
    order = np.argsort(distance, axis=1, kind="stable")[:, :_OF_A_CLASS]
    return np.take_along_axis(distance, order, 1), np.take_along_axis(found, order, 1)
