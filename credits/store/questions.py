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
from credits.store import cards, schema
from credits.store.demands import Demands
from credits.store.trials import Batching, Pricing, Trial
from credits.store.usages import Usages
from credits.store.wanted import DIMENSIONS, Where, chosen, within


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
        fractional = self._rows("SELECT coalesce(bool_or(fractional), false) FROM loads")[0][0]
        self._credits = "DOUBLE" if fractional else "BIGINT"

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
        return f"coalesce(sum({column}), 0)::{self._credits} AS {column}"

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

        Most credits first. Quarters of an hour are read from the roll-up, and only what sticks out
        at either end from the calls, so that the sums are exact to the instant.
        """
        columns = ", ".join(f'"{name}"' for name in by)
        head = f"SELECT {columns}{', ' if by else ''}"
        parts, given = self._parts(start, end, where)
        union = " UNION ALL ".join(parts)
        group = f"GROUP BY {columns}" if by else ""
        return self._frame(
            f"""{head} coalesce(sum(calls), 0)::BIGINT AS calls, {self._sum("credits")},
                {self._sum("assumed")}, coalesce(sum(refused), 0)::BIGINT AS refused
            FROM ({union}) {group}
            ORDER BY credits DESC, calls DESC{", " + columns if by else ""}""",
            given,
        )

    def quarters(
        self,
        by: Sequence[str],
        start: datetime | None = None,
        end: datetime | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Sums in [start, end] by quarter of an hour and some of DIMENSIONS.

        quarter, those, calls, credits; exact to the instant, as `totals`.
        """
        columns = "".join(f', "{name}"' for name in by)
        parts, given = self._parts(start, end, where)
        return self._frame(
            f"""SELECT quarter{columns}, sum(calls)::BIGINT AS calls, {self._sum("credits")}
            FROM ({" UNION ALL ".join(parts)})
            GROUP BY quarter{columns} ORDER BY quarter{columns}""",
            given,
        )

    def _parts(
        self, start: datetime | None, end: datetime | None, where: Where | None
    ) -> tuple[list[str], list[Any]]:
        """SELECTs that together hold [start, end], each instant once, and their parameters."""
        quarter = pd.Timedelta(minutes=15)
        columns = ", ".join(f'"{name}"' for name in DIMENSIONS)
        rolled = f"SELECT quarter, {columns}, calls, credits, assumed, refused FROM quarters WHERE "
        single = f"""SELECT {schema.QUARTER} AS quarter, {columns}, calls, credits,
            CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END AS assumed,
            CASE WHEN refused THEN calls ELSE 0 END AS refused FROM calls WHERE """
        wanted, values = chosen(where)
        inner = None if start is None else pd.Timestamp(start).ceil(quarter)
        outer = None if end is None else pd.Timestamp(end).floor(quarter)
        if inner is not None and outer is not None and inner >= outer:
            sql, given = within("occurred_at", start, end, where)
            return [single + sql], given
        # The last whole quarter before `outer`, which begins a quarter that ends after `end`.
        parts, given = [], []
        conditions = [c for c in (wanted,) if c]
        if inner is not None:
            conditions.append("quarter >= ?")
        if outer is not None:
            conditions.append("quarter < ?")
        parts.append(rolled + (" AND ".join(conditions) or "true"))
        given += [*values, *(t for t in (inner, outer) if t is not None)]
        extra = f" AND {wanted}" if wanted else ""
        if inner is not None:
            parts.append(f"{single} occurred_at >= ? AND occurred_at < ?{extra}")
            given += [start, inner, *values]
        if outer is not None:
            parts.append(f"{single} occurred_at >= ? AND occurred_at <= ?{extra}")
            given += [outer, end, *values]
        return parts, given

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
