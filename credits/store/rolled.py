"""Sums of a range from a roll-up: whole buckets from it, and from the calls what sticks out.

So they are exact to the instant, and take as long for a hundred million calls as for a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from credits.store import schema
from credits.store.wanted import OF_KINDS, OF_OWNERS, Where, chosen

_CALLS = """SELECT {bucket} AS bucket, kind_id, sum(calls) AS calls, sum(credits) AS credits
    FROM stored_calls WHERE {{}} GROUP BY ALL"""
"""Calls of a range, added up before their kinds are looked up: these are fewer."""
_Range = tuple[tuple[str, datetime | None], tuple[str, datetime | None]]
"""Where a range begins and ends, each with a sign of comparison; None where it does not."""


@dataclass(frozen=True)
class RollUp:
    """A roll-up, and how the same columns are had from the calls."""

    bucket: str
    """The column that says when a bucket begins."""
    width: pd.Timedelta
    whole: str
    """SELECT of the roll-up, its bucket as `bucket`, up to a condition."""
    from_calls: str
    """The same from the calls."""
    wanted: str = "{}"
    """A condition on kinds of calls, put so that the roll-up can be asked it."""


def _named(calls: str, names: str) -> str:
    """Calls that are added up by kind, with what `names` says of the kinds, a list or nothing."""
    return f"""SELECT bucket, {names} calls, credits,
        CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END AS assumed,
        CASE WHEN refused THEN calls ELSE 0 END AS refused
    FROM ({calls}) JOIN (SELECT {names} kind_id, credits_basis, refused FROM kinds)
        USING (kind_id)"""


_MINUTE = "date_trunc('minute', occurred_at)"
MINUTES = RollUp(
    "minute",
    pd.Timedelta(minutes=1),
    "SELECT minute AS bucket, calls, credits, assumed, refused FROM minutes WHERE {}",
    _named(_CALLS.format(bucket=_MINUTE), ""),
)
"""The organization, by minute."""
USERS = RollUp(
    "quarter",
    pd.Timedelta(minutes=15),
    "SELECT quarter AS bucket, owner, calls, credits, assumed, refused FROM user_sums WHERE {}",
    _named(_CALLS.format(bucket=schema.QUARTER), "owner,"),
    OF_OWNERS,
)
"""Users, by quarter of an hour."""
KINDS = RollUp(
    "day",
    pd.Timedelta(days=1),
    "SELECT day AS bucket, kind_id, calls, credits FROM day_sums WHERE {}",
    _CALLS.format(bucket="occurred_at::DATE"),
    OF_KINDS,
)
"""Kinds of calls, by day."""


def fitting(by: Iterable[str], where: Where | None) -> RollUp:
    """The smallest roll-up that knows some dimensions."""
    asked = {*by, *(where or ())}
    if not asked:
        return MINUTES
    return USERS if asked <= {"user", "user_basis"} else KINDS


def parts(
    roll_up: RollUp, start: datetime | None, end: datetime | None, where: Where | None = None
) -> tuple[str, list[Any]]:
    """SELECT of bucket, dimensions and sums that holds [start, end], each instant once.

    And its parameters. A bucket that sticks out of the range is there with what lies in it.
    """
    inner = None if start is None else pd.Timestamp(start).ceil(roll_up.width)
    outer = None if end is None else pd.Timestamp(end).floor(roll_up.width)
    whole: list[_Range] = [((">=", inner), ("<", outer))]
    rest: list[_Range] = []
    if inner is not None and outer is not None and inner >= outer:
        whole, rest = [], [((">=", start), ("<=", end))]
    else:
        # The last whole bucket is before `outer`, which begins one that ends after `end`.
        if inner is not None and inner != start:
            rest.append(((">=", start), ("<", inner)))
        if outer is not None:
            rest.append(((">=", outer), ("<=", end)))
    selects, given = [], []
    asked, values = chosen(where)
    for select, column, ranges, wanted in (
        (roll_up.whole, roll_up.bucket, whole, roll_up.wanted),
        (roll_up.from_calls, "occurred_at", rest, OF_KINDS),
    ):
        if ranges:
            within, edges = _in_one_of(column, ranges)
            selects.append(
                select.format(within + (f" AND {wanted.format(asked)}" if asked else ""))
            )
            given += [*edges, *values]
    return " UNION ALL ".join(selects), given


def _in_one_of(column: str, ranges: Iterable[_Range]) -> tuple[str, list[Any]]:
    """A condition that holds for what lies in one of some ranges, and its parameters."""
    conditions: list[str] = []
    given: list[Any] = []
    for edges in ranges:
        known = [(sign, edge) for sign, edge in edges if edge is not None]
        conditions.append(" AND ".join(f"{column} {sign} ?" for sign, _ in known) or "true")
        given += [edge for _, edge in known]
    return f"(({') OR ('.join(conditions)}))", given
