"""The highest and the lowest of each day, week or month: what charts draw of a long step series.

A window's sum rises and falls every day. Over months these lines lie closer than pixels, and a
chart is a solid band that says nothing. What it can say is how high each day, week or month went,
and how low; both are told at the very instants that reached them, so that every number is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits.series import thin
from credits.times import DAY, Ints, day_starts, microseconds
from credits.views import localized

Unit = Literal["day", "week", "month"]
_LONGEST: tuple[tuple[Unit | None, int], ...] = ((None, 62), ("day", 200), ("week", 1_500))
"""Days up to which a chart of some 500 pixels shows every step, or each of these units."""
_FREQUENCIES: dict[Unit, str] = {"day": "D", "week": "W-MON", "month": "MS"}


def unit(first: int, last: int) -> Unit | None:
    """Of what a chart from one instant to another (microseconds) draws the highest and lowest.

    None: it has room for the steps themselves.
    """
    days = (last - first) / DAY
    return next((each for each, most in _LONGEST if days <= most), "month")


def begins(first: int, last: int, each: Unit, zone: str) -> Ints:
    """Where the units of a zone begin from one instant to another, in microseconds UTC.

    The first begins with the range, as what is before it is not known.
    """
    around = [pd.Timestamp(at, unit="us").normalize() for at in (first - DAY, last + DAY)]
    dates = pd.date_range(around[0], around[1], freq=_FREQUENCIES[each])
    starts = day_starts(dates.to_numpy().astype("datetime64[D]"), zone)[1]
    return np.append(first, starts[(starts > first) & (starts <= last)])


def highest(times: Ints, values: npt.NDArray[Any], starts: Ints) -> tuple[Ints, npt.NDArray[Any]]:
    """The greatest value that a step series takes from each start to the next, at its earliest.

    `times` sorted; a value holds until the next: what is held as a unit starts belongs to it.
    """
    return _extreme(times, values, starts, np.argmax)


def lowest(times: Ints, values: npt.NDArray[Any], starts: Ints) -> tuple[Ints, npt.NDArray[Any]]:
    """The least value, as `highest`."""
    return _extreme(times, values, starts, np.argmin)


def _extreme(
    times: Ints, values: npt.NDArray[Any], starts: Ints, pick: Callable[..., Any]
) -> tuple[Ints, npt.NDArray[Any]]:
    edges = np.append(np.searchsorted(times, starts), len(times)).tolist()
    held = np.searchsorted(times, starts, "right") - 1
    at, found = starts.copy(), values[held]
    for place in range(len(starts)):
        rows = values[edges[place] : edges[place + 1]]
        if len(rows):
            row = edges[place] + int(pick(rows))
            if pick([found[place], values[row]]):
                at[place], found[place] = times[row], values[row]
    return at, found


def drawn(steps: pd.DataFrame, points: int, zone: str) -> tuple[pd.DataFrame, Unit | None]:
    """A step series (occurred_at, credits; naive UTC) as charts draw it, by a zone's clock.

    Short ones as they are, in about so many points (see `series.thin`), and None. Of long ones the
    extremes of each unit, and that unit: occurred_at, credits (the highest), low_at, low, start.
    """
    times = microseconds(steps["occurred_at"])
    each = unit(int(times[0]), int(times[-1])) if len(times) else None
    if each is None:
        return thin(localized(steps, "occurred_at", zone), points), None
    values, starts = steps["credits"].to_numpy(), begins(int(times[0]), int(times[-1]), each, zone)
    high_at, high = highest(times, values, starts)
    low_at, low = lowest(times, values, starts)
    columns = {"start": starts, "credits": high, "occurred_at": high_at, "low": low}
    return by_the_clock(columns | {"low_at": low_at}, zone), each


def by_the_clock(columns: dict[str, Any], zone: str) -> pd.DataFrame:
    """A frame of columns of which instants (`start`, `occurred_at`, `…_at`) are microseconds."""
    frame = pd.DataFrame(columns)
    moments = [name for name in columns if name == "start" or name.endswith("_at")]
    # In one go: at every move of a slider this takes longer than to find the extremes of a year.
    at = np.concatenate([columns[name] for name in moments]).view("datetime64[us]")
    told = localized(pd.DataFrame({"at": at}), "at", zone)["at"].to_numpy()
    return frame.assign(**dict(zip(moments, np.split(told, len(moments)), strict=True)))
