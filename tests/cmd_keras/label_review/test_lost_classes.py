"""A class that labels name and networks do not is found, whoever is to blame."""

import numpy as np
import pytest
from rich.console import Console

from cmd_keras import data
from cmd_keras.label_review import lost_classes
from cmd_keras.run import TrainSettings, train
from cmd_keras.run.results.say_lost import say_lost


@pytest.mark.parametrize(
    ("given", "named", "lost"),
    [(4, 0, False), (5, 0, True), (9, 1, False), (10, 1, True), (19, 2, False), (20, 2, True)],
)
def test_a_class_is_lost_that_is_named_a_tenth_as_often_as_given(given, named, lost):
    labels = np.array([0] * 100 + [1] * given)
    said = np.array([0] * (100 + given - named) + [1] * named)
    assert lost_classes(labels, said, 3) == ([(1, given, named)] if lost else [])


@pytest.mark.parametrize(
    ("given", "said", "message"),
    [
        ([0, 1, 3], [0, 1, 1], r"given\[2\] is 3; it must be a class 0 … 2"),
        ([0, 1, 1], [0, -1, 1], r"probable\[1\] is -1"),
        ([0, 1, 1], [0.0, 1.0, 1.0], "probable must be integers"),
    ],
)
def test_what_is_no_class_is_refused(given, said, message):
    with pytest.raises(ValueError, match=message):
        lost_classes(given, said, 3)


def test_a_run_says_which_class_it_has_lost(tmp_path, capsys):
    """Eight examples are labelled c, and are no different from those of b."""
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], [120, 120, 10])
    x = rng.normal(size=(250, 4)) + 6 * (y == "a")[:, None]
    np.savez(tmp_path / "own.npz", x=x, y=y)
    settings = TrainSettings(dataset=f"npz:{tmp_path / 'own.npz'}", epochs=5)
    metrics = train(settings, tmp_path / "run", Console(width=1000))
    given = int((data.load(settings.dataset).given_labels == 2).sum())
    assert 5 <= given <= 10
    assert metrics["labels"]["classes_lost"] == [{"class": "c", "given": given, "named": 0}]
    said = capsys.readouterr().out
    assert f"The networks hardly ever name 'c' (for 0 examples; {given} labels say so)." in said
    assert "Where there is a rho, a larger one may keep it." in said


def test_nothing_is_said_where_nothing_is_known_or_most_is_lost_and_three_are_named(capsys):
    def said(labels):
        say_lost(Console(width=1000), labels)
        return capsys.readouterr().out

    lost = [{"class": f"k{i}", "given": 1234, "named": 1} for i in range(5)]
    assert said({"classes_named": 9, "classes_given": 9}) == ""
    assert said({"classes_named": 9, "classes_given": 9, "classes_lost": []}) == ""
    assert said({"classes_named": 4, "classes_given": 9, "classes_lost": lost}) == ""
    line = said({"classes_named": 5, "classes_given": 9, "classes_lost": lost})
    assert line.startswith("The networks hardly ever name 'k0' (for 1 example; 1,234")
    assert "'k2'" in line
    assert "'k3'" not in line
    assert " and 2 more classes. Either" in line
