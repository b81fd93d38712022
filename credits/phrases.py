"""Numbers, shares, instants and lengths of time as they are said to people, on pages and in files.

What machines read (the command line's JSON, CSV) is written without these. Nothing here brings
pandas along: the command line speaks before it knows whether that is needed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Number = int | float | Decimal


def number(value: Number) -> str:
    """`52,500`; a fraction to two places, however large."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.2f}"


def counted(count: int, thing: str) -> str:
    """`1 user`, `2 users`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def begun(words: str) -> str:
    """Words at the beginning of a sentence: `Last 7 days`; all but the first letter stays."""
    return words[:1].upper() + words[1:]


def percent(share: float, places: int = 0) -> str:
    """`47 %`, and with one place `46.7 %`; what is not nothing is never called `0 %`."""
    if share > 0 and not round(100 * share, places):
        return f"under {10**-places:g} %"
    return f"{share:,.{places}%}".replace("%", " %")


def share(part: Number, whole: Number) -> str:
    """A part of a whole in per cent: `46.7 %`, `50 %`; `0 %` for nothing, and of nothing."""
    found = percent(float(part) / float(whole), 1) if part and whole else "0 %"
    return found.replace(".0 %", " %")


def clock(at: pd.Timestamp | None, zone: str) -> str:
    """An instant (naive UTC) in a zone: `13 Aug 2026, 16:00`; `never` for none."""
    return _told(at, zone, "%d %b %Y, %H:%M")


def clock_beside(at: pd.Timestamp | None, other: pd.Timestamp, zone: str) -> str:
    """The same without its year where another instant, which is told nearby, is of that year."""
    years = {_told(each, zone, "%Y") for each in (at, other)}
    return _told(at, zone, "%d %b, %H:%M") if len(years) == 1 else clock(at, zone)


def _told(at: pd.Timestamp | None, zone: str, form: str) -> str:
    from credits.times import local

    return "never" if at is None else local(at, zone).strftime(form)


def ago(then: pd.Timestamp, now: pd.Timestamp) -> str:
    """How long ago, in words: `just now`, `5 minutes ago`, `3 hours ago`, `on 12 Aug 2026`.

    What is to come, since the clock was set back meanwhile, is told by its day too.
    """
    seconds = (now - then).total_seconds()
    if seconds <= -60:
        return f"on {then:%d %b %Y}"
    for unit, size, most in (("minute", 60, 60), ("hour", 3600, 48)):
        count = int(seconds // size)
        if seconds < 60:
            return "just now"
        if count < most:
            return f"{counted(count, unit)} ago"
    return f"on {then:%d %b %Y}"


def duration(span: pd.Timedelta) -> str:
    """A length of time in words: `11 h 5 min`, `3 d 2 h`, `40 s`."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
