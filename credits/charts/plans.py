"""Plans against each other: usage played again, and curves over allowance and users."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from credits.charts.drawing import (
    Drawing,
    Palette,
    Spec,
    array,
    clear,
    figure,
    mark,
    step_line,
)
from credits.charts.series import against, band, extremes_line
from credits.extremes import Unit
from credits.series import told
from credits.times import microseconds
from credits.windows import Peak

_HEIGHTS = 700
"""As many heights are told apart: half a pixel each."""


def replayed(
    drawn: pd.DataFrame,
    allowance: int,
    palette: Palette,
    *,
    of: Unit | None = None,
    height: int = 360,
) -> Drawing:
    """What the window used under an allowance, and on top of it, in red, what it was refused.

    `drawn`: occurred_at (local), used, wanted (see `Replay.drawn`); with `of`, the extremes of such
    units (see `Replay.extremes`). The greatest sum wanted is marked: it is the least allowance that
    refuses nothing.
    """
    times, used, wanted = drawn["occurred_at"], drawn["used"], drawn["wanted"]
    place = int(wanted.to_numpy().argmax()) if len(wanted) else 0
    peak = Peak(wanted.iloc[place], 0, times.iloc[place]) if len(wanted) else Peak(0, 0, None)
    words = {"measure": "wanted", "word": "Peak wanted"}
    if of is not None:
        traces = _extremes(drawn, of, palette)
        return against(allowance, height, traces, drawn, peak, palette, **words)
    finest = max(float(peak.credits), allowance) / _HEIGHTS
    below = _line(times, used, finest, palette.blue, "used")
    if (wanted > used).any():
        # What was wanted lies under what was used, which hides it where the two are one.
        above = _line(times, wanted, finest, palette.red, "wanted")
        above["line"]["width"] = 1.5
        shade = {"fill": "tonexty", "fillcolor": clear(palette.red, 0.35)}
        traces = [above | {"fillcolor": clear(palette.blue, 0.10)}, below | shade]
    else:
        traces = [below]
    return against(allowance, height, traces, drawn, peak, palette, **words)


def _extremes(drawn: pd.DataFrame, of: Unit, palette: Palette) -> list[Spec]:
    """What was used from the lowest to the highest of each unit, and up to the most wanted."""
    most = f"most of the {of}"
    used = extremes_line(drawn["used_at"], drawn["used"], palette.blue, f"{most} used")
    traces = band(drawn, used, palette, of)
    if (drawn["wanted"] > drawn["used"]).any():
        wanted = extremes_line(drawn["occurred_at"], drawn["wanted"], palette.red, f"{most} wanted")
        shade = {"fill": "tonexty", "fillcolor": clear(palette.red, 0.35)}
        # Where nothing was refused the two are one, and blue is on top.
        traces += [wanted | shade, used]
    return traces


def _line(times: pd.Series, values: pd.Series, finest: float, colour: str, word: str) -> Spec:
    """A step line, without the points that lie less than `finest` off the one before them."""
    kept = told(microseconds(times), values.to_numpy(), finest)
    return step_line(times.iloc[kept], values.iloc[kept], colour, f"credits {word}")


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
