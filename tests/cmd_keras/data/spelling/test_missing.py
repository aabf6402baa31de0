import io

import pandas as pd
import pytest

from cmd_keras.data.spelling import missing


@pytest.mark.parametrize("spelling", sorted(missing.SPELLINGS - {"NaT"}))
def test_what_pandas_reads_as_missing_is_what_is_said_here(spelling):
    cells = pd.read_csv(io.StringIO(f'a,b\n"{spelling}",1\n'))
    assert cells["a"].isna()[0] == (spelling in missing.PANDAS)


def test_what_pandas_writes_for_missing_values_is_known():
    column = [float("nan"), None, pd.NA, pd.NaT]
    assert {str(value) for value in column} <= missing.SPELLINGS


def test_excels_errors_are_known_and_words_are_not():
    assert {"#DIV/0!", "#VALUE!", "?", "-"} <= missing.SPELLINGS
    assert not {"none", "no", "0", "NAN", "na", "unknown", "---"} & missing.SPELLINGS
