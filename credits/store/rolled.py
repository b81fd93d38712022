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
from credits.store.wanted import OF_KINDS, Where, chosen


@dataclass(frozen=True)
class RollUp:
    """A roll-up, and how the same columns are had from the calls."""

    table: str
    bucket: str
    """The column that says when a bucket begins."""
    width: pd.Timedelta
    columns: str
    from_calls: str
    """SELECT of `columns` from calls, one row each, that ends in a condition."""
    wanted: str = "{}"
    """A condition on kinds of calls, put so that both can be asked it."""


def _single(bucket: str, names: str) -> str:
    """Single calls as rows of a roll-up that tells apart what `names` says, a list or nothing."""
    return f"""SELECT {bucket}, {names} calls, credits,
        CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END AS assumed,
        CASE WHEN refused THEN calls ELSE 0 END AS refused
    FROM stored_calls JOIN (SELECT {names} kind_id, credits_basis, refused FROM kinds)
        USING (kind_id)
    WHERE true"""


_QUARTER = pd.Timedelta(minutes=15)
MINUTES = RollUp(
    "minutes",
    "minute",
    pd.Timedelta(minutes=1),
    "minute, calls, credits, assumed, refused",
    _single("date_trunc('minute', occurred_at) AS minute", ""),
)
"""The organization, by minute."""
USERS = RollUp(
    "user_sums",
    "quarter",
    _QUARTER,
    'quarter, "user", user_basis, calls, credits, assumed, refused',
    _single(f"{schema.QUARTER} AS quarter", '"user", user_basis,'),
)
"""Users, by quarter of an hour."""
KINDS = RollUp(
    "quarter_sums",
    "quarter",
    _QUARTER,
    "quarter, kind_id, calls, credits",
    f"SELECT {schema.QUARTER} AS quarter, kind_id, calls, credits FROM stored_calls WHERE true",
    OF_KINDS,
)
"""Kinds of calls, by quarter of an hour."""


def fitting(by: Iterable[str], where: Where | None) -> RollUp:
    """The smallest roll-up that knows some dimensions."""
    asked = {*by, *(where or ())}
    if not asked:
        return MINUTES
    return USERS if asked <= {"user", "user_basis"} else KINDS


def parts(
    roll_up: RollUp, start: datetime | None, end: datetime | None, where: Where | None = None
) -> tuple[str, list[Any]]:
    """SELECT of a roll-up's columns that holds [start, end], each instant once; its parameters."""
    asked, values = chosen(where)
    wanted = f" AND {roll_up.wanted.format(asked)}" if asked else ""
    inner = None if start is None else pd.Timestamp(start).ceil(roll_up.width)
    outer = None if end is None else pd.Timestamp(end).floor(roll_up.width)
    calls = f"{roll_up.from_calls}{wanted}"
    if inner is not None and outer is not None and inner >= outer:
        return f"{calls} AND occurred_at >= ? AND occurred_at <= ?", [*values, start, end]
    whole = f"SELECT {roll_up.columns} FROM {roll_up.table} WHERE true{wanted}"
    given = [*values]
    # The last whole bucket is before `outer`, which begins one that ends after `end`.
    for sign, edge in ((">=", inner), ("<", outer)):
        if edge is not None:
            whole += f" AND {roll_up.bucket} {sign} ?"
            given.append(edge)
    selects = [whole]
    if inner is not None:
        selects.append(f"{calls} AND occurred_at >= ? AND occurred_at < ?")
        given += [*values, start, inner]
    if outer is not None:
        selects.append(f"{calls} AND occurred_at >= ? AND occurred_at <= ?")
        given += [*values, outer, end]
    return " UNION ALL ".join(selects), given
