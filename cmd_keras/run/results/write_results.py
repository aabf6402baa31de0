"""What a run leaves behind after its last epoch."""

from typing import Any

import numpy as np

from cmd_keras.networks.batch_normalization import plain
from cmd_keras.plots.run import draw_curves
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.results.export import export
from cmd_keras.run.results.out_of_sample import write_out_of_sample
from cmd_keras.run.results.run_review import RunReview
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.training_evidence import Evidence


def write_results(
    run: Run, rows: list[dict[str, Any]], evidence: Evidence | None
) -> dict[str, Any]:
    """Write the peers, the review of the labels, the plot and what was asked for.

    Args:
        run: Whose last epoch has ended.
        rows: Of its history, one an epoch.
        evidence: What its epochs said of each label, if that is known.

    Returns:
        What `metrics.json` is to hold: everything needed to fill a table.
    """
    distiller, dataset, folder = run.distiller, run.dataset, run.folder
    for name in ("peer_a", "peer_b"):
        with folder.whole(f"{name}.keras") as path:
            plain(getattr(distiller, name)).save(path)
    if dataset.feature_space is not None:
        with folder.whole("feature_space.keras") as path:
            dataset.feature_space.save(path)
    review = RunReview(distiller, dataset, evidence)
    folder.write_csv("suspects.csv", *review.suspects())
    folder.write_csv("label_quality.csv", *review.all_labels())
    with folder.whole("probabilities.npy") as path:
        np.save(path, review.probabilities)
    if dataset.held_out is not None:
        write_out_of_sample(run, evidence)
    with folder.whole("curves.png") as path:
        draw_curves(rows, dataset.num_classes, _title(run.plan.settings), path)
    if run.plan.settings.export is not None:
        export(distiller, run.plan.settings.export, folder)
    return {
        "settings": run.plan.recorded,
        "last": rows[-1],
        "best": _best(rows),
        "labels": {"count": len(dataset.given_labels), **review.summary()},
        "parameters": {
            "peer_a": distiller.peer_a.count_params(),
            "peer_b": distiller.peer_b.count_params(),
        },
    }


def _best(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if "validation_mean_accuracy" in rows[0]:
        chosen_by, note = "validation_mean_accuracy", "chosen on the validation share"
    else:
        chosen_by, note = "test_mean_accuracy", "chosen by looking at the test set"
    row = max(rows, key=lambda row: row[chosen_by])
    return {**row, "note": f"epoch with the highest {chosen_by}, {note}"}


def _title(settings: TrainSettings) -> str:
    method = settings.method
    if settings.mode is not None:
        method = f"{settings.mode}, {settings.self_kd}, {settings.knowledge} knowledge"
    return f"{settings.dataset}, noise {settings.noise}, {method}, seed {settings.seed}"
