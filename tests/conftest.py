"""Hypothesis profiles, and the largest deviations from the reference at the end of a run."""

import os

import hypothesis

from tests import deviation

# What differs from backend to backend shows in fewer examples, and each is compiled anew there.
_EXAMPLES = 50 if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow" else 25

hypothesis.settings.register_profile(
    "ci", max_examples=_EXAMPLES, deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.register_profile("thorough", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# First, the longest before all others, so that of two workers none waits for the other in
# the end.
_LONG = (
    "data_parallel.py",
    "processes.py",
    "test_mirrored.py",
    "test_notebooks.py",
    "test_resume.py",
    "test_compare.py",
    "test_review.py",
    "test_labels.py",
    "test_trajectories.py",
    "test_mutual_distiller.py",
    "test_scikit_learn.py",
    "test_classifier.py",
    "test_stopped_runs.py",
    "test_compiled_objective.py",
    "test_named.py",
    "test_benchmarks.py",
    "test_run.py",
    "test_optimizers.py",
    "test_finished_runs.py",
)


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


class _FromWorkers:
    """Collects what `pytest -n` compared in processes of their own."""

    def pytest_testnodedown(self, node, error):
        deviation.merge(getattr(node, "workeroutput", {}).get("deviation", []))


def pytest_configure(config):
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_FromWorkers())


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["deviation"] = deviation.recorded()


def pytest_terminal_summary(terminalreporter):
    rows = deviation.table()
    if rows:
        terminalreporter.section("largest absolute deviation from the float64 reference")
        for line in rows:
            terminalreporter.write_line(line)
