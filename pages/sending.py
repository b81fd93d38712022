"""Something to send on: a workbook and a page to download, and a bill shared out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from credits import CreditsError, charts, report, views
from credits.editions import editions, slabs
from credits.prices import Prices, decimals, per_thousand, price, written
from credits.scenarios import Scenario
from credits.showback import BY, By, showback
from pages import choices, controls, data, parts
from pages.parts import number

WORDS: dict[By, str] = {"user": "User", "app": "App", "api": "API"}
_LABELS: dict[report.Made, str] = {"xlsx": "Excel workbook", "html": "HTML report"}
_BARS = 12


def scenario(prices: Prices | None = None, growth: float = 0) -> Scenario:
    """The plan that the controls say, with prices; the vendor's own for add-on credits."""
    found = prices or Prices()
    name = st.session_state.get("edition") or choices.OWN
    edition = next((each for each in editions() if each.name == name), None)
    if edition is not None and found.add_on is None and not found.slabs:
        own = slabs(edition, found.currency)
        found = Prices(found.currency, found.per_user, found.fixed, slabs=own)
    return Scenario(name, choices.plan(), name, growth, found)


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

    `others`: scenarios to stand beside the plan; none: every edition.
    """
    store = data.store()
    wanted = report.Wanted(
        plan, chosen.kind, chosen.zone, chosen.start, chosen.end, bill, by, tuple(others)
    )

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
            f"{chosen.period.capitalize()} and the plan chosen here: answers, days, users, blocked"
            " times, scenarios, and what they rest on."
        )


def terms() -> tuple[By, Decimal | None, str]:
    """What is shared out, by whom: controls. A wrong amount or currency is said, and left out."""
    state = st.session_state
    controls.share_controls(WORDS)
    bill, code = None, "USD"
    try:
        bill = price(state["bill"] or "")
        code = Prices(state["bill_currency"] or "USD").currency
    except CreditsError as error:
        bill = None
        st.error(parts.plain(str(error)))
    return state["share_by"], bill, code


def panel(sums: pd.DataFrame, by: By, bill: Decimal | None, code: str, period: str) -> None:
    """A bill shared out, as cards, bars and a table. `sums`: by the columns of `BY`."""
    if sums.empty:
        st.info(f"No calls in the {period}: choose another period.")
        return
    shared = showback(sums, bill, code)
    if shared.empty:
        st.info(f"Nothing was used in the {period}, so nobody can bear anything.")
        return
    named = views.named(shared, BY[by][0])
    if by == "user":
        named = named.assign(user=views.told_apart(named)["name"])
    used = sums["credits"].sum()
    if not used:
        st.info("No credits were used in this period: the bill is shared out by calls.")
    _cards(named, by, bill, code, period)
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
    columns = {"Share, %": st.column_config.NumberColumn(format="%.2f")}
    if bill is not None:
        names["money"] = f"Money, {code}"
        form = f"%.{decimals(code)}f"
        columns[names["money"]] = st.column_config.NumberColumn(format=form)
    parts.numbers(shared[list(names)], "showback", names, height=398, column_config=columns)


def _word(by: By) -> str:
    return WORDS[by] if by == "api" else WORDS[by].lower()


def _cards(shared: pd.DataFrame, by: By, bill: Decimal | None, code: str, period: str) -> None:
    used, greatest = shared["credits"].sum(), shared.iloc[0]
    each = per_thousand(bill, used.item())
    parts.cards(
        (
            ("Bill", written(bill, code) if bill is not None else "none", period, "gray"),
            ("Credits", number(used), f"{number(shared['calls'].sum())} calls", "gray"),
            (
                "1,000 credits",
                written(each, code) if each is not None else "none",
                "of the bill" if each is not None else "enter a bill",
                "gray",
            ),
            ("Greatest share", f"{greatest['share']} %", parts.plain(str(greatest[by])), "gray"),
        )
    )
