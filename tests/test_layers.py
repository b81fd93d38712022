"""The house keeps its storeys: each module brings along only what its layer may know.

What an import brings is seen in a fresh process, where nothing else has been imported; what a file
says is read from its syntax tree.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "pages").glob("*.py"))
SOURCES = sorted((ROOT / "credits").rglob("*.py"))
# Importing __main__ would run the command line.
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCES
    if path.name != "__main__.py"
)

DRAWS = ("credits.charts", "credits.report")
"""The packages that may know plotly."""
READS = ("credits.formats", "credits.store")
"""The packages that may know DuckDB; all else is handed frames, or waits until a command asks."""

HEAVY = ("duckdb", "plotly.graph_objects")
"""What takes long to import, and some layers may know."""

EACH_BY_ITSELF = """
import os, sys
first, *modules = sys.argv[1:]
for name in first.split():
    __import__(name)
for module in modules:
    child = os.fork()
    if child == 0:
        __import__(module)
        os.write(1, " ".join([module, *sys.modules]).encode() + b"\\n")
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{module} can't be imported by itself")
"""

SQL = re.compile(r"\b(SELECT\b.*\bFROM|INSERT INTO|DELETE FROM|UPDATE\b.*\bSET)\b", re.S)


def forbidden(module: str) -> set[str]:
    """Names of modules that `module` may not bring along when it is imported."""
    names = {"streamlit", "pages"}
    if not is_inside_one_of(module, DRAWS):
        names.add("plotly")
    if not is_inside_one_of(module, READS):
        names.add("duckdb")
    if not is_or_is_inside(module, "credits.store"):
        names.add("credits.store")
    return names


def begins_with(module: str) -> str:
    """What a process holds before it imports `module`, because its layer may know it all."""
    heavy = (name for name in HEAVY if name.split(".")[0] not in forbidden(module))
    return " ".join(("numpy", "pandas", *heavy))


@pytest.fixture(scope="session")
def brought_along() -> dict[str, set[str]]:
    """For each module, names of all modules that a process holds once it has imported it.

    Each is imported by a process of its own; those of one layer begin alike.
    """
    found = {}
    for first, modules in groupby(sorted(MODULES, key=begins_with), key=begins_with):
        answer = subprocess.run(
            [sys.executable, "-c", EACH_BY_ITSELF, first, *modules],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        for module, *names in map(str.split, answer.stdout.splitlines()):
            found[module] = set(names)
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of what the file imports: `from plotly import express` is `plotly.express`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_or_is_inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def is_inside_one_of(name: str, packages: tuple[str, ...]) -> bool:
    return any(is_or_is_inside(name, package) for package in packages)


def named(path: Path) -> str:
    """The file's path from the root of the project, to name a test after."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_brings_along_only_what_its_layer_may_know(
    module: str, brought_along: dict[str, set[str]]
):
    assert module in brought_along[module]
    assert forbidden(module) & brought_along[module] == set()


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_the_library_imports_no_page_and_no_streamlit_even_inside_a_function(path: Path):
    found = [
        name
        for name in imports(ast.parse(path.read_text("utf-8")))
        if is_or_is_inside(name, "pages") or is_or_is_inside(name, "streamlit")
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_opens_no_database_and_draws_no_figure_itself(path: Path):
    belongs_in_the_library = ("duckdb", "plotly.express", "plotly.graph_objects")
    found = [
        name
        for name in imports(ast.parse(path.read_text("utf-8")))
        for package in belongs_in_the_library
        if is_or_is_inside(name, package)
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_groups_nothing(path: Path):
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"groupby", "pivot_table", "resample", "rolling"}
    ]
    assert calls == [], "groups on these lines"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_holds_no_sql(path: Path):
    statements = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert statements == []
