"""What each user used: the list of them all, and everything about one.

As in `usage`: functions take the answers of one moment, and times are naive UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from credits import usage, windows
from credits.windows import Kind


def users(
    answers: usage.Answers,
    first: pd.Timestamp | None,
    last: pd.Timestamp | None,
    kind: Kind = "trailing",
    zone: str = "UTC",
) -> pd.DataFrame:
    """Every user with calls in [first, last], most credits first.

    user, user_basis, calls, credits, assumed, refused, share (of all credits; of all calls where
    nothing cost anything), peak_credits, peak_credits_end, peak_calls, peak_calls_end. Peaks are
    the greatest sums that a user's windows have in that range, as in `series`.
    """
    totals = answers.totals(["user", "user_basis"], first, last)
    measure = "credits" if totals["credits"].sum() else "calls"
    totals["share"] = totals[measure] / max(totals[measure].sum(), 1)
    since = None if first is None else usage.before(first, kind, zone)
    found = answers.window_usage_by_user(kind, zone, since, first, last)
    peaks = windows.peaks(found, kind, zone, first)
    return totals.merge(peaks, on=["user", "user_basis"], how="left")


@dataclass(frozen=True)
class People:
    """Everything that the users page shows, of one moment of the data."""

    users: pd.DataFrame
    """As `users`, with `trend`: credits by day of the range."""
    by_api: pd.DataFrame
    """user, user_basis, api, calls, credits, assumed, refused."""

    @property
    def named(self) -> int:
        """How many of them the log names as users; others are known by their app or address."""
        return int((self.users["user_basis"] == "user").sum())


def everyone(
    answers: usage.Answers,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind = "trailing",
    zone: str = "UTC",
) -> People:
    """Each user's usage from `start` to `end`. Times are naive UTC."""
    found = users(answers, start, end, kind, zone)
    daily = trend(answers.quarters_by_user(start, end), zone)
    return People(
        users=found.merge(daily, on=["user", "user_basis"], how="left"),
        by_api=answers.totals(["user", "user_basis", "api"], start, end),
    )


def trend(quarters: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Each user's credits by day of a zone: user, user_basis, trend (a list, 0 without calls)."""
    if quarters.empty:
        return pd.DataFrame(columns=["user", "user_basis", "trend"])
    local = quarters["quarter"].dt.tz_localize("UTC").dt.tz_convert(zone)
    keyed = quarters.assign(day=local.dt.tz_localize(None).dt.normalize())
    by_day = keyed.groupby(["user", "user_basis", "day"], observed=True)["credits"].sum()
    sums = by_day.unstack("day", fill_value=0)
    every = pd.date_range(sums.columns.min(), sums.columns.max(), freq="D")
    sums = sums.reindex(columns=every, fill_value=0)
    frame = sums.index.to_frame(index=False)
    frame["trend"] = sums.to_numpy().tolist()
    return frame


@dataclass(frozen=True)
class Person:
    """Everything about one user, of one moment of the data."""

    series: usage.Series
    apis: pd.DataFrame
    apps: pd.DataFrame
    hours: pd.DataFrame
    sums: pd.Series


def person(
    answers: usage.Answers,
    user: str,
    basis: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind = "trailing",
    zone: str = "UTC",
) -> Person:
    """One user's usage from `start` to `end`. Times are naive UTC."""
    where = {"user": [user], "user_basis": [basis]}
    return Person(
        series=usage.series(answers, start, end, kind, zone, where),
        apis=answers.totals(["api"], start, end, where),
        apps=answers.totals(["app"], start, end, where),
        hours=usage.hours(answers.quarters(start, end, where), zone),
        sums=usage.sums(answers, start, end, where),
    )
