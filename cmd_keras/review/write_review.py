"""The files that a review ends in, and what is said of them."""

from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from cmd_keras.data import Dataset
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.data.sources.csv_table import cells_by_row
from cmd_keras.data.sources.known import source_of
from cmd_keras.data.sources.table.image_list import base_of
from cmd_keras.label_review.no_class import HIGHEST
from cmd_keras.plots.noise_matrix import draw_noise_matrix
from cmd_keras.review.lost_in_folds import words_on
from cmd_keras.review.neighbourhood import Neighbourhood
from cmd_keras.review.opinion import Opinion
from cmd_keras.review.part_review import PartReview
from cmd_keras.review.review_folder import ReviewFolder
from cmd_keras.review_page import Judged, review_page
from cmd_keras.run.settings.train_settings import TrainSettings
from cmd_keras.say import say
from cmd_keras.user_path import user_path


def write_review(
    folder: ReviewFolder,
    settings: TrainSettings,
    dataset: Dataset,
    opinion: Opinion,
    near: Neighbourhood,
    console: Console,
) -> dict[str, Any]:
    """Write the tables of both parts, the picture and, as the last file, `metrics.json`.

    Args:
        folder: Of the review.
        settings: Of its runs.
        dataset: What is reviewed.
        opinion: Of its runs.
        near: What stands near each example.
        console: Where it is reported.

    Returns:
        What `metrics.json` holds.
    """
    reviews = _reviews(settings, dataset, opinion, near)
    for part, review in reviews.items():
        before = "" if part == "train" else f"{part}_"
        folder.write_csv(f"{before}label_quality.csv", *review.all_labels())
        folder.write_csv(f"{before}suspects.csv", *review.suspects())
        with folder.whole(f"{before}probabilities.npy") as path:
            np.save(path, getattr(opinion, part))
    train = reviews["train"]
    with folder.whole("noise_matrix.png") as path:
        draw_noise_matrix(
            train.noise.matrix, train.noise.matrix_interval, dataset.class_names, path
        )
    with folder.whole("review.html") as path:
        judged = _judged(settings, dataset, opinion, reviews)
        notes = _notes(reviews, opinion)
        page = review_page(
            settings.dataset,
            dataset.class_names,
            train.noise.matrix,
            judged,
            " ".join(notes) or None,
        )
        path.write_text(page, encoding="utf-8")
    metrics = {"settings": settings.to_json(), "class_names": list(dataset.class_names)}
    metrics |= {part: review.summary() for part, review in reviews.items()}
    metrics["train"]["classes_lost"] = opinion.lost
    folder.write_json("metrics.json", metrics)
    for part, summary in ((part, metrics[part]) for part in reviews):
        _say_summary(console, part, summary)
    for note in notes + [near.lacking] * (near.lacking != ""):
        say(console, note)
    say(
        console,
        "wrote suspects.csv, label_quality.csv, probabilities.npy, the same of the test part, "
        f"noise_matrix.png and metrics.json to {folder.path}; open review.html there to decide",
    )
    return metrics


def _reviews(
    settings: TrainSettings, dataset: Dataset, opinion: Opinion, near: Neighbourhood
) -> dict[str, PartReview]:
    added = settings.noise != "none" or np.any(dataset.given_labels != dataset.clean_labels)
    return {
        "train": PartReview.of(
            dataset.given_labels,
            opinion.train,
            settings.seed,
            near.columns("train", len(dataset.train)),
            opinion.evidence,
            opinion.runs,
            examples=NamedExamples.of(dataset, "train"),
            class_names=dataset.class_names,
            true=dataset.clean_labels if added else None,
        ),
        "test": PartReview.of(
            dataset.test_labels,
            opinion.test,
            settings.seed,
            near.columns("test", len(dataset.train)),
            examples=NamedExamples.of(dataset, "test"),
            class_names=dataset.class_names,
            true=None,
        ),
    }


def _judged(
    settings: TrainSettings, dataset: Dataset, opinion: Opinion, reviews: dict[str, PartReview]
) -> list[Judged]:
    """The parts whose labels can be corrected, with what their examples look like."""
    # Tables show what is written in them, not the vectors that are learned from.
    cells = None if dataset.feature_space is None else cells_by_row(settings.dataset)
    judged = []
    for part, review in reviews.items():
        # An index means a training example: without names none of the test part can be corrected.
        if part != "train" and review.examples.names is None:
            continue
        given = review.labels["given"].to_numpy()
        judged.append(
            Judged(
                inputs=getattr(dataset, part),
                given=given,
                belief=review.belief,
                suspected=review.labels["suspected"].to_numpy(),
                examples=review.examples,
                cells=cells,
                near_duplicate=review.labels["near_duplicate"].tolist(),
                no_class=review.labels["no_class"].to_numpy(),
                no_class_from=review.no_class_from,
                folder=_folder_of(settings),
            )
        )
    return judged


def _folder_of(settings: TrainSettings) -> Path | None:
    """Below which names of examples are those of image files; None where they are not."""
    source, place = source_of(settings.dataset)
    match source.name:
        case "folder":
            return user_path(place)
        case "images":
            return base_of(place, settings.data_dir)
    return None


def _notes(reviews: dict[str, PartReview], opinion: Opinion) -> list[str]:
    """What is to be known before anything is believed: on the terminal, and on the page."""
    notes, mixed, guessed = [], [], []
    for part, review in reviews.items():
        name, given = "training" if part == "train" else part, review.given_classes
        if review.no_class_from > HIGHEST:
            mixed.append(name)
        if review.is_guess:
            guessed.append(f"{review.sureness:.0%} in the {name} part")
        if not review.tells:
            few = f": of {given} classes they name {review.named}" if review.named < given else ""
            notes.append(
                f"The networks know too little about the {name} labels for anything that is said "
                f"of them to mean something{few}. Train longer, with more examples or a lower "
                "learning rate."
            )
    if guessed:
        notes.append(
            "The networks are not sure of their most probable class, which has "
            f"{' and '.join(guessed)} on average: a wrong label and an ambiguous example look "
            "alike to them. How many labels are wrong is a guess, which may lie far outside of its "
            "interval; the order of the labels says more."
        )
    if mixed:
        notes.append(
            f"Examples of no class cannot be told apart in the {' and the '.join(mixed)} part: "
            "no_class is so much the same, or so different, among all examples that none stands "
            "out. That none was found does not mean that there is none."
        )
    lost = words_on(opinion.lost)
    return notes if lost is None else [*notes, lost]


def _say_summary(console: Console, part: str, summary: dict[str, Any]) -> None:
    low, high = summary["noise_interval"]
    name = "training" if part == "train" else part
    say(
        console,
        f"{summary['noise_rate']:.1%} of the {summary['count']:,} {name} labels are wrong, by "
        f"estimate ({low:.1%} to {high:.1%}); {summary['suspected']:,} are suspected",
    )
    if summary["near_duplicates"] or summary["no_class"]:
        say(
            console,
            f"near-duplicates with another label: {summary['near_duplicates']:,}, perhaps of no "
            f"class: {summary['no_class']:,}",
        )
    if "precision" in summary:
        say(
            console,
            f"of the suspected ones {summary['precision']:.1%} are wrong indeed, and of the "
            f"{summary['wrong']:,} wrong ones {summary['recall']:.1%} are suspected",
        )
