"""Whether a database is as it should be: each load adds up, and what is kept equals what it is of.

Nothing here is assumed of how calls and roll-ups are stored, beyond their columns: `schema` says
which tables there are, and how a roll-up is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from credits import CreditsError
from credits.store import cards, schema
from credits.store.explaining import explained

_SUMS = ("calls", "credits", "assumed", "refused", "refused_credits")


@dataclass(frozen=True)
class Checked:
    """What was found in a database."""

    version: int
    """Its data version."""
    loads: int
    calls: int
    credits: Decimal
    problems: tuple[str, ...]
    """Whatever is not as it should be, a sentence each."""


def check(cursor: duckdb.DuckDBPyConnection) -> Checked:
    """Look at everything in a database, of one moment, in a transaction that stays open."""
    cursor.execute("BEGIN TRANSACTION READ ONLY")
    problems: list[str] = []
    for look in (_unreadable, _counts, _roll_ups, _orphans, _shadows, _numbers, _card):
        try:
            problems += look(cursor)
        except duckdb.Error as error:
            problems.append(str(explained(error)))
            _begin_again(cursor)
        if problems and look is _unreadable:
            break
    version, loads, calls, total = 0, 0, 0, Decimal(0)
    try:
        version, loads, calls, total = cursor.execute(
            """SELECT (SELECT value::BIGINT FROM meta WHERE key = 'version'), count(*),
                coalesce(sum(calls), 0)::BIGINT, coalesce(sum(credits), 0) FROM loads"""
        ).fetchall()[0]
    except duckdb.Error as error:
        problems.append(str(explained(error)))
    return Checked(version, loads, calls, Decimal(total), tuple(dict.fromkeys(problems)))


def _begin_again(cursor: duckdb.DuckDBPyConnection) -> None:
    """After an error the transaction refuses everything; one that DuckDB gave up, even this."""
    with suppress(duckdb.Error):
        cursor.execute("ROLLBACK")
        cursor.execute("BEGIN TRANSACTION READ ONLY")


def _tables(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    found = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        " AND NOT temporary ORDER BY table_name"
    )
    return [str(name) for (name,) in found.fetchall()]


def _unreadable(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Every value of every table is read; DuckDB checks each block as it comes from the disk."""
    for table in _tables(cursor):
        try:
            cursor.execute(f"SELECT bit_xor(hash(each)) FROM {table} AS each").fetchall()
        except duckdb.Error as error:
            yield f"The table {table} can't be read to its end ({str(error).splitlines()[0]})."
            _begin_again(cursor)


