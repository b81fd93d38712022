"""What a rate card would make of everything loaded, and what batching would have saved: no change.

Both ask the stored calls once, in SQL. What the log itself says a call cost stays, whatever the
card says; see `rating`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import duckdb
import pandas as pd

from credits import CreditsError, windows
from credits.rates import Rate, RateCard
from credits.store import rating, schema

CARRIED = "Carried by the log"
"""Stands for calls whose credits the log carries: no row of a card prices them."""
_RULES = ("place", "rule", "calls", "credits", "tried", "change", "assumed", "refused", "logged")


@dataclass(frozen=True)
class Trial:
    """Everything loaded, as it is rated now and as a card would rate it."""

    rules: pd.DataFrame
    """A row for each rate of the card, in its order and the default last, and after them one for
    the calls that no row prices, where there are any (`CARRIED`): `place` (from 0), `rule`,
    `calls`, `credits` (as they are now), `tried` (credits under the card), `change` (`tried` −
    `credits`), `assumed` (those of `tried` that rest on an assumption), `refused` (calls, under
    the card), `logged` (credits that the log carries: no card changes them)."""
    minutes: pd.DataFrame
    """`minute`, `calls`, `credits` (now), `tried`; in order."""

    def total(self, column: str) -> Any:
        """The sum of a column of `rules`."""
        return cast(Any, self.rules[column].sum()).item()

    def peaks(self, kind: windows.Kind, zone: str) -> tuple[windows.Peak, windows.Peak]:
        """The greatest window now, and under the card: to the minute, as `replay`."""
        usage = self.minutes.rename(columns={"minute": "occurred_at"})
        tried = usage.assign(credits=usage["tried"])
        return windows.peak(usage, kind, zone), windows.peak(tried, kind, zone)


@dataclass(frozen=True)
class Batching:
    """What fewer and fuller calls would have cost."""

    people: pd.DataFrame
    """`user`, `user_basis`, `app`, `calls`, `records`, `spent`, `batched`, `saved` (credits), and
    `fewer` (how many calls would have been enough); the greatest saving first."""
    unknown: int
    """Calls at a price per records whose number of records is not known: nothing is guessed."""

    @property
    def saved(self) -> Any:
        """Credits that batching would have saved."""
        return cast(Any, self.people["saved"].sum()).item()


class Pricing:
    """A card held against the kinds of calls of one snapshot."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, card: RateCard, fractional: bool) -> None:
        self._cursor, self._card = cursor, card
        kinds = cursor.execute("SELECT DISTINCT api, method, parameters FROM kinds").fetchall()
        self._given = rating.prices(card, kinds) | {"free": sorted(card.free_statuses)}
        self._fractional = fractional or any(map(_has_fractions, card.rates))

    def _priced(self) -> str:
        """The stored calls with what the card says of each: credits now, `tried`, and so on."""
        cost = rating.cost_sql("k", "c")
        tried, _ = rating.charged_sql(cost, "c.credits", "has_credits", "k.refused")
        basis = rating.basis_sql("has_credits", "(c.records IS NOT NULL)")
        return f"""
        WITH priced AS MATERIALIZED ({rating.PRICED}),
        priced_kinds AS MATERIALIZED (
            SELECT kinds.* EXCLUDE (refused, credits_basis),
                credits_basis = 'logged' AS has_credits,
                coalesce(list_contains($free, status), false) AS refused,
                p.place, p.price, p.per_records, p.most, p.known
            FROM kinds JOIN priced AS p ON {rating.SAME_PRICE.format(kind="kinds")}),
        tried AS (
            SELECT c.occurred_at, c.calls, c.records, c.credits, {tried} AS tried, k.*,
                {basis} AS basis
            FROM stored_calls AS c JOIN priced_kinds AS k USING (kind_id))"""

    def trial(self) -> Trial:
        """Everything loaded under the card. Raises CreditsError where it can't be added up."""
        self._must_add_up()
        kind = "DOUBLE" if self._fractional else "BIGINT"

        def total(expression: str, name: str) -> str:
            return f"coalesce(sum({expression}), 0)::{kind} AS {name}"

        sums = self._cursor.execute(
            f"""{self._priced()}
            SELECT CASE WHEN has_credits THEN {len(self._card.rates)} ELSE place END AS place,
                sum(calls)::BIGINT AS calls, {total("credits", "credits")},
                {total("tried", "tried")}, {total("tried - credits", "change")},
                {total("CASE WHEN basis = 'assumed' THEN tried ELSE 0 END", "assumed")},
                sum(CASE WHEN refused THEN calls ELSE 0 END)::BIGINT AS refused,
                {total("CASE WHEN has_credits THEN credits ELSE 0 END", "logged")}
            FROM tried GROUP BY ALL""",
            self._given,
        ).df()
        minutes = self._cursor.execute(
            f"""{self._priced()}
            SELECT date_trunc('minute', occurred_at) AS minute, sum(calls)::BIGINT AS calls,
                {total("credits", "credits")}, {total("tried", "tried")}
            FROM tried GROUP BY ALL ORDER BY minute""",
            self._given,
        ).df()
        names = [rate.rule for rate in self._card.rates]
        if (sums["place"] == len(names)).any():
            names.append(CARRIED)
        every = pd.DataFrame({"place": range(len(names)), "rule": names})
        rules = every.merge(sums, on="place", how="left")
        for name in _RULES[2:]:
            rules[name] = rules[name].fillna(0).astype(sums[name].dtype)
        return Trial(rules[list(_RULES)], minutes)

    def _must_add_up(self) -> None:
        total = self._cursor.execute(
            f"{self._priced()} SELECT coalesce(sum(tried), 0) FROM tried", self._given
        ).fetchall()[0][0]
        most = schema.most_credits(self._fractional)
        if Decimal(total) >= most:
            raise CreditsError(
                f"Under this card there would be more than {most:,} credits, more than can be"
                " added up."
            )

    def batching(self) -> Batching:
        """What the calls of each user and app would have cost in as few calls as possible.

        Calls of one user through one app to one API that lie in the same minute (of the clock)
        could have been one call, as long as it holds no more records than the card allows
        (`max_records`, in whole charges). Calls that cost nothing, and those whose credits the log
        carries, are left alone; so are calls whose records are not known, which are counted.
        What was cheaper as it was stays as it was: no saving is negative.
        """
        self._must_add_up()
        kind = "DOUBLE" if self._fractional else "BIGINT"
        chunks = [chunk(rate) for rate in self._card.rates]
        given = self._given | {"chunks": chunks}
        people = self._cursor.execute(
            f"""{self._priced()}, {_BATCHES}
            SELECT "user", user_basis, app, sum(calls)::BIGINT AS calls,
                sum(records)::BIGINT AS records, sum(spent)::{kind} AS spent,
                sum(least(batched, spent))::{kind} AS batched,
                sum(greatest(spent - batched, 0))::{kind} AS saved,
                sum(CASE WHEN batched < spent THEN needed ELSE calls END)::BIGINT AS fewer
            FROM batches GROUP BY "user", user_basis, app
            ORDER BY saved DESC, spent DESC, "user", user_basis, app""",
            given,
        ).df()
        unknown = self._cursor.execute(
            f"""{self._priced()} SELECT coalesce(sum(calls), 0)::BIGINT FROM tried
            WHERE per_records IS NOT NULL AND records IS NULL AND NOT refused
                AND NOT has_credits""",
            self._given,
        ).fetchall()[0][0]
        return Batching(people, int(unknown))

    def untold(self) -> pd.DataFrame:
        """Loads that some rules need anew: `load_id`, `path`, `parameters`, `rule`.

        A load keeps the query parameters that its card told apart. Named are only those loads of
        whose calls one would be priced otherwise if it carried a parameter that was not kept.
        """
        rows = self._cursor.execute(
            """SELECT DISTINCT load_id, path, api, kinds.method, kinds.parameters,
                coalesce(told, []) AS told
            FROM kinds JOIN loads USING (load_id) LEFT JOIN (
                SELECT load_id, list(parameter) AS told FROM told_apart GROUP BY load_id)
            USING (load_id) WHERE contains(api, '/') ORDER BY load_id"""
        ).fetchall()
        found: dict[tuple[int, str, str, str], None] = {}
        for load_id, path, api, method, parameters, told in rows:
            kept = parameters.split("&") if parameters else []
            now = self._card.place(api, method, kept)
            for place, rule in enumerate(self._card.rules[:now]):
                missing = rule.parameters - set(told)
                if missing and self._card.place(api, method, [*kept, *rule.parameters]) == place:
                    names = ", ".join(sorted(missing))
                    found[(int(load_id), str(path), names, rule.rate.rule)] = None
        return pd.DataFrame(list(found), columns=["load_id", "path", "parameters", "rule"])


