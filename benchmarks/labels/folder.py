"""The folder of a contest, which goes on with the settings that it was begun with."""

import json
from pathlib import Path
from typing import Any

import click

from benchmarks.labels.contestants import cleanlab_with_ours, name_of, ours
from cmd_keras.run.folder.whole_file import whole

_FILE = "settings.json"


class Refused(click.ClickException):
    """What cannot be done as it was asked for, in one line."""

    exit_code = 2


def begin(folder: Path, settings: dict[str, Any]) -> None:
    """Write down what is asked in a folder.

    Args:
        folder: It need not exist.
        settings: By name, what all answers must have in common.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / _FILE) as path:
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def check_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Require a folder that was not begun with other settings.

    One of before has answers and no settings: it is taken as one of these.

    Args:
        folder: It need not exist.
        settings: By name, what all answers must have in common.

    Raises:
        Refused: naming what differs.
    """
    file = folder / _FILE
    if not file.exists():
        return
    try:
        begun = dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise Refused(f"{file} is damaged. Choose another --output.") from None
    other = [
        f"{name} is {begun.get(name)!r} there and {settings.get(name)!r} here"
        for name in {**begun, **settings}
        if begun.get(name) != settings.get(name)
    ]
    if other:
        raise Refused(
            f"{folder} holds answers with other settings: {', '.join(other)}. Choose another "
            "--output, or ask with those of there."
        )


def runs_of(folder: Path, noise: str, seed: int) -> Path:
    """Where the runs on one problem are.

    Args:
        folder: Of the contest.
        noise: As it was given.
        seed: Of the problem.
    """
    return folder / "runs" / noise.replace(":", "-") / f"seed-{seed}"


def check_reviews(folder: Path, left: dict[tuple[str, int], list[str]]) -> None:
    """Require that whoever takes what a review left finds it.

    Args:
        folder: Of the contest.
        left: Names of those who are still asked, for each noise and seed.

    Raises:
        Refused: if one of these reviews is neither asked for nor there.
    """
    taker, giver = name_of(cleanlab_with_ours), name_of(ours)
    for (noise, seed), names in left.items():
        review = runs_of(folder, noise, seed) / "review"
        # The last file of a review.
        if taker in names and giver not in names and not (review / "metrics.json").exists():
            raise Refused(
                f"{taker!r} takes what {giver!r} left, which for {noise}, seed {seed}, is neither "
                f"asked nor has ended in {review}. Ask both, or add --without {taker!r}."
            )
