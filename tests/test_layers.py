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


def brought_along(module: str) -> set[str]:
    """Names of all modules that a fresh process holds once it has imported `module`."""
    program = f"import {module}, sys; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


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
def test_a_module_brings_along_only_what_its_layer_may_know(module: str):
    assert forbidden(module) & brought_along(module) == set()


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
