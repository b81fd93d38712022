"""What the organization used, and when it comes back: answers that pages and command line share.

Each function takes the answers of one moment (`Store.answers`) and gives numbers or small frames;
the windows themselves stand in `windows`. A page and the command line show the same figure because
they call the same function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from credits import windows
from credits.windows import DAY, Kind

Where = Mapping[str, Sequence[str | None]]
NOTHING = "Nothing is loaded yet: take in a log with `python -m credits load FILE`."
_MICROSECOND = pd.Timedelta(1, unit="us")
_NEARLY_A_DAY = pd.Timedelta(hours=23)
"""What is used so long ago comes back within the hour; pages say exactly how much."""


class Answers(Protocol):
    """What this module asks of the store; see `credits.store.questions.Answers`."""

    def summary(self) -> Any:
        """All that is loaded."""

    def window_usage(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
        where: Where | None = None,
        *,
        at: Sequence[datetime | None] = (),
    ) -> pd.DataFrame:
        """Usage of which windows from `start` on are right, in few rows where there are many."""

    def window_usage_by_user(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
    ) -> pd.DataFrame:
        """The same with user and user_basis."""

    def totals(
        self,
        by: Sequence[str],
        start: datetime | None = None,
        end: datetime | None = None,
        where: Where | None = None,
    ) -> pd.DataFrame:
        """Sums by some dimensions."""

    def quarters(
        self, start: datetime | None = None, end: datetime | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Sums by quarter of an hour."""

    def quarters_by_user(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> pd.DataFrame:
        """The same with user and user_basis."""


@dataclass(frozen=True)
class Window:
    """The window that holds an instant, and what was used in it."""

    at: pd.Timestamp
    start: pd.Timestamp | None
    """None where `at` lies in no anchored block."""
    first: pd.Timestamp
    """The earliest instant that still counts, for questions with closed ends."""
    credits: int | float
    calls: int


def window_at(
    answers: Answers,
    at: pd.Timestamp,
    kind: Kind = "trailing",
    zone: str = "UTC",
    where: Where | None = None,
) -> Window:
    """The window at an instant: its start, its credits and calls. Times are naive UTC."""
    # Anchored blocks follow from every call before; the other kinds need no calls to be placed.
    past = _since_ever(answers, at, zone) if kind == "anchored" else _NO_USAGE
    start, closed = windows.window_start(past, at, kind, zone)
    if start is None:
        return Window(at, None, at + _MICROSECOND, 0, 0)
    first = start if closed else start + _MICROSECOND
    found = sums(answers, first, at, where)
    return Window(at, start, first, found["credits"], found["calls"])


def sums(
    answers: Answers, start: pd.Timestamp, end: pd.Timestamp, where: Where | None = None
) -> pd.Series:
    """calls, credits, assumed, refused: each in its own type, whole numbers as ints."""
    return answers.totals([], start, end, where).astype(object).iloc[0]


def _since_ever(answers: Answers, end: pd.Timestamp, zone: str) -> pd.DataFrame:
    """What opens and fills anchored blocks up to an instant."""
    return answers.window_usage("anchored", zone, None, end, end)


_NO_USAGE = pd.DataFrame(
    {
        "occurred_at": pd.Series(dtype="datetime64[us]"),
        "calls": pd.Series(dtype="int64"),
        "credits": pd.Series(dtype="int64"),
    }
)


def before(start: pd.Timestamp, kind: Kind, zone: str) -> pd.Timestamp | None:
    """From when usage must be known so that windows from `start` on are right; None: from ever."""
    if kind == "anchored":
        return None
    if kind == "trailing":
        return start - DAY
    return windows.window_start(_NO_USAGE, start, kind, zone)[0]


@dataclass(frozen=True)
class Series:
    """The window's sum over a range."""

    steps: pd.DataFrame
    """occurred_at, calls, credits: a row wherever the sum changes; see `windows.steps`."""
    peak: windows.Peak
    """The greatest sum of credits in the range."""
    peak_calls: windows.Peak


def series(
    answers: Answers,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind = "trailing",
    zone: str = "UTC",
    where: Where | None = None,
) -> Series:
    """The window's sum from `start` to `end`; its peaks and both ends are exact to the instant.

    So is everything between, unless there are millions of calls: then it is to the minute, or of
    some calls only to the quarter of an hour. With `where`, the calls of one user, app or API alone
    are summed; anchored blocks stay the organization's.
    """
    usage = answers.window_usage(kind, zone, before(start, kind, zone), start, end, where)
    if kind == "anchored" and where:
        # Anyone's call opens a block: the others' count here as opening it, and for nothing else.
        everyone = _since_ever(answers, end, zone).assign(calls=0, credits=0)
        usage = pd.concat([usage, everyone], ignore_index=True)
    steps = windows.steps(usage, kind, zone, start, end)
    return Series(steps, _peak(steps, "credits"), _peak(steps, "calls"))


def _peak(steps: pd.DataFrame, measure: windows.Measure) -> windows.Peak:
    """The peak of a step series: its greatest value and the earliest step that reaches it."""
    filled = steps[(steps["calls"] > 0) | (steps["credits"] > 0)]
    if filled.empty:
        return windows.Peak(0, 0, None)
    row = filled.iloc[int(filled[measure].to_numpy().argmax())]
    return windows.Peak(row["credits"].item(), int(row["calls"]), row["occurred_at"])


@dataclass(frozen=True)
class Overview:
    """Everything that the organization page shows, of one moment of the data."""

    window: Window
    window_users: pd.DataFrame
    """Who used the window at `at`: user, user_basis, calls, credits, assumed, refused."""
    back: pd.DataFrame
    """What comes back in the 24 hours after `at`: at, credits, calls."""
    series: Series
    hours: pd.DataFrame
    """Credits of the range by day and hour of the zone: day, hour, calls, credits."""
    sums: pd.Series
    """calls, credits, assumed, refused of the range."""
    users: pd.DataFrame
    """Everyone seen in the range: user, user_basis and their sums."""


def overview(
    answers: Answers,
    at: pd.Timestamp,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind = "trailing",
    zone: str = "UTC",
) -> Overview:
    """What the organization used at `at` and from `start` to `end`. Times are naive UTC."""
    window = window_at(answers, at, kind, zone)
    in_window = answers.window_usage(kind, zone, window.first, at, at, at=[at - _NEARLY_A_DAY])
    return Overview(
        window=window,
        window_users=answers.totals(["user", "user_basis"], window.first, at),
        back=_back(answers, in_window, window, kind, zone),
        series=series(answers, start, end, kind, zone),
        hours=hours(answers.quarters(start, end), zone),
        sums=sums(answers, start, end),
        users=answers.totals(["user", "user_basis"], start, end),
    )


def _back(
    answers: Answers, in_window: pd.DataFrame, window: Window, kind: Kind, zone: str
) -> pd.DataFrame:
    # Only the organization's own calls say where an anchored block began.
    usage = _since_ever(answers, window.at, zone) if kind == "anchored" else in_window
    return windows.coming_back(usage, window.at, kind, zone)


def back_by(back: pd.DataFrame, until: pd.Timestamp) -> int | float:
    """Credits that have come back by an instant."""
    value: int | float = back.loc[back["at"] <= until, "credits"].to_numpy().sum().item()
    return value


def hours(quarters: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Sums by day and hour of a zone from sums by quarter: day, hour, calls, credits."""
    local = quarters["quarter"].dt.tz_localize("UTC").dt.tz_convert(zone)
    keyed = quarters.assign(day=local.dt.date, hour=local.dt.hour)
    return keyed.groupby(["day", "hour"], as_index=False)[["calls", "credits"]].sum()
