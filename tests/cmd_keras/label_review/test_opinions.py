"""Labels and probabilities as arrays, whatever they came in."""

import numpy as np
import pandas as pd
import pytest

from cmd_keras.label_review import label_quality, review_labels
from cmd_keras.label_review.opinions import opinions

P = np.array([[0.9, 0.1], [0.3, 0.7], [0.8, 0.2]])


@pytest.mark.parametrize(
    "columns",
    [
        [1, 0],
        pd.CategoricalIndex([1, 0]),
        pd.Index([1, 0.0], dtype=object),
        pd.Index([np.int8(1), np.float32(0)], dtype=object),
        pd.Index([1, 0], dtype="Int64"),
    ],
)
def test_numbers_are_names_of_columns_in_whatever_index_they_are(columns):
    review = review_labels([1, 0, 0], pd.DataFrame(P, columns=columns))
    assert review["given"].tolist() == [1, 0, 0]
    assert review["quality"].tolist() == [0.9, 0.7, 0.2]


@pytest.mark.parametrize("columns", [[True, False], ["cat", 1], pd.CategoricalIndex(["b", "a"])])
def test_they_are_places_where_a_column_is_no_number(columns):
    review = review_labels([0, 1, 1], pd.DataFrame(P, columns=columns))
    assert review["given"].tolist() == [columns[0], columns[1], columns[1]]
    assert review["quality"].tolist() == [0.9, 0.7, 0.2]


@pytest.mark.parametrize("total", [0.991, 1.0, 1.009])
def test_rows_sum_to_1_in_whatever_precision_they_were_found(total):
    y, p = opinions([0, 1, 1], P * total)
    np.testing.assert_allclose(p, P, rtol=1e-12)
    assert y.tolist() == [0, 1, 1]
    quality = label_quality([0, 0], [[total, 0.0], [0.0, total]])
    assert quality.tolist() == [1.0, 0.0]


def test_what_is_beside_them_is_of_the_same_rows():
    frame = pd.DataFrame(P, index=list("abc"))
    same, other = (pd.Series([0.1, 0.2, 0.3], index=list(order)) for order in ("abc", "cab"))
    opinions([0, 1, 1], frame, said=same, count=3, nothing=None)
    opinions([0, 1, 1], P, said=other)
    with pytest.raises(
        ValueError, match=r"said and probabilities must have one index, .*said\.loc"
    ):
        opinions([0, 1, 1], frame, said=other)
    with pytest.raises(ValueError, match="said and labels must have one index"):
        opinions(pd.Series([0, 1, 1], index=same.index), P, said=other)
