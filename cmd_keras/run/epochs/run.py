"""What a run consists of, from the first epoch to the last file."""

import dataclasses

from rich.console import Console

from cmd_keras.data import Dataset
from cmd_keras.run.devices.strategy import Strategy
from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.plan import Plan
from cmd_keras.training_evidence import NumberedDistiller


@dataclasses.dataclass(frozen=True)
class Run:
    """A run that has begun.

    Args:
        plan: The settings, every value filled in, and what follows from them.
        dataset: What they name, handing out what the devices take.
        distiller: Both peers, compiled.
        folder: Where it is written to.
        console: Where it is reported.
        strategy: How its devices work together.
    """

    plan: Plan
    dataset: Dataset
    distiller: NumberedDistiller
    folder: RunFolder
    console: Console
    strategy: Strategy
