"""What is to come: past peaks, the median and the band after them, and the risk of each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from credits.charts.drawing import (
    DATES,
    EDGE,
    Drawing,
    Palette,
    Spec,
    array,
    beside,
    clear,
    figure,
    limit,
    mark,
)
from credits.phrases import number

HOVER_DAY = "%a %d %b %Y"
_FEW_DAYS = 14
DAY_TICKS = [
    {"dtickrange": [None, "M1"], "value": "%d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


def forecast(
    history: pd.DataFrame,
    band: pd.DataFrame,
    allowance: int,
    passes: Sequence[tuple[float, date | None]],
    palette: Palette,
    *,
    height: int = 340,
) -> Drawing:
    """Past peaks by day, then their median and 90 % band, against the allowance.

    `history`: day, peak. `band`: day, low, median, high. `passes`: shares of risk, and the first
    day on which each is reached, None where it never is.
    """
    past = _line(history["day"], history["peak"], "Past peaks", palette.slate)
    edge = {"type": "scatter", "mode": "lines", "x": array(_days(band["day"])), "hoverinfo": "skip"}
    low = edge | {"y": array(band["low"]), "line": {"width": 0}, "showlegend": False}
    high = edge | {
        "y": array(band["high"]),
        "line": {"width": 0},
        "fill": "tonexty",
        "fillcolor": clear(palette.blue, 0.22),
        "name": "90 % band",
    }
    median = _line(band["day"], band["median"], "Median", palette.blue) | {
        "customdata": array(band[["low", "high"]].to_numpy()),
        "hovertemplate": f"%{{x|{HOVER_DAY}}}<br>Median %{{y:,}}<br>"
        "90 % from %{customdata[0]:,} to %{customdata[1]:,}<extra></extra>",
    }
    tops = (history["peak"].max(), band["high"].max(), allowance)
    line = limit(allowance, f"Allowance {allowance:,}", palette.red, palette.ground)
    top = max((float(top) for top in tops if top == top), default=0) * 1.3 or 1
    return figure(
        height,
        [low, high, past, median],
        x={**DATES, "tickformatstops": DAY_TICKS},
        y={"range": [0, top], "automargin": False},
        margin={"l": beside([number(round(top))]), "r": EDGE, "t": 38, "b": 34},
        limits=[line, *_passes(passes, history, band, palette)],
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )


def probabilities(
    frame: pd.DataFrame, shares: Sequence[float], palette: Palette, *, height: int = 240
) -> Drawing:
    """The probability that each day exceeds the allowance. `frame`: day, probability (0 to 1).

    Bars reach amber at the first of two `shares` and red at the second; both are labelled.
    """
    chance = 100 * frame["probability"].to_numpy()
    first, second = (100 * share for share in shares)
    colours = np.where(
        chance >= second, palette.red, np.where(chance >= first, palette.amber, palette.blue)
    )
    bars = {
        "type": "bar",
        "x": array(_days(frame["day"])),
        "y": array(chance),
        "marker": {"color": colours.tolist()},
        "hovertemplate": f"%{{x|{HOVER_DAY}}}<br>%{{y:.1f}} %<extra></extra>",
    }
    # On few days Plotly would put a mark at noon too, under the same date.
    daily = {"dtick": 86_400_000} if len(frame) <= _FEW_DAYS else {}
    return figure(
        height,
        [bars],
        x={**DATES, "tickformatstops": DAY_TICKS, **daily},
        y={"range": [0, 104], "ticksuffix": " %", "dtick": 25, "automargin": False},
        limits=[
            limit(share, f"{share:g} %", palette.slate, palette.ground) for share in (first, second)
        ],
        bargap=0.2,
        margin={"l": beside(["100 %"]), "r": EDGE, "t": 10, "b": 34},
    )


def _days(days: Any) -> Any:
    """Dates as stamps at midnight: an axis of dates wants them."""
    return np.asarray(days).astype("datetime64[us]")


def _line(days: Any, values: Any, name: str, colour: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": array(_days(days)),
        "y": array(values),
        "name": name,
        "line": {"color": colour, "width": 2},
        "hovertemplate": f"%{{x|{HOVER_DAY}}}<br>{name}: %{{y:,}} credits<extra></extra>",
    }


def _passes(
    passes: Sequence[tuple[float, date | None]],
    history: pd.DataFrame,
    band: pd.DataFrame,
    palette: Palette,
) -> list[tuple[Spec, Spec]]:
    """A mark where each risk is first reached, labels below each other; one where days agree."""
    shares: dict[date, list[str]] = {}
    for share, day in passes:
        if day is not None:
            shares.setdefault(day, []).append(f"{100 * share:g} %")
    first = history["day"].iloc[0] if len(history) else band["day"].iloc[0]
    length = max((band["day"].iloc[-1] - first).days, 1)
    marks = []
    for place, (day, texts) in enumerate(shares.items()):
        shape, label = mark(
            f"{day.isoformat()}", palette.amber, f"{' and '.join(texts)} risk: {day:%d %b}"
        )
        late = (day - first).days > length / 2
        side = {"xanchor": "right" if late else "left", "yshift": -16 * place}
        marks.append((shape, label | side | {"bgcolor": palette.ground}))
    return marks
