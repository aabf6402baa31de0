"""What a run leaves behind after its last epoch."""

from typing import Any

from cmd_keras.data import Dataset
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.networks.batch_normalization import plain
from cmd_keras.run.curves import draw_curves
from cmd_keras.run.export import export
from cmd_keras.run.folder import RunFolder
from cmd_keras.run.history import RunHistory
from cmd_keras.run.label_review import LabelReview
from cmd_keras.run.settings import TrainSettings


def finish(
    settings: TrainSettings,
    dataset: Dataset,
    distiller: MutualDistiller,
    folder: RunFolder,
    history: RunHistory,
) -> dict[str, Any]:
    """Write the peers, the review of the labels, the picture and what was asked for.

    Returns:
        What `metrics.json` is to hold: everything needed to fill a table.
    """
    for name in ("peer_a", "peer_b"):
        with folder.whole(f"{name}.keras") as path:
            plain(getattr(distiller, name)).save(path)
    if dataset.feature_space is not None:
        with folder.whole("feature_space.keras") as path:
            dataset.feature_space.save(path)
    review = LabelReview(distiller, dataset)
    folder.write_csv("suspects.csv", *review.table())
    with folder.whole("curves.png") as path:
        draw_curves(history.rows, dataset.num_classes, _title(settings), path)
    if settings.export is not None:
        export(distiller, settings.export, folder)
    return {
        "settings": settings.to_json(),
        "last": history.rows[-1],
        "best": _best(history.rows),
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
    return (
        f"{settings.dataset}, noise {settings.noise}, {settings.mode}, {settings.self_kd}, "
        f"{settings.knowledge} knowledge, seed {settings.seed}"
    )
