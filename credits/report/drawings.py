"""Charts of a page that holds no script: shapes in SVG, stretched to the page, words in HTML.

The words lie over the shapes in places given in per cent, so that they keep their size on a phone,
on a wide screen and on paper, where a drawing with its own text would shrink with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from credits import extremes
from credits.extremes import Unit
from credits.phrases import number
from credits.report.texts import clean
from credits.times import DAY, microseconds

_WIDE, _HIGH = 1_000, 300
_NAME = 60
_YEAR = 300


def window_sum(
    drawn: pd.DataFrame, of: Unit | None, allowance: int, spans: pd.DataFrame, label: str
) -> str:
    """The window's sum over time against the allowance; what is above it is red.

    `drawn`, `of`: see `extremes.drawn`; the extremes of units are a line at the highest, and filled
    from there to the lowest. `spans`: start, end (local): when calls would have been refused,
    shaded.
    """
    times = microseconds(drawn["occurred_at"])
    begun, length = int(times[0]), max(int(times[-1] - times[0]), 1)
    values = drawn["credits"].to_numpy(dtype=float)
    top = max(float(values.max(initial=0)), float(allowance), 1.0) * 1.12
    xs = (times - begun) * _WIDE / length
    ys = _HIGH - values * _HIGH / top
    line = "M" + ("L" if of else "H").join(
        f"{x:.1f} {y:.1f}" if of or not place else f"{x:.1f}V{y:.1f}"
        for place, (x, y) in enumerate(zip(xs, ys, strict=True))
    )
    area = f"{line}V{_HIGH}H0Z"
    if of:
        low = zip(
            (microseconds(drawn["low_at"]) - begun) * _WIDE / length,
            _HIGH - drawn["low"].to_numpy(dtype=float) * _HIGH / top,
            strict=True,
        )
        area = line + "".join(f"L{x:.1f} {y:.1f}" for x, y in reversed(list(low))) + "Z"
    limit = _HIGH - allowance * _HIGH / top
    shapes = (
        _bands(spans, begun, length)
        + f'<clipPath id="above"><rect width="{_WIDE}" height="{limit:.1f}"/></clipPath>'
        f'<path class="area{" band" if of else ""}" d="{area}"/><path class="line" d="{line}"/>'
        f'<path class="line over" clip-path="url(#above)" d="{line}"/>'
        f'<path class="limit" d="M0 {limit:.1f}H{_WIDE}"/>'
    )
    words = (
        f'<span class="limit" style="bottom:{allowance / top:.2%}">Allowance'
        f" {number(allowance)}</span>"
    )
    return _plot(shapes, _heights(top) + _times(drawn["occurred_at"]) + words, label)


def _bands(spans: pd.DataFrame, begun: int, length: int) -> str:
    starts, ends = (
        np.clip((microseconds(spans[name]) - begun) * _WIDE / length, 0, _WIDE)
        for name in ("start", "end")
    )
    seen = ends > starts
    # A minute of four weeks would not be seen.
    starts, ends = starts[seen], np.maximum(ends, starts + 2)[seen]
    # What lies over each other is one band: shaded twice and more, it would hide the line.
    first = np.append(True, starts[1:] > np.maximum.accumulate(ends)[:-1])[: len(starts)]
    last = np.append(first[1:], True)[: len(starts)]
    return "".join(
        f'<rect class="refused" x="{x:.1f}" width="{end - x:.1f}" height="{_HIGH}"/>'
        for x, end in zip(starts[first], np.maximum.accumulate(ends)[last], strict=True)
    )


def units(days: pd.DataFrame) -> tuple[pd.DataFrame, Unit]:
    """Days (day, admitted, refused) as the sums of as many bars as there is room for, and of what.

    Day is then the first of each week or month, also where that lies before the first day.
    """
    each = extremes.unit(0, len(days) * DAY) or "day"
    if each == "day":
        return days, each
    periods = pd.to_datetime(days["day"]).dt.to_period({"week": "W", "month": "M"}[each])
    sums = days.groupby(periods)[["admitted", "refused"]].sum()
    return sums.assign(day=pd.PeriodIndex(sums.index).start_time).reset_index(drop=True), each


def by_day(days: pd.DataFrame, label: str) -> str:
    """A bar for each row, what is refused on top of what is admitted: day, admitted, refused."""
    admitted = days["admitted"].to_numpy(dtype=float)
    whole = admitted + days["refused"].to_numpy(dtype=float)
    top = max(float(whole.max(initial=0)), 1.0) * 1.05
    slot = _WIDE / max(len(days), 1)

    def bars(low: Sequence[float], high: Sequence[float]) -> str:
        return "".join(
            f"M{(place + 0.15) * slot:.1f} {_HIGH - bottom * _HIGH / top:.1f}"
            f"h{slot * 0.7:.1f}V{_HIGH - end * _HIGH / top:.1f}h-{slot * 0.7:.1f}z"
            for place, (bottom, end) in enumerate(zip(low, high, strict=True))
            if end > bottom
        )

    shapes = (
        f'<path class="bar" d="{bars([0.0] * len(days), admitted.tolist())}"/>'
        f'<path class="bar over" d="{bars(admitted.tolist(), whole.tolist())}"/>'
    )
    return _plot(shapes, _heights(top) + _dates(list(days["day"])), label)


def ranked(frame: pd.DataFrame, label: str) -> str:
    """Names with bars, in the frame's order: `label`, credits."""
    greatest = max(float(frame["credits"].max()), 1.0) if len(frame) else 1.0
    rows = "".join(
        f"<li><span>{named(row[label])}</span>"
        f'<i style="width:{float(row["credits"]) / greatest:.2%}"></i>'
        f"<b>{number(row['credits'])}</b></li>"
        for row in frame.to_dict("records")
    )
    return f'<ol class="ranked">{rows}</ol>'


