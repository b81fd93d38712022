"""Which calls a question is about: conditions in SQL, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

DIMENSIONS = ("user", "user_basis", "app", "api", "status")
_MOST_STRETCHES = 64
"""A condition of more parts would cost more than it saves."""
_WORTH = 40
"""Comparisons with a stretch that take as long as to work with a row that none of them keeps."""
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


def stretches(column: str, places: pd.Series[int], width: int) -> str:
    """A condition that holds for every instant in some buckets, and for few others.

    A bucket is `width` microseconds wide; those since 1970 are counted. DuckDB passes over whole
    parts of a table by such a condition, as it can't by a join.
    """
    found = np.unique(places.to_numpy())
    gaps = np.diff(found) - 1
    # The widest gaps part the stretches. Those are read that are hardly wider than what it costs to
    # compare every row with one stretch more.
    widest = np.argsort(-gaps, kind="stable")[: _MOST_STRETCHES - 1]
    covered = np.ptp(found) + 1 - np.cumsum(gaps[widest]) if len(found) else gaps
    ends = np.sort(widest[gaps[widest] * _WORTH > covered])
    begin, last = (
        found[np.append(0, ends + 1)[: len(found)]],
        found[np.append(ends, -1)[: len(found)]],
    )
    parts = [
        f"({column} >= make_timestamp({one * width}) AND {column} < make_timestamp({end * width}))"
        for one, end in zip(begin.tolist(), (last + 1).tolist(), strict=True)
    ]
    return f"({' OR '.join(parts)})" if parts else "false"
