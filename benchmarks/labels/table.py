"""What all seeds come to."""

import pandas as pd

from benchmarks.labels.scores import SCORES


def markdown(results: pd.DataFrame) -> str:
    """A table a score: mean ± standard error over seeds, a row a contestant."""
    noises, names = (list(dict.fromkeys(results[column])) for column in ("noise", "contestant"))
    parts = []
    for score in SCORES:
        lines = [f"| {score} | {' | '.join(noises)} |", "|---" * (len(noises) + 1) + "|"]
        for name in names:
            cells = []
            for noise in noises:
                chosen = (results["contestant"] == name) & (results["noise"] == noise)
                values = results.loc[chosen, score]
                digits = 0 if score == "seconds" else 3
                cells.append(
                    f"{values.mean():.{digits}f} ± {values.sem():.{digits}f}"
                    if len(values) > 1
                    else f"{values.mean():.{digits}f}"
                )
            lines.append(f"| {name} | {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
