"""The workbook's first sheet: what went in, and the allowance worked out of it by formulas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from credits import phrases
from credits.editions import editions
from credits.prices import DAYS, UNPRICED, decimals, thousands
from credits.report import texts
from credits.report.gathering import Report, total
from credits.report.sheets import (
    COUNT,
    FRACTION,
    INPUT,
    NOTE,
    RESULT,
    SECTION,
    TENTHS,
    TIME,
    Book,
    Sheet,
)
from credits.sums import whole
from credits.times import local

NAME = "Inputs"
MONEY = {0: "#,##0", 2: "#,##0.00", 3: "#,##0.000"}


def inputs(book: Book, report: Report) -> None:
    """Write the sheet; its cells have names that every other sheet's formulas refer to."""
    note = "Change a yellow cell, and every formula of the workbook follows."
    sample = ["Sample data of an invented firm."] if report.summary.sample else []
    page = _Page(Sheet(book, NAME, texts.heading(report), [texts.period(report), *sample, note]))
    for part in (_allowance, _use, _cost, _about):
        part(page, report)


class _Page:
    """Rows of label, value and remark, one below the other."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.row = sheet, sheet.next - 1
        for column, width in enumerate((40, 22, 74)):
            sheet.sheet.set_column(column, column, width)
        sheet.sheet.set_portrait()

    def section(self, title: str) -> None:
        self.row += 1
        for column in range(3):
            self.sheet.put(self.row, column, "" if column else title, SECTION)
        self.row += 1

    def _around(self, label: str, remark: str, name: str) -> None:
        self.sheet.put(self.row, 0, label)
        self.sheet.put(self.row, 2, remark, NOTE, align="left", indent=1)
        if name:
            self.sheet.book.name(name, NAME, self.row, 1)

    def value(
        self, label: str, value: object, remark: str = "", name: str = "", **look: Any
    ) -> None:
        self._around(label, remark, name)
        form = {"num_format": FRACTION if isinstance(value, float) else COUNT, "align": "right"}
        self.sheet.put(self.row, 1, value, form | look)
        self.row += 1

    def formula(
        self, label: str, formula: str, value: Any, remark: str = "", name: str = "", **look: Any
    ) -> None:
        self._around(label, remark, name)
        form = {"num_format": FRACTION if isinstance(value, float) else COUNT, "align": "right"}
        self.sheet.formula(self.row, 1, formula, value, RESULT, form | look)
        self.row += 1


def _allowance(page: _Page, report: Report) -> None:
    plan = report.plan
    page.section("Allowance, in credits per 24 hours")
    edition = report.wanted.plan.edition
    known = any(edition == each.name for each in editions())
    origin = f"Comes with {edition}" if known else ""
    page.value("Base limit", plan.base_limit, origin, "base_limit", **INPUT)
    page.value("Users", plan.users, "Users paid for", "users_paid", **INPUT)
    page.value("Credits per user", plan.credits_per_user, "", "credits_per_user", **INPUT)
    page.value("Add-on credits", plan.add_on, "Bought on top", "add_on", **INPUT)
    page.value("Cap", plan.cap, "The most that the vendor gives; empty: no cap", "cap", **INPUT)
    formula = "MIN(base_limit+users_paid*credits_per_user+add_on,cap)"
    page.formula("Allowance", f"={formula}", plan.allowance, plan.formula, "allowance")
    page.value(
        "Worked out for",
        plan.allowance,
        "Scenarios, refusals and blocked times show the plan with this allowance",
        "worked_out_for",
    )
    page.formula(
        "Do they still fit?",
        '=IF(allowance=worked_out_for,"yes","no: make the report anew")',
        "yes",
    )


def _use(page: _Page, report: Report) -> None:
    zone, peak, played = report.wanted.zone, report.series.peak, report.played
    page.section("Use")
    when = f"In the window at {phrases.clock(report.at, zone)}"
    page.value("Used", report.used, when, "used")
    page.formula("Unused", "=MAX(allowance-used,0)", report.unused, "", "unused")
    share = float(report.used / report.plan.allowance) if report.plan.allowance else 0.0
    page.formula(
        "Used of the allowance",
        "=IF(allowance>0,used/allowance,0)",
        share,
        num_format=TENTHS,
    )
    ended = f"The most in any 24 hours of the period, first at {phrases.clock(peak.end, zone)}"
    page.value("Peak", peak.credits, ended, "peak")
    page.formula(
        "Headroom", "=allowance-peak", report.headroom, "Allowance − peak", "headroom",
        num_format="#,##0;[Red]-#,##0",
    )  # fmt: skip
    again = f"Played again under the plan, {texts.played(report)}"
    page.value("Demand", total(played.minutes["demand"]), again)
    page.value("Refused credits", whole(played.refused), again)
    page.value("Refused calls", played.refused_calls, again)
    page.value("Blocked minutes", played.blocked_minutes, again)
    least = played.least_allowance
    page.value("Least allowance", least, "Would have refused nothing", "least_allowance")
    page.formula(
        "Missing to it",
        "=MAX(least_allowance-allowance,0)",
        max(least - report.plan.allowance, 0),
    )


def _cost(page: _Page, report: Report) -> None:
    prices, cost = report.wanted.plan.prices, report.cost
    code = prices.currency
    page.section(f"Cost a month, in {code}")
    money = {"num_format": MONEY[decimals(code)]}
    price = {**INPUT, "num_format": "#,##0.00####"}
    page.value("Price per user", prices.per_user, "Empty: no price entered", "price_user", **price)
    page.value("Fixed fee", prices.fixed, "Empty: there is none", "price_fixed", **price)
    entered = f'=IF(AND(price_user="",users_paid>0),"{UNPRICED}",users_paid*N(price_user))'
    page.formula("Users", entered, _money(cost.users), "", "cost_users", **money)
    if prices.add_on is not None:
        page.value("1,000 add-on credits", prices.add_on, "", "price_add_on", **price)
        formula = "=ROUNDUP(add_on/1000,0)*price_add_on"
        page.formula("Add-on", formula, _money(cost.add_on), "", "cost_add_on", **money)
    elif prices.slabs:
        _slabs(page, report, money)
    else:
        none = f'=IF(add_on>0,"{UNPRICED}",0)'
        page.formula("Add-on", none, _money(cost.add_on), "", "cost_add_on", **money)
    whole_cost = (
        '=IF(OR(AND(price_user="",price_fixed=""),ISTEXT(cost_users),ISTEXT(cost_add_on)),'
        f'"{UNPRICED}",cost_users+cost_add_on+N(price_fixed))'
    )
    page.formula("Total", whole_cost, _money(cost.total), "A month of 30 days", "cost", **money)


def _slabs(page: _Page, report: Report, money: dict[str, Any]) -> None:
    """Add-on credits by slab: each thousand at the price of the slab it lies in."""
    begun, names = 0, []
    units = thousands(report.plan.add_on)
    for number, slab in enumerate(report.wanted.plan.prices.slabs, 1):
        end = None if slab.up_to is None else slab.up_to // 1_000
        words = f"beyond {begun * 1_000:,}" if end is None else f"up to {slab.up_to:,}"
        price = {**INPUT, "num_format": "#,##0.00####"}
        page.value(
            f"1,000 add-on credits a day, {words}", slab.price, "", f"price_slab_{number}", **price
        )
        within = "units" if end is None else f"MIN(units,{end})"
        amount = max((units if end is None else min(units, end)) - begun, 0) * slab.price * DAYS
        names.append((number, f"=MAX({within}-{begun},0)*price_slab_{number}*{DAYS}", amount))
        begun = end or begun
    page.formula("Thousands of add-on credits", "=ROUNDUP(add_on/1000,0)", units, "", "units")
    for number, formula, amount in names:
        words = f"Add-on, slab {number}"
        page.formula(words, formula, amount, "", f"cost_slab_{number}", **money)
    sums = "+".join(f"cost_slab_{number}" for number, _, _ in names)
    paid = _money(report.cost.add_on)
    page.formula("Add-on", f"={sums}", paid, "", "cost_add_on", **money)


def _money(amount: Decimal | None) -> Decimal | str:
    """What a formula comes to, as it does: its cell's format rounds."""
    return UNPRICED if amount is None else amount


