"""A frame becomes a Plotly figure. Times arrive in the zone they are to be read in.

Text, grid and background come from the theme in force, so only series have colours here: one
palette for light, one for dark. A limit is always labelled; colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    faint: str = "rgba(139, 152, 169, 0.18)"
    few: str = "#EEF3FE"

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
)

_HOVER_TIME = "%a %d %b %Y, %H:%M"


def level_in_words(share: float) -> str:
    """What the colour of `Palette.level` says."""
    if share > 1:
        return "over the allowance"
    if share >= RED_FROM:
        return "above 90 %"
    return "above 80 %" if share >= AMBER_FROM else "within the allowance"


def _figure(height: int, *, legend: bool = False) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None},
        hoverlabel={"namelength": -1},
        dragmode=False,
        bargap=0.35,
    )
    figure.update_xaxes(automargin=True, showgrid=False, fixedrange=True, gridcolor=GRID)
    figure.update_yaxes(
        automargin=True, tickformat=",d", rangemode="tozero", fixedrange=True, gridcolor=GRID
    )
    return figure


def _limit(figure: go.Figure, value: float, text: str, colour: str, *, right: bool = False) -> None:
    """A horizontal limit with its label above it, at the side where nothing else stands."""
    figure.add_hline(
        y=value,
        line={"color": colour, "width": 1.5, "dash": "dash"},
        annotation={
            "text": text,
            "font": {"color": colour, "size": 12},
            "x": 1 if right else 0,
            "xanchor": "right" if right else "left",
            "yanchor": "bottom",
            "showarrow": False,
        },
    )


def gauge(share: float, allowance: int, palette: Palette) -> go.Figure:
    """How much of the allowance is used: a bar with marks at 80 and 90 %. `share` may pass 1."""
    figure = _figure(52)
    end = max(1.0, share)
    figure.add_bar(
        x=[min(share, end)],
        y=[""],
        orientation="h",
        marker={"color": palette.level(share), "cornerradius": 4},
        width=0.9,
        hovertemplate=f"{share:.1%} of {allowance:,} credits<extra></extra>",
    )
    figure.add_bar(
        x=[max(0.0, end - share)],
        y=[""],
        orientation="h",
        marker={"color": palette.faint, "cornerradius": 4},
        width=0.9,
        hoverinfo="skip",
    )
    for mark, colour in ((AMBER_FROM, palette.amber), (RED_FROM, palette.red), (1.0, palette.red)):
        figure.add_vline(x=mark, line={"color": colour, "width": 1.5, "dash": "dot"})
    figure.update_layout(barmode="stack", margin={"l": 14, "r": 18, "t": 0, "b": 24})
    figure.update_xaxes(
        range=[0, end * 1.001],
        tickvals=[0, 0.5, AMBER_FROM, RED_FROM, 1.0],
        ticktext=["0", "50 %", "80 %", "90 %", "100 %"],
        showline=False,
        zeroline=False,
        automargin=False,
    )
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def trailing(
    steps: pd.DataFrame,
    allowance: int,
    peak: Peak,
    palette: Palette,
    *,
    height: int = 300,
) -> go.Figure:
    """The window's sum over time against the allowance; what is above it is red.

    `steps`: occurred_at (local), credits, calls: a value holds until the next row.
    """
    figure = usage_line(steps, peak, palette, height=height, limit=allowance)
    values = steps["credits"]
    over = values.where(values > allowance)
    if over.notna().any():
        figure.add_scatter(
            x=steps["occurred_at"],
            y=over,
            name="Above the allowance",
            line={"color": palette.red, "width": 3, "shape": "hv"},
            hoverinfo="skip",
        )
    early = _place(steps, peak) < 0.5
    _limit(figure, allowance, f"Allowance {allowance:,}", palette.red, right=early)
    return figure


def usage_line(
    steps: pd.DataFrame,
    peak: Peak,
    palette: Palette,
    *,
    height: int = 260,
    limit: int | None = None,
) -> go.Figure:
    """The window's sum over time with its peak, which is red where it is above `limit`."""
    figure = _figure(height)
    figure.add_scatter(
        x=steps["occurred_at"],
        y=steps["credits"],
        name="Used",
        line={"color": palette.blue, "width": 2, "shape": "hv"},
        fill="tozeroy",
        fillcolor=_clear(palette.blue, 0.10),
        hovertemplate=f"%{{x|{_HOVER_TIME}}}<br>%{{y:,}} credits<extra></extra>",
    )
    if peak.end is not None:
        early = _place(steps, peak) < 0.5
        over = limit is not None and peak.credits > limit
        _mark_peak(figure, peak, palette.red if over else palette.blue, early=early)
    figure.update_yaxes(range=[0, max(float(peak.credits), limit or 0) * 1.18 or 1])
    figure.update_xaxes(tickformatstops=_TICKS)
    return figure


