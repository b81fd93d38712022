"""Which staged rows are known already: in their log itself, in one before it, or of what is loaded.

Where several logs are staged together the outcome is as if they came one after another.
"""

from __future__ import annotations

import duckdb
import numpy as np

from credits.formats.staging import IS_CALL
from credits.store import schema

_SORTED = 6_000_000
"""Ids whose hashes are sorted at a time: 24 MB."""
_LOOKED_UP = 1_000
"""Stored ids that are looked up one by one, a millisecond each; more are read through."""
_AT_ONCE = 100
"""Of them in one statement: to plan a statement takes longer than to look one up."""


def find(cursor: duckdb.DuckDBPyConnection, *, several: bool, keep: bool) -> None:
    """The table `shadowed`: those rows of `staging`, and of which log they are.

    There are none if all are to be kept. `several`: whether more than one log is staged.
    """
    cursor.execute("CREATE OR REPLACE TEMP TABLE shadowed (row BIGINT, log INTEGER)")
    if keep:
        return
    first, last, ids, bare = cursor.execute(f"""
        SELECT min(occurred_at), max(occurred_at), count(request_id), count(*) - count(request_id)
        FROM staging WHERE {IS_CALL}""").fetchall()[0]
    if ids:
        # Where all have an id it is not asked for: that would be to read through all the texts.
        with_id = IS_CALL if not bare else f"{IS_CALL} AND request_id IS NOT NULL"
        if twice := _twice(cursor, int(ids), with_id):
            cursor.execute(_REPEATED_IDS.format(with_id=with_id), {"twice": twice})
        _shadow_known_ids(cursor, with_id)
    if bare:
        if several:
            cursor.execute(_ROWS_OF_EARLIER)
        cursor.execute(_KNOWN_ROWS, {"first": first, "last": last})


def _shadow_known_ids(cursor: duckdb.DuckDBPyConnection, with_id: str) -> None:
    """Ids of calls that are stored already, asked of their hashes first: few have to be read."""
    cursor.execute(_ALIKE.format(with_id=with_id))
    cursor.execute(_MAY_BE_KNOWN.format(with_id=with_id))
    cursor.execute("DROP TABLE alike")
    rows = cursor.execute(f"SELECT row FROM may_be_known LIMIT {_LOOKED_UP + 1}").fetchall()
    if len(rows) > _LOOKED_UP:
        cursor.execute(_KNOWN_IDS.format(known=_READ_THROUGH))
    elif rows:
        # Told which row it is, DuckDB goes there; told which rows, it may read through all of them.
        one = "SELECT request_id FROM stored_calls WHERE rowid = {}"
        ids: list[str] = []
        for first in range(0, len(rows), _AT_ONCE):
            some = " UNION ALL ".join(one.format(row) for (row,) in rows[first : first + _AT_ONCE])
            ids += [request_id for (request_id,) in cursor.execute(some).fetchall()]
        cursor.execute(_KNOWN_IDS.format(known="SELECT unnest($ids::VARCHAR[])"), {"ids": ids})


def _twice(cursor: duckdb.DuckDBPyConnection, ids: int, with_id: str) -> list[int]:
    """The hashes of ids that more than one row of the log has, or may have."""
    parts = ids // _SORTED + 1
    width = 2**32 // parts + 1
    found: list[int] = []
    for part in range(parts):
        low, high = part * width, (part + 1) * width - 1
        some = cursor.execute(
            f"SELECT {_ID_HASH} AS hash FROM staging"
            f" WHERE {with_id} AND {_ID_HASH} BETWEEN {low} AND {high}"
        )
        hashes = np.asarray(some.fetchnumpy()["hash"])
        hashes.sort()
        found += np.unique(hashes[1:][hashes[1:] == hashes[:-1]]).tolist()
    return found


_ID_HASH = schema.parts_of("fingerprint")["id_hash"]

# The later row of a request id is the duplicate, in the log itself and against what is known. Which
# ids may be there twice is asked of their hashes: sorted, they take a sixth of a GROUP BY.
_REPEATED_IDS = f"""
INSERT INTO shadowed
SELECT row, log FROM (
    SELECT row, log, row_number() OVER (PARTITION BY request_id ORDER BY row) AS place
    FROM staging WHERE {{with_id}} AND {_ID_HASH} IN (SELECT unnest($twice::UINTEGER[])))
WHERE place > 1
"""

# So is which of them may be known: of the calls that are stored, few ids have to be read then.
_ALIKE = f"""
CREATE OR REPLACE TEMP TABLE alike AS
SELECT rowid AS row, id_hash::UBIGINT << 16 | id_check AS hash FROM stored_calls WHERE id_hash IN (
    SELECT {_ID_HASH} FROM staging WHERE {{with_id}})
"""
_MAY_BE_KNOWN = """
CREATE OR REPLACE TEMP TABLE may_be_known AS
SELECT row FROM alike WHERE hash IN (SELECT fingerprint >> 16 FROM staging WHERE {with_id})
"""
_READ_THROUGH = "SELECT request_id FROM stored_calls WHERE rowid IN (SELECT row FROM may_be_known)"
_KNOWN_IDS = f"""
INSERT INTO shadowed
SELECT row, log FROM staging
WHERE {IS_CALL} AND row NOT IN (SELECT row FROM shadowed) AND request_id IN ({{known}})
"""

# Without request ids the k-th equal row of a log is the k-th equal row of what is known; and of a
# log before it, if that has so many.
_ROWS_OF_EARLIER = f"""
INSERT INTO shadowed
SELECT row, log FROM (
    SELECT row, log,
        row_number() OVER (PARTITION BY occurred_at, fingerprint, place ORDER BY row) AS times
    FROM (
        SELECT row, log, occurred_at, fingerprint,
            row_number() OVER (PARTITION BY log, occurred_at, fingerprint ORDER BY row) AS place
        FROM staging WHERE {IS_CALL} AND request_id IS NULL))
WHERE times > 1
"""
_KNOWN_ROWS = """
INSERT INTO shadowed
SELECT row, log FROM (
    SELECT s.row, log, known.times,
        row_number() OVER (PARTITION BY log, s.occurred_at, s.fingerprint ORDER BY s.row) AS place
    FROM staging AS s JOIN (
        SELECT occurred_at, fingerprint, count(*) AS times FROM stored_calls
        WHERE fingerprint IS NOT NULL AND occurred_at BETWEEN $first AND $last
        GROUP BY occurred_at, fingerprint) AS known
    ON s.occurred_at = known.occurred_at AND s.fingerprint = known.fingerprint
    WHERE s.request_id IS NULL AND skip IS NULL AND reject IS NULL)
WHERE place <= times AND row NOT IN (SELECT row FROM shadowed)
"""
