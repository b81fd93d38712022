"""Loads are taken back, and the calls that they had shadowed in others come back with it."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from credits import CreditsError
from credits.store import bounds, schema
from credits.store.database import Database


def undo(database: Database, load_ids: Sequence[int]) -> None:
    """Take back some loads in one transaction.

    Raises CreditsError for one that is not there, and where what comes back can't be added up.
    """
    with database.writer() as cursor, database.change(cursor):
        _must_be_there(cursor, load_ids)
        cursor.execute(_FREED, {"loads": list(load_ids)})
        for table in schema.OF_A_LOAD:
            cursor.execute(f"DELETE FROM {table} WHERE {_OF_LOADS}", {"loads": list(load_ids)})
        cursor.execute(schema.OLD_OWNERS)
        _bring_back(cursor)


def keep_duplicates(database: Database, load_ids: Sequence[int]) -> None:
    """Let every duplicate of some loads count as a call after all. Raises as `undo`."""
    with database.writer() as cursor, database.change(cursor):
        _must_be_there(cursor, load_ids)
        for load_id in load_ids:
            cursor.execute(
                "CREATE OR REPLACE TEMP TABLE orphans AS"
                " SELECT rowid AS row FROM stored_duplicates WHERE load_id = ?",
                [load_id],
            )
            _make_calls(cursor, load_id)


def _must_be_there(cursor: duckdb.DuckDBPyConnection, load_ids: Sequence[int]) -> None:
    there = {load_id for (load_id,) in cursor.execute("SELECT load_id FROM loads").fetchall()}
    for load_id in load_ids:
        if load_id not in there:
            raise CreditsError(f"Load {load_id} is not there any more: reload the page.")


def clear(database: Database) -> None:
    """Take back everything."""
    with database.writer() as cursor, database.change(cursor):
        for table in schema.OF_A_LOAD:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(schema.OLD_OWNERS)


def _bring_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """Duplicates of what is gone become calls, load by load in the order they were taken in."""
    for (load_id,) in cursor.execute(_LOADS_WITH_FREED).fetchall():
        cursor.execute(_ORPHANS, {"load": load_id})
        _make_calls(cursor, load_id)


def _make_calls(cursor: duckdb.DuckDBPyConnection, load_id: int) -> None:
    """The duplicates named in the table `orphans`, all of one load, become calls."""
    found = cursor.execute("SELECT count(*) FROM orphans").fetchall()[0][0]
    if not found:
        return
    chosen = "WHERE rowid IN (SELECT row FROM orphans)"
    sums = f"SELECT sum(calls)::HUGEINT, {bounds.WANTED}, {schema.HAS_FRACTIONS}"
    more = cursor.execute(f"{sums} FROM stored_duplicates {chosen}").fetchall()[0]
    what = "Nothing was changed: with the duplicates that would count as calls"
    bounds.must_add_up(cursor, what, bounds.Sums(*more))
    for table, sql in schema.ROLL_UPS.items():
        mine = sql(f"(SELECT * FROM stored_duplicates {chosen})")
        cursor.execute(f"INSERT INTO {table} BY NAME {mine}")
    cursor.execute(f"INSERT INTO stored_calls SELECT * FROM stored_duplicates {chosen}")
    cursor.execute(f"DELETE FROM stored_duplicates {chosen}")
    cursor.execute(_RECOUNT, {"load": load_id, "found": found})


_OF_LOADS = "load_id IN (SELECT unnest($loads::INTEGER[]))"

# What the calls that go may have shadowed: few rows as a rule, of few loads.
_FREED = f"""
CREATE OR REPLACE TEMP TABLE freed AS
SELECT DISTINCT id_hash, fingerprint FROM stored_calls
WHERE {_OF_LOADS} AND (id_hash IN (SELECT id_hash FROM stored_duplicates)
    OR fingerprint IN (SELECT fingerprint FROM stored_duplicates))
"""
_IDS = "id_hash IN (SELECT id_hash FROM freed)"
_ROWS = "fingerprint IN (SELECT fingerprint FROM freed)"
_LOADS_WITH_FREED = f"""
SELECT DISTINCT load_id FROM stored_duplicates WHERE {_IDS} OR {_ROWS} ORDER BY load_id
"""

# What is left is what would be there had the loads that are gone never been made. Of the rows with
# a request id the first comes back if no earlier call has that id; of the equal rows without one,
# as many as this load had beyond what earlier loads account for.
_ORPHANS = f"""
CREATE OR REPLACE TEMP TABLE orphans AS
SELECT row FROM (
    SELECT rowid AS row, row_number() OVER (PARTITION BY request_id ORDER BY rowid) AS place
    FROM stored_duplicates WHERE load_id = $load AND {_IDS} AND request_id NOT IN (
        SELECT request_id FROM stored_calls WHERE {_IDS} AND load_id <= $load))
WHERE place = 1
UNION ALL
SELECT row FROM (
    SELECT d.rowid AS row, d.occurred_at, d.fingerprint,
        row_number() OVER (PARTITION BY d.occurred_at, d.fingerprint ORDER BY d.rowid) AS place,
        count(*) OVER (PARTITION BY d.occurred_at, d.fingerprint) AS here
    FROM stored_duplicates AS d WHERE load_id = $load AND {_ROWS}) AS mine
LEFT JOIN (
    SELECT occurred_at, fingerprint, count(*) FILTER (load_id < $load) AS before,
        count(*) FILTER (load_id = $load) AS kept
    FROM stored_calls WHERE {_ROWS} GROUP BY occurred_at, fingerprint) AS known
USING (occurred_at, fingerprint)
WHERE place <= here - least(coalesce(before, 0), here + coalesce(kept, 0))
"""

_RECOUNT = f"""
UPDATE loads SET loaded = loaded + $found, duplicates = duplicates - $found,
    calls = now.calls, credits = now.credits, fractional = now.fractional,
    first = now.first, last = now.last
FROM (SELECT sum(calls)::BIGINT AS calls, sum(credits) AS credits,
        {schema.HAS_FRACTIONS} AS fractional,
        min(occurred_at) AS first, max(occurred_at) AS last
    FROM stored_calls WHERE load_id = $load) AS now
WHERE load_id = $load
"""
