"""Frames shaped for a screen: local times, grids, tops with the rest of them together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from credits import phrases

OTHERS = "all others"
_LONGEST_DAYS = 35
_WEEKDAYS = pd.Index(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])


def localized(frame: pd.DataFrame, column: str, zone: str) -> pd.DataFrame:
    """A frame with one time column shown in a zone."""
    times = frame[column].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    return frame.assign(**{column: times})


def returned(at: pd.Timestamp, back: pd.DataFrame) -> pd.DataFrame:
    """Credits that have come back since `at`, added up: at, credits; 24 hours long, from zero.

    `back`: at, credits (see `windows.coming_back`).
    """
    end = max([at + pd.Timedelta(hours=24), *back["at"].tail(1)])
    total = back["credits"].sum()
    times = [pd.Series([at]), back["at"], pd.Series([end])]
    sums = [pd.Series([0]), back["credits"].cumsum(), pd.Series([total])]
    return pd.DataFrame(
        {"at": pd.concat(times, ignore_index=True), "credits": pd.concat(sums, ignore_index=True)}
    )


def top(frame: pd.DataFrame, label: str, count: int) -> pd.DataFrame:
    """The first `count` rows, and one for all others together: `label`, calls, credits."""
    head = frame.head(count)[[label, "calls", "credits"]]
    rest = frame.iloc[count:]
    if rest.empty:
        return head.reset_index(drop=True)
    others = {
        label: f"{OTHERS} ({len(rest):,})",
        "calls": rest["calls"].sum(),
        "credits": rest["credits"].sum(),
    }
    return pd.concat([head, pd.DataFrame([others])], ignore_index=True)


def merged(frame: pd.DataFrame, series: str, count: int, by: str) -> pd.DataFrame:
    """Sums by `by` and `series`, with all series but the `count` greatest taken together."""
    order = frame.groupby(series, dropna=False)["credits"].sum().sort_values(ascending=False)
    kept = list(order.index[:count])
    named = frame[series].where(frame[series].isin(kept), OTHERS)
    sums = frame.assign(**{series: named}).groupby([by, series], dropna=False, as_index=False)
    found = sums[["calls", "credits"]].sum()
    rank = {name: place for place, name in enumerate([*kept, OTHERS])}
    return found.sort_values(series, key=lambda column: column.map(rank), kind="stable")


def grid(hours: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Credits by day and hour: a row for each day, or for each weekday in long ranges (the mean).

    `hours`: day, hour, credits (see `usage.hours`) of the period from `start` to `end`, by the same
    clock. Gives labels as index, hours 0–23 as columns. An hour without calls is a zero; one that
    lies beside the period is missing.
    """
    if hours.empty:
        return pd.DataFrame(columns=range(24))
    days = pd.date_range(hours["day"].min(), hours["day"].max(), freq="D")
    sums = hours.set_index(["day", "hour"])["credits"].unstack(fill_value=0)
    sums.index = pd.to_datetime(sums.index)
    sums = sums.reindex(index=days, columns=range(24), fill_value=0)
    begins = days.to_numpy()[:, None] + np.arange(24) * np.timedelta64(1, "h")
    sums = sums.where((begins >= start.floor("h")) & (begins <= end))
    if len(days) <= _LONGEST_DAYS:
        sums.index = pd.Index(days.strftime("%a %d %b"))
        return sums
    mean = sums.groupby(days.day_of_week).mean()
    mean.index = _WEEKDAYS[mean.index]
    return mean.round(1)


def of_days(grid: pd.DataFrame) -> str:
    """What the rows of a grid (see `grid`) are, for its title."""
    means = not grid.empty and set(grid.index) <= set(_WEEKDAYS)
    return "weekday (mean) and hour" if means else "day and hour"


def listed(grid: pd.DataFrame) -> pd.DataFrame:
    """A grid (see `grid`) as a table: day, then a column `00:00` … `23:00` for each hour."""
    hours = grid.set_axis([f"{hour:02d}:00" for hour in grid.columns], axis="columns")
    # Whole numbers stay whole beside hours that are missing.
    return hours.convert_dtypes().reset_index(names="day")


def spans(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Spans of time (start, end) as a table in a zone: from, to, how long."""
    return pd.DataFrame(
        {
            "from": localized(frame, "start", zone)["start"],
            "to": localized(frame, "end", zone)["end"],
            "how long": [phrases.duration(length) for length in frame["end"] - frame["start"]],
        }
    )


def named(frame: pd.DataFrame, column: str, none: str = "(none)") -> pd.DataFrame:
    """A frame with a name where a value is missing."""
    return frame.assign(**{column: frame[column].fillna(none)})


def told_apart(users: pd.DataFrame) -> pd.DataFrame:
    """A name of its own for each user, `name`: with the basis where another has the same.

    `users`: user, user_basis; gives these two and `name`, in their order.
    """
    twice = users["user"].duplicated(keep=False)
    name = users["user"].where(~twice, users["user"] + " (" + users["user_basis"] + ")")
    return users[["user", "user_basis"]].assign(name=name)


def shrunk(trends: pd.Series, most: int = 60) -> pd.Series:
    """Lists of equal length, each with at most `most` sums: what a cell of a table can show."""
    if trends.empty or len(trends.iloc[0]) <= most:
        return trends
    sums = np.array(trends.tolist())
    starts = np.linspace(0, sums.shape[1], most, endpoint=False).astype(int)
    return pd.Series(np.add.reduceat(sums, starts, axis=1).tolist(), index=trends.index)
