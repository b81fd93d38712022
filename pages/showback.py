"""Showback: a bill shared out by user, app or API, and the reports to send on."""

from __future__ import annotations

import streamlit as st

from credits.prices import Prices
from credits.showback import BY
from pages import data, parts, sending

summary, chosen, version = parts.opening("Showback")
by, bill, code = sending.terms()
sums = data.totals(*version, BY[by], chosen.start, chosen.end)
sending.panel(sums, by, bill, code, chosen.period)
st.subheader("To send on", anchor=False)
sending.buttons(
    chosen,
    sending.scenario(Prices(code)),
    bill=bill,
    by=by,
    others=data.store().scenarios(),
)
