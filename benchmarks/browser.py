"""What a person waits for, in Chromium and by the server, against bare Streamlit pages.

A slider moved and its chart redrawn, the first page, and twenty sessions at once. Both sides are
measured in turn in one browser.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import duckdb
from measure import ROOT, Finding, against, in_turn
from playwright.sync_api import Browser, Page, sync_playwright

from credits.store import Store

MOVES = 15
PAGES = {"organization": "/", "users": "/users", "plan": "/plan", "forecast": "/forecast"}
BARE = """
import streamlit as st
import plotly.graph_objects as go
value = st.slider("Base limit", 0, 5_000_000, 50_000, step=1_000, key="base")
figure = go.Figure(go.Scatter(x=list(range(500)), y=[i % 50 * 1000 for i in range(500)]))
figure.add_hline(y=value, annotation_text=f"Allowance {value:,}")
st.plotly_chart(figure, key="chart")
"""
READY = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED";
}"""
# What changes when the redrawn page has arrived. No chart of the users page knows the plan: there
# it is the formula below the sliders, which the server writes, and not their values, which the
# browser changes by itself.
TEXT = """() => document.querySelector(
    '[data-testid="stSidebar"] [data-testid="stCaptionContainer"]').innerText"""
CHARTS = "() => [...document.querySelectorAll('.js-plotly-plot')].map(e => e.textContent).join()"


MINUTES = 525_600
USERS = 500
YEAR = f"""
COPY (
    SELECT TIMESTAMP '2025-07-01' + to_minutes(i) + to_seconds(hash(i) % 60) AS time,
        'user ' || (hash(i * 7) % {USERS}) AS "user", 'app ' || (i % 5) AS app,
        'op ' || (hash(i * 3) % 12) AS api, 200 AS status,
        10 + hash(i) % 40 + CASE WHEN i // 1440 % 30 = 7 THEN 40 ELSE 0 END AS credits
    FROM range({MINUTES}) AS minutes(i)
) TO '{{path}}' (HEADER)
"""


class Server(NamedTuple):
    """A server that runs."""

    address: str
    process: int


@contextmanager
def served(script: Path, folder: Path) -> Iterator[Server]:
    """A Streamlit server on a free port, with the settings beside the script."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script.name, f"--server.port={port}"]
    environment = os.environ | {"CREDITS_DATABASE": str(folder / "credits.duckdb")}
    server = subprocess.Popen(
        [
            *command,
            "--server.fileWatcherType=none",
            "--server.headless=true",
            "--browser.gatherUsageStats=false",
            "--server.address=127.0.0.1",
        ],
        cwd=script.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        server.wait()


def move(page: Page) -> float:
    """Seconds from an arrow key on the slider to the page at rest with a redrawn chart or text."""
    slider = page.locator(".st-key-base").get_by_role("slider")
    slider.focus()
    watched = TEXT if urlsplit(page.url).path == "/users" else CHARTS
    before = page.evaluate(watched)
    begun = time.perf_counter()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"before => ({watched})() !== before", arg=before, timeout=30_000)
    page.wait_for_function(READY)
    return time.perf_counter() - begun


def opened(page: Page, address: str) -> Page:
    """A page that has come to rest."""
    page.goto(address)
    page.locator(".st-key-base").get_by_role("slider").wait_for(timeout=60_000)
    page.wait_for_function(READY)
    time.sleep(2)
    return page


def chromium() -> str:
    """The browser's path; ends the program where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if found is None:
        sys.exit("Chromium is missing: install Debian's package chromium.")
    return found


@contextmanager
def _browser(folder: Path) -> Iterator[tuple[Browser, str, str]]:
    """A browser, and the addresses of a bare page and of the app."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    (folder / "bare.py").write_text(BARE)
    with (
        sync_playwright() as playwright,
        served(folder / "bare.py", folder) as bare,
        served(ROOT / "app.py", folder) as app,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser, bare.address, app.address
        browser.close()


def _moved(browser: Browser, bare: str, pages: dict[str, str], moves: int) -> Iterator[Finding]:
    """Each page's slider, in turn with the bare one's."""
    size = {"width": 1440, "height": 900}
    simple = opened(browser.new_page(viewport=size), bare)
    for title, address in pages.items():
        page = opened(browser.new_page(viewport=size), address)
        ours, theirs = in_turn(moves, lambda: move(page), lambda: move(simple))  # noqa: B023
        name = f"slider to redrawn chart, {title}, against a bare page with one slider and chart"
        yield against(name, ours, theirs, 1.5)
        page.close()
    simple.close()


def sliders(folder: Path, moves: int = MOVES) -> Iterator[Finding]:
    """A slider of every page that has one, on the sample."""
    with _browser(folder) as (browser, bare, app):
        pages = {f"{title} page": app + path for title, path in PAGES.items()}
        yield from _moved(browser, bare, pages, moves)
        yield _first_page(browser, bare, app, max(3, moves // 3))


def a_year(folder: Path, moves: int = MOVES) -> Iterator[Finding]:
    """The plan page's slider on a year of minutes of 500 users."""
    path = folder / "year.csv"
    duckdb.connect().execute(YEAR.format(path=path))
    with Store(folder / "credits.duckdb") as store:
        store.load(path, now=datetime(2026, 7, 1), name="year.csv")
    path.unlink()
    with _browser(folder) as (browser, bare, app):
        pages = {
            "a year of minutes where the plan refuses nothing": "/plan?base=150000&cap=none",
            "a year of minutes where it refuses a lot": "/plan?base=20000",
        }
        addresses = {title: app + path for title, path in pages.items()}
        yield from _moved(browser, bare, addresses, moves)


def _first_page(browser: Browser, bare: str, app: str, times: int) -> Finding:
    """From an address typed to the page at rest with its charts; nothing is in the browser yet."""

    def visit(address: str) -> None:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(address)
        page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
        page.wait_for_function(READY)
        context.close()

    visit(app)
    ours, theirs = in_turn(times, lambda: visit(app), lambda: visit(bare))
    return against("first page ready, against a bare page with one chart", ours, theirs, 1.4)
