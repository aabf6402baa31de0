"""The notebooks run from top to bottom, and what they claim is so.

The claims stand in the notebooks themselves, as assertions in their last cells.
"""

import asyncio
import os
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAMES = ("quickstart.ipynb", "your_own_images.ipynb")


def read(name):
    return nbformat.read(NOTEBOOKS / name, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_of(output):
    """All that a reader sees of an output, and what is stored beside it, but no pictures."""
    if output.output_type == "stream":
        return output.text
    return "\n".join(str(text) for kind, text in output.data.items() if kind != "image/png")


def this_python():
    """The kernel of the Python that runs the tests, installed as a kernel or not."""
    manager = AsyncKernelManager(kernel_name="python3")
    manager._kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
    )
    return manager


def test_every_notebook_is_tested():
    assert sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_runs_and_finds_what_it_claims(name, tmp_path, monkeypatch):
    # `!cmd-keras` finds the command of this Python, as in an active environment.
    scripts = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", scripts + os.pathsep + os.environ["PATH"])
    notebook = read(name)
    assert "assert " in "".join(cell.source for cell in code_cells(notebook))
    manager = this_python()
    where = {"metadata": {"path": str(tmp_path)}}
    try:
        nbclient.NotebookClient(notebook, km=manager, timeout=300, resources=where).execute()
    finally:
        # It is ours, so nobody else ends it, and a kernel that waits holds its memory.
        asyncio.run(manager.shutdown_kernel(now=True))
    assert list(tmp_path.iterdir()) == [], "leaves files behind"
    # A command after `!` that fails raises nothing.
    shown = "\n".join(text_of(o) for cell in code_cells(notebook) for o in cell.outputs)
    assert "Error" not in shown
    assert "Warning" not in shown


@pytest.mark.parametrize("name", NAMES)
def test_is_stored_as_it_was_run(name):
    notebook = read(name)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(cell.metadata.get("execution") for cell in cells), "has time stamps"
    # Cells that only define or tidy up show nothing.
    silent = {cells[0].id, *(cell.id for cell in cells if cell.source.startswith(_SHOWS_NOTHING))}
    for cell in cells:
        assert bool(cell.outputs) == (cell.id not in silent), cell.source
    outputs = [output for cell in cells for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any(output.output_type == "error" for output in outputs)
    assert not any(output.get("name") == "stderr" for output in outputs)


_SHOWS_NOTHING = ("EPOCHS = ", "os.chdir(came_from)")


@pytest.mark.parametrize("name", NAMES)
def test_stored_outputs_name_no_machine(name):
    text = "\n".join(text_of(o) for cell in code_cells(read(name)) for o in cell.outputs)
    for place in (
        str(Path(__file__).parents[1]),
        "/tmp",
        "/root",
        "/home",
        "site-packages",
        "\x1b[",
    ):
        assert place not in text
