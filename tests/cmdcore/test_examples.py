"""The examples in the docstrings of cmdcore: all are there, and true on every backend."""

import dataclasses
import doctest
import importlib
import inspect
import math
import pkgutil

import keras
import pytest

import cmdcore

# What `cmdcore/__init__.py` says the examples need, and nothing else.
NEEDED = {"dataclasses": dataclasses, "math": math, "keras": keras, "cmdcore": cmdcore}
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(cmdcore.__path__, "cmdcore.")
]
EXAMPLES = [
    found
    for module in (cmdcore, *MODULES)
    for found in doctest.DocTestFinder().find(module, globs={**NEEDED, "__name__": "__main__"})
    if found.examples
]


def public_functions():
    """Names of all functions and methods that are there to be called."""
    for module in MODULES:
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}"
            elif inspect.isclass(value):
                yield from (f"{module.__name__}.{name}.{method}" for method in methods(value))


def methods(cls):
    for name, value in vars(cls).items():
        function = getattr(value, "__func__", value)
        # What is abstract cannot be called; what implements it has the example.
        abstract = getattr(function, "__isabstractmethod__", False)
        if inspect.isfunction(function) and not name.startswith("_") and not abstract:
            yield name


@pytest.mark.parametrize("name", list(public_functions()))
def test_every_public_function_has_an_example(name):
    assert name in {found.name for found in EXAMPLES}, f"{name} needs an example that begins >>>"


@pytest.mark.parametrize("found", EXAMPLES, ids=[found.name for found in EXAMPLES])
def test_examples_are_true(found):
    output = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    results = runner.run(found, out=output.append, clear_globs=False)
    assert results.attempted > 0
    assert results.failed == 0, "".join(output)


@pytest.mark.parametrize("name", NEEDED)
def test_what_the_examples_need_is_said(name):
    assert f"\n    import {name}\n" in cmdcore.__doc__
