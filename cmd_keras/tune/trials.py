"""The trials of a search, one after the other or side by side, from wherever they stood."""

import json
from collections.abc import Callable

import optuna
from optuna.trial import TrialState

from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.runs.job import Job, Outcome
from cmd_keras.runs.processes import RunProcesses
from cmd_keras.tune.search import Search
from cmd_keras.tune.trial import Trial
from cmd_keras.tune.trials_folder import TrialsFolder
from cmd_keras.tune.write_trials import count_ended

_SECONDS_BETWEEN_LOOKS = 1.0


def make_trials(
    study: optuna.Study,
    search: Search,
    folder: TrialsFolder,
    count: int,
    processes: int,
    note: Callable[[optuna.trial.FrozenTrial, str | None], None],
    show: Callable[[list[Trial]], None],
) -> None:
    """Make trials until the study has so many that have ended.

    Args:
        study: Where they are kept.
        search: What is searched.
        folder: Of the search, where the runs are.
        count: How many trials the study is to have in the end, those of other machines too.
        processes: How many runs at a time.
        note: Called with each trial that has ended, and why it failed.
        show: Called with those that are going on, every second.
    """
    going = interrupted(study, search, folder)
    waiting = [(trial, job) for trial in going for job in _left(trial)]
    for trial in list(going):
        if not _left(trial):
            going.remove(trial)
            _end(study, trial, note)
    with RunProcesses(processes) as running:
        while True:
            while not running.full:
                if not waiting and ended(study) + len(going) < count:
                    going.append(Trial.begin(study, search, folder))
                    waiting += [(going[-1], job) for job in going[-1].jobs]
                if not waiting:
                    break
                running.start(waiting.pop(0)[1])
            if not running.jobs:
                return
            for outcome in running.ended(_SECONDS_BETWEEN_LOOKS):
                _after(outcome, study, going, waiting, running, note)
            for trial in list(going):
                if trial.is_hopeless():
                    _give_up(trial, going, waiting, running)
                    study.tell(trial.trial, state=TrialState.PRUNED)
                    note(_frozen(study, trial), None)
            show(going)


def interrupted(study: optuna.Study, search: Search, folder: TrialsFolder) -> list[Trial]:
    """The trials of this folder that were going on when it was stopped."""
    found = []
    for frozen in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        begun = json.loads(frozen.user_attrs.get("begun", "{}"))
        if begun and folder.began(begun.get("at")):
            trial = optuna.Trial(study, frozen._trial_id)
            found.append(Trial.of(trial, begun["changes"], search, folder.path))
    return found


def ended(study: optuna.Study) -> int:
    """How many trials have ended, whatever came of them."""
    return count_ended(study.get_trials(deepcopy=False))


def _left(trial: Trial) -> list[Job]:
    return [job for job in trial.jobs if not RunFolder(job.folder).has_ended()]


def _after(
    outcome: Outcome,
    study: optuna.Study,
    going: list[Trial],
    waiting: list[tuple[Trial, Job]],
    running: RunProcesses,
    note: Callable[[optuna.trial.FrozenTrial, str | None], None],
) -> None:
    trial = next(trial for trial in going if outcome.job in trial.jobs)
    if outcome.failure is not None:
        _give_up(trial, going, waiting, running)
        trial.trial.set_user_attr("failure", outcome.failure)
        study.tell(trial.trial, state=TrialState.FAIL)
        note(_frozen(study, trial), outcome.failure)
    elif not _left(trial):
        going.remove(trial)
        _end(study, trial, note)


def _end(
    study: optuna.Study,
    trial: Trial,
    note: Callable[[optuna.trial.FrozenTrial, str | None], None],
) -> None:
    study.tell(trial.trial, trial.value())
    note(_frozen(study, trial), None)


def _give_up(
    trial: Trial,
    going: list[Trial],
    waiting: list[tuple[Trial, Job]],
    running: RunProcesses,
) -> None:
    going.remove(trial)
    waiting[:] = [(other, job) for other, job in waiting if other is not trial]
    for job in trial.jobs:
        running.stop(job)


def _frozen(study: optuna.Study, trial: Trial) -> optuna.trial.FrozenTrial:
    return study.get_trials(deepcopy=False)[trial.trial.number]
