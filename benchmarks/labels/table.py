"""What all seeds come to."""

import pandas as pd

from benchmarks.labels.scores import SCORES
from cmd_keras.counted import counted


def markdown(results: pd.DataFrame) -> str:
    """A table a score: mean ± standard error over seeds, a row a contestant.

    The heading says of how many seeds, and a cell of fewer says so.
    """
    noises, names = (list(dict.fromkeys(results[column])) for column in ("noise", "contestant"))
    parts = []
    for score in SCORES:
        seeds = {n: results.loc[results["noise"] == n, "seed"].nunique() for n in noises}
        heads = (f"{noise}, {counted(count, 'seed')}" for noise, count in seeds.items())
        lines = [f"| {score} | {' | '.join(heads)} |", "|---" * (len(noises) + 1) + "|"]
        for name in names:
            cells = []
            for noise in noises:
                chosen = (results["contestant"] == name) & (results["noise"] == noise)
                values = results.loc[chosen, score]
                if not len(values):
                    cells.append("–")
                    continue
                digits = 0 if score == "seconds" else 3
                cell = f"{values.mean():.{digits}f}"
                cell += f" ± {values.sem():.{digits}f}" if len(values) > 1 else ""
                cells.append(cell + f" ({len(values)})" * (len(values) < seeds[noise]))
            lines.append(f"| {name} | {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
