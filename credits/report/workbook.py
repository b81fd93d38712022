"""The report as an Excel workbook: inputs, formulas that follow them, and tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from credits import prices
from credits.phrases import counted
from credits.prices import decimals, rounded
from credits.report import texts
from credits.report.gathering import Report, total
from credits.report.inputs import MONEY, inputs
from credits.report.sheets import (
    COUNT,
    DAY,
    EXACT,
    FRACTION,
    MOST_ROWS,
    NOTE,
    PERCENT,
    TENTHS,
    TIME,
    TOTAL,
    Book,
    Column,
    Sheet,
    fits,
)
from credits.showback import BY
from credits.views import OTHERS, localized

LISTED = 10_000
"""Users, apps or APIs in a table of their own rows: a hundred thousand took most of a minute."""
_ASIS = f"Whole numbers beyond {EXACT:,} are written as text: a cell would round them."


def workbook(report: Report) -> bytes:
    """The workbook as a file. Every number in it is one of the report's."""
    book = Book(report.now.to_pydatetime())
    inputs(book, report)
    for sheet in (_days, _users, _blocked, _scenarios, _showback, _assumptions):
        sheet(book, report)
    return book.content()


def _form(frame: pd.DataFrame, name: str) -> str:
    return FRACTION if frame[name].dtype.kind == "f" else COUNT


def _days(book: Book, report: Report) -> None:
    frame = report.days
    sheet = Sheet(
        book,
        "Days",
        "Day by day",
        [
            f"{texts.period(report)}. Calls and credits as logged; the rest played again under the"
            f" plan, refused calls {'included' if report.wanted.refused else 'left out'}.",
            "“Above the allowance?” follows the yellow cells of Inputs; admitted, refused and used"
            " are those of the allowance worked out for.",
        ],
    )
    form = _form(frame, "demand")
    columns = [
        Column("day", "Day", 13, DAY, "left"),
        Column("calls", "Calls"),
        Column("credits", "Credits", 13, _form(frame, "credits")),
        Column("demand", "Demand (credits)", 13, form),
        Column("admitted", "Admitted (credits)", 13, form),
        Column("refused", "Refused (credits)", 13, form),
        Column("peak_used", "Most used in 24 h", 13, form),
        Column("peak_demand", "Most wanted in 24 h", 13, form),
        Column("", "Above the allowance?", 13, COUNT, "center"),
    ]
    first, end = sheet.table(columns, frame)
    above = ["yes" if value > report.plan.allowance else "no" for value in frame["peak_demand"]]
    for row, value in enumerate(above, first):
        sheet.formula(row, 8, f'=IF(H{row + 1}>allowance,"yes","no")', value, align="center")
    sheet.put(end, 0, "Total", TOTAL)
    for place, name in enumerate(("calls", "credits", "demand", "admitted", "refused"), 1):
        sheet.total(end, place, first, total(frame[name]), num_format=_form(frame, name))
    count = f'=COUNTIF(I{first + 1}:I{end},"yes")'
    sheet.put(end, 6, "", TOTAL)
    sheet.put(end, 7, "days above", TOTAL, align="right")
    if len(frame):
        sheet.formula(end, 8, count, above.count("yes"), TOTAL, num_format=COUNT)
        _chart(book, sheet, first, end)


