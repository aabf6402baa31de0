"""From the state in which a run is to its last file."""

import time
from typing import Any

from cmd_keras.run.epochs.announcement import announcement
from cmd_keras.run.epochs.checkpoints import Checkpoint
from cmd_keras.run.epochs.fit import fit
from cmd_keras.run.epochs.history import RunHistory
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.results.report import print_result
from cmd_keras.run.results.write_results import write_results
from cmd_keras.say import say
from cmd_keras.training_evidence import Evidence


def complete(run: Run, checkpoint: Checkpoint | None, started: float) -> dict[str, Any]:
    """Train the epochs that are left, and write the results.

    Args:
        run: That has begun.
        checkpoint: The state that its distiller was brought to, if it is taken up again.
        started: When the process began to work on it, from `time.perf_counter`.

    Returns:
        What `metrics.json` holds.

    Raises:
        DivergenceError: if a loss becomes NaN or infinite.
        RunError: if not all processes end with the same weights.
    """
    record = checkpoint.record if checkpoint else {"rows": [], "seconds": []}
    evidence = checkpoint.evidence if checkpoint else Evidence.none_yet(len(run.dataset.train))
    done, epochs = checkpoint.epoch if checkpoint else 0, run.plan.settings.epochs
    say(run.console, announcement(run))
    say(run.console, f"writing to {run.folder.path}")
    if done:
        say(run.console, f"continuing after epoch {done}")
    history = RunHistory(run.folder, **record)
    history.write()
    prepared = time.perf_counter()
    if done < epochs:
        fit(run, history, evidence, done)
        run.strategy.check_weights(run.distiller)
    trained = time.perf_counter()
    metrics = write_results(run, history.rows, evidence)
    run.folder.write_json(
        "timings.json",
        {
            "preparing": round(prepared - started, 3),
            "epochs": history.seconds,
            "finishing": round(time.perf_counter() - trained, 3),
        },
    )
    # The last file: where it stands, the run has ended.
    run.folder.write_json("metrics.json", metrics)
    print_result(run.console, metrics)
    return metrics
