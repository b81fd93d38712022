"""A text field that answers while somebody types; Streamlit's own waits for Enter.

A script in the page presses Enter in the field's place once nothing was typed for a moment. Where
it does not run, the field is as it was.
"""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

# The browser calls it again with each run of the page: what it set up before goes first.
_PRESS_ENTER = """
let stop;
export default function ({ data }) {
    stop?.();
    let waiting;
    const typed = ({ target }) => {
        if (!target.closest(`.st-key-${data.key}`)) return;
        clearTimeout(waiting);
        waiting = setTimeout(() => target.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true })), data.pause);
    };
    document.addEventListener("input", typed);
    stop = () => { clearTimeout(waiting); document.removeEventListener("input", typed); };
    return stop;
}
"""
_PAUSE = 400
"""Milliseconds without a key: whoever types on is not interrupted."""


@lru_cache(maxsize=1)
def _pressing() -> ComponentRenderer:
    return component("keystrokes", js=_PRESS_ENTER)


def answering(key: str) -> None:
    """Let the text field of that key answer while somebody types in it."""
    with st.container(height=1, border=False, key=f"{key}_answers"):
        _pressing()(data={"key": key, "pause": _PAUSE}, key=f"{key}_keystrokes")
