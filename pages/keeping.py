"""Plans under a name: kept in the database, opened again, compared, and sent as a link."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from credits import CreditsError, scenarios
from credits.plan import Plan
from credits.scenarios import Scenario
from pages import choices, data, parts, planned

TODAY = "Today's plan"
"""The name under which people keep the plan that they have."""


def panel(plan: Plan, saved: list[Scenario]) -> None:
    """Save what is chosen; open, delete and share what is saved."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.markdown("**Save the chosen plan**")
        st.text_input("Name", key="scenario_name", max_chars=scenarios.MOST_NAME)
        with st.container(horizontal=True):
            st.button("Save", key="save_scenario", type="primary", on_click=_save, args=[plan])
            st.button(
                "Keep as today's plan",
                key="save_today",
                on_click=_save,
                args=[plan, TODAY],
                help="The plan that you have now: others are compared with it.",
            )
        _said("_scenario_said")
        st.caption("A link to the chosen plan, with its growth and prices:")
        st.code(address(_named(plan)), language=None, wrap_lines=True)
    with right, st.container(border=True):
        st.markdown("**Saved plans**")
        if not saved:
            st.caption("Nothing is saved yet. Saved plans stand in the comparison beside editions.")
        else:
            _saved(saved)
        _damaged()


def _saved(saved: list[Scenario]) -> None:
    by_name = {each.name: each for each in saved}
    if st.session_state.get("scenario") not in by_name:
        st.session_state["scenario"] = next(iter(by_name))
    name = st.selectbox("Plan", list(by_name), key="scenario", format_func=parts.plain)
    with st.container(horizontal=True):
        st.button("Open", key="open_scenario", on_click=_open, args=[by_name[name]])
        words = {"sure": "Yes, delete it", "keep": "Keep it"}
        parts.asked("Delete", "delete_scenario", _forget, name, **words)
    st.caption("Its link:")
    st.code(address(by_name[name]), language=None, wrap_lines=True)


def _damaged() -> None:
    """Saved plans that can't be read: said, and to be dropped."""
    for place, (name, why) in enumerate(sorted(data.store().damaged_scenarios().items())):
        st.warning(f"{parts.plain(name)}: {parts.plain(why)}")
        st.button("Delete it", key=f"drop_{place}", on_click=_forget, args=[name])


def address(scenario: Scenario) -> str:
    """A link that opens a scenario here, played again as its sender sees it."""
    base = (st.context.url or "/plan").partition("?")[0]
    return f"{base}?{urlencode(scenarios.to_address(scenario) | choices.played())}"


def _named(plan: Plan) -> Scenario:
    try:
        return planned.scenario(st.session_state.get("scenario_name", ""), plan)
    except CreditsError:
        return planned.scenario("Shared plan", plan)


def _save(plan: Plan, name: str | None = None) -> None:
    state = st.session_state
    try:
        scenario = planned.scenario(state["scenario_name"] if name is None else name, plan)
        data.store().save_scenario(scenario, now=data.now())
    except CreditsError as error:
        state["_scenario_said"] = (str(error), False)
        return
    state["_scenario_said"] = (f"Saved as {scenario.name}.", True)
    state["scenario"] = scenario.name


def _open(scenario: Scenario) -> None:
    state = st.session_state
    try:
        state.update(planned.choices_of(scenario, state["prices"]))
    except CreditsError as error:
        state["_scenario_said"] = (str(error), False)
        return
    state["scenario_name"] = scenario.name
    state["_scenario_said"] = (f"Opened {scenario.name}.", True)


def _forget(name: str) -> None:
    data.store().forget_scenario(name)
    st.session_state["_scenario_said"] = (f"Deleted {name}.", True)


def opened() -> None:
    """Say that a link was opened, or why it could not be."""
    damage, name = st.session_state.get("_link") or ("", "")
    if damage:
        st.error(f"The link can't be opened. {parts.plain(damage)}")
    elif name:
        st.caption(f"Opened from a link: **{parts.plain(name)}**")


def _said(key: str) -> None:
    """What the last button did, said once."""
    sentence, good = st.session_state.pop(key, ("", True))
    if sentence:
        (st.success if good else st.error)(parts.plain(sentence))
