"""What the coming weeks may need: each coming day's greatest usage in a window, over and over.

How coming days are simulated stands in `bootstrap`. What is asked of an allowance is read from the
samples, so that moving a plan's slider simulates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from credits import CreditsError, bootstrap
from credits.bootstrap import Floats, Past
from credits.demand import prepared
from credits.replay import play
from credits.windows import Kind

SAMPLES = 1_000
LEAST_AHEAD, MOST_AHEAD = 7, 90
SHARES = (0.05, 0.5, 0.95)
"""The edges of the 90 % band, and the median in it."""
NEEDED_DAYS = 14

_WEEK = 7
_TESTED_WEEKS = 12
_TEST_SAMPLES = 400


class TooShortError(CreditsError):
    """The history is shorter than two weeks: nothing says how a weekday repeats."""


@dataclass(frozen=True)
class Backtest:
    """What the method would have said in earlier weeks, from what was known then."""

    days: pd.DataFrame
    """day, peak, low, median, high, last_week (the peak of the same weekday the week before)."""

    @property
    def inside(self) -> int:
        """Days whose peak lay in the 90 % band, its edges included."""
        peak = self.days["peak"]
        return int(((self.days["low"] <= peak) & (peak <= self.days["high"])).sum())

    @property
    def coverage(self) -> float:
        """Their share."""
        return self.inside / max(len(self.days), 1)

    def error(self, column: str = "median") -> float:
        """Mean distance of a column from the peaks, in credits."""
        return float((self.days[column] - self.days["peak"]).abs().mean())

    def relative_error(self, column: str = "median") -> float:
        """The same as a share of the mean peak; 0 where there was nothing to miss."""
        mean = float(self.days["peak"].mean())
        return self.error(column) / mean if mean else 0.0


@dataclass(frozen=True)
class Forecast:
    """Each coming day's greatest usage in a window, over and over. Credits; days of a zone.

    Everything that depends on an allowance is read from `peaks`, and simulates nothing.
    """

    days: tuple[date, ...]
    """The coming days, from the first that lies wholly after the log."""
    peaks: Floats
    """Samples × days."""
    history: pd.DataFrame
    """day, peak: the most wanted in a window on every past day, to the minute (see `replay`)."""
    backtest: Backtest | None
    """None where the history is too short to test anything on."""
    hourly_peak: float
    """The greatest of the past by the hour, as coming days are: a trailing one may be a bit less
    than by the minute."""
    drawn_from: int
    """Whole past days that coming days were drawn from."""

    @property
    def peak(self) -> int | float:
        """The greatest peak of the past: the least allowance that would have refused nothing."""
        found: int | float = self.history["peak"].max()
        return found

    def ahead(self, days: int) -> Forecast:
        """The same forecast, for its first days only."""
        return replace(self, days=self.days[:days], peaks=self.peaks[:, :days])

    def band(self) -> pd.DataFrame:
        """day, low, median, high: of the peaks, the least that 5, 50 and 95 % don't exceed."""
        low, median, high = _quantiles(self.peaks)
        return pd.DataFrame({"day": self.days, "low": low, "median": median, "high": high})

    def probabilities(self, allowance: float) -> pd.DataFrame:
        """day, probability (0 to 1) that the day's peak is greater than an allowance."""
        over = (self.peaks > allowance).mean(axis=0)
        return pd.DataFrame({"day": self.days, "probability": over})

    def first_day(self, allowance: float, risk: float) -> date | None:
        """The first day that exceeds an allowance with a probability of `risk` or more."""
        found = np.flatnonzero((self.peaks > allowance).mean(axis=0) >= risk)
        return self.days[int(found[0])] if len(found) else None

    def holds(self, allowance: float) -> float:
        """The probability that none of the days exceeds an allowance."""
        return float((self.peaks.max(axis=1) <= allowance).mean())

    def least_allowance(self, risk: float) -> int:
        """The least allowance that all days keep to with a probability of 1 − `risk` or more."""
        tops = np.sort(self.peaks.max(axis=1))
        # Rounded first: 1 − 0.05 is a little less than 0.95, or a little more.
        enough = int(np.ceil(round((1 - risk) * len(tops), 6)))
        return int(np.ceil(tops[max(enough, 1) - 1]))


def forecast(
    demand: pd.DataFrame,
    zone: str = "UTC",
    ahead: int = MOST_AHEAD,
    growth: float = 0,
    *,
    kind: Kind = "trailing",
    seed: int = 0,
    samples: int = SAMPLES,
) -> Forecast:
    """What the coming days may need at most in any trailing 24 hours, or on a calendar day.

    Raises CreditsError for anchored windows: by the hour nobody knows which call opens the next.

    `demand`: minute (naive UTC), calls, credits (int64 or float64), as for `replay`. `ahead`: days
    to come. `growth`: per cent by which all coming demand is greater than in the past. The hours
    go on from the last 24 of the log, whose last hour is taken as complete; the rest of the log's
    last day is simulated too, but not told. The same seed gives the same forecast, and a longer one
    begins with the shorter. Raises `TooShortError` under two weeks of history.
    """
    if kind == "anchored":
        raise CreditsError("Anchored windows can't be foreseen: forecast trailing ones.")
    past = bootstrap.table(demand, zone)
    known = (past.end - past.begin) // 24
    if known < NEEDED_DAYS:
        raise TooShortError(
            f"A forecast needs two weeks of history; the log covers {known}"
            f" {'whole day' if known == 1 else 'whole days'}. Load more of it on the Logs page."
        )
    hourly = bootstrap.daily_peaks(past.hours.ravel(), kind)
    wanted = prepared(demand, kind, zone)
    # Where nothing is refused, what is used is what was wanted.
    history = play(wanted, wanted.least_allowance).days[["day", "peak_used"]]
    factor = 1 + growth / 100
    peaks = bootstrap.simulated(past, past.end, ahead, factor, samples, seed, kind)
    start = -(-past.end // 24)
    return Forecast(
        days=tuple(past.dates(start, start + ahead)),
        peaks=peaks,
        history=history.rename(columns={"peak_used": "peak"}),
        backtest=_backtest(past, hourly, seed, kind),
        hourly_peak=float(hourly.max()),
        drawn_from=min(past.end // 24 - past.whole, bootstrap.DONOR_WEEKS * _WEEK),
    )


def _quantiles(peaks: Floats) -> Floats:
    found: Floats = np.quantile(peaks, SHARES, axis=0, method="inverted_cdf")
    return found


def _backtest(past: Past, history: Floats, seed: int, kind: Kind) -> Backtest | None:
    """Each of the last whole weeks, forecast from what lay before it, one to seven days ahead."""
    end = past.end // 24
    least = max(past.whole + NEEDED_DAYS, end - _TESTED_WEEKS * _WEEK)
    origins = range(end - _WEEK, least - 1, -_WEEK)
    weeks: list[dict[str, Any]] = []
    for origin in reversed(origins):
        peaks = bootstrap.simulated(past, origin * 24, _WEEK, 1.0, _TEST_SAMPLES, seed, kind)
        low, median, high = _quantiles(peaks)
        days = slice(origin, origin + _WEEK)
        weeks.append(
            {"day": past.dates(origin, origin + _WEEK), "peak": history[days], "low": low}
            | {"median": median, "high": high, "last_week": history[origin - _WEEK : origin]}
        )
    if not weeks:
        return None
    return Backtest(pd.concat([pd.DataFrame(week) for week in weeks], ignore_index=True))
