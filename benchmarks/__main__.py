"""Ask how fast cmd-keras is: `python -m benchmarks`."""

import argparse
import json
import os
from pathlib import Path

from benchmarks import evaluation, input, machine, methods, objective, startup, step
from benchmarks.size import Size, smoke
from benchmarks.table import Row, lines

QUESTIONS = {
    "startup": startup,
    "objective": objective,
    "evaluation": evaluation,
    "input": input,
    "step": step,
    "methods": methods,
}


def main() -> None:
    """Print one table, and write it down if a file is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=QUESTIONS, action="append", help="ask this question")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes, figures mean nothing")
    parser.add_argument("--output", type=Path, metavar="FILE.json", help="write everything there")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=os.environ.get("TFDS_DATA_DIR"),
        help="where tensorflow-datasets keeps a prepared cifar10 [$TFDS_DATA_DIR]",
    )
    options = parser.parse_args()
    data_dir = None if options.data_dir is None else options.data_dir.expanduser().resolve()
    size = smoke(data_dir) if options.smoke else Size(data_dir=data_dir)
    about = machine.description()
    print("  ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    rows: list[Row] = []
    for name in options.only or QUESTIONS:
        for found in QUESTIONS[name].rows(size):
            rows.append(found)
            print(f"{found.question}: {found.median}", flush=True)
            if options.output is not None:
                write(options.output, about, rows)
    print("\n".join(["", *lines(rows)]))


def write(path: Path, about: dict[str, object], rows: list[Row]) -> None:
    """Write down all that is known so far."""
    result = {"machine": about, "rows": [row.to_json() for row in rows]}
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


if __name__ == "__main__":
    main()
