"""Credits over time: the window's sum against an allowance, one user's, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from credits.charts.drawing import (
    DATES,
    EDGE,
    HOVER_TIME,
    Drawing,
    Palette,
    Spec,
    array,
    beside,
    clear,
    figure,
    instants,
    limit,
    step_line,
)
from credits.extremes import Unit
from credits.phrases import number
from credits.windows import Peak


def trailing(
    steps: pd.DataFrame,
    allowance: int,
    peak: Peak,
    palette: Palette,
    *,
    of: Unit | None = None,
    height: int = 300,
) -> Drawing:
    """The window's sum over time against the allowance; what is above it is red.

    `steps`: occurred_at (local), credits: a value holds until the next row. `of`: where rows are
    the extremes of such units instead, with low_at and low (see `extremes.drawn`).
    """
    traces = _sums(steps, palette, of)
    above = (_above if of is None else _highest_above)(steps, allowance, palette)
    return against(allowance, height, [*traces, *above], steps, peak, palette)


def usage_line(
    steps: pd.DataFrame,
    peak: Peak,
    palette: Palette,
    *,
    of: Unit | None = None,
    height: int = 260,
) -> Drawing:
    """One user's credits in the window over time: like `trailing`, without a limit of their own."""
    dot, label = dot_and_label(peak, palette.blue, early=place(steps, peak) < 0.5)
    top = float(peak.credits) * 1.18
    traces = [*_sums(steps, palette, of), *dot]
    return over_time(height, traces, top, x=_across(steps), labels=label)


def _sums(steps: pd.DataFrame, palette: Palette, of: Unit | None) -> list[Spec]:
    if of is None:
        return [step_line(steps["occurred_at"], steps["credits"], palette.blue, "credits")]
    high = extremes_line(steps["occurred_at"], steps["credits"], palette.blue, f"most of the {of}")
    return band(steps, high, palette, of)


