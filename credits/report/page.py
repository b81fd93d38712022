"""The report as one HTML page that needs nothing else: no script, no font, no call to anywhere.

A policy in its head forbids the reader's browser to load anything, whatever stands in the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from credits import extremes, views
from credits.phrases import clock, counted, number, percent
from credits.phrases import share as part_of
from credits.prices import written
from credits.replay import least_users
from credits.report import drawings, texts
from credits.report.drawings import named
from credits.report.gathering import Report, total
from credits.report.look import STYLE
from credits.scenarios import OWN
from credits.showback import BY
from credits.views import localized

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'"
)
_POINTS = 900
_ROWS = 100
_DAYS = 400


def page(report: Report) -> str:
    """The page. Every number on it is one of the report's."""
    title = escape(texts.heading(report))
    parts = (
        _heading(report, title),
        _answers(report),
        _charts(report),
        _showback(report),
        _scenarios(report),
        _users(report),
        _days(report),
        _blocked(report),
        _assumptions(report),
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def _heading(report: Report, title: str) -> str:
    zone = report.wanted.zone
    sample = " · sample data" if report.summary.sample else ""
    growth = report.wanted.plan.growth
    grown = f" · demand {growth:+g} %" if growth else ""
    return (
        f"<header><h1>{title}</h1>"
        f'<p class="quiet">{texts.period(report)} · {report.wanted.kind} window{grown}{sample}</p>'
        f'<p class="quiet">Calls through {clock(report.summary.last, zone)}, loaded'
        f" {clock(report.summary.loaded_at, zone)}, report made {clock(report.now, zone)}</p>"
        "</header>"
    )


def _answers(report: Report) -> str:
    plan, zone, played = report.plan, report.wanted.zone, report.played
    peak, refused = report.series.peak, report.played.refused
    enough = least_users(plan, played.least_allowance)
    users = "no number of users gives it" if enough is None else f"{enough:,} users give it"
    over = report.headroom < 0
    paid, edition = counted(plan.users, "user"), report.wanted.plan.edition
    paid = paid if edition == OWN else f"{edition}, {paid}"
    cards = (
        ("Used", number(report.used),
         f"{part_of(report.used, plan.allowance)} of the allowance; window at"
         f" {clock(report.at, zone)}", False),
        ("Unused", number(report.unused), "credits", False),
        ("Allowance", number(plan.allowance), plan.origin, False),
        ("Peak", number(peak.credits),
         f"{clock(peak.end, zone)}; headroom {number(report.headroom)}", over),
        ("Refused under the plan", number(refused),
         f"credits, {played.refused_calls:,} calls, {played.blocked_minutes:,} minutes",
         bool(refused)),
        ("Least allowance without refusals", number(played.least_allowance), users, False),
        ("Cost a month", written(report.cost.total, report.cost.currency),
         "not entered: " + ", ".join(report.cost.missing) if report.cost.missing
         else paid, False),
        ("Credits in the period", number(report.sums["credits"]),
         counted(int(report.sums["calls"]), "call"), False),
    )  # fmt: skip
    boxes = "".join(
        f'<div class="card"><span>{label}</span><b{_bad(bad)}>{escape(value)}</b>'
        f"<span>{escape(remark)}</span></div>"
        for label, value, remark, bad in cards
    )
    return f'{_sentence(report)}<section class="cards">{boxes}</section>'


def _sentence(report: Report) -> str:
    """The answer to whether the plan is enough, in words."""
    found, allowance = report.played, report.plan.allowance
    again = f"Played again, {texts.played(report)}:"
    if not found.refused:
        words = (
            f"{again} the plan would have refused nothing; {number(found.least_allowance)} of its"
            f" {number(allowance)} credits would have been enough."
        )
    else:
        demand = total(found.minutes["demand"])
        words = (
            f"{again} the plan would have refused {number(found.refused)} of"
            f" {number(demand)} credits ({part_of(found.refused, demand)});"
            f" {number(found.least_allowance - allowance)} more credits per 24 hours would have"
            " been enough."
        )
    return f'<p class="answer{" bad" if found.refused else ""}">{words}</p>'


def _bad(bad: bool) -> str:
    return ' class="bad"' if bad else ""


def _charts(report: Report) -> str:
    zone = report.wanted.zone
    steps, of = extremes.drawn(report.series.steps, _POINTS, zone)
    spans = localized(localized(report.played.blocked, "start", zone), "end", zone)
    line = drawings.window_sum(
        steps,
        of,
        report.plan.allowance,
        spans,
        f"Credits in 24 hours over time; peak {number(report.series.peak.credits)}, allowance"
        f" {number(report.plan.allowance)}",
    )
    days, each = drawings.units(report.days)
    bars = drawings.by_day(days, f"Credits by {each}, admitted and refused under the plan")
    key = '<i class="key{}"></i>'.format
    span = f", from the lowest to the highest of each {of}" if of else ""
    return (
        "<h2>Credits in 24 hours against the allowance</h2>"
        f"<figure>{line}<figcaption>{key('')}used, as logged{span}{key(' over')}above the"
        f" allowance{key(' shade')}refused if played again under the plan</figcaption></figure>"
        f"<h2>Credits by {each}</h2>"
        f"<figure>{bars}<figcaption>{key('')}admitted{key(' over')}refused, played again under the"
        " plan</figcaption></figure>"
        "<h2>Who used the most</h2>"
        f"<figure>{_greatest(report)}<figcaption>Credits in the period</figcaption></figure>"
    )


def _greatest(report: Report) -> str:
    users = report.users.assign(name=views.told_apart(report.users)["name"])
    if users.empty:
        return '<p class="quiet">No calls in this period.</p>'
    return drawings.ranked(views.top(users, "name", 10), "name")


def _showback(report: Report) -> str:
    shared, wanted = report.shared, report.wanted
    if shared is None or wanted.bill is None:
        return ""
    code = wanted.plan.prices.currency
    title = f"<h2>The bill of {escape(written(wanted.bill, code))} shared out</h2>"
    if shared.empty:
        return f'{title}<p class="quiet">No calls in this period: nobody can bear anything.</p>'
    label = BY[wanted.by][0]
    rows = [
        (named(row[label]), number(row["calls"]), number(row["credits"]), f"{row['share']} %",
         f"{row['money']:,f}")
        for row in shared.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    rest = shared.iloc[_ROWS:]
    sums = [
        (f"All others ({len(rest):,})", rest) if len(rest) else None,
        ("Total", shared),
    ]
    foot = [
        (words, number(total(part["calls"])), number(total(part["credits"])),
         f"{sum(part['share'])} %", f"{sum(part['money']):,f}")
        for words, part in filter(None, sums)
    ]  # fmt: skip
    who = {"user": "User", "app": "App", "api": "API"}[wanted.by]
    head = (who, "Calls", "Credits", "Share", f"Money ({code})")
    note = "By credits used in the period; shares add up to 100 %, money to the bill."
    return title + _table(note, head, rows, foot)


def _scenarios(report: Report) -> str:
    rows = []
    for row in report.compared.to_dict("records"):
        users = row["least_users"]
        cost, each, code = row["cost"], row["cost_per_1000"], row["currency"]
        per_1000 = texts.per_1000(cost, each)
        if not isinstance(per_1000, str):
            per_1000 = f"{per_1000:,f} {code}"
        rows.append(
            (named(row["name"], 80), number(row["users"]), number(row["allowance"]),
             escape(written(cost, code)), number(row["refused"]), number(row["blocked_minutes"]),
             number(row["headroom"]), escape(per_1000),
             "none" if pd.isna(users) else number(int(users)))
        )  # fmt: skip
    head = (
        "Scenario", "Users", "Allowance", "Cost a month", "Refused credits", "Blocked minutes",
        "Least headroom", "Cost per 1,000 credits", "Least users without refusals",
    )  # fmt: skip
    note = f"Everything loaded, played again under each: {texts.played(report)}."
    return "<h2>The same demand under other plans</h2>" + _table(note, head, rows)


def _users(report: Report) -> str:
    frame = localized(report.users, "peak_credits_end", report.wanted.zone)
    rows = [
        (named(row["user"], 120), texts.BASES[row["user_basis"]], number(row["calls"]),
         number(row["credits"]), percent(row["share"], 1),
         number(row["peak_credits"]), f"{row['peak_credits_end']:%d %b, %H:%M}")
        for row in frame.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    rest = frame.iloc[_ROWS:]
    foot = []
    if len(rest):
        words = f"All others ({len(rest):,}; the workbook has them)"
        share = part_of(total(rest["credits"]), total(frame["credits"]))
        sums = number(total(rest["calls"])), number(total(rest["credits"]))
        foot.append((words, "", *sums, share, "", ""))
    head = ("User", "Known by", "Calls", "Credits", "Share", "Peak in 24 h", "Peak at")
    return "<h2>Users</h2>" + _table(
        f"{counted(len(frame), 'user')} in the period.", head, rows, foot
    )


def _days(report: Report) -> str:
    allowance, frame = report.plan.allowance, report.days.tail(_DAYS)
    rows = [
        (f"{row['day']:%a %d %b %Y}", *(number(row[name]) for name in _BY_DAY),
         "yes" if row["peak_demand"] > allowance else "no")
        for row in frame.to_dict("records")
    ]  # fmt: skip
    note = "Calls and credits as logged; the rest played again under the plan."
    if len(frame) < len(report.days):
        note += f" The last {_DAYS:,} of {len(report.days):,} days; the workbook has them all."
    head = ("Day", *_BY_DAY.values(), "Above the allowance?")
    return "<h2>Days</h2>" + _table(note, head, rows)


_BY_DAY = {
    "calls": "Calls",
    "credits": "Credits",
    "demand": "Demand",
    "admitted": "Admitted",
    "refused": "Refused",
    "peak_demand": "Most wanted in 24 h",
}


def _blocked(report: Report) -> str:
    zone, spans = report.wanted.zone, report.played.blocked
    title = "<h2>When calls would have been refused</h2>"
    if spans.empty:
        return f'{title}<p class="quiet">Never: this plan would have refused nothing.</p>'
    rows = [
        (clock(row["start"], zone), clock(row["end"], zone),
         number(int((row["end"] - row["start"]) / pd.Timedelta(minutes=1))))
        for row in spans.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    note = f"Played again under the plan, {texts.played(report)}."
    if len(spans) > _ROWS:
        note += f" The first {_ROWS} of {len(spans):,} spans; the workbook has them all."
    return title + _table(note, ("From", "To", "Minutes"), rows)


def _assumptions(report: Report) -> str:
    entries = "".join(
        f"<dt>{escape(title)}</dt><dd>{escape(sentence)}</dd>"
        for title, sentence in texts.assumptions(report)
    )
    return f"<h2>What the numbers rest on</h2><dl>{entries}</dl>"


def _table(
    note: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    foot: Iterable[Sequence[str]] = (),
) -> str:
    """A table of cells that are HTML already; its first column is a name."""

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        return f'<tr><td class="name">{first}</td>{"".join(f"<td>{c}</td>" for c in others)}</tr>'

    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "\n".join(line(row) for row in rows)
    feet = "".join(line(row) for row in foot)
    end = f"<tfoot>{feet}</tfoot>" if feet else ""
    return (
        f'<p class="quiet">{escape(note)}</p><div class="scroll"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{end}</table></div>"
    )
