"""Which calls a question is about: conditions in SQL, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

DIMENSIONS = ("user", "user_basis", "app", "api", "status")
_MOST_STRETCHES = 16
"""A table is read once for each: more would cost more than they save."""
_WORTH = 40
"""The share of what is read for which one stretch more is worth while is one in so many."""
Where = Mapping[str, Sequence[str | None]]
"""Dimension → the values that are wanted."""
OF_KINDS = "kind_id IN (SELECT kind_id FROM kinds WHERE {})"
"""A condition on kinds, put so that calls can be asked it, which know only the number of theirs."""
OF_OWNERS = "owner IN (SELECT owner FROM owners WHERE {})"
"""The same, of whom calls belong to."""


def chosen(where: Where | None) -> tuple[str, list[Any]]:
    """Conditions for the values that are wanted, and their parameters. Nothing, for all."""
    conditions: list[str] = []
    given: list[Any] = []
    for name, values in (where or {}).items():
        if name not in DIMENSIONS:
            raise ValueError(f"{name} is no dimension")
        conditions.append(
            f'("{name}" IN (SELECT unnest(?::VARCHAR[])) OR ("{name}" IS NULL AND ?))'
        )
        given += [[v for v in values if v is not None], None in values]
    return " AND ".join(conditions), given


def within(column: str, start: datetime | None, end: datetime | None) -> tuple[str, list[datetime]]:
    """As `chosen`, for values in [start, end] of a column; `true` for everything."""
    edges = [(sign, edge) for sign, edge in ((">=", start), ("<=", end)) if edge is not None]
    conditions = [f"{column} {sign} ?" for sign, _ in edges]
    return " AND ".join(conditions) or "true", [edge for _, edge in edges]


def stretches(places: pd.Series[int], width: int) -> list[tuple[int, int]]:
    """A few stretches of time that hold some buckets, and little else: microseconds, ends excluded.

    An empty one, where there are none. A bucket is `width` microseconds wide; those since 1970 are
    counted. DuckDB passes over whole parts of a table where it is asked for a stretch, as it can't
    by a join.
    """
    found = np.unique(places.to_numpy())
    if not len(found):
        return [(0, 0)]
    # The widest gaps part the stretches, where they are worth one more.
    gaps = np.diff(found) - 1
    widest = np.argsort(-gaps, kind="stable")[: _MOST_STRETCHES - 1]
    covered = np.ptp(found) + 1 - np.cumsum(gaps[widest])
    last = np.append(np.sort(widest[gaps[widest] * _WORTH > covered]), -1)
    begin = found[np.append(0, last[:-1] + 1)] * width
    end = (found[last] + 1) * width
    return list(zip(begin.tolist(), end.tolist(), strict=True))
