"""Break the method one way at a time and see which test notices.

    python -m tests.mutants [--only TEXT]

Runs on the backend that KERAS_BACKEND names. Exit code 1 if a mutant lives.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keras

from tests.mutants.mutants import MUTANTS

ROOT = Path(__file__).parent.parent.parent
COPIED = ("cmdcore", "cmd_keras", "cli", "reference", "tests", "pyproject.toml", "README.md")
# For the place of a mistake, in the order in which it is noticed soonest.
CORE = ("tests/cmdcore",)
LOSSES = ("tests/cmdcore/test_compared.py", "tests/cmdcore/test_selection.py",
          "tests/cmdcore/test_corrected.py", "tests/cmdcore/test_methods.py")  # fmt: skip
FIT = ("tests/cmd_keras/test_optimizers.py", "tests/cmd_keras/test_sync_mkd.py",
       "tests/cmd_keras/test_elr.py", "tests/cmd_keras/test_cdr.py",
       "tests/cmd_keras/test_async_mkd.py", "tests/cmd_keras/test_teacher.py",
       "tests/cmd_keras/test_truncated_gce.py", "tests/cmd_keras/test_joint.py",
       "tests/cmd_keras/test_t_revision.py", "tests/cmd_keras/test_co_teaching.py",
       "tests/cmd_keras/test_mentor_net.py",
       "tests/cmd_keras/test_trajectories.py",
       "tests/cmd_keras/test_mutual_distiller.py")  # fmt: skip
DATA = ("tests/cmd_keras/test_noise.py", "tests/cmd_keras/data/test_split.py",
        "tests/cmd_keras/data/test_fold.py", "tests/cmd_keras/data/test_corrections.py",
        "tests/cmd_keras/data/test_dataset.py", "tests/cmd_keras/data/test_inputs.py")  # fmt: skip
RUN = ("tests/cmd_keras/run/test_resume.py", "tests/cmd_keras/run/test_same_data.py",
       "tests/cmd_keras/run/test_teacher.py")  # fmt: skip
COMPARE = ("tests/cmd_keras/compare/test_differences.py", "tests/cmd_keras/compare/test_grid.py")
TUNE = ("tests/cmd_keras/tune",)
GROUPS = {
    "cmdcore/methods": (LOSSES, FIT, CORE),
    "cmdcore": (CORE, FIT),
    "cmd_keras/run/settings/batch_size": (("tests/cmd_keras/run/test_balanced_batches.py",),),
    "cmd_keras/run/epochs/fit": (("tests/cmd_keras/run/test_balanced_batches.py",), RUN),
    "cmd_keras/run/settings": (
        ("tests/cmd_keras/run/test_settings.py", "tests/cmd_keras/run/test_transition.py"),
    ),
    "cmd_keras/run/epochs/learning_rate": (
        ("tests/cmd_keras/run/test_settings.py", "tests/cmd_keras/test_joint.py"),
    ),
    "cmd_keras/running_means": (("tests/cmd_keras/run/test_mirrored.py",),),
    "cmd_keras/run/": (RUN,),
    "cmd_keras/data/digests": (("tests/cmd_keras/run/test_same_data.py",),),
    "cmd_keras/data": (DATA,),
    "cmd_keras/compare": (COMPARE,),
    "cmd_keras/tune": (TUNE,),
    "cmd_keras/label_review": (("tests/cmd_keras/label_review",),),
    "cmd_keras/networks/penultimate": (("tests/cmd_keras/networks/test_penultimate.py",),),
    "cmd_keras/review_page": (("tests/cmd_keras/review_page",),),
    "cmd_keras/training_evidence": (
        (
            "tests/cmd_keras/training_evidence",
            "tests/cmd_keras/test_elr.py",
            "tests/cmd_keras/test_t_revision.py",
        ),
    ),
    "cmd_keras/review": (("tests/cmd_keras/review",),),
    "cmd_keras/relabel": (("tests/cmd_keras/relabel",),),
    "cmd_keras/sklearn": (("tests/cmd_keras/sklearn",),),
    "cmd_keras": (FIT,),
}


def suites(file):
    """The tests to run, one set after the other, until one notices a mistake in this file."""
    # Those of the same name first: what they know of the file is all that they are about.
    namesakes = sorted((ROOT / "tests").rglob(f"test_{Path(file).stem}.py"))
    named = tuple(str(path.relative_to(ROOT)) for path in namesakes)
    groups = next(groups for start, groups in GROUPS.items() if file.startswith(start))
    return [named, *groups] if named else list(groups)


def first_failure(folder, tests):
    """The first test that fails, or None."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--durations=0", *tests],
        cwd=folder,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"The tests could not be run:\n{done.stdout}\n{done.stderr}")
    return found.group(1).removeprefix("tests/")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose description contains this")
    only = parser.parse_args().only
    alive = 0
    print(
        f"| mutant | file | killed by ({keras.backend.backend()}) | s |\n|---|---|---|---|",
        flush=True,
    )
    for mutant in MUTANTS:
        if only not in mutant.what or mutant.backend not in (None, keras.backend.backend()):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name in COPIED:
                source, target = ROOT / name, Path(folder) / name
                shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
            path = Path(folder) / mutant.file
            text = path.read_text()
            if text.count(mutant.old) != 1:
                sys.exit(f"{mutant.file} holds {text.count(mutant.old)} times: {mutant.old}")
            path.write_text(text.replace(mutant.old, mutant.new))
            started = time.perf_counter()
            found = (first_failure(folder, tests) for tests in suites(mutant.file))
            killer = next(filter(None, found), None)
        alive += killer is None
        seconds = time.perf_counter() - started
        print(
            f"| {mutant.what} | {mutant.file} | {killer or '**ALIVE**'} | {seconds:.0f} |",
            flush=True,
        )
    print(f"\n{alive} alive")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
