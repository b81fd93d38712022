"""A frame becomes a Plotly figure. Times arrive in the zone they are to be read in.

Text, grid and background come from the theme in force, so only series have colours here: one
palette for light, one for dark. A limit is always labelled; colour is never the only sign.

Figures are put together from plain dictionaries and not validated: Plotly's own way of building one
takes as long as everything else on a page together, for each move of a slider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from credits.windows import Peak

AMBER_FROM = 0.8
RED_FROM = 0.9
GRID = "rgba(139, 152, 169, 0.22)"
"""Half clear, so that it is faint on a light ground and on a dark one."""


@dataclass(frozen=True)
class Palette:
    """The colours of series, as in `.streamlit/config.toml`."""

    blue: str = "#2457D6"
    teal: str = "#12A594"
    amber: str = "#F5A524"
    red: str = "#E5484D"
    violet: str = "#7C66DC"
    slate: str = "#8B98A9"
    text: str = "#18212F"
    few: str = "#EEF3FE"
    ground: str = "rgba(255, 255, 255, 0.8)"
    """Behind a label that may lie on a line."""

    @property
    def series(self) -> tuple[str, ...]:
        """In the order in which series take them."""
        return (self.blue, self.teal, self.amber, self.violet, self.red, self.slate)

    def level(self, share: float) -> str:
        """Of the share of an allowance that is used: blue, amber from 80 %, red from 90 %."""
        if share >= RED_FROM:
            return self.red
        return self.amber if share >= AMBER_FROM else self.blue


LIGHT = Palette()
DARK = Palette(
    blue="#6E9BFF",
    teal="#2EC4B1",
    red="#FF6369",
    violet="#9B87F0",
    text="#E6EBF2",
    few="#1B2C4A",
    ground="rgba(15, 20, 27, 0.8)",
)

_HOVER_TIME = "%a %d %b %Y, %H:%M"


def level_in_words(share: float) -> str:
    """What the colour of `Palette.level` says."""
    if share > 1:
        return "over the allowance"
    if share >= RED_FROM:
        return "above 90 %"
    return "above 80 %" if share >= AMBER_FROM else "within the allowance"


def amount(value: float) -> str:
    """A number as it is shown: `52,500`; a fraction to two places."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


Spec = dict[str, Any]


def _figure(
    height: int,
    traces: Sequence[Spec],
    *,
    x: Spec | None = None,
    y: Spec | None = None,
    limits: Sequence[tuple[Spec, Spec]] = (),
    labels: Sequence[Spec] = (),
    **layout: Any,
) -> go.Figure:
    """A figure: traces, what is special about its axes, labelled limits, labels, other layout."""
    axis = {"automargin": True, "fixedrange": True, "gridcolor": GRID}
    whole = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
        "showlegend": False,
        "hoverlabel": {"namelength": -1},
        "dragmode": False,
        "bargap": 0.35,
        "xaxis": {**axis, "showgrid": False, **(x or {})},
        "yaxis": {**axis, "tickformat": ",~f", "rangemode": "tozero", **(y or {})},
        "shapes": [shape for shape, _ in limits],
        "annotations": [label for _, label in limits if label] + list(labels),
        **layout,
    }
    return go.Figure({"data": list(traces), "layout": whole}, _validate=False)


def _limit(
    value: float, text: str, colour: str, ground: str, *, right: bool = False
) -> tuple[Spec, Spec]:
    """A horizontal limit with its label above it, at the side where nothing else stands."""
    side = {"x": 1, "xanchor": "right"} if right else {"x": 0, "xanchor": "left"}
    shape = {
        "type": "line",
        "xref": "x domain",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": colour, "width": 1.5, "dash": "dash"},
    }
    label = {
        "text": text,
        "xref": "x domain",
        "y": value,
        "yanchor": "bottom",
        "showarrow": False,
        "bgcolor": ground,
        "font": {"color": colour, "size": 12},
        **side,
    }
    return shape, label


def _mark(at: float, colour: str, text: str = "") -> tuple[Spec, Spec]:
    """A vertical mark, with a label at its top if it has a text."""
    shape = {
        "type": "line",
        "yref": "y domain",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
    }
    label = {
        "text": text,
        "x": at,
        "yref": "y domain",
        "y": 1,
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 12},
    }
    return shape, label if text else {}


