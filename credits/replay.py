"""Usage played again under a plan: what would have been refused, when, and what would be enough.

In each minute, in order, demand is admitted while the credits admitted in the window leave room.
What is admitted comes back 24 hours later (trailing), at the zone's midnight (calendar) or when the
block ends (anchored). A minute may be admitted in part; its calls are then refused in proportion,
rounded up. Calls that the log shows as refused were wanted too, and count as demand.

All sums are integers (see `windows` for fractions): what is refused and what is admitted add up to
the demand exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits import windows
from credits.plan import Plan
from credits.windows import Kind

Ints = npt.NDArray[np.int64]

MINUTE = pd.Timedelta(minutes=1)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Replay:
    """What a plan would have done with the demand. Credits, calls, minutes; times naive UTC."""

    allowance: int
    kind: Kind
    minutes: pd.DataFrame
    """minute, calls, demand, admitted, refused (credits), refused_calls; minutes with calls."""
    steps: pd.DataFrame
    """The window's admitted credits as a step series: occurred_at, credits, calls."""
    least_allowance: int
    """The least allowance that refuses nothing."""
    days: pd.DataFrame
    """day, demand, admitted, refused, peak_used: every day of the zone, zeros included."""
    blocked: pd.DataFrame
    """start, end: spans in which whatever was called was refused, at least in part."""

    @property
    def refused(self) -> int | float:
        """Credits refused."""
        return _total(self.minutes["refused"])

    @property
    def refused_calls(self) -> int:
        """Calls refused."""
        return int(self.minutes["refused_calls"].sum())

    @property
    def blocked_minutes(self) -> int:
        """Minutes in which something was refused."""
        return int((self.minutes["refused"] > 0).sum())

    @property
    def peak_used(self) -> int | float:
        """The most credits that were admitted in a window."""
        value: int | float = self.steps["credits"].max().item() if len(self.steps) else 0
        return value

    def headroom(self) -> dict[str, int | float]:
        """Allowance − used: the least, the 5th percentile and the median over all time."""
        if len(self.steps) < 2:
            return dict.fromkeys(("min", "p5", "median"), self.allowance)
        lengths = np.diff(self.steps["occurred_at"].to_numpy()).astype(np.int64)
        free = self.allowance - self.steps["credits"].to_numpy()[:-1]
        order = np.argsort(free, kind="stable")
        share = np.cumsum(lengths[order]) / max(lengths.sum(), 1)
        at = {name: int(np.searchsorted(share, part)) for name, part in _PARTS.items()}
        last = len(order) - 1
        return {name: free[order[min(place, last)]].item() for name, place in at.items()}


_PARTS = {"min": 0.0, "p5": 0.05, "median": 0.5}


def replay(
    demand: pd.DataFrame, plan: Plan, kind: Kind = "trailing", zone: str = "UTC", growth: float = 0
) -> Replay:
    """Play demand again under a plan.

    `demand`: minute (naive UTC), calls, credits (what the calls cost had none been refused), one
    row for each minute with calls, in order. `growth`: per cent by which all demand grows; credits
    of a minute are rounded up.
    """
    usage = _grown(demand, growth)
    wanted = usage["credits"].to_numpy()
    allowed = _admitted(usage, plan.allowance, kind, zone)
    refused = wanted - allowed
    calls = usage["calls"].to_numpy()
    parts = np.where(wanted > 0, refused / np.maximum(wanted, 1), 0.0)
    minutes = pd.DataFrame(
        {
            "minute": usage["occurred_at"],
            "calls": calls,
            "demand": wanted,
            "admitted": allowed,
            "refused": refused,
            "refused_calls": np.minimum(np.ceil(calls * parts).astype(np.int64), calls),
        }
    )
    steps = _steps(usage.assign(credits=allowed), kind, zone)
    return Replay(
        allowance=plan.allowance,
        kind=kind,
        minutes=minutes,
        steps=steps,
        least_allowance=least_allowance(usage, kind, zone),
        days=_days(minutes, steps, zone),
        blocked=_blocked(minutes),
    )


def _total(column: pd.Series) -> int | float:
    value: int | float = column.to_numpy().sum().item()
    return value


def _grown(demand: pd.DataFrame, growth: float) -> pd.DataFrame:
    usage = demand.rename(columns={"minute": "occurred_at"})[["occurred_at", "calls", "credits"]]
    usage = windows.instants(usage)
    if growth:
        factor = 1 + growth / 100
        for name in ("calls", "credits"):
            # Rounded first, so that 110 % of 10 is 11 and not 12 by the dust of a float.
            grown = np.ceil(np.round(usage[name].to_numpy() * factor, 6))
            usage[name] = grown.astype(np.int64)
    return usage


def least_allowance(usage: pd.DataFrame, kind: Kind = "trailing", zone: str = "UTC") -> int:
    """The least allowance that refuses nothing: the greatest sum that the window takes."""
    return int(np.ceil(windows.peak(usage, kind, zone).credits))