def _chart(book: Book, sheet: Sheet, first: int, end: int) -> None:
    """Demand by day as columns, beside the table."""
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    for column, colour in ((4, "#2457D6"), (5, "#E5484D")):
        chart.add_series(
            {
                "name": [sheet.name, first - 1, column],
                "categories": [sheet.name, first, 0, end - 1, 0],
                "values": [sheet.name, first, column, end - 1, column],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": "Credits by day", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"num_format": "d mmm", "date_axis": True})
    chart.set_y_axis({"num_format": COUNT, "major_gridlines": {"visible": True,
                      "line": {"color": "#E2E7EE"}}})  # fmt: skip
    chart.set_size({"width": 620, "height": 320})
    sheet.sheet.insert_chart(first - 1, 10, chart)


def _users(book: Book, report: Report) -> None:
    frame = localized(report.users, "peak_credits_end", report.wanted.zone)
    frame = frame.assign(user_basis=frame["user_basis"].map(texts.BASES))
    notes = [f"{texts.period(report)}. {counted(len(frame), 'user')}, most credits first. {_ASIS}"]
    if len(frame) > LISTED:
        notes.append(_rest("Users page of the app, and `python -m credits usage --json`,"))
    sheet = Sheet(book, "Users", "Who used it", notes)
    columns = [
        Column("user", "User", 40, COUNT, "left"),
        Column("user_basis", "Known by", 12, COUNT, "left"),
        Column("calls", "Calls"),
        Column("credits", "Credits", 13, _form(frame, "credits")),
        Column("share", "Share", 10, TENTHS),
        Column("refused", "Refused calls"),
        Column("assumed", "Credits assumed", 13, _form(frame, "assumed")),
        Column("peak_credits", "Peak in 24 h", 13, _form(frame, "credits")),
        Column("peak_credits_end", f"Peak at ({report.wanted.zone})", 21, TIME),
    ]
    sums = ["calls", "credits", "share", "refused", "assumed"]
    kept = _listed(frame, "user", sums)
    first, end = sheet.table(columns, kept)
    sheet.put(end, 0, "Total", TOTAL)
    sheet.put(end, 1, "", TOTAL)
    for place, name in ((2, "calls"), (3, "credits")):
        _total(sheet, end, place, first, kept[name])
    share = float(kept["share"].sum()) if len(kept) else 0.0
    sheet.total(end, 4, first, round(share, 6), num_format=TENTHS)
    for place, name in ((5, "refused"), (6, "assumed")):
        _total(sheet, end, place, first, kept[name])


def _listed(frame: pd.DataFrame, name: str, sums: list[str]) -> pd.DataFrame:
    """The first rows, and all others as one, so that their columns `sums` add up all the same."""
    rest = frame.iloc[LISTED:]
    if rest.empty:
        return frame
    others = {each: [rest[each].sum()] for each in sums}
    row = pd.DataFrame({name: [f"{OTHERS} ({len(rest):,})"], **others})
    return pd.concat([frame.head(LISTED), row], ignore_index=True)


def _rest(where: str) -> str:
    """Where those are that a sheet has no room for."""
    return f"The first {LISTED:,}, and all others as one row: the {where} have every one."


def _total(sheet: Sheet, row: int, place: int, first: int, column: pd.Series) -> None:
    """The column's sum: as a formula, unless one of its cells had to be text."""
    value = total(column)
    form = {"num_format": _form(column.to_frame("sum"), "sum")}
    if all(fits(each) for each in column.tolist()):
        sheet.total(row, place, first, value, **form)
    else:
        sheet.put(row, place, value, TOTAL, **form)


def _blocked(book: Book, report: Report) -> None:
    zone, spans = report.wanted.zone, report.played.blocked
    lengths = (spans["end"] - spans["start"]).dt.total_seconds().astype("int64") // 60
    frame = localized(localized(spans, "start", zone), "end", zone).assign(minutes=lengths)
    notes = [f"Played again under the plan, {texts.played(report)}. Times are those of {zone}."]
    if frame.empty:
        notes.append("Never: this plan would have refused nothing.")
    sheet = Sheet(book, "Blocked", "When calls would have been refused", notes)
    columns = [
        Column("start", "From", 21, TIME, "left"),
        Column("end", "To", 21, TIME, "left"),
        Column("minutes", "Minutes", 12),
    ]
    first, end = sheet.table(columns, frame)
    sheet.put(end, 0, "Total", TOTAL)
    sheet.put(end, 1, "", TOTAL)
    _total(sheet, end, 2, first, frame["minutes"].head(MOST_ROWS))


_SCENARIOS: tuple[tuple[str, str, float, str], ...] = (
    ("name", "Scenario", 30, COUNT),
    ("edition", "Edition", 21, COUNT),
    ("users", "Users", 7, COUNT),
    ("growth", "Growth", 8, "0.0##%"),
    ("allowance", "Allowance", 12, COUNT),
    ("cost", "Cost a month", 15, FRACTION),
    ("currency", "Currency", 9, COUNT),
    ("refuses_nothing", "Enough?", 9, COUNT),
    ("refused", "Refused credits", 11, COUNT),
    ("refused_calls", "Refused calls", 11, COUNT),
    ("blocked_minutes", "Blocked minutes", 10, COUNT),
    ("headroom", "Least headroom", 11, COUNT),
    ("peak_used", "Most used in 24 h", 11, COUNT),
    ("cost_per_1000", "Cost per 1,000 credits", 15, "#,##0.0000"),
    ("least_allowance", "Least allowance without refusals", 16, COUNT),
    ("least_users", "Least users without refusals", 16, COUNT),
)


_SIDES = {"name": "left", "edition": "left", "currency": "center", "refuses_nothing": "center"}


def _scenarios(book: Book, report: Report) -> None:
    frame = report.compared
    each = frame["cost_per_1000"]
    shown = frame.assign(
        growth=frame["growth"] / 100,
        least_users=[
            "none is enough" if pd.isna(value) else int(value) for value in frame["least_users"]
        ],
        cost=_money_of(frame, "cost"),
        cost_per_1000=pd.Series(map(texts.per_1000, frame["cost"], each), dtype=object),
    )
    sheet = Sheet(
        book,
        "Scenarios",
        "The same demand under other plans",
        [f"Everything loaded, played again, {texts.played(report)}. The first is in force."],
    )
    sheet.table([Column(*each, align=_SIDES.get(each[0], "right")) for each in _SCENARIOS], shown)


def _money_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of amounts as they are shown: in the currency's decimals, or that one is missing."""
    pairs = zip(frame[name], frame["currency"], strict=True)
    return pd.Series(
        [prices.UNPRICED if amount is None else rounded(amount, code) for amount, code in pairs],
        dtype=object,
    )


def _showback(book: Book, report: Report) -> None:
    shared, wanted = report.shared, report.wanted
    if shared is None or wanted.bill is None:
        return
    code = wanted.plan.prices.currency
    bill = rounded(wanted.bill, code)
    who = {"user": "User", "app": "App", "api": "API"}[wanted.by]
    sheet = Sheet(
        book,
        "Showback",
        f"The bill of {bill:,f} {code}, by {who if wanted.by == 'api' else wanted.by}",
        [
            f"{texts.period(report)}. Shared out by credits, so that shares add up to 100 % and"
            " money to the bill.",
        ],
    )
    if len(shared) > LISTED:
        note = _rest("Showback page of the app, and `python -m credits showback --json`,")
        sheet.note(note)
    names = [Column(BY[wanted.by][0], who, 40, COUNT, "left")]
    if wanted.by == "user":
        names.append(Column("user_basis", "Known by", 12, COUNT, "left"))
        shared = shared.assign(user_basis=shared["user_basis"].map(texts.BASES))
    form = {"num_format": MONEY[decimals(code)]}
    columns = [
        *names,
        Column("calls", "Calls"),
        Column("credits", "Credits", 13, _form(shared, "credits")),
        Column("share", "Share", 10, PERCENT),
        Column("money", f"Money ({code})", 18, form["num_format"]),
    ]
    first_name = names[0].name
    shown = shared.assign(
        share=[value / 100 for value in shared["share"]],
        **{first_name: [texts.clean(value) for value in shared[first_name]]},
    )
    shown = _listed(shown, first_name, ["calls", "credits", "share", "money"])
    first, end = sheet.table(columns, shown)
    if not len(shown):
        sheet.put(end, 0, "No calls in this period: nobody can bear anything.", NOTE)
        return
    sheet.put(end, 0, "Total", TOTAL)
    if len(names) > 1:
        sheet.put(end, 1, "", TOTAL)
    place = len(names)
    _total(sheet, end, place, first, shown["calls"])
    _total(sheet, end, place + 1, first, shown["credits"])
    sheet.total(end, place + 2, first, sum(shown["share"]), num_format=PERCENT, places=4)
    _money_total(sheet, end, place + 3, first, shown["money"].tolist(), decimals(code))


def _money_total(
    sheet: Sheet, end: int, place: int, first: int, money: list[Any], places: int
) -> None:
    form = {"num_format": MONEY[places]}
    if all(fits(value) for value in money):
        sheet.total(end, place, first, sum(money), places=places, **form)
    else:
        sheet.put(end, place, sum(money), TOTAL, **form)


def _assumptions(book: Book, report: Report) -> None:
    rows = [*texts.assumptions(report), ("Large numbers", _ASIS)]
    sheet = Sheet(book, "Assumptions", "What the numbers rest on")
    columns = [
        Column("what", "What", 22, COUNT, "left"),
        Column("means", "What it means", 120, COUNT, "left"),
    ]
    sheet.table(columns, pd.DataFrame(rows, columns=["what", "means"]).iloc[:0])
    wrapped = {"text_wrap": True, "valign": "top"}
    for row, (title, sentence) in enumerate(rows, sheet.next + 1):
        sheet.put(row, 0, title, wrapped, bold=True)
        sheet.put(row, 1, sentence, wrapped)
        if len(sentence) > 115:
            sheet.sheet.set_row(row, 15 * (1 + len(sentence) // 115))
