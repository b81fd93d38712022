"""The entry script: page configuration, navigation, and the choices every page shares."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from credits import CreditsError, charts
from pages import choices, controls, data, following, parts

st.set_page_config(
    page_title="API credits", page_icon="📊", layout="wide", initial_sidebar_state=340
)
st.html(charts.STYLE)

ORGANIZATION = st.Page("organization.py", title="Organization", default=True)
USERS = st.Page("users.py", title="Users")
PLAN = st.Page("plan.py", title="Credit plan")
FORECAST = st.Page("forecast.py", title="Forecast")
RATES = st.Page("rates.py", title="Rate card")
LOGS = st.Page("logs.py", title="Logs")
WHOLE = (PLAN, FORECAST, RATES, LOGS)
"""Pages that look at everything loaded: a period would change nothing there."""
FOLLOWING = (ORGANIZATION, USERS, FORECAST)
"""Pages that draw the plan's controls themselves, together with what these change."""
WORKED_ON = (RATES, LOGS)
"""Pages on which somebody may be in the middle of something: they follow at the next click."""


@st.fragment(run_every="5s")
def keep_up(version: int) -> None:
    """Show what others load, undo or rate anew, without a click."""
    # What is wrong with the database, the page itself says.
    with suppress(CreditsError):
        data.follow(version)


page = st.navigation(
    [
        ORGANIZATION,
        USERS,
        PLAN,
        FORECAST,
        st.Page("showback.py", title="Showback"),
        RATES,
        LOGS,
    ],
    position="top",
)
try:
    store = data.store()
    summary = data.summary(store.path, store.version())
except CreditsError as error:
    st.title("API credits")
    st.error(parts.plain(str(error)))
    st.button("Try again", key="again")
    choices.hidden()
    st.stop()

choices.restore(page.title)
with st.sidebar:
    if page is not PLAN:
        st.subheader("Credit plan")
        if page in FOLLOWING:
            following.place(fill=summary.first is None)
        else:
            controls.plan_controls()
    if summary.first is not None and summary.last is not None:
        st.subheader("View")
        controls.view_controls(summary.first, summary.last, moments=page not in WHOLE)
    else:
        choices.hidden(
            *choices.VIEWED, *choices.FORESEEN, *(choices.PLANNED if page is PLAN else ())
        )
    if page not in WORKED_ON:
        keep_up(store.version())
choices.remember()
try:
    page.run()
except CreditsError as error:
    st.error(parts.plain(str(error)))
