"""The search for the constants of a method, as the paper did it (appendix A.2)."""

import os
from typing import Any

import optuna
from rich.console import Console

from cmd_keras.data import Dataset
from cmd_keras.errors import RunError
from cmd_keras.run.devices.check_fits import check_fits
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.runs.begun_or_new import train_or_resume
from cmd_keras.say import say
from cmd_keras.tune.check import begin_folder, check_tune, storage_of
from cmd_keras.tune.live_trials import LiveTrials
from cmd_keras.tune.pictures import draw_study
from cmd_keras.tune.search import Search
from cmd_keras.tune.search_data import check_same_data, with_data
from cmd_keras.tune.study import NAME, open_study, quiet
from cmd_keras.tune.trials import ended, make_trials
from cmd_keras.tune.trials_folder import TrialsFolder, check_study_is_there, joined
from cmd_keras.tune.write_trials import (
    best_of,
    changes_of,
    count_ended,
    print_trials,
    words_of,
    write_trials,
)


def tune(
    search: Search,
    output: str | os.PathLike,
    trials: int = 30,
    processes: int = 1,
    storage: str | None = None,
    study_name: str = NAME,
    console: Console | None = None,
) -> dict[str, Any]:
    """Search constants on a validation share, then train on all training data with the best.

    The test set is measured once, in that last run: no trial is chosen by it. Runs are
    processes of their own: in a script call this below `if __name__ == "__main__":`.

    Args:
        search: What is searched.
        output: A new folder, or that of the same search, which goes on.
        trials: How many the study is to have in the end, those that it has already counted.
        processes: How many runs at a time.
        storage: A URL that Optuna takes; a file in the folder, unless given. Machines that
            name the same one share a study.
        study_name: Of the study in the storage.
        console: Where progress is printed. None prints nothing.

    Returns:
        `best`, the settings that were found; `value`, their accuracy on the validation
        share; `folder`, that of the run on all training data; `metrics`, what that gave.

    Raises:
        InputError: if a setting, the folder or the storage cannot be used, the trials in the
            folder are of another study, or the data are not those of the trials.
        RunError: if no trial came to an end, or the last run failed.
    """
    check_tune(search, output, trials, processes)
    return tune_checked(search, output, trials, processes, storage, study_name, console)


def tune_checked(
    search: Search,
    output: str | os.PathLike,
    trials: int = 30,
    processes: int = 1,
    storage: str | None = None,
    study_name: str = NAME,
    console: Console | None = None,
) -> dict[str, Any]:
    """The same for what `check_tune` has nothing against."""
    # What is wrong with a storage, or the data, leaves no folder.
    shared = None if storage is None else open_study(search, storage, study_name)
    search, dataset = with_data(search)
    check_fits(search.base, dataset)
    if shared is not None:
        check_same_data(shared, dataset)
    folder = begin_folder(search, output)
    console = console or Console(quiet=True)
    with folder.locked(), quiet():
        study, place = _joined_study(search, dataset, folder, storage, study_name)
        # Runs read it for themselves.
        del dataset
        say(console, f"{ended(study)} of {trials} trials have ended; writing to {folder.path}")

        def note(trial: optuna.trial.FrozenTrial, failure: str | None) -> None:
            say(console, f"{ended(study)}/{trials}  {words_of(trial)}{failure or ''}")
            write_trials(folder, study.get_trials(deepcopy=False))

        with LiveTrials(console, study).shown() as live:
            make_trials(study, search, place, trials, processes, note, live.show)
        # One look at the study for all that follows: another machine may end a trial meanwhile.
        made = study.get_trials(deepcopy=False)
        write_trials(folder, made)
        best = best_of(made)
        if best is None:
            raise RunError(
                f"None of {trials} trials in {folder.path} came to an end, so there is no best "
                "one. trials.csv says why."
            )
        print_trials(console, made)
        draw_study(folder, study)
        settings = _for_all_data(search, best)
        count = count_ended(made)
        folder.write_json("best.json", {"settings": settings.to_json(), **_about(best, count)})
        path = folder.path / f"best-of-{count}-trials"
        metrics = train_or_resume(settings, path, console)
    return {"best": settings, "value": best.value, "folder": path, "metrics": metrics}


def _joined_study(
    search: Search,
    dataset: Dataset,
    folder: WholeFolder,
    storage: str | None,
    study_name: str,
) -> tuple[optuna.Study, TrialsFolder]:
    """The study, which the folder and the data are of."""
    if storage is None:
        check_study_is_there(folder)
    study = open_study(search, storage or storage_of(folder.path), study_name)
    place = joined(folder, study, storage)
    check_same_data(study, dataset)
    return study, place


def _for_all_data(search: Search, best: optuna.trial.FrozenTrial) -> TrainSettings:
    return search.base.changed(**changes_of(best), validation_split=0.0, validation_labels="clean")


def _about(best: optuna.trial.FrozenTrial, count: int) -> dict[str, Any]:
    return {
        "chosen": {
            "trial": best.number,
            "validation_mean_accuracy": best.value,
            "trials": count,
        }
    }
