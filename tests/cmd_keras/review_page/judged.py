"""Examples that were judged, with names that nobody can be trusted with."""

import base64
import io
import json
import re

import numpy as np
from PIL import Image

from cmd_keras.data.inputs import ArrayInputs
from cmd_keras.data.named_examples import NamedExamples
from cmd_keras.review_page import Judged

CLASSES = ("cat", "</script><script>document.title='run'</script>", 'do"g, =1+1')
NAMES = (
    "a.png",
    '<img src=x onerror="document.title=1">.png',
    'quote", comma.png',
    "=1+1\u2028.png",
    "line\nbreak.png",
)
GIVEN = np.array([0, 1, 2, 0, 1])
BELIEF = np.array(
    [[0.9, 0.05, 0.05], [0.7, 0.1, 0.2], [0.2, 0.75, 0.05], [0.45, 0.3, 0.25], [0.3, 0.4, 0.3]]
)

PICTURES = np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4, 1) * 3


def judged(part="train", index=(10, 11, 12, 13, 14), names=NAMES, keys=None, **changes):
    """Five 4×4 pictures, the second and the third of which are suspected."""
    values = {
        "examples": NamedExamples(part, np.array(index), names, keys),
        "inputs": ArrayInputs(PICTURES),
        "given": GIVEN,
        "belief": BELIEF,
        "suspected": np.array([False, True, True, False, False]),
    }
    return Judged(**{**values, **changes})


def embedded(page):
    """What a page was told."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return json.loads(text)


def picture_of(address):
    """The picture of an example."""
    head, content = address.split(",")
    assert head.startswith("data:image/")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
