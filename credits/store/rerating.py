"""Everything loaded is rated again by another card, in one transaction.

What comes out is what loading the same logs afresh under that card would give. The calls keep all
that a price depends on: their kind (API, method, the query parameters that were told apart, status)
and their records; and credits that a log carries are known by their basis. So no log is read again.

A kind may have to become two, because a price per records is assumed only for the calls whose
records are not known; and two may become one. Whatever stays of the same kind keeps its id, so that
only calls whose kind or credits change are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from credits.rates import RateCard
from credits.store import bounds, cards, rating, schema
from credits.store.database import Database, Progress
from credits.store.watching import in_any_order, watched

_STORED = ("stored_calls", "stored_duplicates")


@dataclass(frozen=True)
class Rerating:
    """What became of everything loaded."""

    rate_card: str
    """The name of the card now in force."""
    before: str
    """The name of the one that was."""
    calls: int
    """Calls that are loaded (with their weights)."""
    credits_before: Decimal
    credits: Decimal
    assumed: Decimal
    """Credits now that rest on an assumption."""
    refused: int
    """Calls that count as refused now."""


def rerate(
    database: Database,
    card: RateCard,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Rerating:
    """Rate everything loaded by a card, keep the card, and put it in force: all or nothing.

    `now` is naive UTC. Raises CreditsError where the card can't be kept under its name, or where
    the credits would be more than can be added up.
    """
    tell = progress or (lambda share, message: None)
    with database.writer() as cursor, database.change(cursor):
        tell(0.0, "Asking the rate card")
        card = cards.store(cursor, card, now)
        before = cards.in_force(cursor)
        credits_before = _credits(cursor)
        cursor.execute("INSERT OR REPLACE INTO meta VALUES ('rate_card', ?)", [card.name])
        _sort_kinds(cursor, card, tell)
        _charge(cursor, tell)
        cursor.execute(_RECOUNT, {"rate_card": card.name})
        _roll_up(cursor, tell)
        bounds.must_add_up(cursor, f"Nothing was changed: under “{card.name}”")
        calls, refused, assumed = cursor.execute(
            """SELECT coalesce(sum(calls), 0)::BIGINT, coalesce(sum(refused), 0)::BIGINT,
                coalesce(sum(assumed), 0)::DECIMAL(38, 6) FROM minutes"""
        ).fetchall()[0]
        total = _credits(cursor)
        tell(0.99, "Writing it down")
    tell(1.0, "Rated")
    return Rerating(card.name, before, calls, credits_before, total, assumed, refused)


def _credits(cursor: duckdb.DuckDBPyConnection) -> Decimal:
    """Credits of all loads."""
    found = cursor.execute("SELECT coalesce(sum(credits), 0) FROM loads").fetchall()
    return Decimal(found[0][0])


def _sort_kinds(cursor: duckdb.DuckDBPyConnection, card: RateCard, tell: Progress) -> None:
    """The table `moves` (old kind, with records or without → new kind and price); new `kinds`."""
    rows = cursor.execute("SELECT DISTINCT api, method, parameters FROM kinds").fetchall()
    rating.price(cursor, card, rows)
    with_records = " UNION ".join(
        f"SELECT DISTINCT kind_id, records IS NOT NULL AS has_records FROM {table}"
        for table in _STORED
    )
    seen = f"CREATE OR REPLACE TEMP TABLE seen_kinds AS {with_records}"
    watched(cursor, seen, tell, (0.02, 0.08), "Asking the rate card")
    cursor.execute(_MOVES, {"free": sorted(card.free_statuses)})
    cursor.execute("DELETE FROM kinds")
    names = ", ".join(schema.KIND)
    cursor.execute(
        f"INSERT INTO kinds BY NAME"
        f" SELECT DISTINCT new_id AS kind_id, load_id, owner, {names} FROM moves"
    )


def _charge(cursor: duckdb.DuckDBPyConnection, tell: Progress) -> None:
    """Give the calls whose kind or credits change their new ones."""
    for table, shares in zip(_STORED, ((0.08, 0.7), (0.7, 0.78)), strict=True):
        watched(cursor, _charged(table), tell, shares, "Rating the calls")


def _roll_up(cursor: duckdb.DuckDBPyConnection, tell: Progress) -> None:
    with in_any_order(cursor):
        ends = ((0.8, 0.88), (0.88, 0.98), (0.98, 0.99))
        for (table, sql), shares in zip(schema.ROLL_UPS.items(), ends, strict=True):
            cursor.execute(f"DELETE FROM {table}")
            adding = f"INSERT INTO {table} BY NAME {sql('stored_calls')}"
            watched(cursor, adding, tell, shares, "Adding up")


# An old kind goes on as one of the new ones: the first of its two halves, where it has two. Of old
# kinds that go on as the same, the id of the first is kept; so no id is given away twice.
_SAME = f"load_id, {', '.join(schema.KIND)}"
_MOVES = f"""
CREATE OR REPLACE TEMP TABLE moves AS
WITH priced_kinds AS (
    SELECT kinds.* EXCLUDE (refused, credits_basis), seen.has_records,
        credits_basis = 'logged' AS has_credits,
        coalesce(list_contains($free, status), false) AS refused,
        p.price, p.per_records, p.most, p.known
    FROM kinds JOIN seen_kinds AS seen USING (kind_id)
    JOIN priced AS p ON {rating.SAME_PRICE.format(kind="kinds")}),
based AS (
    SELECT *, {rating.basis_sql("has_credits", "has_records")} AS credits_basis
    FROM priced_kinds),
halves AS (
    SELECT *, dense_rank() OVER (ORDER BY {_SAME}) AS sort,
        row_number() OVER (PARTITION BY kind_id ORDER BY has_records) AS half
    FROM based),
kept AS (SELECT sort, min(kind_id) FILTER (half = 1) AS kept FROM halves GROUP BY sort),
named AS (
    SELECT sort, coalesce(kept, (SELECT max(kind_id) FROM kinds)
        + count(*) FILTER (kept IS NULL) OVER (ORDER BY sort))::INTEGER AS new_id
    FROM kept)
SELECT halves.*, new_id FROM halves JOIN named USING (sort)
"""


def _charged(table: str) -> str:
    """UPDATE of the calls that change. It joins no call to itself: that takes twice the time."""
    k, c = "k", table
    cost = rating.cost_sql(k, c)
    credits, refused = rating.charged_sql(cost, f"{c}.credits", "k.has_credits", "k.refused")
    return f"""
UPDATE {table} SET kind_id = k.new_id, credits = {credits}, refused_credits = {refused}
FROM moves AS k
WHERE {c}.kind_id = k.kind_id AND ({c}.records IS NOT NULL) = k.has_records
    AND (k.new_id <> {c}.kind_id OR {c}.credits <> {credits}
        OR {c}.refused_credits IS DISTINCT FROM {refused})
"""


_RECOUNT = f"""
UPDATE loads SET rate_card = $rate_card, credits = coalesce(now.credits, 0),
    fractional = coalesce(now.fractional, false)
FROM (SELECT load_id, credits, fractional
    FROM (SELECT load_id FROM loads)
    LEFT JOIN (SELECT load_id, sum(credits) AS credits, {schema.HAS_FRACTIONS} AS fractional
        FROM stored_calls GROUP BY load_id) USING (load_id)) AS now
WHERE loads.load_id = now.load_id
"""