def extremes_line(times: pd.Series, values: pd.Series, colour: str, unit: str) -> Spec:
    """A line from one extreme to the next; each stands at the instant that reached it."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": instants(times),
        "y": array(values),
        "line": {"color": colour, "width": 1.5},
        "hovertemplate": f"%{{x|{HOVER_TIME}}}<br>%{{y:,}} credits, the {unit}<extra></extra>",
    }


def band(steps: pd.DataFrame, high: Spec, palette: Palette, of: Unit) -> list[Spec]:
    """The highest of each unit as a line, and what lies down to the lowest (low_at, low) filled."""
    low = extremes_line(steps["low_at"], steps["low"], palette.blue, f"least of the {of}")
    fill = {"fill": "tonexty", "fillcolor": clear(palette.blue, 0.22)}
    return [low | {"line": {"width": 0}}, high | fill]


def _above(steps: pd.DataFrame, allowance: int, palette: Palette) -> list[Spec]:
    """What is above the allowance, each run of steps up to where the next one takes its place."""
    values = steps["credits"].to_numpy(dtype=float)
    over = values > allowance
    if not over.any():
        return []
    after = np.append(False, over[:-1] & ~over[1:])
    # Where a run has ended, a row closes it at its height, and one without a value parts it.
    rows = np.repeat(np.arange(len(values)), over + 2 * after)
    heights = values[rows - after[rows]]
    heights[1:][rows[1:] == rows[:-1]] = np.nan
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": instants(steps["occurred_at"].iloc[rows]),
            "y": array(heights),
            "line": {"color": palette.red, "width": 3, "shape": "hv"},
            "hoverinfo": "skip",
        }
    ]


def _highest_above(steps: pd.DataFrame, allowance: int, palette: Palette) -> list[Spec]:
    """A dot at the highest of each unit that is above the allowance."""
    over = steps[steps["credits"] > allowance]
    if over.empty:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": instants(over["occurred_at"]),
            "y": array(over["credits"]),
            "marker": {"color": palette.red, "size": 5},
            "hoverinfo": "skip",
        }
    ]


_TICKS = [
    {"dtickrange": [None, 999], "value": "%H:%M:%S.%3f\n%d %b"},
    {"dtickrange": [1_000, 59_999], "value": "%H:%M:%S\n%d %b"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%d %b"},
    {"dtickrange": [86_400_000, "M1"], "value": "%d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


_HOUR = pd.Timedelta(hours=1)


def _across(steps: pd.DataFrame) -> Spec:
    """An axis of an hour around less than that: of one call alone it would be in milliseconds.

    Of extremes, from the first to the last: beside dots Plotly would leave a gap of weeks.
    """
    times = steps["occurred_at"]
    if "low_at" in steps:
        ends = pd.concat([times, steps["low_at"]])
        return {"range": [ends.min().isoformat(), ends.max().isoformat()]}
    if times.empty or times.iloc[-1] - times.iloc[0] >= _HOUR:
        return {}
    middle = times.iloc[0] + (times.iloc[-1] - times.iloc[0]) / 2
    return {"range": [(middle + side * _HOUR / 2).isoformat() for side in (-1, 1)]}


def over_time(
    height: int,
    traces: Sequence[Spec],
    top: float,
    *,
    above: int = 28,
    x: Spec | None = None,
    **others: Any,
) -> Drawing:
    """A figure of credits, 0 to `top`, over time. `above`: room for labels, in pixels.

    Its margins are worked out here: left to Plotly, it draws everything twice to find them.
    """
    return figure(
        height,
        traces,
        x={**DATES, "tickformatstops": _TICKS, **(x or {})},
        y={"range": [0, top or 1], "automargin": False},
        margin={"l": beside([number(round(top, 2))]), "r": EDGE, "t": above, "b": 46},
        **others,
    )


def against(
    allowance: int,
    height: int,
    traces: Sequence[Spec],
    steps: pd.DataFrame,
    peak: Peak,
    palette: Palette,
    *,
    measure: str = "credits",
    word: str = "Peak",
) -> Drawing:
    """Traces over time with their peak marked (`word` says of what) and the allowance's line.

    `steps`: occurred_at (local), and the `measure` that peaks.
    """
    early = place(steps, peak) < 0.5
    colour = palette.red if peak.credits > allowance else palette.blue
    dot, label = dot_and_label(peak, colour, early=early, word=word)
    return over_time(
        height,
        [*traces, *dot],
        max(float(peak.credits), allowance) * 1.18,
        x=_across(steps),
        limits=[
            limit(
                allowance,
                f"Allowance {allowance:,}",
                palette.red,
                palette.ground,
                right=_room_at_the_right(steps["occurred_at"], steps[measure], early),
            )
        ],
        labels=label,
    )


def _room_at_the_right(times: pd.Series, values: pd.Series, otherwise: bool) -> bool:
    """Whether less stands in the way of a label in the last third of the axis than in the first."""
    if times.empty:
        return otherwise
    third = (times.iloc[-1] - times.iloc[0]) / 3
    first = values[times <= times.iloc[0] + third].max()
    last = values[times >= times.iloc[-1] - third].max()
    return otherwise if first == last else bool(last < first)


def place(steps: pd.DataFrame, peak: Peak) -> float:
    """How far along the axis the peak stands, 0 to 1."""
    if peak.end is None:
        return 1.0
    times = steps["occurred_at"]
    span = (times.iloc[-1] - times.iloc[0]) or pd.Timedelta(1)
    return float((peak.end - times.iloc[0]) / span)


def dot_and_label(
    peak: Peak, colour: str, *, early: bool, word: str = "Peak"
) -> tuple[list[Spec], list[Spec]]:
    """A dot on the earliest instant of the peak; its label on the side that has more room."""
    if peak.end is None:
        return [], []
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [peak.end.isoformat()],
        "y": [peak.credits],
        "marker": {"color": colour, "size": 9, "line": {"color": "white", "width": 1.5}},
        "hovertemplate": f"{word} %{{y:,}}<br>%{{x|{HOVER_TIME}}}<extra></extra>",
    }
    label = {
        "x": peak.end.isoformat(),
        "y": peak.credits,
        "text": f"{word} {number(peak.credits)}",
        "showarrow": False,
        "yshift": 15,
        "xanchor": "left" if early else "right",
        "font": {"color": colour, "size": 12},
    }
    return [dot], [label]


def coming_back(back: pd.DataFrame, palette: Palette, *, height: int = 260) -> Drawing:
    """Credits coming back over the next 24 hours, added up. `back`: at (local), credits so far."""
    line = step_line(back["at"], back["credits"], palette.teal, "credits back")
    return over_time(height, [line], float(back["credits"].max()) * 1.05, above=8)
