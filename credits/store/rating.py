"""What calls cost, in SQL: a rate card is asked for each kind of call once, and joined to the rest.

`rate_staged` does so for a log that is being taken in; `cost_sql` is the one formula for what a
call costs, in SQL as in `rates.Rate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from credits.formats.paths import fold_sql, ruled_sql
from credits.formats.staging import UNKNOWN, kinds_sql
from credits.rates import RateCard
from credits.store import schema

PRICED = """
SELECT unnest($api::VARCHAR[]) AS api, unnest($method::VARCHAR[]) AS method,
    unnest($parameters::VARCHAR[]) AS parameters, unnest($place::INTEGER[]) AS place,
    unnest($credits::DECIMAL(38, 6)[]) AS price, unnest($per::BIGINT[]) AS per_records,
    unnest($most::DECIMAL(38, 6)[]) AS most, unnest($known::BOOLEAN[]) AS known"""
"""What a card says of each api, method and parameters; with the parameters of `prices`."""
SAME_PRICE = """{kind}.api = p.api AND {kind}.method IS NOT DISTINCT FROM p.method
    AND {kind}.parameters IS NOT DISTINCT FROM p.parameters"""
"""Joins kinds of calls to what a card says of them, `p`."""
ALL_WHOLE = """coalesce(bool_and(
    NOT has_credits AND price = floor(price) AND coalesce(most = floor(most), true)), true)"""
"""Whether no call of the staged kinds can have cost a fraction."""
KEEP_KINDS = f"""
INSERT INTO kinds BY NAME
SELECT DISTINCT kind_id, $load + log AS load_id, owner, {", ".join(schema.KIND)}
FROM staged_kinds JOIN owners USING ("user", user_basis)
"""


def cost_sql(kind: str, call: str) -> str:
    """Credits of one call (`calls`, `records`) at the price of its kind; see `rates.Rate.cost`.

    A row that stands for many calls costs the minimum for each of them at least.
    """
    price, per, most = f"{kind}.price", f"{kind}.per_records", f"{kind}.most"
    cost = f"""CASE WHEN {per} IS NULL OR {call}.records IS NULL THEN {price} * {call}.calls
        ELSE greatest({call}.calls, ceil({call}.records / {per})::BIGINT) * {price} END"""
    return f"least({cost}, coalesce({most} * {call}.calls, {cost}))"


def charged_sql(cost: str, logged: str, has_credits: str, refused: str) -> tuple[str, str]:
    """A call's credits and refused_credits. What the log says goes before what a call costs."""
    return (
        f"CASE WHEN {has_credits} THEN {logged} WHEN {refused} THEN 0 ELSE {cost} END",
        f"CASE WHEN {refused} THEN CASE WHEN {has_credits} AND {logged} > 0 THEN 0"
        f" ELSE {cost} END END",
    )


def basis_sql(has_credits: str, has_records: str) -> str:
    """How a kind of call came to its credits; see the call schema."""
    return f"""CASE WHEN {has_credits} THEN 'logged' WHEN refused THEN 'rated'
        WHEN NOT known OR (per_records IS NOT NULL AND NOT {has_records}) THEN 'assumed'
        ELSE 'rated' END"""


def prices(card: RateCard, kinds: Sequence[tuple[str, str | None, str | None]]) -> dict[str, Any]:
    """The parameters of `PRICED`: what a card says of each api, method and parameters.

    `place`: of the rate in `card.rates`.
    """
    places = [
        card.place(api, method, names.split("&") if names else ()) for api, method, names in kinds
    ]
    found = [card.rates[place] for place in places]
    return {
        "api": [kind[0] for kind in kinds],
        "method": [kind[1] for kind in kinds],
        "parameters": [kind[2] for kind in kinds],
        "place": places,
        "credits": [rate.credits for rate in found],
        "per": [rate.per_records for rate in found],
        "most": [rate.max_credits for rate in found],
        # An operation that the log does not name can't be rated, only assumed to be a plain one.
        "known": [
            kind[0] != UNKNOWN and not rate.assumed for kind, rate in zip(kinds, found, strict=True)
        ],
    }


def price(
    cursor: duckdb.DuckDBPyConnection,
    card: RateCard,
    kinds: Sequence[tuple[str, str | None, str | None]],
) -> None:
    """The table `priced`; see `PRICED`."""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE priced AS {PRICED}", prices(card, kinds))


def api_sql(fold: Sequence[str]) -> str:
    """SQL: what a kind of call is called: `GET /path/{id}`, or the name of its operation.

    `fold`: a person's own rules for paths; see `paths.ruled_sql`.
    """
    path = f"concat_ws(' ', method, {ruled_sql(fold_sql('key'), fold)})"
    return f"CASE WHEN is_path THEN {path} ELSE left(coalesce(key, '{UNKNOWN}'), 300) END"


def rate_staged(cursor: duckdb.DuckDBPyConnection, card: RateCard, fold: Sequence[str]) -> None:
    """The table `staged_kinds`: each kind of call in the table `kinds_read`, its id and its price.

    The same kind in two logs has two ids, so that either log can be undone.
    `fold`: a person's own rules for paths; see `paths.ruled_sql`.
    """
    seen = kinds_sql("kinds_read")
    cursor.execute(f"""
        CREATE OR REPLACE TEMP TABLE seen AS SELECT log, kind, "user", user_basis, app, key,
            is_path, method, parameters, status, has_credits, has_records FROM ({seen})""")
    cursor.execute(f"""
        CREATE OR REPLACE TEMP TABLE staged_apis AS
        SELECT *, {api_sql(fold)} AS api
        FROM (SELECT DISTINCT log, key, is_path, method, parameters FROM seen)""")
    price(
        cursor,
        card,
        cursor.execute("SELECT DISTINCT api, method, parameters FROM staged_apis").fetchall(),
    )
    cursor.execute(_STAGED_KINDS, {"free": sorted(card.free_statuses)})


# What a call of a kind costs with no more records than one charge covers is worked out here: for
# each call that takes as long as to look it up. Ids follow the order of the kinds, so that those of
# one user stand together.
_SINGLE, _ = charged_sql(cost_sql("k", "one"), "NULL", "false", "refused")
_STAGED_KINDS = f"""
CREATE OR REPLACE TEMP TABLE staged_kinds AS
SELECT k.*, CASE WHEN NOT has_credits THEN {_SINGLE} END::DECIMAL(38, 6) AS single_credits,
    ((SELECT coalesce(max(kind_id), 0) FROM kinds)
        + dense_rank() OVER (ORDER BY log, {", ".join(schema.KIND)}))::INTEGER AS kind_id
FROM (SELECT 1 AS calls, NULL::BIGINT AS records) AS one,
(SELECT *, {basis_sql("has_credits", "has_records")} AS credits_basis
FROM (SELECT seen.*, a.api, p.price, p.per_records, p.most, p.known,
        coalesce(list_contains($free, seen.status), false) AS refused
    FROM seen
    JOIN staged_apis AS a ON seen.log = a.log
        AND seen.key IS NOT DISTINCT FROM a.key AND seen.is_path = a.is_path
        AND seen.method IS NOT DISTINCT FROM a.method
        AND seen.parameters IS NOT DISTINCT FROM a.parameters
    JOIN priced AS p ON {SAME_PRICE.format(kind="a")})) AS k
"""
