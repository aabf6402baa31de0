"""What a terminal shows while trials are made."""

import csv
import io
import json

import optuna
import pytest
from rich.console import Console

from cmd_keras.run import TrainSettings
from cmd_keras.tune.live_trials import LiveTrials
from cmd_keras.tune.search import Search
from cmd_keras.tune.study import quiet
from cmd_keras.tune.trial import Trial


@pytest.fixture
def study():
    with quiet():
        study = optuna.create_study(direction="maximize")
    for value, eta in ((0.5, 2.0), (0.75, 4.0)):
        trial = study.ask()
        trial.set_user_attr("begun", json.dumps({"changes": {"eta": eta}}))
        study.tell(trial, value)
    return study


def going_on(study, folder, *accuracies):
    """A trial whose run has written so many of its 4 epochs."""
    trial = Trial.of(study.ask(), {"eta": 8.0}, Search(TrainSettings(epochs=4)), folder)
    run = trial.jobs[0].folder
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"settings": {"epochs": 4}}))
    with (run / "history.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["epoch", "validation_mean_accuracy"])
        lines.writerows([i, a] for i, a in enumerate(accuracies, 1))
    return trial


def lines_of(table):
    console = Console(file=io.StringIO(), width=100)
    console.print(table)
    return [line for line in console.file.getvalue().splitlines() if "│" in line]


def test_trials_that_are_going_on_stand_above_the_best(study, tmp_path):
    trial = going_on(study, tmp_path, 0.25, 0.625)
    live = LiveTrials(Console(file=io.StringIO()), study)
    assert "begins" in lines_of(live.table([trial]))[0]
    assert not trial.is_hopeless()
    first, best, second = lines_of(live.table([trial]))
    assert [cell.strip() for cell in first.strip("│").split("│")] == ["2", "2/4", "62.50%", "8"]
    assert [cell.strip() for cell in best.strip("│").split("│")] == ["1", "ended", "75.00%", "4"]
    assert "50.00%" in second


def test_the_study_hears_of_every_epoch_but_the_last_once(study, tmp_path):
    trial = going_on(study, tmp_path, 0.25, 0.5, 0.625, 0.75)
    for _ in range(2):
        trial.is_hopeless()
    told = study.get_trials()[trial.trial.number].intermediate_values
    assert told == {25: 0.25, 50: 0.5, 75: 0.625}
    assert (trial.reached, trial.epochs, trial.latest) == (4, 4, 0.75)


@pytest.mark.parametrize("terminal", [True, False])
def test_it_is_shown_on_terminals_only(study, tmp_path, terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with LiveTrials(console, study).shown() as live:
        live.show([going_on(study, tmp_path)])
    assert ("75.00%" in console.file.getvalue()) == terminal
