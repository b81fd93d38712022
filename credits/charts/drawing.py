"""What every chart is drawn with: one palette for light, one for dark; axes, limits, labels."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

AMBER_FROM = 0.8
RED_FROM = 0.9
GRID = "rgba(139, 152, 169, 0.22)"
"""Half clear, so that it is faint on a light ground and on a dark one."""


TEXT = "rgb(128, 132, 149)"
"""Of text that takes the colour of the page around it; see `STYLE`."""
STYLE = f"""<style>
.stPlotlyChart text[style*="fill: {TEXT}"] {{
    fill: color-mix(in srgb, currentColor 72%, transparent) !important;
}}
[data-testid="stFullScreenFrame"]:has(> .stPlotlyChart) {{ width: round(down, 100%, 1px); }}
</style>"""
"""Lets text of charts follow the page when somebody turns to light or dark, and gives charts a
whole number of pixels: of a fraction Plotly and Streamlit keep different digits, and where the
width of a chart changes it is drawn anew."""
EDGE = 26
"""Pixels at the right that half of a date needs, where it stands below the end of an axis."""
DATES = {"type": "date", "automargin": False, "ticklabeloverflow": "allow"}
"""An axis of dates, in margins that have room for its labels: Plotly need not measure them."""


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

HOVER_TIME = "%a %d %b %Y, %H:%M"


def level_in_words(share: float) -> str:
    """What the colour of `Palette.level` says."""
    if share > 1:
        return "over the allowance"
    if share >= RED_FROM:
        return "above 90 %"
    return "above 80 %" if share >= AMBER_FROM else "within the allowance"


Spec = dict[str, Any]


class Drawing(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that is ready to be sent: whoever shows it asks for `to_dict`, and for nothing else.

    Plotly's own figures are checked, copied and translated when they are made and again when they
    are shown: for seven charts that takes as long as everything else on a page together, at every
    move of a slider. This one is handed its final form, and gives it away as it is.
    """

    def __init__(self, spec: Spec) -> None:
        # Past Plotly, which watches over attributes that are set.
        self.__dict__["_spec"] = spec

    def to_dict(self) -> Spec:
        """The figure as the browser gets it; not to be changed."""
        spec: Spec = self.__dict__["_spec"]
        return spec

    def selectable(self) -> Drawing:
        """The same, with points that can be clicked: in the words that Streamlit adds otherwise,
        upon which Plotly would draw it anew.
        """
        spec = self.to_dict()
        clicks = {"clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
        return Drawing({**spec, "layout": {**spec["layout"], **clicks}})


_FEW = 5_000
"""Numbers that are sent as they are: those in base64 Plotly takes for new ones each time."""


def array(values: Any) -> Any:
    """A column as the browser wants it: times as text, many numbers in base64, the rest as is."""
    column = np.asarray(values)
    if column.dtype.kind == "M":
        return np.datetime_as_string(column.astype("datetime64[ms]")).tolist()
    if column.dtype.kind not in "iuf" or column.size <= _FEW:
        return column.tolist()
    # Browsers have no whole numbers of 64 bits; what is drawn needs no more than a double's 53.
    small = column.dtype.kind in "iu" and column.size and int(np.abs(column).max()) < 2**31
    dtype = "i4" if small else "f8"
    text = base64.b64encode(np.ascontiguousarray(column, dtype=f"<{dtype}").tobytes()).decode()
    shape = {"shape": ", ".join(map(str, column.shape))} if column.ndim > 1 else {}
    return {"dtype": dtype, "bdata": text, **shape}


def instants(times: Any) -> Any:
    """A column of times as the browser counts them, in milliseconds: for long series.

    A third of the text that `array` makes of them, and nothing to be read letter by letter.
    """
    return array(np.asarray(times).astype("datetime64[ms]").astype(np.int64))


_FONT = {"family": '"Source Sans", sans-serif', "size": 12, "color": TEXT}
"""The family is the one that Streamlit brings along."""
_CLEAR = "rgba(0, 0, 0, 0)"
_AXIS = {
    "automargin": True, "fixedrange": True, "ticks": "", "gridcolor": GRID, "zerolinecolor": GRID,
}  # fmt: skip
_ACROSS = {"showgrid": False, "zeroline": False}
# A vertical axis' labels never leave the chart: Plotly need not measure each of them.
_UP = {"ticklabeloverflow": "allow", "tickformat": ",~f", "rangemode": "tozero"}
_TITLE = {"font": {"size": 14}, "standoff": 20}
# Dark on a light page as on a dark one.
_HOVER = {
    "bgcolor": "#18212F",
    "bordercolor": "#566476",
    "font": {**_FONT, "color": "#FFFFFF", "size": 13},
    "namelength": -1,
}


def _axis(kind: Spec, own: Spec | None) -> Spec:
    """An axis with what is special about it."""
    axis = {**_AXIS, **kind, **(own or {})}
    return {**axis, "title": {**_TITLE, **axis["title"]}} if "title" in axis else axis


def _revision(traces: Sequence[Spec]) -> int:
    """A number for what is drawn: by it Plotly knows that nothing has to be drawn anew."""
    return zlib.crc32(repr(traces).encode())


def figure(
    height: int,
    traces: Sequence[Spec],
    *,
    x: Spec | None = None,
    y: Spec | None = None,
    limits: Sequence[tuple[Spec, Spec]] = (),
    labels: Sequence[Spec] = (),
    **layout: Any,
) -> Drawing:
    """A figure: traces, what is special about its axes, labelled limits, labels, other layout.

    Streamlit shows a chart twice, the second time with its width. So that Plotly draws it once, all
    that it looks at must be the same then: there is no template, which it takes for a new one each
    time, and no theme of Streamlit's, which comes the second time only.
    """
    whole = {
        "height": height,
        "showlegend": False,
        "dragmode": False,
        "bargap": 0.35,
        "shapes": [shape for shape, _ in limits],
        "annotations": [label for _, label in limits if label] + list(labels),
        "font": _FONT,
        "hoverlabel": _HOVER,
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "datarevision": _revision(traces),
        **layout,
        "margin": {"pad": 8, **layout.get("margin", {"l": 8, "r": 8, "t": 28, "b": 8})},
        "xaxis": _axis(_ACROSS, x),
        "yaxis": _axis(_UP, y),
    }
    return Drawing({"data": list(traces), "layout": whole})


def beside(texts: Iterable[str], *, each: int = 7) -> int:
    """Pixels at the left that the labels of a vertical axis need, `each` for a character.

    Only a guess: whoever leaves `automargin` on gets what is missing. But where Plotly finds that
    something is, it draws the whole chart once more.
    """
    return 16 + each * max(map(len, texts), default=0)


def limit(
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


def mark(at: float | str, colour: str, text: str = "") -> tuple[Spec, Spec]:
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


def step_line(times: Any, values: Any, colour: str, unit: str) -> Spec:
    """A filled step line: a value holds until the next one."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": instants(times),
        "y": array(values),
        "line": {"color": colour, "width": 2, "shape": "hv"},
        "fill": "tozeroy",
        "fillcolor": clear(colour, 0.10),
        "hovertemplate": f"%{{x|{HOVER_TIME}}}<br>%{{y:,}} {unit}<extra></extra>",
    }


def escaped(name: object) -> str:
    """A name as text, whatever it holds: Plotly reads `<b>` as markup."""
    text = "(none)" if name is None or name != name else str(name)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(name: object, most: int = 26) -> str:
    """A name for an axis or a legend."""
    text = "(none)" if name is None or name != name else str(name)
    return escaped(text if len(text) <= most else f"{text[: most - 1]}…")


def clear(colour: str, opacity: float) -> str:
    """A colour that lets through what is behind it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
