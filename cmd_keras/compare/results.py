"""What the runs of a comparison gave: one line each."""

from pathlib import Path
from typing import Any

from cmd_keras.compare.grid import Cell
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.whole_folder import WholeFolder

# Of the last epoch, as `history.csv` calls them, where a run measures them.
_OF_LAST_EPOCH = (
    "test_mean_accuracy",
    "test_peer_a_accuracy",
    "test_peer_b_accuracy",
    "test_ensemble_accuracy",
    "validation_mean_accuracy",
    "corrupted_part_given_accuracy",
    "corrupted_part_true_accuracy",
    "a_to_b",
    "b_to_a",
    "peer_a_certainty",
    "peer_b_certainty",
)
_OF_LABELS = ("suspected", "corrupted", "precision", "recall", "restored")


def result_of(folder: Path, cell: Cell, failure: str | None) -> dict[str, Any]:
    """One line of `results.csv`.

    Args:
        folder: Of the comparison.
        cell: The run.
        failure: Why it has no result, if it was tried.

    Returns:
        Row, noise, seed, status (`ended`, `failed`, or `open`: not yet), and of a run that has
        ended what `metrics.json` says of the last epoch and of the labels; None where it does not.
    """
    run = RunFolder(folder / cell.path)
    ended = failure is None and run.has_ended()
    metrics, timings = (
        run.read_json(name) if ended and (run.path / name).exists() else {}
        for name in ("metrics.json", "timings.json")
    )
    last, labels = metrics.get("last", {}), metrics.get("labels", {})
    status = "ended" if ended else "open" if failure is None else "failed"
    return {
        "row": cell.row,
        "noise": cell.noise,
        "seed": cell.seed,
        "status": status,
        **{name: last.get(name) for name in _OF_LAST_EPOCH},
        "best_test_mean_accuracy": metrics.get("best", {}).get("test_mean_accuracy"),
        **{name: labels.get(name) for name in _OF_LABELS},
        "classes_lost": len(labels["classes_lost"]) if "classes_lost" in labels else None,
        "seconds": _seconds(timings),
        "folder": cell.path.as_posix(),
        "failure": failure,
    }


def failed(result: dict[str, Any], failure: str) -> dict[str, Any]:
    """The line of a run that has ended, and whose numbers are not to be used.

    Args:
        result: What `result_of` returns.
        failure: Why.
    """
    about = ("row", "noise", "seed", "seconds", "folder")
    kept = {name: result[name] for name in about}
    return {**dict.fromkeys(result), **kept, "status": "failed", "failure": failure}


def write_results(folder: WholeFolder, results: list[dict[str, Any]]) -> None:
    """Write `results.csv`: every digit that was measured."""
    names = [name for name in results[0] if any(r[name] is not None for r in results)]
    folder.write_csv("results.csv", names, ([r[name] for name in names] for r in results))


def _seconds(timings: dict[str, Any]) -> float | None:
    if not timings:
        return None
    return round(timings["preparing"] + sum(timings["epochs"]) + timings["finishing"], 1)
