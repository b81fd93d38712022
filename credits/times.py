"""Instants as integers, and where the days of a time zone begin.

Stamps are microseconds since 1970 in UTC, so that sums, searches and boundaries are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits import CreditsError

Instant = pd.Timestamp | datetime | np.datetime64 | str
Instants = Sequence[Instant] | pd.DatetimeIndex | pd.Series | npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]

DAY = 24 * 60 * 60 * 1_000_000
"""24 hours in microseconds."""
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: Instants) -> Ints:
    """Instants as integer microseconds UTC; a stamp without a zone is UTC already."""
    index = pd.DatetimeIndex(list(at) if isinstance(at, Sequence) else at)
    if index.tz is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    if index.hasnans:
        raise CreditsError("A time is missing: every call needs the instant at which it occurred.")
    return np.asarray(index.as_unit("us").asi8, dtype=np.int64)


def timestamp(microseconds: int) -> pd.Timestamp:
    """Microseconds since 1970 as a naive UTC stamp."""
    return pd.Timestamp(np.datetime64(microseconds, "us"))


def local(at: pd.Timestamp, zone: str) -> pd.Timestamp:
    """An instant (naive UTC) as the clock of a zone shows it, naive again."""
    return at.tz_localize("UTC").tz_convert(zone).tz_localize(None)


def instant(at: datetime, zone: str) -> pd.Timestamp:
    """What a zone's clock shows, as naive UTC: the first of two instants, the next if none."""
    return pd.Timestamp(at.replace(tzinfo=ZoneInfo(zone))).tz_convert("UTC").tz_localize(None)


def day_span(first: date, last: date, zone: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last instant of a span of a zone's days, naive UTC."""
    midnight = datetime.min.time()
    after = instant(datetime.combine(last + timedelta(days=1), midnight), zone)
    return instant(datetime.combine(first, midnight), zone), after - _MICROSECOND


def within_data(
    start: pd.Timestamp, end: pd.Timestamp, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """A period as far as there is data, from `first` to `last`; of one beside it, its end alone."""
    at = min(end, last) if start <= last else end
    return min(max(start, min(first, at)), at), at


def firsts(ascending: npt.NDArray[Any]) -> Ints:
    """The positions at which a sorted array takes a new value."""
    new = np.ones(len(ascending), dtype=bool)
    new[1:] = ascending[1:] != ascending[:-1]
    return np.flatnonzero(new)


def midnights(at: Ints, zone: str) -> Ints:
    """Where days begin in `zone` around each instant: its day's start and the next, at least."""
    touched = np.unique(at // DAY)
    # A zone is at most a day away from UTC, and the day after must be known as well.
    around = np.unique(touched[:, None] + np.arange(-1, 4))
    return day_starts(around.view("datetime64[D]"), zone)[1]


def day_starts(
    dates: npt.NDArray[np.datetime64], zone: str
) -> tuple[npt.NDArray[np.datetime64], Ints]:
    """The dates that exist in `zone`, and each one's first instant, in microseconds UTC."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise CreditsError(
            f"There is no time zone {zone!r}: give a name like Europe/Berlin."
        ) from error
    starts = np.array([_day_start(day, place) for day in dates.tolist()], dtype=np.int64)
    # A date that the zone left out begins where the next one does: the next one stays.
    kept = np.append(starts[1:] != starts[:-1], True)[: len(starts)]
    return dates[kept], starts[kept]


@lru_cache(maxsize=10_000)
def _day_start(day: date, place: ZoneInfo) -> int:
    """The first instant of a local date, in microseconds UTC.

    Where midnight comes twice, the first of the two. Where the clock skips it, the end of the
    gap, found by halving: pandas' own `shift_forward` misses it around the date line.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=place)
    start = midnight.astimezone(UTC)
    if start.astimezone(place).replace(tzinfo=None) != midnight.replace(tzinfo=None):
        before = midnight.replace(fold=1).astimezone(UTC)
        while start - before > _MICROSECOND:
            middle = before + (start - before) // 2
            if middle.astimezone(place).date() < day:
                before = middle
            else:
                start = middle
    return (start - _EPOCH) // _MICROSECOND