def _about(page: _Page, report: Report) -> None:
    zone, summary = report.wanted.zone, report.summary
    page.section("This report")

    def at(label: str, moment: Any, remark: str = "") -> None:
        shown = None if moment is None else local(moment, zone).to_pydatetime()
        page.value(label, shown, remark, num_format=TIME)

    at("Period from", report.start)
    at("Period to", report.at)
    page.value("Window", report.wanted.kind)
    page.value("Time zone", zone)
    page.value("Growth of demand", report.wanted.plan.growth / 100, num_format="0.0##%")
    at("Data through", summary.last, "The last call loaded")
    at("Loaded at", summary.loaded_at)
    at("Report made at", report.now)
    for name, value in report.rows.items():
        page.value(f"Log rows: {_ROWS[name]}", value)
    for label, key in _SUMS:
        page.value(label, whole(report.sums[key]), "In the period")
    for card in report.cards:
        page.value("Rate card", card.name, card.title)


_ROWS = {
    "rows": "read",
    "loaded": "loaded",
    "duplicates": "known already",
    "rejected": "rejected",
    "skipped": "skipped",
}
_SUMS = (
    ("Calls", "calls"),
    ("Credits", "credits"),
    ("Credits that rest on an assumption", "assumed"),
    ("Refused calls in the log", "refused"),
)