def least_users(plan: Plan, allowance: int) -> int | None:
    """The least number of users with which a plan gives an allowance; None where none does."""
    missing = allowance - plan.base_limit - plan.add_on
    if plan.cap is not None and allowance > plan.cap:
        return None
    if missing <= 0:
        return 0
    return -(-missing // plan.credits_per_user) if plan.credits_per_user else None


def _admitted(usage: pd.DataFrame, allowance: int, kind: Kind, zone: str) -> npt.NDArray[Any]:
    """Credits admitted in each minute of demand."""
    wanted: npt.NDArray[Any] = usage["credits"].to_numpy()
    if not len(wanted):
        return wanted
    sums = windows.running(usage, kind, zone)["credits"].to_numpy()
    if kind == "trailing":
        times = usage["occurred_at"].to_numpy().astype("datetime64[m]").astype(np.int64)
        return _admitted_trailing(times, wanted, sums, allowance)
    # Within a day or a block nothing comes back: what is admitted is the sum, cut at the allowance.
    cut: npt.NDArray[Any] = np.minimum(sums, allowance) - np.minimum(sums - wanted, allowance)
    return cut


def _admitted_trailing(
    times: Ints, wanted: npt.NDArray[Any], sums: npt.NDArray[Any], allowance: int
) -> npt.NDArray[Any]:
    """Minute by minute, but only from where demand exceeds the allowance until all is free again.

    Elsewhere the window holds nothing but what was wanted, and all of it fits.
    """
    admitted = wanted.copy()
    crowded = np.flatnonzero(sums > allowance)
    at = int(crowded[0]) if len(crowded) else len(times)
    minutes, demand = times.tolist(), wanted.tolist()
    while at < len(minutes):
        oldest = int(np.searchsorted(times, minutes[at] - _DAY_MINUTES, side="right"))
        used = admitted[oldest:at].sum().item()
        let = admitted[oldest:at].tolist()
        first, blocked_at = oldest, minutes[at]
        while at < len(minutes) and minutes[at] - blocked_at < _DAY_MINUTES:
            while minutes[oldest] <= minutes[at] - _DAY_MINUTES:
                used -= let[oldest - first]
                oldest += 1
            room = max(allowance - used, 0)
            taken = min(demand[at], room)
            if taken < demand[at]:
                blocked_at = minutes[at]
                admitted[at] = taken
            let.append(taken)
            used += taken
            at += 1
        later = int(np.searchsorted(crowded, at))
        at = int(crowded[later]) if later < len(crowded) else len(minutes)
    return admitted


def _steps(usage: pd.DataFrame, kind: Kind, zone: str) -> pd.DataFrame:
    if usage.empty:
        return usage
    times = usage["occurred_at"]
    return windows.steps(usage, kind, zone, times.iloc[0], times.iloc[-1] + MINUTE)


def _days(minutes: pd.DataFrame, steps: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Sums by day of the zone, and the most that was used at any time of the day."""
    names = ["demand", "admitted", "refused"]
    if minutes.empty:
        return pd.DataFrame(columns=["day", *names, "peak_used"])
    local = minutes["minute"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    sums = minutes.groupby(local.dt.normalize())[names].sum()
    every = pd.date_range(sums.index[0], sums.index[-1], freq="D", name="day")
    sums = sums.reindex(every, fill_value=0)
    clock = steps["occurred_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    peaks = steps["credits"].groupby(clock.dt.normalize()).max().reindex(every)
    # What was used at a day's end is still used when the next one begins.
    held = steps["credits"].groupby(clock.dt.normalize()).last().reindex(every).ffill().shift()
    sums["peak_used"] = peaks.fillna(held).astype(steps["credits"].dtype)
    frame = sums.reset_index()
    return frame.assign(day=frame["day"].dt.date)


def _blocked(minutes: pd.DataFrame) -> pd.DataFrame:
    """Spans from a minute that refuses something to the last before one that takes all again."""
    refusing = (minutes["refused"] > 0).to_numpy()
    edges = np.flatnonzero(np.diff(refusing.astype(np.int8), prepend=0, append=0))
    starts, ends = edges[::2], edges[1::2] - 1
    times = minutes["minute"]
    return pd.DataFrame(
        {
            "start": times.iloc[starts].reset_index(drop=True),
            "end": times.iloc[ends].reset_index(drop=True) + MINUTE,
        }
    )


def document(found: Replay, plan: Plan) -> dict[str, Any]:
    """The document of `python -m credits replay`, as the README describes it."""
    minutes = found.minutes
    return {
        "allowance": found.allowance,
        "window": found.kind,
        "resolution": "minute",
        "demand": {
            "calls": int(minutes["calls"].sum()),
            "credits": _total(minutes["demand"]),
        },
        "admitted": {"credits": _total(minutes["admitted"])},
        "refused": {"calls": found.refused_calls, "credits": found.refused},
        "blocked_minutes": found.blocked_minutes,
        "blocked": [
            {"from": row["start"], "to": row["end"]} for row in found.blocked.to_dict("records")
        ],
        "days": [{**row, "day": str(row["day"])} for row in found.days.to_dict("records")],
        "peak_used": found.peak_used,
        "headroom": found.headroom(),
        "least_allowance": found.least_allowance,
        "least_users": least_users(plan, found.least_allowance),
    }
