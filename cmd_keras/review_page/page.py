"""The page as one text, whatever the classes and files are called."""

import base64
import hashlib
import importlib.resources
import json
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from cmd_keras.review_page.judged import MOST, Judged

# Inside an element `script` these, and nothing else, could end it or break a line.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

_CLASSES = 40


def review_page(
    title: str,
    class_names: Sequence[str],
    matrix: np.ndarray,
    parts: Sequence[Judged],
    note: str | None = None,
    most: int = MOST,
) -> str:
    """HTML that opens without a network.

    What comes from the data is JSON, which the page's own script turns into text; no other
    script can run.

    Args:
        title: What is reviewed.
        class_names: One for each class.
        matrix: `[C, C]`, how often class k was labelled i.
        parts: Training and test part.
        note: What is to be known of all that the page shows.
        most: How many examples of a part are shown at most.

    Returns:
        The content of `review.html`, the same for the same arguments.
    """
    data = {
        "title": title,
        "classes": list(class_names),
        "note": note,
        # More classes than fit a screen are in the list of pairs alone; their matrix would be
        # larger than all examples.
        "matrix": np.round(matrix, 3).tolist() if len(class_names) <= _CLASSES else None,
        "parts": {
            judged.examples.part: {
                "count": len(judged.given),
                "suspected": int(judged.suspected.sum()),
            }
            for judged in parts
        },
        "examples": [example for judged in parts for example in judged.shown(most)],
    }
    text = _json(data)
    # Decisions of another review, or of this one of other data, are not this one's.
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    style, script = _file("page.css"), _file("page.js")
    return string.Template(_file("page.html")).substitute(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        key=key,
        data=text,
    )


def _json(data: Any) -> str:
    # Surrogates that stand for bytes of a file's name, and cannot be written as UTF-8, are
    # escaped as everything else beyond ASCII is.
    return json.dumps(data, separators=(",", ":")).translate(_ESCAPES)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _file(name: str) -> str:
    return importlib.resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
