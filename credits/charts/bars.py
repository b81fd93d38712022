"""Credits by name and by hour: ranked and stacked bars, a heat map, a gauge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from credits.charts.drawing import (
    AMBER_FROM,
    RED_FROM,
    Drawing,
    Palette,
    Spec,
    array,
    beside,
    escaped,
    figure,
    shortened,
)
from credits.phrases import number

_HOURS_BELOW = 66
"""Pixels that the hours below a heat map need, with their title and the gap above it."""
_SCALE_BESIDE = 62
"""Pixels that its colour scale needs at the right. Where they lack, Plotly draws all twice."""
_FEW = 5
"""Fewer bars than this stay as thick as they would be among so many, and don't fill a panel."""


def gauge(share: float, palette: Palette) -> str:
    """How much of the allowance is used, as an SVG bar with marks at 80 and 90 %.

    `share` may pass 1; the bar then ends at it, and a third mark stands at 100 %. An image, because
    it is redrawn with every move of a slider and a Plotly chart more would double what that takes.
    """
    width, end = 1_000, max(1.0, share)
    marks = "".join(
        f'<rect x="{at / end * width - 1:.1f}" y="0" width="2" height="22" fill="{colour}"/>'
        for at, colour in ((AMBER_FROM, palette.amber), (RED_FROM, palette.red), (1, palette.red))
        if at < end
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 22" width="{width}">'
        f'<rect y="3" width="{width}" height="16" rx="5" fill="{palette.slate}" opacity="0.2"/>'
        f'<rect y="3" width="{share / end * width:.1f}" height="16" rx="5"'
        f' fill="{palette.level(share)}"/>{marks}</svg>'
    )


def name_axis(names: Sequence[object]) -> Spec:
    """A vertical axis with a name at 0, 1, 2 and so on, the first on top."""
    return {
        "autorange": "reversed",
        "zeroline": False,
        "tickvals": list(range(len(names))),
        "ticktext": [shortened(name) for name in names],
        "tickformat": "",
        "rangemode": "normal",
        "showgrid": False,
    }


def ranked(
    frame: pd.DataFrame,
    label: str,
    palette: Palette,
    *,
    measure: str = "credits",
    height: int = 300,
    colour: str | None = None,
) -> Drawing:
    """Horizontal bars, the greatest on top. `frame`: `label`, `measure`, already in that order."""
    top = float(frame[measure].max()) if len(frame) else 1.0
    texts = [number(value) for value in frame[measure]]
    bars = {
        "type": "bar",
        "x": array(frame[measure]),
        "y": list(range(len(frame))),
        "orientation": "h",
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colour or palette.blue, "cornerradius": 3},
        "customdata": [[escaped(name)] for name in frame[label]],
        "hovertemplate": f"%{{customdata[0]}}<br>%{{x:,}} {measure}<extra></extra>",
    }
    bars |= _width(len(frame))
    return figure(
        height,
        [bars],
        x={"visible": False, "range": [0, top or 1]},
        y=name_axis(list(frame[label])),
        # Room for the longest number beside the longest bar, however narrow the chart is.
        margin={
            "l": beside(map(shortened, frame[label]), each=6),
            "r": 12 + 7 * max(map(len, texts), default=0),
            "t": 4,
            "b": 8,
        },
    )


def _width(bars: int) -> Spec:
    """What keeps few bars as thin as `_FEW` of them would be."""
    return {"width": 0.8 * bars / _FEW} if bars < _FEW else {}


def stacked(
    frame: pd.DataFrame,
    label: str,
    series: str,
    palette: Palette,
    *,
    measure: str = "credits",
    height: int = 320,
    order: Sequence[str] = (),
) -> Drawing:
    """Horizontal bars of `label` (in `order`), stacked by `series`, in the order they come in."""
    # Where all is nothing, the axis would reach below it.
    top = float(frame.groupby(label)[measure].sum().max()) if len(frame) else 0.0
    scale = {} if top else {"range": [0, 1]}
    traces = []
    for index, kind in enumerate(dict.fromkeys(frame[series])):
        part = frame[frame[series] == kind].set_index(label)[measure]
        traces.append(
            {
                "type": "bar",
                "x": [part.get(name, 0) for name in order],
                "y": list(range(len(order))),
                "orientation": "h",
                "name": shortened(kind, 28),
                "marker": {"color": palette.series[index % len(palette.series)]},
                "customdata": [[escaped(name), escaped(kind)] for name in order],
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}: %{x:,} "
                f"{measure}<extra></extra>",
                **_width(len(order)),
            }
        )
    return figure(
        height,
        traces,
        x={"tickformat": _short(top), "showgrid": True, "title": {"text": measure}, **scale},
        y=name_axis(order),
        barmode="stack",
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
        },
    )


def _short(top: float) -> str:
    """The format of an axis up to `top`: `4.5k`, but never `800m` for 0.8."""
    return "~s" if top >= 1_000 else ",~f"


def heat(grid: pd.DataFrame, palette: Palette, *, height: int = 260) -> Drawing:
    """Credits by day (rows) and hour (columns 0–23), blank where they are missing.

    `grid`: labels of days as its index.
    """
    values = grid.to_numpy(dtype=float)
    top = float(np.nanmax(values, initial=0)) or 1.0
    cells = {
        "type": "heatmap",
        "x": [f"{hour:02d}" for hour in grid.columns],
        "y": list(grid.index),
        "z": [[None if np.isnan(value) else value for value in row] for row in values.tolist()],
        "hoverongaps": False,
        "xgap": 1,
        "ygap": 1,
        # From nothing: between 610 and 614 credits there is no difference to see.
        "zmin": 0,
        "zmax": top,
        "colorscale": [[0, palette.few], [1, palette.blue]],
        "colorbar": {
            "thickness": 8,
            "outlinewidth": 0,
            "tickformat": _short(top),
            "title": {"text": "credits", "font": {"size": 11}},
        },
        "hovertemplate": "%{y}, %{x}:00<br>%{z:,} credits<extra></extra>",
    }
    return figure(
        height,
        [cells],
        # So few that they stay apart in a third of a page.
        x={
            "type": "category",
            "tickvals": [f"{hour:02d}" for hour in range(0, 24, 3)],
            "title": {"text": "hour of the day"},
        },
        y={
            "autorange": "reversed",
            "tickformat": "",
            "type": "category",
            "rangemode": "normal",
            "showgrid": False,
        },
        margin={"l": beside(grid.index), "r": _SCALE_BESIDE, "t": 4, "b": _HOURS_BELOW},
    )
