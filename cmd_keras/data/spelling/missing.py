"""How programs write that a value is not known."""

from collections.abc import Iterable

# What `pandas.read_csv` takes for missing, and what pandas writes for a missing time.
PANDAS = frozenset(
    {
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "NaT",
        "None",
        "n/a",
        "nan",
        "null",
    }
)

# What Excel and LibreOffice save for a cell whose formula failed.
EXCEL = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!"},
)

R = frozenset({"NA", "NaN"})

# What people and statistical offices type, and the Weka and SAS formats hold.
BY_HAND = frozenset({"?", "-", "--", "."})

# Namibia, the one value that is written like a missing one.
AMBIGUOUS = frozenset({"NA"})

SPELLINGS = PANDAS | EXCEL | R | BY_HAND
"""Every spelling of a missing value, compared as it stands: with its case, without spaces around.

A cell that holds one of them is missing where numbers are expected. Among texts `NA` may be
Namibia and `None`, `-` or `?` an answer: ask there rather than drop.
"""


def marks_unlabelled(labels: Iterable[int]) -> bool:
    """Whether -1 among these labels says that there is none, as many programs write it.

    Not beside 1 alone, of which it is the other class, and not on a scale that goes on below.
    """
    values = set(labels)
    return -1 in values and values != {-1, 1} and min(values) == -1


def find_among(labels: Iterable[str]) -> set[str]:
    """Those of some labels that are written as missing. `-` beside `+` is not: it is a no."""
    labels = set(labels)
    return {text for text in labels & SPELLINGS if not (text == "-" and "+" in labels)}
