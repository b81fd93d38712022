"""A slider moved and the chart redrawn, in Chromium, against a bare page with one of each.

Run it with `python benchmarks/slider.py`. Both pages are measured in turn in one browser; what is
printed is the ratio of their medians. It needs Chromium and the packages of requirements-dev.txt.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
PAGES = {"organization": "/", "users": "/users", "plan": "/plan"}
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


@contextmanager
def served(script: str, folder: Path) -> Iterator[str]:
    """A Streamlit server on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    environment = os.environ | {"CREDITS_DATABASE": str(folder / "credits.duckdb")}
    server = subprocess.Popen(
        [*command, "--server.fileWatcherType=none", "--server.headless=true"],
        cwd=ROOT,
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
        yield f"http://127.0.0.1:{port}"
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


def main() -> None:
    """Measure every page in turn with the bare one."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        with (
            served(str(folder / "bare.py"), folder) as bare_address,
            served("app.py", folder) as address,
        ):
            size = {"width": 1440, "height": 900}
            bare = opened(browser.new_page(viewport=size), bare_address)
            for title, path in PAGES.items():
                page = opened(browser.new_page(viewport=size), address + path)
                pairs = [(move(page), move(bare)) for _ in range(ROUNDS)]
                ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
                print(
                    f"{title:<14} {ours * 1000:6.0f} ms, bare page {theirs * 1000:6.0f} ms:"
                    f" {ours / theirs:.2f}× (at most 2×)"
                )
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
