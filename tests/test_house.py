"""The house stays one that can be walked through: no circles, and nothing too long to read."""

import ast
import graphlib
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [
    path
    for package in ("cmdcore", "cmd_keras", "cli", "reference", "benchmarks")
    for path in sorted((ROOT / package).rglob("*.py"))
]
FILE_LINES = 300
# It is a `keras.Model`, all of whose methods have to stand in one class.
FILE_LINES_OF = {"cmd_keras/mutual_distiller.py": 330}
FUNCTION_LINES = 45
ROOMS_IN_RUN = 7


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}
every_file = pytest.mark.parametrize("path", FILES, ids=map(name_of, FILES))


def run_time_nodes(tree):
    """All nodes but those that only type checkers read."""
    yield tree
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from run_time_nodes(node)


def imported_by(path):
    """Modules that a file imports, at once or when a function is called."""
    package = module_of(path.with_name("__init__.py"))
    for node in run_time_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            inside = [f"{home}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else home for name in inside)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "exported":
            # `cmd_keras.lazily`: the package imports these files when a name is first used.
            yield from (f"{module_of(path)}.{file.value}" for file in node.args[1].keys)


def test_no_module_imports_itself_in_the_end():
    graph = {module: set(imported_by(path)) & set(MODULES) for module, path in MODULES.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " is imported by ".join(error.args[1])
        pytest.fail(f"{circle}. Give what they share a file of its own.")


@every_file
def test_no_file_is_too_long(path):
    lines = len(path.read_text().splitlines())
    limit = FILE_LINES_OF.get(name_of(path), FILE_LINES)
    assert lines <= limit, f"{name_of(path)} has {lines} lines, more than {limit}: split it"


def docstring_lines(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            yield from range(node.body[0].lineno, node.body[0].end_lineno + 1)


@every_file
def test_no_function_is_too_long(path):
    source = path.read_text()
    tree, lines = ast.parse(source), source.splitlines()
    said = set(docstring_lines(tree))
    code = {
        number
        for number, line in enumerate(lines, start=1)
        if number not in said and line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = len(code & set(range(node.lineno, node.end_lineno + 1)))
            assert length <= FUNCTION_LINES, (
                f"{name_of(path)}: {node.name} has {length} lines of code, more than "
                f"{FUNCTION_LINES}: give a part of it a name"
            )


def test_run_has_few_rooms():
    entries = {path.name for path in (ROOT / "cmd_keras" / "run").iterdir()}
    entries -= {"__init__.py", "__pycache__"}
    assert len(entries) <= ROOMS_IN_RUN, f"{len(entries)} entries: {', '.join(sorted(entries))}"