def _steps(times: pd.Series, values: pd.Series, colour: str, unit: str) -> Spec:
    """A filled step line: a value holds until the next one."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": times,
        "y": values,
        "line": {"color": colour, "width": 2, "shape": "hv"},
        "fill": "tozeroy",
        "fillcolor": _clear(colour, 0.10),
        "hovertemplate": f"%{{x|{_HOVER_TIME}}}<br>%{{y:,}} {unit}<extra></extra>",
    }


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


def trailing(
    steps: pd.DataFrame,
    allowance: int,
    peak: Peak,
    palette: Palette,
    *,
    height: int = 300,
) -> go.Figure:
    """The window's sum over time against the allowance; what is above it is red.

    `steps`: occurred_at (local), credits: a value holds until the next row.
    """
    values = steps["credits"]
    traces = [_steps(steps["occurred_at"], values, palette.blue, "credits")]
    over = values.where(values > allowance)
    if over.notna().any():
        red = {"color": palette.red, "width": 3, "shape": "hv"}
        above = {"type": "scatter", "mode": "lines", "x": steps["occurred_at"], "y": over}
        traces.append(above | {"line": red, "hoverinfo": "skip"})
    early = _place(steps, peak) < 0.5
    colour = palette.red if peak.credits > allowance else palette.blue
    dot, label = _peak(peak, colour, early=early)
    return _figure(
        height,
        traces + dot,
        x={"tickformatstops": _TICKS},
        y={"range": [0, max(float(peak.credits), allowance) * 1.18 or 1]},
        limits=[
            _limit(allowance, f"Allowance {allowance:,}", palette.red, palette.ground, right=early)
        ],
        labels=label,
    )


def usage_line(
    steps: pd.DataFrame, peak: Peak, palette: Palette, *, height: int = 260
) -> go.Figure:
    """One user's credits in the window over time: like `trailing`, without a limit of their own."""
    dot, label = _peak(peak, palette.blue, early=_place(steps, peak) < 0.5)
    return _figure(
        height,
        [_steps(steps["occurred_at"], steps["credits"], palette.blue, "credits"), *dot],
        x={"tickformatstops": _TICKS},
        y={"range": [0, float(peak.credits) * 1.18 or 1]},
        labels=label,
    )


_TICKS = [
    {"dtickrange": [None, 86_400_000], "value": "%H:%M\n%d %b"},
    {"dtickrange": [86_400_000, "M1"], "value": "%d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


def _place(steps: pd.DataFrame, peak: Peak) -> float:
    """How far along the axis the peak stands, 0 to 1."""
    if peak.end is None:
        return 1.0
    times = steps["occurred_at"]
    span = (times.iloc[-1] - times.iloc[0]) or pd.Timedelta(1)
    return float((peak.end - times.iloc[0]) / span)


def _peak(peak: Peak, colour: str, *, early: bool) -> tuple[list[Spec], list[Spec]]:
    """A dot on the earliest instant of the peak; its label on the side that has more room."""
    if peak.end is None:
        return [], []
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [peak.end],
        "y": [peak.credits],
        "marker": {"color": colour, "size": 9, "line": {"color": "white", "width": 1.5}},
        "hovertemplate": f"Peak %{{y:,}}<br>%{{x|{_HOVER_TIME}}}<extra></extra>",
    }
    label = {
        "x": peak.end,
        "y": peak.credits,
        "text": f"Peak {amount(peak.credits)}",
        "showarrow": False,
        "yshift": 15,
        "xanchor": "left" if early else "right",
        "font": {"color": colour, "size": 12},
    }
    return [dot], [label]


def coming_back(back: pd.DataFrame, palette: Palette, *, height: int = 260) -> go.Figure:
    """Credits coming back over the next 24 hours, added up. `back`: at (local), credits so far."""
    return _figure(
        height,
        [_steps(back["at"], back["credits"], palette.teal, "credits back")],
        x={"tickformatstops": _TICKS},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )


def _names(names: Sequence[object]) -> Spec:
    """A vertical axis with a name at 0, 1, 2 and so on, the first on top."""
    return {
        "autorange": "reversed",
        "tickvals": list(range(len(names))),
        "ticktext": [_shortened(name) for name in names],
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
) -> go.Figure:
    """Horizontal bars, the greatest on top. `frame`: `label`, `measure`, already in that order."""
    top = float(frame[measure].max()) if len(frame) else 1.0
    texts = [amount(value) for value in frame[measure]]
    bars = {
        "type": "bar",
        "x": frame[measure],
        "y": list(range(len(frame))),
        "orientation": "h",
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colour or palette.blue, "cornerradius": 3},
        "customdata": [[_escaped(name)] for name in frame[label]],
        "hovertemplate": f"%{{customdata[0]}}<br>%{{x:,}} {measure}<extra></extra>",
    }
    return _figure(
        height,
        [bars],
        x={"visible": False, "range": [0, top or 1]},
        y=_names(list(frame[label])),
        # Room for the longest number beside the longest bar, however narrow the chart is.
        margin={"l": 8, "r": 12 + 7 * max(map(len, texts), default=0), "t": 4, "b": 8},
    )


