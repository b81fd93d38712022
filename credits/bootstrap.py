"""What the coming weeks may need: a seasonal block bootstrap of the organization's own past.

Demand is summed to the hours of the zone's clock: a table of days × 24 hours. A coming day is what
its weekday leads to expect (hour by hour the median of the same weekday in the six weeks before),
plus how far a past day lay, hour by hour, from what was expected of it then. All 24 hours come
from one past day, and days follow each other in runs of a week on average: a trailing sum keeps
its dependence, and after a Monday night that ran away comes the Tuesday that followed it. No hour
falls below nothing; what that would add to the day is taken from its other hours.

Past days are drawn from the same weekday of the last 26 weeks. With fewer than 13 weeks that is too
few to say how much a weekday varies: then days are drawn from all weekdays of a similar size (half
as much to twice as much). The fewer there are to draw from, the more their distances are stretched.
From two or three weeks the band is narrower than it says all the same.

What this leaves out: a trend (growth lifts all coming demand by one constant share, from the first
hour after the log), holidays, and anything that never happened in those weeks.

Resolution is the hour. An hourly peak is never above the true one (where the day has 24 hours) and
misses less than the credits of one hour, because each moment's window lies within 25 whole hours.
Where the clock is set back, the hour that comes twice is one hour of the table with the calls of
both; where it is set forward, the hour that is left out is empty. Every credit is counted once.

All numbers here are float64, far from any overflow; peaks are rounded to whole credits where the
log has only whole ones, else to millionths.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits.times import Ints
from credits.windows import Kind

Floats = npt.NDArray[np.float64]

LEVEL_WEEKS = 6
DONOR_WEEKS = 26
ENOUGH_WEEKS = 13
RUN_DAYS = 7
_WEEK = 7
_LOOK_BACK = 2 * DONOR_WEEKS * _WEEK
_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Past:
    """Demand by the zone's clock: days × 24 hours, and which hours of it are known."""

    first: np.datetime64
    hours: Floats
    begin: int
    """The first hour with calls, counted from the first day's midnight."""
    end: int
    """The hour after the last with calls."""
    expected: Floats
    """The hours that each day's weekday led to expect, also for seven days more; else NaN."""
    decimals: int
    """Of a credit: 0 where the log has whole credits, else 6."""

    @property
    def whole(self) -> int:
        """The first day that is known from its first hour."""
        return -(-self.begin // 24)

    def dates(self, start: int, end: int) -> list[date]:
        """The dates of some days of the table, or of days after it."""
        found: list[date] = (self.first + np.arange(start, end)).tolist()
        return found


def trailing_hours(hours: Floats) -> Floats:
    """For each hour (last axis), the sum of it and the 23 before; what lies before is nothing."""
    sums = np.cumsum(hours, axis=-1)
    found = sums.copy()
    found[..., 24:] -= sums[..., :-24]
    # A difference of sums leaves dust, which may be all that lifts a peak above an allowance.
    return np.round(found, 6)


def table(demand: pd.DataFrame, zone: str) -> Past:
    """Demand (minute in naive UTC, credits) by the hours of a zone's clock."""
    stamps = demand["minute"].astype("datetime64[us]")
    if not len(stamps):
        return Past(np.datetime64("1970-01-01"), np.zeros((0, 24)), 0, 0, np.zeros((0, 24)), 0)
    local = stamps.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    at = local.to_numpy().astype("datetime64[us]").astype(np.int64) // _HOUR
    day = int(at.min()) // 24
    at -= day * 24
    begin, end = int(at.min()), int(at.max()) + 1
    size = -(-end // 24)
    amounts = demand["credits"].to_numpy()
    hours: Floats = np.zeros(size * 24)
    np.add.at(hours, at, amounts.astype(np.float64))
    days = hours.reshape(size, 24)
    expected = _expected(days[: end // 24], -(-begin // 24))
    decimals = 6 if amounts.dtype.kind == "f" else 0
    return Past(np.datetime64(day, "D"), days, begin, end, expected, decimals)


def _expected(hours: Floats, whole: int) -> Floats:
    """The median of the same hour and weekday in up to six weeks before, and for a week more.

    NaN in the first week, of which nobody knows what was to be expected, and long ago.
    """
    size = len(hours) + _WEEK
    found = np.full((size, 24), np.nan)
    start = max(whole + _WEEK, size - _LOOK_BACK)
    earlier = np.full((LEVEL_WEEKS, max(size - start, 0), 24), np.nan)
    for row, lag in enumerate(range(_WEEK, _WEEK * (LEVEL_WEEKS + 1), _WEEK)):
        known = hours[max(start - lag, whole) : max(size - lag, whole)]
        earlier[row, earlier.shape[1] - len(known) :] = known
    if earlier.size:
        found[start:] = np.nanmedian(earlier, axis=0)
    return found


def daily_peaks(hours: Floats, kind: Kind = "trailing") -> Floats:
    """The greatest trailing sum of each day, or its whole sum (calendar).

    Hours (last axis) are whole days of the zone's clock, which a calendar window begins anew with.
    """
    if kind == "calendar":
        whole: Floats = np.round(hours.reshape(*hours.shape[:-1], -1, 24).sum(axis=-1), 6)
        return whole
    sums = trailing_hours(hours)
    peaks: Floats = sums.reshape(*sums.shape[:-1], -1, 24).max(axis=-1)
    return peaks


def simulated(
    past: Past,
    cut: int,
    ahead: int,
    factor: float,
    samples: int,
    seed: int,
    kind: Kind = "trailing",
) -> Floats:
    """Peaks of the coming days (samples × days; see `daily_peaks`), from the hours before `cut`.

    `cut` is counted in hours of the table; coming days are those that lie wholly after it. Demand
    after the cut is multiplied by `factor`.
    """
    origin, gone = divmod(cut, 24)
    count = ahead + (gone > 0)
    first = max(past.whole, origin - DONOR_WEEKS * _WEEK)
    off = np.nan_to_num(past.hours[first:origin] - past.expected[first:origin])
    days, stretched = _drawn(
        past, first, origin, count, samples, np.random.default_rng([seed, cut])
    )
    weekdays = np.arange(count) % _WEEK
    coming = off[days - first]
    coming *= stretched[:, None]
    coming += past.expected[origin : origin + _WEEK][weekdays]
    coming = _not_below_nothing(coming) * factor
    known = np.broadcast_to(past.hours.ravel()[cut - 24 : cut], (samples, 24))
    hours = np.concatenate([known, coming.reshape(samples, count * 24)[:, gone:]], axis=1)
    # The first whole day needs the 24 hours before it, which may be cut anywhere in their day.
    before = hours.shape[1] - ahead * 24
    peaks = daily_peaks(hours[:, before - 24 :], kind)[:, 1:]
    rounded: Floats = np.round(peaks, past.decimals)
    return rounded


def _not_below_nothing(hours: Floats) -> Floats:
    """Hours (last axis) without those below 0, and the sum of each day as it was, if above 0."""
    sums = hours.sum(axis=-1)
    found = np.maximum(hours, 0)
    above = found.sum(axis=-1)
    # Where nothing was below 0 the share is 1 to the last bit, because both sums are the same.
    share = np.divide(np.maximum(sums, 0), above, out=np.zeros_like(sums), where=above > 0)
    found *= share[..., None]
    return found


def _drawn(
    past: Past, first: int, origin: int, count: int, samples: int, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """The past day that each coming day has its distances from, and how they are stretched."""
    is_few = origin - past.whole < (ENOUGH_WEEKS + 1) * _WEEK
    pools = _pools(past, first, origin, mixed=is_few)
    days = np.empty((samples, count), np.int64)
    drawn = np.full(samples, origin)
    for step in range(count):
        pool = pools[step % _WEEK]
        anew, following = rng.choice(pool, samples), drawn + 1
        goes_on = (rng.random(samples) >= 1 / RUN_DAYS) & np.isin(following, pool)
        if is_few:
            # A run ends with the weekend: else every Monday would go on from a Sunday, and each
            # weekday be its own again.
            goes_on &= np.isin(drawn, pool)
        drawn = days[:, step] = np.where(goes_on, following, anew)
    stretched = np.array([_widening(len(pools[step % _WEEK])) for step in range(count)])
    return days, stretched


def _widening(count: int) -> float:
    """By how much so many distances are stretched, because the farthest are seldom among few.

    Chosen so that the band holds about 90 % of what follows on simulated logs of 4 to 40 weeks.
    """
    return float(np.sqrt((count + 3) / max(count - 3, 1)))


def _pools(past: Past, first: int, origin: int, *, mixed: bool) -> list[Ints]:
    """For each of the seven days from `origin` on, the past days that it may be drawn from.

    `mixed`: not only of the same weekday, but also of weekdays of a similar size.
    """
    days = np.arange(first, origin)
    totals = past.hours[first:origin].sum(axis=1)
    places = (days - origin) % _WEEK
    known = days >= past.whole + _WEEK
    levels = np.array([np.median(totals[places == p][-LEVEL_WEEKS:]) for p in range(_WEEK)])
    pools = []
    for place in range(_WEEK):
        alike = places == place
        if mixed:
            sizes = levels[places]
            alike = (sizes >= levels[place] / 2) & (sizes <= levels[place] * 2)
        pool = days[alike & known]
        # Of the first week's days nobody knows how far they lay from what was expected: not at all.
        pools.append(pool if len(pool) else days[alike])
    return pools
