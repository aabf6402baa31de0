"""Folders of runs that nobody trained."""

import json

from cmd_keras.run import resolved

# Of the digits.
SHAPE = (8, 8, 1)
DATA = {
    "class_names": list("0123456789"),
    "input_format": {"kind": "array", "shape": list(SHAPE)},
    "sha256": {"test": "7e57"},
}
LABELS = ((0, 3, 3), (1, 5, 4), (2, 4, 4))


def write_run(folder, cell, settings=None, data=None, labels=LABELS, teacher=None, left_out=()):
    """What a run of these settings leaves behind when it has ended, but for what is said."""
    run = folder / cell.path
    run.mkdir(parents=True)
    written = {**resolved(cell.settings, SHAPE).to_json(), **(settings or {})}
    written = {name: value for name, value in written.items() if name not in left_out}
    config = {"settings": written, "data": {**DATA, **(data or {})}}
    config |= {"teacher": {"sha256": teacher}} if teacher else {}
    (run / "config.json").write_text(json.dumps(config))
    lines = [",".join(map(str, row)) for row in (("index", "given", "clean"), *labels)]
    (run / "labels.csv").write_text("\n".join(lines) + "\n")
    (run / "metrics.json").write_text(json.dumps({"last": {"test_mean_accuracy": 0.5}}))
    for peer in ("a", "b"):
        (run / f"peer_{peer}.keras").touch()
    return run
