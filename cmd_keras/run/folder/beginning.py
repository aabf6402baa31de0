"""What a run folder holds before the first epoch."""

from typing import TYPE_CHECKING

from cmd_keras.run.folder.same_data import about_data, write_labels
from cmd_keras.run.folder.same_teacher import about_teacher
from cmd_keras.run.folder.versions import versions

if TYPE_CHECKING:
    from cmd_keras.run.epochs.run import Run


def write_beginning(run: "Run") -> None:
    """Write `config.json`, from which the run can be repeated, and `labels.csv`."""
    run.folder.write_json(
        "config.json",
        {
            "settings": run.plan.recorded,
            "data": about_data(run.dataset),
            "versions": versions(),
            **about_teacher(run.distiller.teachers),
        },
    )
    write_labels(run.folder, run.dataset)
