"""Credits over time: the window's sum against an allowance, one user's, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    figure,
    instants,
    limit,
    step_line,
)
from credits.phrases import number
from credits.windows import Peak


def trailing(
    steps: pd.DataFrame,
    allowance: int,
    peak: Peak,
    palette: Palette,
    *,
    height: int = 300,
) -> Drawing:
    """The window's sum over time against the allowance; what is above it is red.

    `steps`: occurred_at (local), credits: a value holds until the next row.
    """
    values = steps["credits"]
    traces = [step_line(steps["occurred_at"], values, palette.blue, "credits")]
    over = values.where(values > allowance)
    if over.notna().any():
        red = {"color": palette.red, "width": 3, "shape": "hv"}
        above = {
            "type": "scatter",
            "mode": "lines",
            "x": instants(steps["occurred_at"]),
            "y": array(over),
        }
        traces.append(above | {"line": red, "hoverinfo": "skip"})
    return against(allowance, height, traces, steps, peak, palette)


def usage_line(steps: pd.DataFrame, peak: Peak, palette: Palette, *, height: int = 260) -> Drawing:
    """One user's credits in the window over time: like `trailing`, without a limit of their own."""
    dot, label = dot_and_label(peak, palette.blue, early=place(steps, peak) < 0.5)
    line = step_line(steps["occurred_at"], steps["credits"], palette.blue, "credits")
    top = float(peak.credits) * 1.18
    return over_time(height, [line, *dot], top, x=_an_hour(steps), labels=label)


_TICKS = [
    {"dtickrange": [None, 999], "value": "%H:%M:%S.%3f\n%d %b"},
    {"dtickrange": [1_000, 59_999], "value": "%H:%M:%S\n%d %b"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%d %b"},
    {"dtickrange": [86_400_000, "M1"], "value": "%d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


_HOUR = pd.Timedelta(hours=1)


def _an_hour(steps: pd.DataFrame) -> Spec:
    """An axis of an hour around less than that: of one call alone it would be in milliseconds."""
    times = steps["occurred_at"]
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
    word: str = "Peak",
) -> Drawing:
    """Traces over time with their peak marked (`word` says of what) and the allowance's line."""
    early = place(steps, peak) < 0.5
    colour = palette.red if peak.credits > allowance else palette.blue
    dot, label = dot_and_label(peak, colour, early=early, word=word)
    return over_time(
        height,
        [*traces, *dot],
        max(float(peak.credits), allowance) * 1.18,
        x=_an_hour(steps),
        limits=[
            limit(allowance, f"Allowance {allowance:,}", palette.red, palette.ground, right=early)
        ],
        labels=label,
    )


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
