"""A table of trials is read whole, whatever the number of constants and the width."""

import io

import pytest
from rich.console import Console

from cmd_keras.say import show_table
from cmd_keras.tune.trials_table import trials_table

FEW = {"eta": 4.0, "b2": -5.0}
MANY = {f"forget_{name}": 0.123456 for name in ("a", "b", "c", "lambda", "kappa", "omega", "nu")}


def shown(width, *changes):
    console = Console(file=io.StringIO(), width=width)
    lines = [((str(i), "91.23%"), of_trial) for i, of_trial in enumerate(changes)]
    show_table(console, trials_table(console, ("trial", "validation"), lines))
    return console.file.getvalue()


def test_a_few_constants_have_a_column_each():
    text = shown(80, FEW, {"eta": 2.0})
    heading, first, second = (line for line in text.splitlines() if "┃" in line or "│" in line)
    names = [cell.strip() for cell in heading.split("┃")[1:-1]]
    assert names == ["trial", "validation", "eta", "b2"]
    assert [cell.strip() for cell in first.split("│")[1:-1]] == ["0", "91.23%", "4", "-5"]
    assert [cell.strip() for cell in second.split("│")[1:-1]] == ["1", "91.23%", "2", "–"]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_what_does_not_fit_side_by_side_is_written_out(width):
    text = shown(width, MANY)
    assert "…" not in text
    assert "constants" in text
    for name in MANY:
        assert f"{name}=0.123" in text
    assert max(map(len, text.splitlines())) <= width


def test_where_there_is_room_they_have_columns():
    assert "constants" not in shown(150, MANY)


def test_a_study_without_constants_is_a_table_without_them():
    assert "constants" not in shown(80, {})