def named(value: object, most: int = _NAME) -> str:
    """A name from a log as HTML: to the letter, kept apart from what stands around it."""
    text = clean(value)
    return f"<bdi>{escape(text if len(text) <= most else text[: most - 1] + '…')}</bdi>"


def _plot(shapes: str, words: str, label: str) -> str:
    return (
        f'<div class="plot" role="img" aria-label="{escape(label)}">'
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none">{shapes}</svg>{words}</div>'
    )


def _heights(top: float) -> str:
    """Labels of the vertical axis at round numbers, and lines across."""
    step = 10 ** floor(log10(top / 2))
    step *= next(times for times in (1, 2, 5, 10) if top / (step * times) <= 6)
    step = max(step, 1)
    return "".join(
        f'<span class="y" style="bottom:{step * place / top:.2%}">{number(step * place)}</span>'
        for place in range(int(top // step) + 1)
    )


def _times(times: pd.Series) -> str:
    """Labels below an axis of time: days, or hours where there are only few."""
    first, last = times.iloc[0], times.iloc[-1]
    span = last - first
    if span <= pd.Timedelta(days=2):
        marks, form = pd.date_range(first.ceil("6h"), last, freq="6h"), "%H:%M"
    else:
        marks, form = pd.date_range(first.ceil("D"), last, freq="D"), _form(span.days)
    if not len(marks) or not span:
        marks, form, span = pd.DatetimeIndex([first]), "%d %b, %H:%M", pd.Timedelta(days=1)
    places = [((mark - first) / span, f"{mark:{form}}") for mark in marks]
    return _below(places)


def _dates(days: Sequence[Any]) -> str:
    form = _form((days[-1] - days[0]).days if days else 0)
    return _below([((place + 0.5) / len(days), f"{day:{form}}") for place, day in enumerate(days)])


def _form(days: int) -> str:
    """How a day is written on an axis of so many days."""
    return "%d %b" if days <= _YEAR else "%b %Y"


def _below(places: Sequence[tuple[float, str]]) -> str:
    """At most five labels, equally far apart, none of them beyond the axis."""
    step = max(-(-len(places) // 5), 1)
    return "".join(
        f'<span class="x" style="left:{place:.2%}">{text}</span>'
        for place, text in places[step // 2 :: step]
        if 0.03 <= place <= 0.97 or len(places) == 1
    )
