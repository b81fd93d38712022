"""Plans against each other: usage played again, and curves over allowance and users."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from credits.charts.drawing import (
    HOVER_TIME,
    Drawing,
    Palette,
    Spec,
    array,
    clear,
    figure,
    instants,
    mark,
    step_line,
)
from credits.charts.series import against
from credits.windows import Peak


def replayed(
    drawn: pd.DataFrame, allowance: int, palette: Palette, *, height: int = 360
) -> Drawing:
    """What the window used under an allowance, and on top of it, in red, what it was refused.

    `drawn`: occurred_at (local), used, wanted (see `Replay.drawn`). The greatest sum wanted is
    marked: it is the least allowance that refuses nothing.
    """
    times, used, wanted = drawn["occurred_at"], drawn["used"], drawn["wanted"]
    traces = [step_line(times, used, palette.blue, "credits used") | {"x": instants(times)}]
    refused = wanted > used
    if refused.any():
        traces += _refused(drawn, wanted.where(refused), palette)
    top = int(wanted.to_numpy().argmax()) if len(wanted) else 0
    peak = Peak(wanted.iloc[top], 0, times.iloc[top]) if len(wanted) else Peak(0, 0, None)
    return against(allowance, height, traces, drawn, peak, palette, word="Peak wanted")


def _refused(drawn: pd.DataFrame, over: pd.Series, palette: Palette) -> list[Spec]:
    """From what was used up to what was wanted: shaded, with an edge where the two differ."""
    base = {"type": "scatter", "mode": "lines", "x": instants(drawn["occurred_at"])}
    shade = base | {
        "y": array(drawn["wanted"]),
        "line": {"width": 0, "shape": "hv"},
        "fill": "tonexty",
        "fillcolor": clear(palette.red, 0.35),
        "customdata": array(drawn["wanted"] - drawn["used"]),
        "hovertemplate": f"%{{x|{HOVER_TIME}}}<br>%{{customdata:,}} credits refused in the window"
        "<extra></extra>",
    }
    edge = base | {
        "y": array(over),
        "line": {"color": palette.red, "width": 1.5, "shape": "hv"},
        "hoverinfo": "skip",
    }
    return [shade, edge]


def refused_curve(
    curve: pd.DataFrame, marks: Sequence[tuple[str, int]], palette: Palette, *, height: int = 320
) -> Drawing:
    """Credits refused by allowance. `curve`: allowance, refused; `marks`: plans by name."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": array(curve["allowance"]),
        "y": array(curve["refused"]),
        "line": {"color": palette.red, "width": 2},
        "fill": "tozeroy",
        "fillcolor": clear(palette.red, 0.10),
        "hovertemplate": "%{x:,} credits per 24 h<br>%{y:,} credits refused<extra></extra>",
    }
    most = max([float(curve["allowance"].max()), *(float(at) for _, at in marks)])
    return figure(
        height,
        [line],
        x={"title": {"text": "allowance, credits per 24 hours"}, "tickformat": ",d"},
        y={"title": {"text": "credits refused"}},
        limits=_marks(marks, most, palette),
        margin={"l": 8, "r": 16, "t": 12, "b": 8},
    )


def plan_curve(
    curve: pd.DataFrame,
    marks: Sequence[tuple[str, int]],
    palette: Palette,
    *,
    currency: str = "",
    height: int = 320,
) -> Drawing:
    """What so many users give, or cost. `curve`: users, allowance, cost (Decimal or None).

    `currency`: of the cost, which is drawn where one is named; else the allowance is.
    `marks`: numbers of users, by name.
    """
    # A place on the screen: the money itself stays decimal, in the table.
    values = curve["cost"].astype(float) if currency else curve["allowance"]
    unit = f"{currency} a month" if currency else "credits per 24 h"
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": array(curve["users"]),
        "y": array(values),
        "customdata": array(curve["allowance"]),
        "line": {"color": palette.blue, "width": 2},
        "hovertemplate": f"%{{x:,}} users<br>%{{y:,}} {unit}<br>%{{customdata:,}} credits per 24 h"
        "<extra></extra>",
    }
    most = float(curve["users"].max())
    return figure(
        height,
        [line],
        x={"title": {"text": "users"}, "tickformat": ",d"},
        y={"title": {"text": unit}},
        limits=_marks(marks, most, palette),
        margin={"l": 8, "r": 16, "t": 12, "b": 8},
    )


def _marks(
    marks: Sequence[tuple[str, int]], most: float, palette: Palette
) -> list[tuple[Spec, Spec]]:
    """Named places on the axis; the names one below the other, as places may lie close together."""
    colours = (palette.blue, palette.teal, palette.slate)
    found = []
    for row, (name, at) in enumerate(marks):
        shape, label = mark(at, colours[row % 3], f"{name}: {at:,}")
        side = {"xanchor": "right"} if at > most / 2 else {}
        found.append((shape, label | side | {"y": 1 - 0.1 * row, "bgcolor": palette.ground}))
    return found
