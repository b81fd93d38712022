"""Text from logs made fit for a file, and the words that both files share."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from credits import prices
from credits.phrases import clock, number, share

if TYPE_CHECKING:
    from credits.report.gathering import Report

# What XML 1.0 has no place for, and a carriage return, which it would turn into a line feed.
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

BASES = {"user": "user", "app": "app", "ip": "IP address", "unknown": "nothing"}
"""By what a log knows who made a call."""

_WINDOWS = {
    "trailing": "24 hours are the 24 hours before each instant, (t − 24 h, t]: a call exactly"
    " 24 hours old has left.",
    "calendar": "24 hours are the days of the time zone, 23 or 25 hours long where its clock"
    " changes.",
    "anchored": "24 hours are blocks that open with the first call after the block before.",
}

_PLAYED = {
    True: "where usage is played again they were wanted too, and count with what they would have"
    " cost.",
    False: "where usage is played again they are left out, as was chosen.",
}


def clean(value: object) -> str:
    """Text as any XML may hold it: what it can't hold is shown as �; a missing name is (none)."""
    text = "(none)" if value is None or value != value else str(value)
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def heading(report: Report) -> str:
    """What the whole report is headed."""
    return clean(f"API credits: {report.wanted.plan.title}")


def per_1000(cost: Decimal | None, each: Decimal | None) -> Decimal | str:
    """What 1,000 credits cost, of a plan's cost: in words where it has no price, or no use."""
    if cost is None:
        return prices.UNPRICED
    return "nothing used" if each is None else prices.finely(each)


def period(report: Report) -> str:
    """The period in words."""
    zone = report.wanted.zone
    return f"{clock(report.start, zone)} to {clock(report.at, zone)} ({zone})"


def played(report: Report) -> str:
    """What was played again, in words."""
    zone = report.wanted.zone
    return f"{clock(report.summary.first, zone)} to {clock(report.summary.last, zone)}"


def assumptions(report: Report) -> list[tuple[str, str]]:
    """What the numbers rest on: title and sentence."""
    sums, growth = report.sums, report.wanted.plan.growth
    found = [
        ("Allowance", "min(base limit + users × credits per user + add-on, cap), per 24 hours."),
        ("Window", _WINDOWS[report.wanted.kind]),
        ("Time zone", f"Days and times are those of {report.wanted.zone}."),
        (
            "Credits",
            f"{number(sums['assumed'])} of {number(sums['credits'])} credits"
            f" ({share(sums['assumed'], sums['credits'])}) rest on an assumption: the log does"
            " not say how many records those calls had, so they are rated at the least they cost.",
        ),
        *(("Rate card", _card(card.name, card.title, card.source, card.as_of))
          for card in report.cards),
        (
            "Refused calls",
            f"The log shows {number(sums['refused'])} refused calls (status 429) in the period."
            f" They cost nothing; {_PLAYED[report.wanted.refused]}",
        ),
        (
            "Played again",
            f"Refused in all, blocked times and scenarios play everything loaded ({played(report)})"
            f" again, minute by minute. All else covers the period, {period(report)}: of a day that"
            " it cuts, the days' table has the part that lies in it, to the minute.",
        ),
        ("Growth", f"Demand is played again with {growth:+g} % growth." if growth else
         "Demand is played again as it was, without growth."),
        ("Prices", "Prices are what was entered, and the vendor's own for add-on credits; a month"
         " has 30 days. What has no price is not counted as free."),
    ]  # fmt: skip
    if report.summary.sample:
        found.insert(0, ("Sample data", "This report shows the sample log of an invented firm."))
    return [(title, clean(sentence)) for title, sentence in found]


def _card(name: str, title: str, source: str, as_of: str) -> str:
    # Without its scheme: the report is to hold nothing that might be loaded.
    address = re.sub("^https?://", "", source)
    return f"{title} ({name}), {address}, as of {as_of}." if title else f"{name}."
