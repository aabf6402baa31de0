from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("mutant", MUTANTS, ids=[m.what for m in MUTANTS])
def test_every_mutant_still_fits_the_code(mutant):
    """Running them takes half an hour; that they apply is checked always."""
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    assert mutant.old != mutant.new