def chunk(rate: Rate) -> int | None:
    """How many records a full call carries; None where the card sets no limit.

    In whole charges, where it holds one: 15 records at a price per 10 are best sent as ten and five
    more with the next.
    """
    if rate.max_records is None or rate.per_records is None:
        return None
    whole = rate.max_records // rate.per_records * rate.per_records
    return whole or rate.max_records


def _has_fractions(rate: Rate) -> bool:
    return any(value is not None and value % 1 != 0 for value in (rate.credits, rate.max_credits))


# A row that stands for many calls is that many; records below zero are none, as in `Rate.cost`.
_COST = "least(greatest(1, ({records} + per_records - 1) // per_records) * price, most)"
_BATCHES = f"""
groups AS (
    SELECT "user", user_basis, app, place, price, per_records,
        most,
        ($chunks::BIGINT[])[place + 1] AS chunk, sum(calls)::BIGINT AS calls,
        sum(greatest(records, 0))::HUGEINT AS records, sum(tried) AS spent
    FROM tried
    WHERE per_records IS NOT NULL AND records IS NOT NULL AND NOT refused AND NOT has_credits
    GROUP BY "user", user_basis, app, api, method, place, price, per_records, most, chunk,
        date_trunc('minute', occurred_at)),
batches AS (
    SELECT *, CASE WHEN chunk IS NULL THEN 1
            ELSE greatest(1, (records + chunk - 1) // chunk) END AS needed,
        CASE WHEN chunk IS NULL THEN {_COST.format(records="records")}
            ELSE records // chunk * {_COST.format(records="chunk")}
                + CASE WHEN records % chunk > 0 OR records = 0
                    THEN {_COST.format(records="(records % chunk)")} ELSE 0 END END AS batched
    FROM groups)"""
