"""Pictures of a study: how the search went, what mattered, and the map of η and b₂."""

import warnings
from collections.abc import Callable

import optuna
from optuna.trial import TrialState
from optuna.visualization import matplotlib as drawn

from cmd_keras.run.folder.whole_folder import WholeFolder

_ACCURACY = "accuracy on the validation share"


def draw_study(folder: WholeFolder, study: optuna.Study) -> None:
    """Write `search.png`, and `importance.png` and `eta-b2.png` where there is enough to draw.

    Args:
        folder: Of the search.
        study: With at least one trial that has ended.
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    searched = set().union(*(trial.params for trial in complete))
    values = {trial.value for trial in complete}
    _draw(
        folder, "search.png", lambda: drawn.plot_optimization_history(study, target_name=_ACCURACY)
    )
    if len(values) > 1 and len(complete) > 3:
        _draw(folder, "importance.png", lambda: _importance(study))
        if {"eta", "b2"} <= searched:
            _draw(
                folder,
                "eta-b2.png",
                lambda: drawn.plot_contour(study, params=["eta", "b2"], target_name=_ACCURACY),
            )


def _importance(study: optuna.Study) -> object:
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    return drawn.plot_param_importances(study, evaluator=evaluator, target_name=_ACCURACY)


def _draw(folder: WholeFolder, name: str, draw: Callable[[], object]) -> None:
    from matplotlib import pyplot

    # Optuna draws by pyplot; without a display that is a canvas in memory.
    with pyplot.rc_context({"figure.figsize": (8, 5)}), warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        backend = pyplot.get_backend()
        pyplot.switch_backend("agg")
        try:
            draw()
            figure = pyplot.gcf()
            with folder.whole(name) as path:
                figure.savefig(path, dpi=120, bbox_inches="tight")
        finally:
            pyplot.close("all")
            pyplot.switch_backend(backend)
