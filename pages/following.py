"""What follows the plan: its controls in the sidebar, and what of a page they change.

Both are one fragment of Streamlit's. At a slider's move it runs alone: whatever knows no plan, the
charts below and the rest of the sidebar, is neither sent nor drawn anew by the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from credits import CreditsError
from pages import choices, controls, data, parts

S = TypeVar("S")
T = TypeVar("T")
_PLACE, _FILLED = "_plan_place", "_plan_filled"


def place(*, fill: bool) -> None:
    """Keep a place for the plan's controls: the page, which comes later, fills it.

    `fill`: at once, because the page has nothing to show that would follow the plan.
    """
    state = st.session_state
    if state.get(_FILLED) is not fill:
        # Controls of a fragment and of the page are not the same ones to a browser.
        choices.hidden(*choices.PLANNED, "vendor")
    state[_FILLED] = fill
    state[_PLACE] = st.container()
    if fill:
        with state[_PLACE]:
            controls.plan_controls()


def plan(version: parts.Version, work_out: Callable[[], S], draw: Callable[[S], T]) -> T | None:
    """Draw the plan's controls in their place, and here what they change; gives what `draw` gives.

    `work_out` does what takes time before anything is drawn: what comes in drops, a browser draws
    often. It has to ask for the plan (`choices.plan`), as it runs again without the rest of a page.
    Where that is to be drawn too, as after a click that something below looks at, say so by
    `parts.panel(…, selects=True)`.
    """
    found: T | None = _followed(st.session_state["_page"], version, work_out, draw)
    return found


@st.fragment
def _followed(
    page: str, version: parts.Version, work_out: Callable[[], S], draw: Callable[[S], T]
) -> T | None:
    choices.resume(page)
    data.follow(version[1])
    drawn = False
    try:
        known = work_out()
        _controls()
        drawn = True
        return draw(known)
    except CreditsError as error:
        if not drawn:
            _controls()
        st.error(parts.plain(str(error)))
        return None


def _controls() -> None:
    with st.session_state[_PLACE]:
        controls.plan_controls()
    choices.remember()