def _counts(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A load's rows each have their place, and its sums are those of its calls."""
    for load_id, path, what, is_now, should in cursor.execute(_COUNTED + _COMPARED).fetchall():
        yield f"Load {load_id} ({path}): {what} is {is_now}, and should be {should}."


_COUNTED = f"""
WITH counted AS (
    SELECT l.*, loaded + duplicates + rejected + skipped AS placed,
        coalesce(c.found, 0) AS has_calls, coalesce(d.found, 0) AS has_duplicates,
        coalesce(r.found, 0) AS has_rejects, coalesce(c.calls, 0) AS sum_calls,
        coalesce(c.credits, 0) AS sum_credits, c.first AS first_call, c.last AS last_call,
        coalesce(c.fractional, false) AS has_fractions
    FROM loads AS l
    LEFT JOIN (
        SELECT load_id, count(*) AS found, sum(calls)::HUGEINT AS calls, sum(credits) AS credits,
            min(occurred_at) AS first, max(occurred_at) AS last,
            {schema.HAS_FRACTIONS} AS fractional
        FROM calls GROUP BY load_id) AS c USING (load_id)
    LEFT JOIN (SELECT load_id, count(*) AS found FROM duplicates GROUP BY load_id) AS d
        USING (load_id)
    LEFT JOIN (SELECT load_id, count(*) AS found FROM rejects GROUP BY load_id) AS r
        USING (load_id))
"""
_COMPARED = """
, compared AS (
    SELECT load_id, path, unnest([
        {'what': 'the number of its rows', 'now': rows::VARCHAR, 'should': placed::VARCHAR},
        {'what': 'what it loaded', 'now': loaded::VARCHAR, 'should': has_calls::VARCHAR},
        {'what': 'what was known already', 'now': duplicates::VARCHAR,
            'should': has_duplicates::VARCHAR},
        {'what': 'what was rejected', 'now': rejected::VARCHAR, 'should': has_rejects::VARCHAR},
        {'what': 'the sum of its calls', 'now': calls::VARCHAR, 'should': sum_calls::VARCHAR},
        {'what': 'the sum of its credits', 'now': credits::DECIMAL(38, 6)::VARCHAR,
            'should': sum_credits::DECIMAL(38, 6)::VARCHAR},
        {'what': 'its first call', 'now': first::VARCHAR, 'should': first_call::VARCHAR},
        {'what': 'its last call', 'now': last::VARCHAR, 'should': last_call::VARCHAR},
        {'what': 'whether it has fractions', 'now': fractional::VARCHAR,
            'should': has_fractions::VARCHAR}
    ], recursive := true)
    FROM counted)
SELECT load_id, path, what, now, should FROM compared
WHERE now IS DISTINCT FROM should ORDER BY load_id, what LIMIT 100
"""


def _roll_ups(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Each roll-up equals what comes out when it is worked out anew."""
    for table, sql in schema.ROLL_UPS.items():
        columns = [row[0] for row in cursor.execute(f"DESCRIBE {table}").fetchall()]
        keys = [name for name in columns if name not in _SUMS]
        sums = [name for name in columns if name in _SUMS]
        yield from _different(cursor, table, keys, sums, table, f"({sql('stored_calls')})")


def _different(
    cursor: duckdb.DuckDBPyConnection,
    name: str,
    keys: list[str],
    sums: list[str],
    kept: str,
    anew: str,
) -> Iterator[str]:
    """Rows of a roll-up that differ between what is kept and what was worked out anew."""
    both = ", ".join((*keys, *sums))
    differs = " OR ".join(f"sum(CASE WHEN is_kept THEN {s} ELSE -{s} END) <> 0" for s in sums)
    found = cursor.execute(
        f"""SELECT count(*) FROM (SELECT 1
            FROM (SELECT {both}, true AS is_kept FROM {kept}
                UNION ALL SELECT {both}, false AS is_kept FROM {anew})
            GROUP BY {", ".join(keys)}
            HAVING NOT bool_or(is_kept) OR bool_and(is_kept) OR {differs})"""
    ).fetchall()[0][0]
    if found:
        yield f"{found:,} sums in {name} are not those of the calls."


def _orphans(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Whatever is of a load has its load, and each call its kind."""
    for table in schema.OF_A_LOAD:
        found = cursor.execute(
            f"SELECT count(*) FROM {table} WHERE load_id NOT IN (SELECT load_id FROM loads)"
        ).fetchall()[0][0]
        if found:
            yield f"{found:,} rows of {table} belong to a load that is not there."
    found = cursor.execute(
        """SELECT count(*) FROM kinds FULL JOIN owners USING (owner, "user", user_basis)
        WHERE kinds.kind_id IS NULL OR owners.owner IS NULL"""
    ).fetchall()[0][0]
    if found:
        yield f"{found:,} rows of kinds and owners do not belong to each other."
    for view in ("calls", "duplicates"):
        seen, stored = (
            cursor.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
            for name in (view, f"stored_{view}")
        )
        if seen != stored:
            yield f"{stored:,} {view} are stored, and {seen:,} of them can be seen."


def _shadows(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Each duplicate is one of a call that is there."""
    found = cursor.execute(
        """SELECT count(*) FROM stored_duplicates AS d
        WHERE CASE WHEN request_id IS NOT NULL
            THEN request_id NOT IN (
                SELECT request_id FROM stored_calls WHERE request_id IS NOT NULL)
            ELSE NOT EXISTS (FROM stored_calls AS c WHERE c.occurred_at = d.occurred_at
                AND c.fingerprint = d.fingerprint) END"""
    ).fetchall()[0][0]
    if found:
        yield f"{found:,} rows count as known already, and no call is there that they equal."


def _numbers(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The next load gets a number that none has."""
    (last,) = cursor.execute(
        "SELECT last_value FROM duckdb_sequences() WHERE sequence_name = 'load_ids'"
        " AND database_name = current_database()"
    ).fetchall()[0]
    (most,) = cursor.execute("SELECT max(load_id) FROM loads").fetchall()[0]
    if most is not None and (last or 0) < most:
        yield f"The next load would get a number that is taken: load {most} is there."


def _card(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The rate card in force can be read."""
    try:
        cards.card(cursor)
    except CreditsError as error:
        yield str(error)