_TICKS = [
    {"dtickrange": [None, 3_600_000], "value": "%H:%M\n%d %b"},
    {"dtickrange": [3_600_000, 86_400_000], "value": "%H:%M\n%d %b"},
    {"dtickrange": [86_400_000, 604_800_000], "value": "%d %b"},
    {"dtickrange": [604_800_000, "M1"], "value": "%d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


def _place(steps: pd.DataFrame, peak: Peak) -> float:
    """How far along the axis the peak stands, 0 to 1."""
    if peak.end is None:
        return 1.0
    times = steps["occurred_at"]
    span = (times.iloc[-1] - times.iloc[0]) or pd.Timedelta(1)
    return float((peak.end - times.iloc[0]) / span)


def _mark_peak(figure: go.Figure, peak: Peak, colour: str, *, early: bool) -> None:
    """A dot on the earliest instant of the peak; its label on the side that has more room."""
    figure.add_scatter(
        x=[peak.end],
        y=[peak.credits],
        mode="markers",
        marker={"color": colour, "size": 9, "line": {"color": "white", "width": 1.5}},
        name="Peak",
        hovertemplate=f"Peak %{{y:,}}<br>%{{x|{_HOVER_TIME}}}<extra></extra>",
    )
    figure.add_annotation(
        x=peak.end,
        y=peak.credits,
        text=f"Peak {peak.credits:,}",
        showarrow=False,
        yshift=15,
        xanchor="left" if early else "right",
        font={"color": colour, "size": 12},
    )


def coming_back(
    available: pd.DataFrame, allowance: int, palette: Palette, *, height: int = 260
) -> go.Figure:
    """What is left over the next 24 hours if nothing more is called.

    `available`: at (local), credits left from then on.
    """
    figure = _figure(height)
    figure.add_scatter(
        x=available["at"],
        y=available["credits"],
        line={"color": palette.teal, "width": 2, "shape": "hv"},
        fill="tozeroy",
        fillcolor=_clear(palette.teal, 0.12),
        hovertemplate=f"%{{x|{_HOVER_TIME}}}<br>%{{y:,}} credits left<extra></extra>",
    )
    _limit(figure, allowance, f"Allowance {allowance:,}", palette.slate)
    figure.update_yaxes(range=[0, max(allowance, 1) * 1.18])
    figure.update_xaxes(tickformatstops=_TICKS)
    return figure


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
    figure = _figure(height)
    names = [_shortened(name) for name in frame[label]]
    figure.add_bar(
        x=frame[measure],
        y=list(range(len(frame))),
        orientation="h",
        text=[f"{value:,}" for value in frame[measure]],
        textposition="outside",
        cliponaxis=False,
        marker={"color": colour or palette.blue, "cornerradius": 3},
        customdata=[[str(name)] for name in frame[label]],
        hovertemplate=f"%{{customdata[0]}}<br>%{{x:,}} {measure}<extra></extra>",
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 8})
    top = float(frame[measure].max()) if len(frame) else 1.0
    figure.update_xaxes(visible=False, range=[0, top * 1.3 or 1])
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(frame))),
        ticktext=names,
        tickformat=None,
        rangemode="normal",
        showgrid=False,
    )
    return figure


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
    """Horizontal bars of `label` (in `order`), stacked by `series`, most important series first."""
    figure = _figure(height, legend=True)
    kinds = list(dict.fromkeys(frame[series]))
    for index, kind in enumerate(kinds):
        part = frame[frame[series] == kind].set_index(label)[measure]
        figure.add_bar(
            x=[part.get(name, 0) for name in order],
            y=list(range(len(order))),
            orientation="h",
            name=_shortened(kind, 28),
            marker={"color": palette.series[index % len(palette.series)]},
            customdata=[[str(name), str(kind)] for name in order],
            hovertemplate=(
                f"%{{customdata[0]}}<br>%{{customdata[1]}}: %{{x:,}} {measure}<extra></extra>"
            ),
        )
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(tickformat="~s", showgrid=True, title=measure)
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(order))),
        ticktext=[_shortened(name) for name in order],
        tickformat=None,
        rangemode="normal",
        showgrid=False,
    )
    return figure


def heat(grid: pd.DataFrame, palette: Palette, *, height: int = 260) -> go.Figure:
    """Credits by day (rows) and hour (columns 0–23). `grid`: labels of days as its index."""
    figure = _figure(height)
    figure.add_heatmap(
        x=[f"{hour:02d}" for hour in grid.columns],
        y=list(grid.index),
        z=grid.to_numpy(),
        xgap=1,
        ygap=1,
        colorscale=[[0, palette.few], [1, palette.blue]],
        colorbar={"thickness": 8, "outlinewidth": 0, "tickformat": "~s", "title": None},
        hovertemplate="%{y}, %{x}:00<br>%{z:,} credits<extra></extra>",
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 8})
    figure.update_yaxes(autorange="reversed", tickformat=None, type="category", rangemode="normal")
    figure.update_xaxes(type="category", nticks=12, title="hour of the day")
    return figure


def plan_curve(
    curve: pd.DataFrame, chosen: int, palette: Palette, *, height: int = 280
) -> go.Figure:
    """The allowance over the number of users. `curve`: users, allowance; `chosen`: users now."""
    figure = _figure(height)
    figure.add_scatter(
        x=curve["users"],
        y=curve["allowance"],
        line={"color": palette.blue, "width": 2},
        hovertemplate="%{x:,} users<br>%{y:,} credits per 24 h<extra></extra>",
    )
    figure.add_vline(
        x=chosen,
        line={"color": palette.slate, "width": 1.5, "dash": "dot"},
        annotation={"text": f"{chosen:,} users", "yanchor": "top", "font": {"size": 12}},
    )
    figure.update_xaxes(title="users", tickformat=",d")
    return figure


def _shortened(name: object, most: int = 26) -> str:
    """A name for an axis: shown as text, whatever it holds (Plotly reads `<b>` as markup)."""
    text = "(none)" if name is None or name != name else str(name)
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clear(colour: str, opacity: float) -> str:
    """A colour that lets through what is behind it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
