"""Sums of a range from a roll-up: whole buckets from it, and from the calls what sticks out.

So they are exact to the instant, and take as long for a hundred million calls as for a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from credits.store import schema
from credits.store.wanted import Where, chosen


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


MINUTES = RollUp(
    "minutes",
    "minute",
    pd.Timedelta(minutes=1),
    "minute, calls, credits, assumed, refused",
    """SELECT date_trunc('minute', occurred_at) AS minute, calls, credits,
        CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END AS assumed,
        CASE WHEN refused THEN calls ELSE 0 END AS refused
    FROM stored_calls JOIN (SELECT kind_id, credits_basis, refused FROM kinds) USING (kind_id)
    WHERE true""",
)
"""The organization, by minute."""

QUARTERS = RollUp(
    "quarter_sums",
    "quarter",
    pd.Timedelta(minutes=15),
    "quarter, kind_id, calls, credits",
    f"""SELECT {schema.QUARTER} AS quarter, kind_id, calls, credits FROM stored_calls WHERE true""",
)
"""Kinds of calls, by quarter of an hour."""


def parts(
    roll_up: RollUp, start: datetime | None, end: datetime | None, where: Where | None = None
) -> tuple[str, list[Any]]:
    """SELECT of a roll-up's columns that holds [start, end], each instant once; its parameters.

    `where` may be asked of a roll-up that knows kinds.
    """
    wanted, values = chosen(where)
    kinds = f" AND kind_id IN (SELECT kind_id FROM kinds WHERE {wanted})" if wanted else ""
    inner = None if start is None else pd.Timestamp(start).ceil(roll_up.width)
    outer = None if end is None else pd.Timestamp(end).floor(roll_up.width)
    calls = f"{roll_up.from_calls}{kinds}"
    if inner is not None and outer is not None and inner >= outer:
        sql = f"{calls} AND occurred_at >= ? AND occurred_at <= ?"
        return sql, [*values, start, end]
    whole = f"SELECT {roll_up.columns} FROM {roll_up.table} WHERE true{kinds}"
    given = [*values]
    # The last whole bucket is before `outer`, which begins one that ends after `end`.
    for sign, edge in ((">=", inner), ("<", outer)):
        if edge is not None:
            whole += f" AND {roll_up.bucket} {sign} ?"
            given.append(edge)
    sql = [whole]
    if inner is not None:
        sql.append(f"{calls} AND occurred_at >= ? AND occurred_at < ?")
        given += [*values, start, inner]
    if outer is not None:
        sql.append(f"{calls} AND occurred_at >= ? AND occurred_at <= ?")
        given += [*values, outer, end]
    return " UNION ALL ".join(sql), given
