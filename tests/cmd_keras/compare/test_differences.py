"""Means and paired differences, held against SciPy and worked by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from cmd_keras.compare.differences import difference, mean
from cmd_keras.compare.summary import Summary, difference_words, markdown, mean_words, measure_of


def test_a_difference_is_paired_by_seed_and_its_interval_is_students():
    first = {0: 0.91, 1: 0.95, 2: 0.90, 7: 0.1}
    second = {2: 0.80, 0: 0.85, 1: 0.86, 5: 0.9}
    found = difference(first, second)
    test = stats.ttest_rel([0.91, 0.95, 0.90], [0.85, 0.86, 0.80])
    expected = test.confidence_interval(0.95)
    assert found.count == 3
    assert found.value == pytest.approx(np.mean([0.06, 0.09, 0.10]))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_what_one_seed_cannot_tell_is_not_told():
    assert mean([]) is None
    assert difference({0: 0.5}, {1: 0.5}) is None
    assert mean_words(mean([0.5])) == "50.0 (1)"
    assert difference_words(difference({0: 0.5}, {0: 0.25})) == "+25.0"
    assert math.isnan(mean([0.5]).std)
    assert mean_words(None) == difference_words(None) == "–"


def test_tables_hold_each_value_where_it_belongs():
    results = [
        {
            **{"row": row, "noise": noise, "seed": seed, "status": "ended"},
            **{"test_mean_accuracy": value, "validation_mean_accuracy": None},
        }
        for (row, noise), values in {
            ("a|b", "sym:0.2"): (0.9, 0.8),
            ("c", "sym:0.2"): (0.95, 0.87),
            ("a|b", "sym:0.4"): (0.5, None),
            ("c", "sym:0.4"): (None, None),
        }.items()
        for seed, value in enumerate(values)
    ]
    summary = Summary.of(results)
    assert summary.means_table() == [
        ["method", "sym:0.2", "sym:0.4"],
        ["a|b", "85.0 ± 7.1 (2)", "50.0 (1)"],
        ["c", "91.0 ± 5.7 (2)", "–"],
    ]
    assert summary.differences_table("a|b") == [
        ["minus a|b", "sym:0.2", "sym:0.4"],
        ["c", "+6.0 [-6.7, +18.7]", "–"],
    ]
    assert (
        markdown(summary.means_table()).splitlines()[2] == "| a\\|b | 85.0 ± 7.1 (2) | 50.0 (1) |"
    )


def test_where_all_hold_out_a_validation_share_the_test_set_is_not_looked_at():
    def result(status, test, validation, row="ce"):
        return {
            **{"row": row, "noise": "sym:0.4", "seed": 0, "status": status},
            **{"test_mean_accuracy": test, "validation_mean_accuracy": validation},
        }

    chosen = [result("ended", 0.9, 0.5), result("failed", None, None, "cmd")]
    assert measure_of(chosen) == "validation_mean_accuracy"
    assert Summary.of(chosen).means_table() == [
        ["method", "sym:0.4"],
        ["ce", "50.0 (1)"],
        ["cmd", "–"],
    ]
    assert measure_of([*chosen, result("ended", 0.8, None)]) == "test_mean_accuracy"
    assert measure_of(chosen[1:]) == "test_mean_accuracy"
