"""What was decided about a row is not written into another one that has its line now."""

import numpy as np
import pytest

from cmd_keras import data
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.errors import InputError
from cmd_keras.relabel import relabel

from .test_relabel import NAMES, reviewed


@pytest.mark.parametrize("action", ["remove", "relabel"])
def test_decisions_about_rows_before_some_were_taken_out_are_refused(tmp_path, action):
    table = tmp_path / "own.csv"
    lines = [f"{i**2}.5,{NAMES[i // 20]}" for i in range(60)]
    table.write_text("\n".join(["weight,name", *lines]))
    named = NamedExamples.of(data.load(f"csv:{table}", target="name"), "train")
    at = int(np.flatnonzero(named.index > 5)[0])
    (tmp_path / "c.csv").write_text(
        f"file,action,label,key\n{named.names[at]},{action},"
        f"{'dog' * (action == 'relabel')},{named.keys[at]}\n"
    )
    del lines[2]
    table.write_text("\n".join(["weight,name", *lines]))
    # The run is of the data as they are now, and the decisions are not.
    run = reviewed(tmp_path, dataset=f"csv:{table}", target="name")
    with pytest.raises(InputError, match=r"c\.csv, line 2: .*have changed since"):
        relabel(run, str(tmp_path / "c.csv"), tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()
