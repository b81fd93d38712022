"""Something to send on: a workbook and a page to download, and a bill shared out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from credits import CreditsError, charts, pricelist, report, views
from credits.amounts import amount
from credits.editions import editions
from credits.phrases import begun, counted
from credits.prices import currency, decimals, per_thousand, written
from credits.scenarios import Scenario, of_edition
from credits.showback import BY, By, showback
from pages import choices, controls, data, parts, planned
from pages.parts import number

WORDS: dict[By, str] = {"user": "User", "app": "App", "api": "API"}
_LABELS: dict[report.Made, str] = {"xlsx": "Excel workbook", "html": "HTML report"}
_BARS = 12


def scenario(code: str | None = None) -> Scenario:
    """The plan as the plan page has it, with its growth and prices.

    `code`: a bill's currency, which a report's other amounts share: prices in another are left out.
    """
    found = planned.scenario(planned.label(), choices.plan())
    if code is None or code == found.prices.currency:
        return found
    return replace(found, prices=planned.unpriced(found.edition, code))


def beside(plan: Scenario) -> list[Scenario]:
    """What stands beside the plan: what is saved, else every other edition at its prices."""
    return data.store().scenarios() or [
        of_edition(each, plan.plan.users, planned.prices(each.name), plan.plan.add_on, plan.growth)
        for each in editions()
        if each.name != plan.edition
    ]


def buttons(
    chosen: choices.Choices,
    plan: Scenario,
    *,
    bill: Decimal | None = None,
    by: By = "user",
    others: Sequence[Scenario] = (),
    key: str = "report",
) -> None:
    """Two buttons that give the report of what is chosen, made only when one is pressed.

    `others`: scenarios to stand beside the plan; none: every edition, without prices.
    """
    store = data.store()
    wanted = report.Wanted(
        plan, chosen.kind, chosen.zone, chosen.start, chosen.end, bill, by, tuple(others),
        refused=st.session_state["refused"],
    )  # fmt: skip

    def made(kind: report.Made) -> bytes:
        with store.answers() as answers:
            return report.made(report.gather(answers, wanted, now=data.now()), kind)

    with st.container(horizontal=True, vertical_alignment="center"):
        for kind, label in _LABELS.items():
            st.download_button(
                label,
                lambda kind=kind: made(kind),
                file_name=f"api-credits.{kind}",
                mime=report.KINDS[kind],
                key=f"{key}_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption(
            f"{begun(chosen.period)} and the plan chosen here: answers, days, users, blocked"
            " times, scenarios, and what they rest on. Made when you press: for very many users"
            " that takes some seconds."
        )
    _left_out(plan)


def _left_out(plan: Scenario) -> None:
    """Say that the plan's prices are left out, where the bill is in another currency."""
    own = planned.prices(plan.edition).currency
    if own != plan.prices.currency and planned.entered(plan.edition) != pricelist.NOTHING:
        st.caption(
            parts.plain(
                f"The plan's prices are in {own}, the bill in {plan.prices.currency}: the report"
                " leaves them out. Give both in one currency to have its cost."
            )
        )


def terms() -> tuple[By, Decimal | None, str]:
    """What is shared out, by whom: controls. A wrong amount or currency is said, and left out."""
    state = st.session_state
    controls.share_controls(WORDS)
    bill, code = None, state["currency"]
    try:
        bill = amount(state["bill"] or "")
        code = currency(state["bill_currency"] or code)
    except CreditsError as error:
        bill = None
        st.error(parts.plain(str(error)))
    return state["share_by"], bill, code


def panel(
    sums: pd.DataFrame, by: By, bill: Decimal | None, code: str, chosen: choices.Choices
) -> None:
    """A bill shared out, as cards, bars and a table. `sums`: by the columns of `BY`."""
    if sums.empty:
        st.info(f"No calls {chosen.within}: choose another period.")
        return
    shared = showback(sums, bill, code)
    if shared.empty:
        st.info(f"Nothing was used {chosen.within}, so nobody can bear anything.")
        return
    named = views.named(shared, BY[by][0])
    if by == "user":
        named = named.assign(user=views.told_apart(named)["name"])
    used = sums["credits"].sum()
    if not used:
        st.info("No credits were used in this period: the bill is shared out by calls.")
    _cards(named, by, bill, code, chosen.period)
    bars, table = st.columns([1, 1.35])
    measure = "credits" if used else "calls"
    drawn = named.head(_BARS)
    if bill is not None:
        measure = code
        drawn = drawn.assign(**{code: drawn["money"].astype(float)})
    note = f"The first {_BARS} of {len(named):,}." if len(named) > _BARS else ""
    with bars:
        parts.panel(
            f"{'Money' if bill is not None else measure.capitalize()} by {_word(by)}",
            lambda: charts.ranked(drawn, by, parts.palette(), measure=measure, height=420),
            lambda: drawn[[by, measure]],
            "showback_bars",
            note=note,
        )
    with table, st.container(border=True, height="stretch"):
        _table(named, by, bill, code)


def _table(shared: pd.DataFrame, by: By, bill: Decimal | None, code: str) -> None:
    money = "" if bill is None else ", money that adds up to the bill"
    st.markdown(f"**Shares that add up to 100 %{money}**")
    names = {by: WORDS[by], "calls": "Calls", "credits": "Credits", "share": "Share, %"}
    columns: dict[str, Any] = {
        # However long a name is, the numbers stay in sight.
        WORDS[by]: st.column_config.TextColumn(width="medium"),
        "Share, %": st.column_config.NumberColumn(format="%.2f"),
    }
    if bill is not None:
        names["money"] = f"Money, {code}"
        form = f"%.{decimals(code)}f"
        columns[names["money"]] = st.column_config.NumberColumn(format=form)
    height = parts.tall(len(shared), 398)
    parts.numbers(shared[list(names)], "showback", names, height=height, column_config=columns)


def _word(by: By) -> str:
    return WORDS[by] if by == "api" else WORDS[by].lower()


def _cards(shared: pd.DataFrame, by: By, bill: Decimal | None, code: str, period: str) -> None:
    used, greatest = shared["credits"].sum(), shared.iloc[0]
    each = per_thousand(bill, used.item())
    parts.cards(
        (
            ("Bill", written(bill, code) if bill is not None else "none", period, "gray"),
            ("Credits", number(used), counted(shared["calls"].sum(), "call"), "gray"),
            (
                "1,000 credits",
                written(each, code) if each is not None else "none",
                "of the bill" if each is not None else "enter a bill",
                "gray",
            ),
            ("Greatest share", f"{greatest['share']} %", parts.plain(str(greatest[by])), "gray"),
        )
    )
