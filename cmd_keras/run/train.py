"""One training run, from settings to a folder."""

import importlib.metadata
import math
import os
import platform
import time
from typing import Any

import keras
from rich.console import Console

from cmd_keras import data
from cmd_keras.errors import InputError
from cmd_keras.mutual_distiller import MutualDistiller
from cmd_keras.networks import NETWORKS
from cmd_keras.optimizers import CoupledSGD
from cmd_keras.run.curves import draw_curves
from cmd_keras.run.folder import RunFolder
from cmd_keras.run.history import RunHistory
from cmd_keras.run.label_review import LabelReview
from cmd_keras.run.report import EpochLines, print_result
from cmd_keras.run.settings import TrainSettings

_VERSIONS_OF = ("cmd-keras", "keras", "tensorflow", "jax", "torch", "numpy", "tensorflow-datasets")


def train(
    settings: TrainSettings, output: str | os.PathLike, console: Console | None = None
) -> dict[str, Any]:
    """Train two peers and leave a run folder.

    The folder holds `config.json`, `labels.csv`, `history.csv`, `peer_a.keras`,
    `peer_b.keras`, `metrics.json`, `suspects.csv` and `curves.png`.

    Args:
        settings: What to do.
        output: The folder; it must not exist yet, or be empty.
        console: Where progress is printed. None prints nothing.

    Returns:
        What `metrics.json` holds.

    Raises:
        InputError: if a setting, the data set or the folder cannot be used, or
            training diverged.
    """
    started = time.perf_counter()
    settings = settings.resolved()
    RunFolder.check_free(output)
    console = console or Console(quiet=True)
    keras.utils.set_random_seed(settings.seed)
    dataset = data.load(settings.dataset, settings.data_dir, settings.noise, settings.seed)
    if settings.batch_size > len(dataset.train):
        raise InputError(
            f"batch_size must be at most the {len(dataset.train):,} training images of "
            f"{settings.dataset}, received {settings.batch_size:,}."
        )
    distiller = build_distiller(settings, dataset)
    folder = RunFolder(output)
    folder.write_json("config.json", {"settings": settings.to_json(), "versions": _versions()})
    folder.write_csv(
        "labels.csv",
        ("index", "given", "clean"),
        zip(
            range(len(dataset.given_labels)),
            dataset.given_labels.tolist(),
            dataset.clean_labels.tolist(),
            strict=True,
        ),
    )
    console.print(_announcement(settings, dataset, distiller), highlight=False, soft_wrap=True)
    console.print(f"writing to {folder.path}", highlight=False, soft_wrap=True)

    prepared = time.perf_counter()
    rows = _fit(settings, dataset, distiller, folder, console)
    fitted = time.perf_counter()

    for name in ("peer_a", "peer_b"):
        with folder.whole(f"{name}.keras") as path:
            getattr(distiller, name).save(path)
    review = LabelReview(distiller, dataset)
    folder.write_csv(
        "suspects.csv", ("index", "given", "predicted", "p_given", "p_predicted"), review.rows()
    )
    title = (
        f"{settings.dataset}, noise {settings.noise}, {settings.mode}, {settings.self_kd}, "
        f"{settings.knowledge} knowledge, seed {settings.seed}"
    )
    with folder.whole("curves.png") as path:
        draw_curves(rows, dataset.num_classes, title, path)
    metrics = {
        "last": rows[-1],
        "best": {
            **max(rows, key=lambda row: row["test_mean_accuracy"]),
            "note": "epoch with the highest mean test accuracy, chosen by looking at the test set",
        },
        "labels": {"count": len(dataset.given_labels), **review.summary()},
        "parameters": {
            "peer_a": distiller.peer_a.count_params(),
            "peer_b": distiller.peer_b.count_params(),
        },
        "seconds": {
            "preparing": round(prepared - started, 3),
            "training": round(fitted - prepared, 3),
            "finishing": round(time.perf_counter() - fitted, 3),
        },
    }
    folder.write_json("metrics.json", metrics)
    print_result(console, metrics)
    return metrics


def build_distiller(settings: TrainSettings, dataset: data.Dataset) -> MutualDistiller:
    """The two peers of a run, compiled with the paper's optimizer.

    Args:
        settings: Resolved settings.
        dataset: Gives the shape of the pictures, the classes and the statistics
            of the input normalisation.
    """
    mean, variance = dataset.pixel_statistics()
    peer_a, peer_b = (
        NETWORKS[settings.network](dataset.image_shape, dataset.num_classes, mean, variance, name)
        for name in ("peer_a", "peer_b")
    )
    distiller = MutualDistiller(
        peer_a,
        peer_b,
        self_kd=settings.build_self_kd(),
        mode=settings.build_mode(),
        knowledge=settings.knowledge,
        constant_targets=settings.constant_targets,
        clock=settings.clock,
    )
    distiller.compile(
        optimizer=CoupledSGD(
            learning_rate=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
        )
    )
    return distiller


def _fit(
    settings: TrainSettings,
    dataset: data.Dataset,
    distiller: MutualDistiller,
    folder: RunFolder,
    console: Console,
) -> list[dict[str, Any]]:
    history = RunHistory(folder.path / "history.csv", dataset.num_classes)
    lines = EpochLines(console, history.rows)
    try:
        distiller.fit(
            dataset.train_batches(settings.batch_size, settings.epochs, settings.seed),
            epochs=settings.epochs,
            shuffle=False,
            steps_per_epoch=dataset.steps_per_epoch(settings.batch_size),
            validation_data=dataset.test_batches(),
            callbacks=[
                keras.callbacks.LearningRateScheduler(
                    lambda epoch, _: settings.learning_rate_at(epoch)
                ),
                keras.callbacks.TerminateOnNaN(),
                history,
                lines,
            ],
            verbose=0,
        )
    finally:
        lines.stop()
    last = history.rows[-1]
    if not math.isfinite(last["loss"]):
        raise InputError(
            f"Training diverged: the loss of epoch {last['epoch']} is {last['loss']}. Try a lower "
            f"--learning-rate than {settings.learning_rate:g}. What happened until then is in "
            f"{folder.path / 'history.csv'}."
        )
    return history.rows


def _announcement(
    settings: TrainSettings, dataset: data.Dataset, distiller: MutualDistiller
) -> str:
    corrupted = int((dataset.given_labels != dataset.clean_labels).sum())
    count = len(dataset.given_labels)
    return (
        f"{settings.dataset}: {count:,} training and {len(dataset.test_labels):,} test images, "
        f"{dataset.num_classes} classes, noise {settings.noise} ({corrupted:,} labels corrupted)\n"
        f"peers: 2 × {settings.network}, {distiller.peer_a.count_params():,} parameters each\n"
        f"method: {distiller.self_kd} + {distiller.mode}"
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "backend": keras.backend.backend()}
    for name in _VERSIONS_OF:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
