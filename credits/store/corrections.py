"""How logs are to be read, saved under a name: recognised the next time by their columns."""

from __future__ import annotations

import json

import duckdb

from credits import CreditsError
from credits.formats.base import Correction
from credits.store.database import Database


def saved(cursor: duckdb.DuckDBPyConnection) -> tuple[Correction, ...]:
    """Every correction, by name."""
    rows = cursor.execute(
        "SELECT name, header, mapping, time_zone, day_first FROM corrections ORDER BY name"
    ).fetchall()
    return tuple(
        Correction(name, tuple(header), json.loads(mapping), zone, days)
        for name, header, mapping, zone, days in rows
    )


def save(database: Database, correction: Correction) -> None:
    """Keep a correction; one of the same name is replaced. Raises CreditsError without a name."""
    if not correction.name.strip():
        raise CreditsError("A correction needs a name: type one.")
    if not correction.header:
        raise CreditsError("Only a log with named columns can be recognised again by them.")
    with database.writer() as cursor, database.change(cursor):
        cursor.execute(
            "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?, ?)",
            [
                correction.name.strip(),
                list(correction.header),
                json.dumps(dict(correction.mapping)),
                correction.time_zone,
                correction.day_first,
            ],
        )


def forget(database: Database, name: str) -> None:
    """Drop a correction."""
    with database.writer() as cursor, database.change(cursor):
        cursor.execute("DELETE FROM corrections WHERE name = ?", [name])
