"""All that a run imports sooner or later, for the process of which each run is a fork.

Nothing here may compute: TensorFlow's threads are those of the process that starts them.
"""

import importlib
import os

# What TensorFlow greets with says nothing about any run, and comes for each of them.
_saved = os.dup(2)
_nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)
try:
    for _name in (
        "matplotlib.backends.backend_agg",
        "sklearn.datasets",
        "sklearn.model_selection",
        "cmd_keras.runs.begun_or_new",
    ):
        importlib.import_module(_name)
finally:
    os.dup2(_saved, 2)
    os.close(_saved)
    os.close(_nowhere)
