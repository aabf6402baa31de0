"""Tables as a picture, for slides and papers."""

from pathlib import Path

from matplotlib.figure import Figure

from cmd_keras.plots.axes import as_written

_INCHES_A_LINE = 0.28
_INCHES_A_LETTER = 0.085


def draw_table(tables: dict[str, list[list[str]]], path: Path) -> None:
    """Draw tables below each other.

    Args:
        tables: For each title header and rows.
        path: PNG file to write.
    """
    widths = [[max(map(len, cells)) + 3 for cells in zip(*t, strict=True)] for t in tables.values()]
    inches = max(6.0, *(_INCHES_A_LETTER * sum(each) for each in widths))
    heights = [len(table) + 2 for table in tables.values()]
    figure = Figure(figsize=(inches, _INCHES_A_LINE * sum(heights)), layout="constrained")
    axes = figure.subplots(len(tables), 1, squeeze=False, height_ratios=heights).flatten()
    for axis, (title, table), letters in zip(axes, tables.items(), widths, strict=True):
        axis.axis("off")
        as_written(axis.set_title("", fontsize="small", loc="left", wrap=True), title)
        drawn = axis.table(
            cellText=[["" for _ in row] for row in table],
            colWidths=[letter / sum(letters) for letter in letters],
            bbox=[0, 0, 1, 1],
        )
        drawn.auto_set_font_size(False)
        drawn.set_fontsize(9)
        for (line, column), cell in drawn.get_celld().items():
            as_written(cell.get_text(), table[line][column])
            cell.get_text().set_horizontalalignment("left" if column == 0 else "right")
            cell._loc = "left" if column == 0 else "right"
            cell.set_edgecolor("#cccccc")
            if line == 0:
                cell.get_text().set_fontweight("bold")
    figure.savefig(path, dpi=120)
