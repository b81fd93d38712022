"""What serves pages can only ask: one SELECT of our own tables, and nothing else gets to DuckDB.

DuckDB's own lock (see `database`) is one for the whole process, and has to leave open what loading
needs. So a page's cursor stands behind a second door: each statement is parsed, by DuckDB itself,
and must be a query whose tables are tables and whose functions only work out values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd

from credits import CreditsError
from credits.store.commits import Commits

_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
"""The table functions that read nothing but their arguments."""
_ACTING = frozenset({"getenv", "nextval", "pg_sleep", "setseed", "setval", "sleep_ms", "write_log"})
"""Scalar functions that change something, wait, or read what is no data."""
# What is between quotes can be the name of a file, and DuckDB would read that.
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 1_000
_known: set[str] = set()
"""Statements that were found to be questions; pages ask the same ones again and again."""


class Asking:
    """A cursor that can only be asked: the part of DuckDB's own that reads.

    `execute` raises CreditsError for anything but a query of the database's tables. It is asked
    when its answer is fetched, as a whole and while nothing is being committed; see `commits`.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, commits: Commits) -> None:
        self._cursor, self._commits = cursor, commits
        self._sql = ""
        self._given: Sequence[Any] | Mapping[str, Any] | None = None

    def execute(self, sql: str, given: Sequence[Any] | Mapping[str, Any] | None = None) -> Asking:
        """A question; its answer is fetched from what is returned."""
        if sql not in _known:
            ((parsed,),) = self._cursor.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
            _refuse(json.loads(parsed))
            if len(_known) >= _MOST:
                _known.clear()
            _known.add(sql)
        self._sql, self._given = sql, given
        return self

    def _ask(self) -> duckdb.DuckDBPyConnection:
        return self._cursor.execute(self._sql, self._given)

    def fetchall(self) -> list[Any]:
        """Every row of the answer."""
        return self._commits.undisturbed(lambda: self._ask().fetchall())

    def df(self) -> pd.DataFrame:
        """The answer as a frame."""
        return self._commits.undisturbed(lambda: self._ask().df())

    @property
    def description(self) -> list[Any] | None:
        """The columns of the answer that was fetched."""
        return self._cursor.description


def _refuse(parsed: Mapping[str, Any]) -> None:
    """Raises CreditsError where a statement, as DuckDB has parsed it, is more than a question."""
    if parsed["error"]:
        raise CreditsError(f"Pages can only ask: {parsed['error_message']}")
    for statement in parsed["statements"]:
        for node in _nodes(statement):
            _refuse_node(node)


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, Mapping):
        yield tree
    inner = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list) else ()
    for value in inner:
        yield from _nodes(value)


def _refuse_node(node: Mapping[str, Any]) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERIES:
        raise CreditsError("Pages can only ask: they change nothing.")
    if kind == "SHOW_REF" and not _TABLE.fullmatch(str(node.get("table_name") or "x").strip('"')):
        raise CreditsError("Pages can only ask the database: that is no table.")
    if kind == "BASE_TABLE" and not _TABLE.fullmatch(node["table_name"]):
        raise CreditsError(f"Pages can only ask the database: “{node['table_name']}” is no table.")
    if kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in _TABLE_FUNCTIONS:
        name = node["function"].get("function_name")
        raise CreditsError(f"Pages can only ask the database: {name} is not for them.")
    if kind == "FUNCTION" and node.get("function_name") in _ACTING:
        raise CreditsError(f"Pages can only ask the database: {node['function_name']} acts.")
