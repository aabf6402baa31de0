import subprocess
import sys
from pathlib import Path

import keras

ROOT = Path(__file__).parent.parent.parent

PROGRAM = """
import importlib.abc, importlib.machinery, sys

class Refuse(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    # Libraries may look whether another is there; importing it fails.
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {refused}:
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        raise ModuleNotFoundError(f"{{spec.name}} is refused", name=spec.name)

sys.meta_path.insert(0, Refuse())
import cmdcore
import numpy as np
z = np.zeros((2, 3), "float32")
log_p = cmdcore.log_probabilities(z)
q = cmdcore.Mconf().refined_labels(cmdcore.label_distribution(np.array([0, 1]), 3), log_p, 0.5, 0.5)
print(float(cmdcore.mutual_losses(q, q, q, q, log_p, log_p, 2.0).loss_a[0]))
print(sorted(set(sys.modules) & {refused}))
"""


def test_cmdcore_works_where_every_backend_but_the_active_one_fails_to_import():
    refused = {"tensorflow", "jax", "torch"} - {keras.backend.backend()}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(refused=refused)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["2.1972246170043945", "[]"]
