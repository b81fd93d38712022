"""The server: `streamlit run app.py`. The pages run inside it; the database closes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Close the database when the server stops, so that nothing is left in its write-ahead log."""
    from credits import store

    try:
        yield
    finally:
        store.close_all()


app = st.App("pages/main.py", lifespan=lifespan)
