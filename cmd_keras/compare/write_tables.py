"""The files that a comparison ends in."""

from typing import Any

from rich.console import Console

from cmd_keras.compare.comparison_folder import ComparisonFolder
from cmd_keras.compare.results import write_results
from cmd_keras.compare.summary import Summary, markdown, measure_of, write_differences
from cmd_keras.plots.bands import draw_bands
from cmd_keras.plots.table import draw_table
from cmd_keras.run.results.recorded_run import read_history
from cmd_keras.say import say, say_table


def write_tables(
    folder: ComparisonFolder, results: list[dict[str, Any]], against: str, console: Console
) -> None:
    """Write `results.csv`, `differences.csv`, `table.md`, `table.png` and `curves-….png`.

    Args:
        folder: Of the comparison.
        results: A dictionary a run.
        against: The row that the others are compared with.
        console: Where the tables are printed.
    """
    measure = measure_of(results)
    summary = Summary.of(results, measure)
    write_results(folder, results)
    write_differences(folder, summary)
    part = measure.split("_")[0]
    tables = {
        f"{part} accuracy of the last epoch, %, mean of both peers: mean ± standard deviation "
        "over seeds (how many)": summary.means_table(),
    }
    if len(summary.rows) > 1:
        tables["difference in points, paired by seed, with its 95 % confidence interval"] = (
            summary.differences_table(against)
        )
    text = "\n\n".join(f"{title}:\n\n{markdown(table)}" for title, table in tables.items())
    with folder.whole("table.md") as path:
        path.write_text(text[0].upper() + text[1:] + "\n", encoding="utf-8")
    with folder.whole("table.png") as path:
        draw_table(tables, path)
    for noise in summary.noises:
        _draw_curves(folder, results, noise)
    for title, table in tables.items():
        say(console, f"\n{title}")
        say_table(console, table[0], table[1:])
    say(
        console,
        f"wrote results.csv, differences.csv, table.md, table.png and curves to {folder.path}",
    )


def _draw_curves(folder: ComparisonFolder, results: list[dict[str, Any]], noise: str) -> None:
    histories: dict[str, list] = {}
    for result in results:
        if result["noise"] == noise and result["status"] == "ended":
            rows = read_history(folder.path / result["folder"] / "history.csv")
            histories.setdefault(result["row"], []).append(rows)
    if histories:
        with folder.whole(f"curves-{noise.replace(':', '-')}.png") as path:
            draw_bands(histories, path)
