"""Every extra that a message or a page tells one to install is one that there is."""

import re
from pathlib import Path

import pytest

from cmd_keras.errors import InputError
from cmd_keras.run.settings import packages
from cmd_keras.run.settings.backend import BACKENDS

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"(?:cmd-keras|install (?:--editable )?'?\.)\[([\w,-]+)\]")


def extras():
    section = (ROOT / "pyproject.toml").read_text().split("[project.optional-dependencies]")[1]
    return set(re.findall(r"^([\w-]+) = \[", section.split("\n[")[0], re.MULTILINE))


def named(text):
    return {extra for names in NAMED.findall(text) for extra in names.split(",")}


def test_extras_in_the_text_exist():
    files = [
        ROOT / "README.md",
        *(ROOT / "docs").glob("*.md"),
        *(path for package in ("cmd_keras", "cli") for path in (ROOT / package).rglob("*.*")),
    ]
    found = {
        extra
        for path in files
        if path.suffix in (".md", ".py")
        for extra in named(path.read_text())
    }
    assert {"jax", "onnx", "tensorboard"} <= found, "the pattern finds them"
    assert found <= extras()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_extra_of_a_backend_exists(backend, monkeypatch):
    monkeypatch.setattr(packages, "_is_installed", lambda name: False)
    with pytest.raises(InputError, match=f"takes the package {backend}") as said:
        packages.check_backend(backend)
    assert named(str(said.value)) <= extras()
    assert "pip install 'cmd-keras" in str(said.value)
