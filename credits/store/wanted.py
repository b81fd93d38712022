"""Which calls a question is about: conditions in SQL, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

DIMENSIONS = ("user", "user_basis", "app", "api", "status")
Where = Mapping[str, Sequence[str | None]]
"""Dimension → the values that are wanted."""


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


def within(
    column: str, start: datetime | None, end: datetime | None, where: Where | None
) -> tuple[str, list[Any]]:
    """As `chosen`, for values in [start, end] of a column; `true` for everything."""
    wanted, given = chosen(where)
    conditions = [wanted] if wanted else []
    if start is not None:
        conditions.append(f"{column} >= ?")
        given.append(start)
    if end is not None:
        conditions.append(f"{column} <= ?")
        given.append(end)
    return " AND ".join(conditions) or "true", given
