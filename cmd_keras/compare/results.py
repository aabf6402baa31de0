"""What the runs of a comparison gave: one line each."""

from pathlib import Path
from typing import Any

from cmd_keras.compare.grid import Cell
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.folder.whole_folder import WholeFolder
from cmd_keras.run.settings.train_settings import TrainSettings

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
# Settings in which the runs of a row may differ, and where the data are.
_OF_NOISE_AND_SEED = ("noise", "seed", "rate", "transition", "data_dir")
# Settings that are recorded otherwise than they were given, and where data and teacher are.
_NOT_AS_GIVEN = ("rate", "transition", "data_dir", "teacher")
_OF_LABELS = ("suspected", "corrupted", "precision", "recall", "restored")


def result_of(folder: Path, cell: Cell, failure: str | None) -> dict[str, Any]:
    """One line of `results.csv`.

    Args:
        folder: Of the comparison.
        cell: The run.
        failure: Why it has no result, if it was tried.

    Returns:
        Row, noise, seed, status (`ended`, `failed`, or `open`: not yet), and what
        `metrics.json` says of the last epoch and of the labels; None where it does not.
    """
    run = RunFolder(folder / cell.path)
    metrics, timings = (
        run.read_json(name) if (run.path / name).exists() else {}
        for name in ("metrics.json", "timings.json")
    )
    last, labels = metrics.get("last", {}), metrics.get("labels", {})
    status = "ended" if metrics else "failed" if failure else "open"
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
        "failure": None if metrics else failure,
    }


def of_one_kind(
    folder: Path, cells: list[Cell], results: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The same, where a run has failed that is not of its row.

    It has to have the settings that the comparison gives it, and of what the comparison leaves to
    recipe and method those of the first run of its row. A run may have been brought from
    another machine, or be older than the constants of its recipe; what a teacher is called may be
    another one by now.

    Args:
        folder: Of the comparison.
        cells: Its runs.
        results: What `result_of` returns of each.
    """
    firsts: dict[str, tuple[dict[str, Any], int]] = {}
    return [
        _of_its_row(folder, cell, result, firsts)
        for cell, result in zip(cells, results, strict=True)
    ]


def _of_its_row(
    folder: Path,
    cell: Cell,
    result: dict[str, Any],
    firsts: dict[str, tuple[dict[str, Any], int]],
) -> dict[str, Any]:
    if result["status"] != "ended":
        return result
    config = RunFolder(folder / result["folder"]).read_json("config.json")
    recorded = config.get("settings", {})
    failure = _other_than_given(recorded, cell.settings)
    if failure is None:
        own = {k: v for k, v in recorded.items() if k not in _OF_NOISE_AND_SEED}
        own["teacher"] = config.get("teacher")
        failure = _other_than_first(own, *firsts.setdefault(cell.row, (own, cell.seed)))
    if failure is None:
        return result
    about = ("row", "noise", "seed", "seconds", "folder")
    unknown = dict.fromkeys(result)
    return {**unknown, **{k: result[k] for k in about}, "status": "failed", "failure": failure}


def _other_than_given(recorded: dict[str, Any], settings: TrainSettings) -> str | None:
    # As they are recorded: network is that of both peers, or none.
    networks = {k: getattr(settings, k) or settings.network for k in ("network_a", "network_b")}
    for name, given in {**settings.to_json(), **networks, "network": None}.items():
        # What is None was left to recipe and method; an older run knows fewer settings.
        compared = given is not None and name in recorded and name not in _NOT_AS_GIVEN
        if compared and recorded[name] != given:
            return (
                f"Its {name} is {recorded[name]}, and {given} in this comparison. Remove the "
                "folder of this run to have it made anew, or give it a row of its own."
            )
    return None


def _other_than_first(own: dict[str, Any], first: dict[str, Any], seed: int) -> str | None:
    for name in {**first, **own}:
        if own.get(name) != first.get(name):
            return (
                f"{_difference(name, own, first, seed)} Give what differs a row of its own, and "
                "remove the folder of this run or of that one."
            )
    return None


def _difference(name: str, own: dict[str, Any], first: dict[str, Any], seed: int) -> str:
    if name == "teacher":
        return (
            f"It learned from another teacher than seed {seed} of its row: what is named changed "
            "in between."
        )
    return (
        f"Its {name} is {own.get(name)}, which is {first.get(name)} in the run of its row with "
        f"seed {seed}."
    )


def write_results(folder: WholeFolder, results: list[dict[str, Any]]) -> None:
    """Write `results.csv`: every digit that was measured."""
    names = [name for name in results[0] if any(r[name] is not None for r in results)]
    folder.write_csv("results.csv", names, ([r[name] for name in names] for r in results))


def _seconds(timings: dict[str, Any]) -> float | None:
    if not timings:
        return None
    return round(timings["preparing"] + sum(timings["epochs"]) + timings["finishing"], 1)
