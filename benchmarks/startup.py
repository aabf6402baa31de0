"""How long does the command line keep its user waiting?"""

import os
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.contestant import ROOT, seconds
from benchmarks.size import Size
from benchmarks.table import Row, milliseconds

_HELP = ("-c", "from cli.main import main; main(['--help'])")
_TENSORFLOW = ("-c", "import tensorflow")
_FIRST_STEP = ("-m", "benchmarks.first_step_work")


def rows(size: Size) -> list[Row]:
    """From Enter to the help, and to the first training step of digits."""
    help_text, tensorflow, first_step = [], [], []
    for _ in range(size.rounds):
        help_text.append(_wall_clock(_HELP))
        tensorflow.append(_wall_clock(_TENSORFLOW))
        first_step.append(_wall_clock(_FIRST_STEP))
    beyond = [a - b for a, b in zip(first_step, tensorflow, strict=True)]
    return [
        Row("cmd-keras --help", help_text, "<=", 0.3, " s", at_best=min(help_text)),
        Row(
            "Enter to first step of digits, beyond import tensorflow",
            beyond,
            "<=",
            2.0,
            " s",
            f"{milliseconds(first_step)} against {milliseconds(tensorflow)}",
            at_best=min(first_step) - min(tensorflow),
        ),
    ]


def _wall_clock(arguments: Sequence[str]) -> float:
    def run() -> None:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )

    return seconds(run)