def stacked(
    frame: pd.DataFrame,
    label: str,
    series: str,
    palette: Palette,
    *,
    measure: str = "credits",
    height: int = 320,
    order: Sequence[str] = (),
) -> go.Figure:
    """Horizontal bars of `label` (in `order`), stacked by `series`, in the order they come in."""
    traces = []
    for index, kind in enumerate(dict.fromkeys(frame[series])):
        part = frame[frame[series] == kind].set_index(label)[measure]
        traces.append(
            {
                "type": "bar",
                "x": [part.get(name, 0) for name in order],
                "y": list(range(len(order))),
                "orientation": "h",
                "name": _shortened(kind, 28),
                "marker": {"color": palette.series[index % len(palette.series)]},
                "customdata": [[_escaped(name), _escaped(kind)] for name in order],
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}: %{x:,} "
                f"{measure}<extra></extra>",
            }
        )
    return _figure(
        height,
        traces,
        x={"tickformat": "~s", "showgrid": True, "title": {"text": measure}},
        y=_names(order),
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


def heat(grid: pd.DataFrame, palette: Palette, *, height: int = 260) -> go.Figure:
    """Credits by day (rows) and hour (columns 0–23). `grid`: labels of days as its index."""
    cells = {
        "type": "heatmap",
        "x": [f"{hour:02d}" for hour in grid.columns],
        "y": list(grid.index),
        "z": grid.to_numpy(),
        "xgap": 1,
        "ygap": 1,
        "colorscale": [[0, palette.few], [1, palette.blue]],
        "colorbar": {"thickness": 8, "outlinewidth": 0, "tickformat": "~s"},
        "hovertemplate": "%{y}, %{x}:00<br>%{z:,} credits<extra></extra>",
    }
    return _figure(
        height,
        [cells],
        x={"type": "category", "nticks": 12, "title": {"text": "hour of the day"}},
        y={"autorange": "reversed", "tickformat": "", "type": "category", "rangemode": "normal"},
        margin={"l": 8, "r": 8, "t": 4, "b": 8},
    )


def plan_curve(
    curve: pd.DataFrame, chosen: int, palette: Palette, *, height: int = 280
) -> go.Figure:
    """The allowance over the number of users. `curve`: users, allowance; `chosen`: users now."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": curve["users"],
        "y": curve["allowance"],
        "line": {"color": palette.blue, "width": 2},
        "hovertemplate": "%{x:,} users<br>%{y:,} credits per 24 h<extra></extra>",
    }
    return _figure(
        height,
        [line],
        x={"title": {"text": "users"}, "tickformat": ",d"},
        limits=[_mark(chosen, palette.slate, f"{chosen:,} users")],
    )


def _escaped(name: object) -> str:
    """A name as text, whatever it holds: Plotly reads `<b>` as markup."""
    text = "(none)" if name is None or name != name else str(name)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shortened(name: object, most: int = 26) -> str:
    """A name for an axis or a legend."""
    text = "(none)" if name is None or name != name else str(name)
    return _escaped(text if len(text) <= most else f"{text[: most - 1]}…")


def _clear(colour: str, opacity: float) -> str:
    """A colour that lets through what is behind it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
