"""What pages and the command line ask: each question has a small frame for an answer.

All questions to one `Answers` are of the same moment. Times are naive UTC; credits are int64 where
every credit loaded is whole, else float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from credits.rates import RateCard
from credits.store import cards, rolled
from credits.store.demands import Demands
from credits.store.trials import Batching, Pricing, Trial
from credits.store.usages import Usages
from credits.store.wanted import Where, chosen, within

_NARROW = 10**12
"""Credits that a decimal of 64 bits does not hold."""


@dataclass(frozen=True)
class Summary:
    """All that is loaded, in one row."""

    loads: int
    calls: int
    credits: int | float
    assumed: int | float
    """Credits that rest on an assumption."""
    refused: int
    """Calls that the vendor turned down."""
    first: pd.Timestamp | None
    last: pd.Timestamp | None
    loaded_at: pd.Timestamp | None
    """When the newest load was taken in."""
    sample: bool
    """Whether the sample log is among the loads."""


class Answers(Demands, Usages):
    """Questions to one snapshot of the data."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        credits, fractional = self._rows(
            "SELECT coalesce(sum(credits), 0), coalesce(bool_or(fractional), false) FROM loads"
        )[0]
        self._credits = "DOUBLE" if fractional else "BIGINT"
        # To take a whole number out of a decimal of 128 bits is slow: a third of the time of a
        # frame of single calls. No sum is greater than the sum of all.
        narrow = not fractional and credits < _NARROW
        self._sums = "DECIMAL(18, 6)::BIGINT" if narrow else self._credits

    def _pricing(self, card: RateCard) -> Pricing:
        return Pricing(self._cursor, card, self._credits == "DOUBLE")

    def rate_card(self, name: str) -> RateCard:
        """A rate card by its name, saved ones too. Raises CreditsError where there is none."""
        return cards.card(self._cursor, name)

    def trial(self, card: RateCard) -> Trial:
        """What a card would make of everything loaded; see `trials.Pricing.trial`."""
        return self._pricing(card).trial()

    def batching(self, card: RateCard) -> Batching:
        """What fuller calls would have saved; see `trials.Pricing.batching`."""
        return self._pricing(card).batching()

    def untold(self, card: RateCard) -> pd.DataFrame:
        """Loads that a card needs anew: load_id, path, parameters, rule; see `Pricing.untold`."""
        return self._pricing(card).untold()

    def _rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._cursor.execute(sql, list(given)).fetchall()
        return found

    def _frame(self, sql: str, given: Sequence[Any] = ()) -> pd.DataFrame:
        return self._cursor.execute(sql, list(given)).df()

    def _sum(self, column: str) -> str:
        return f"coalesce(sum({column}), 0)::{self._sums} AS {column}"

    def version(self) -> int:
        """The data version: it advances with every change."""
        return int(self._rows("SELECT value FROM meta WHERE key = 'version'")[0][0])

    def summary(self) -> Summary:
        """What is loaded altogether."""
        loads, first, last, loaded_at, sample = self._rows(
            "SELECT count(*), min(first), max(last), max(loaded_at),"
            " coalesce(bool_or(sample), false) FROM loads"
        )[0]
        calls, credits, assumed, refused = self._rows(
            f"""SELECT coalesce(sum(calls), 0)::BIGINT, {self._sum("credits")},
                {self._sum("assumed")}, coalesce(sum(refused), 0)::BIGINT FROM minutes"""
        )[0]
        return Summary(
            loads, calls, credits, assumed, refused,
            _stamp(first), _stamp(last), _stamp(loaded_at), sample,
        )  # fmt: skip

    def minutes(self, start: datetime, end: datetime) -> pd.DataFrame:
        """Minutes in [start, end] that have calls: minute, calls, credits, assumed, refused."""
        return self._frame(
            f"""SELECT minute, sum(calls)::BIGINT AS calls, {self._sum("credits")},
                {self._sum("assumed")}, sum(refused)::BIGINT AS refused
            FROM minutes WHERE minute BETWEEN date_trunc('minute', ?::TIMESTAMP) AND ?
            GROUP BY minute ORDER BY minute""",
            [start, end],
        )

    def totals(
        self,
        by: Sequence[str],
        start: datetime | None = None,
        end: datetime | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Sums in [start, end] by some of DIMENSIONS: those, calls, credits, assumed, refused.

        Most credits first. Exact to the instant; see `rolled`.
        """
        columns = ", ".join(f'"{name}"' for name in by)
        sums = f"""coalesce(sum(calls), 0)::BIGINT AS calls, {self._sum("credits")},
            {self._sum("assumed")}, coalesce(sum(refused), 0)::BIGINT AS refused"""
        roll_up = rolled.fitting(by, where)
        parts, given = rolled.parts(roll_up, *self._beyond(start, end), where)
        # Added up before they are looked up: there are few of them, and they are numbers.
        if roll_up is rolled.USERS:
            parts = f"""SELECT * FROM (
                    SELECT owner, sum(calls) AS calls, sum(credits) AS credits,
                        sum(assumed) AS assumed, sum(refused) AS refused
                    FROM ({parts}) GROUP BY owner)
                JOIN owners USING (owner)"""
        if roll_up is rolled.KINDS:
            parts = f"""SELECT *, CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END
                    AS assumed, CASE WHEN refused_kind THEN calls ELSE 0 END AS refused
                FROM (SELECT kind_id, sum(calls) AS calls, sum(credits) AS credits FROM ({parts})
                    GROUP BY kind_id)
                JOIN (SELECT * RENAME (refused AS refused_kind) FROM kinds) USING (kind_id)"""
        return self._frame(
            f"""SELECT {columns}{", " if by else ""} {sums} FROM ({parts})
            {f"GROUP BY {columns}" if by else ""}
            ORDER BY credits DESC, calls DESC{", " + columns if by else ""}""",
            given,
        )

    def quarters(
        self, start: datetime | None = None, end: datetime | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Sums in [start, end] by quarter of an hour: quarter, calls, credits, in order.

        Exact to the instant, as `totals`. There is a roll-up of all calls, and of a user's; of an
        app, an API or a status it is asked of every call.
        """
        roll_up = rolled.fitting((), where)
        if roll_up is rolled.KINDS:
            asked, values = chosen(where)
            range_, edges = within("occurred_at", start, end)
            parts = f"SELECT *, occurred_at AS bucket FROM calls WHERE {range_} AND {asked}"
            given: list[Any] = [*edges, *values]
        else:
            parts, given = rolled.parts(roll_up, *self._beyond(start, end), where)
        return self._quarters("", parts, given)

    def quarters_by_user(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> pd.DataFrame:
        """The same by user: quarter, user, user_basis (both categorical), calls, credits."""
        parts, given = rolled.parts(rolled.USERS, *self._beyond(start, end))
        return self._named(self._quarters(", owner", parts, given), "quarter")

    def _quarters(self, by: str, parts: str, given: Sequence[Any]) -> pd.DataFrame:
        return self._frame(
            f"""SELECT time_bucket(INTERVAL 15 minutes, bucket) AS quarter{by},
                sum(calls)::BIGINT AS calls, {self._sum("credits")}
            FROM ({parts}) GROUP BY ALL ORDER BY quarter{by}""",
            given,
        )

    def _beyond(
        self, start: datetime | None, end: datetime | None
    ) -> tuple[datetime | None, datetime | None]:
        """A range without those ends beyond which there are no calls: its buckets are whole."""
        ((first, last),) = self._rows("SELECT min(first), max(last) FROM loads")
        return (
            None if start is None or first is None or start <= first else start,
            None if end is None or last is None or end >= last else end,
        )

    def loads(self) -> pd.DataFrame:
        """Every load, the newest first, with the columns of the table `loads`."""
        return self._frame(
            f"SELECT * REPLACE (credits::{self._credits} AS credits) FROM loads"
            " ORDER BY load_id DESC"
        )

    def folded(self, load_id: int) -> pd.DataFrame:
        """Which paths of a load became one API: api, paths, example; most paths first."""
        return self._frame(
            "SELECT api, paths, example FROM folded WHERE load_id = ? ORDER BY paths DESC, api",
            [load_id],
        )

    def rejects(self, load_id: int, most: int | None = None) -> pd.DataFrame:
        """Rejects of a load by line: line, reason, text."""
        limit = "" if most is None else f" LIMIT {int(most)}"
        return self._frame(
            f"SELECT line, reason, text FROM rejects WHERE load_id = ? ORDER BY line{limit}",
            [load_id],
        )


def _stamp(at: datetime | None) -> pd.Timestamp | None:
    return None if at is None else pd.Timestamp(at)
