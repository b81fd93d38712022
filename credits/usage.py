"""What was used, by whom, and when it comes back: the answers that pages and command line share.

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
from credits.plan import Plan
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
    sums = _sums(answers, first, at, where)
    return Window(at, start, first, sums["credits"], sums["calls"])


def _sums(
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
    filled = steps[steps["calls"] > 0]
    if filled.empty:
        return windows.Peak(0, 0, None)
    row = filled.iloc[int(filled[measure].to_numpy().argmax())]
    return windows.Peak(row["credits"].item(), int(row["calls"]), row["occurred_at"])


def users(
    answers: Answers,
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
    since = None if first is None else before(first, kind, zone)
    usage = answers.window_usage_by_user(kind, zone, since, first, last)
    peaks = windows.peaks(usage, kind, zone, first)
    return totals.merge(peaks, on=["user", "user_basis"], how="left")


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
        sums=_sums(answers, start, end),
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


def people(
    answers: Answers,
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

    series: Series
    apis: pd.DataFrame
    apps: pd.DataFrame
    hours: pd.DataFrame
    sums: pd.Series


def person(
    answers: Answers,
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
        series=series(answers, start, end, kind, zone, where),
        apis=answers.totals(["api"], start, end, where),
        apps=answers.totals(["app"], start, end, where),
        hours=hours(answers.quarters(start, end, where), zone),
        sums=_sums(answers, start, end, where),
    )


# ── the document of `python -m credits usage` ─────────────────────────────────────────────────


def document(
    answers: Answers, plan: Plan, *, at: datetime | None, kind: Kind, zone: str
) -> dict[str, Any]:
    """All that is loaded and the window at `at` (the last call, unless given), as the README says.

    Times are naive UTC; sums are exact, whole ones are ints.
    """
    summary = answers.summary()
    moment = pd.Timestamp(at) if at is not None else summary.last
    everything = answers.window_usage(kind, zone, None, None, None)
    now = None if moment is None else window_at(answers, moment, kind, zone)
    spent = 0 if now is None else now.credits
    days = windows.days(everything, zone)
    return {
        "at": moment,
        "window": kind,
        "calls": summary.calls,
        "credits": whole(summary.credits),
        "assumed_credits": whole(summary.assumed),
        "allowance": plan.allowance,
        "used": whole(spent),
        "unused": whole(max(plan.allowance - spent, 0)),
        "used_calls": 0 if now is None else now.calls,
        "peak": _full(windows.peak(everything, kind, zone)),
        "peak_calls": _calls(windows.peak(everything, kind, zone, "calls")),
        "users": _listed(users(answers, None, None, kind, zone)) if summary.loads else [],
        "days": [
            {"day": str(row["day"]), "calls": row["calls"], "credits": whole(row["credits"])}
            for row in days.to_dict("records")
        ],
    }


def _full(peak: windows.Peak) -> dict[str, Any]:
    return {"credits": whole(peak.credits), "calls": peak.calls, "end": peak.end}


def _calls(peak: windows.Peak) -> dict[str, Any]:
    return {"calls": peak.calls, "end": peak.end}


def _listed(found: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in ("user", "user_basis", "calls")},
            "credits": whole(row["credits"]),
            "share": round(row["share"], 6),
            "peak": {"credits": whole(row["peak_credits"]), "end": row["peak_credits_end"]},
            "peak_calls": {"calls": row["peak_calls"], "end": row["peak_calls_end"]},
        }
        for row in found.to_dict("records")
    ]


def whole(number: float) -> int | float:
    """A whole number as an int; a fraction to the sixth place."""
    return int(number) if number == int(number) else round(float(number), 6)
