"""What was found, beside what the paper found."""

import math
from typing import Any

from cmd_keras.compare.summary import Summary, markdown, mean_words
from cmd_keras.reproduce.experiment import Experiment

# Settings that say where and on what is computed, not what.
_WHERE = ("data_dir", "backend", "strategy", "deterministic")


def beside_the_paper(experiment: Experiment, results: list[dict[str, Any]]) -> list[list[str]]:
    """A table in which each cell is followed by that of the paper.

    Args:
        experiment: What was made.
        results: A dictionary a run, as `compare` returns them.

    Returns:
        Header and rows. The paper gives one training, without a spread.
    """
    several = len(experiment.measures) > 1
    header = ["method"]
    for noise in experiment.noises:
        for measure in experiment.measures:
            which = f", {measure.split('_')[2].upper()}" if several else ""
            header += [f"{noise}{which}", "paper"]
    summaries = [Summary.of(results, measure) for measure in experiment.measures]
    table = [header]
    for row in experiment.rows:
        cells = [row]
        for noise in experiment.noises:
            found = experiment.found.get((row, noise), (math.nan,) * len(summaries))
            for summary, value in zip(summaries, found, strict=True):
                ours = summary.mean(row, noise) if (row, noise) in summary.values else None
                cells += [mean_words(ours), "–" if math.isnan(value) else f"{value:.2f}"]
        table.append(cells)
    return table


def as_page(
    experiment: Experiment, table: list[list[str]], scale: str, dataset: str, given: dict[str, Any]
) -> str:
    """The table as a page of Markdown, with what has to be known to read it.

    Args:
        experiment: What was made.
        table: As `beside_the_paper` returns it.
        scale: A name in `SCALES`.
        dataset: What all runs were trained on.
        given: Settings of all runs that were given beside the scale.
    """
    lines = [
        f"# {experiment.title}",
        f"Scale: {scale}, {dataset}. Test accuracy of the last epoch in %, mean ± standard "
        "deviation over seeds (how many), and the paper's figure, on CIFAR-100.",
    ]
    other = ", ".join(f"{name}={value}" for name, value in given.items() if name not in _WHERE)
    if scale != "paper" or dataset != "cifar100" or other:
        lines.append(
            "These are not the paper's data, networks and settings"
            + (f" (given: {other})" if other else "")
            + ": compare the order of the rows, not the figures."
        )
    return "\n\n".join(filter(None, [*lines, markdown(table), experiment.note])) + "\n"
