"""The arrows between packages point down only."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    # wrapt says when Keras has been imported.
    "cmdcore": {"cmdcore", "keras", "wrapt"},
    "cmd_keras": None,  # any library, but of ours only what is named below
    "reference": {"reference", "numpy", "scipy"},
    "cli": None,
    "benchmarks": None,
}
OURS = {
    "cmdcore": {"cmdcore"},
    "cmd_keras": {"cmd_keras", "cmdcore"},
    "reference": {"reference"},
    "cli": {"cmd_keras"},
    # Nothing imports them; they time what users run.
    "benchmarks": {"benchmarks", "cmd_keras", "cmdcore", "cli"},
}


def imported_packages(path):
    """Top-level names of everything a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", list(OURS))
def test_imports_point_down(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    all_ours = {"cmdcore", "cmd_keras", "reference", "cli", "cmd_keras_cli", "tests", "benchmarks"}
    for path in files:
        names = set(imported_packages(path)) - set(sys.stdlib_module_names)
        assert names & all_ours <= OURS[package], path
        if ALLOWED[package] is not None:
            assert names <= ALLOWED[package], path


def test_a_wheel_brings_no_generic_names(tmp_path):
    build = ("pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet")
    subprocess.run(
        [sys.executable, "-m", *build, "--wheel-dir", str(tmp_path), str(ROOT)], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packages = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert packages == {"cmdcore", "cmd_keras", "cmd_keras_cli"}
    assert {f"cmd_keras/review_page/page.{form}" for form in ("html", "css", "js")} < set(names)
    inside = {name for name in names if name.endswith(".py")}
    for package, folder in (
        ("cmdcore", "cmdcore"),
        ("cmd_keras", "cmd_keras"),
        ("cmd_keras_cli", "cli"),
    ):
        for path in (ROOT / folder).rglob("*.py"):
            assert f"{package}/{path.relative_to(ROOT / folder).as_posix()}" in inside
