"""Scenarios that people save under a name: kept beside the data, of which they are no part."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb

from credits import CreditsError
from credits.scenarios import Scenario, document, from_document
from credits.store.database import Database


def saved(cursor: duckdb.DuckDBPyConnection) -> tuple[list[Scenario], dict[str, str]]:
    """Every scenario that can be read, by name; and why the others can't, by their names.

    One that is damaged must not keep people from the rest, nor from forgetting it.
    """
    rows = cursor.execute("SELECT name, document FROM scenarios ORDER BY lower(name), name")
    found, damaged = [], {}
    for name, text in rows.fetchall():
        try:
            found.append(replace(from_document(text), name=name))
        except CreditsError as error:
            damaged[name] = str(error)
    return found, damaged


def save(database: Database, scenario: Scenario, *, now: datetime) -> None:
    """Keep a scenario; one of the same name is replaced. `now` is naive UTC."""
    with database.writer() as cursor, database.keep(cursor):
        cursor.execute(
            "INSERT OR REPLACE INTO scenarios VALUES (?, ?, ?)",
            [scenario.name, document(scenario), now],
        )


def forget(database: Database, name: str) -> None:
    """Drop a scenario."""
    with database.writer() as cursor, database.keep(cursor):
        cursor.execute("DELETE FROM scenarios WHERE name = ?", [name])
