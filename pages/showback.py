"""Showback: a bill shared out by user, app or API, and the reports to send on."""

from __future__ import annotations

import streamlit as st

from credits.showback import BY
from pages import data, parts, sending

summary, chosen, version = parts.opening("Showback")
by, bill, code = sending.terms()
sums = data.totals(*version, BY[by], chosen.start, chosen.end)
sending.panel(sums, by, bill, code, chosen)
st.subheader("To send on", anchor=False)
plan = sending.scenario(code if bill is not None else None)
sending.buttons(chosen, plan, bill=bill, by=by, others=sending.beside(plan))
