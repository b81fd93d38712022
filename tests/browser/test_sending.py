"""What is sent on: both downloads work in a real browser, and the page that is sent loads nothing.

The witness of every page refuses what leaves the machine, and fails the test.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from credits.store import Store

from .conftest import App

NOW = datetime(2026, 8, 14)
NAMES = (
    "Ada",
    "<img src=http://outside.example/x onerror=alert(1)>",
    "</style><script>x()",
    "=1+1",
)
Visit = Callable[[Page, App, str], None]


@pytest.fixture(scope="module")
def app(
    start_app: Callable[..., AbstractContextManager[App]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("sending")
    log = folder / "calls.jsonl"
    first = datetime(2026, 8, 1)
    log.write_text(
        "".join(
            json.dumps(
                {
                    "time": f"{first + timedelta(hours=6 * n):%Y-%m-%dT%H:%M:%SZ}",
                    "user": NAMES[n % len(NAMES)],
                    "api": "getRecords",
                    "credits": 5_000 + 3_000 * (n == 30),
                }
            )
            + "\n"
            for n in range(48)
        )
    )
    with Store(folder / "credits.duckdb") as store:
        store.load(log, now=NOW)
    with start_app(folder) as running:
        yield running


def test_both_reports_are_downloaded_and_the_page_loads_nothing(
    page: Page, new_page: Callable[..., Page], app: App, visit: Visit, tmp_path: Path
) -> None:
    visit(page, app, "/showback?period=all&bill=1000&base=20000&users=0&cap=none")
    saved = {}
    for label, name in (("Excel workbook", "a.xlsx"), ("HTML report", "a.html")):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        saved[name] = tmp_path / name
        download.value.save_as(saved[name])
    book = CalamineWorkbook.from_filelike(io.BytesIO(saved["a.xlsx"].read_bytes()))
    inputs = {row[0]: row[1] for row in book.get_sheet_by_name("Inputs").to_python()}
    assert inputs["Allowance"] == 20_000
    assert book.get_sheet_by_name("Showback").to_python()[-1][-1] == 1000
    for width, dark in ((1440, False), (390, True)):
        sent = new_page(width=width, dark=dark)
        asked: list[str] = []
        sent.on("request", lambda request, asked=asked: asked.append(request.url))
        sent.goto(saved["a.html"].as_uri())
        expect(sent.get_by_role("heading", level=1)).to_have_text(
            "API credits: Plan of 20,000 per 24 hours"
        )
        expect(sent.locator("bdi", has_text=NAMES[1]).first).to_be_visible()
        assert asked == [saved["a.html"].as_uri()]
        assert sent.locator("script, img, link").count() == 0
        assert sent.evaluate("document.documentElement.scrollWidth") == width
        ground = sent.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(15, 20, 27)" if dark else "rgb(255, 255, 255)")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_showback_page_fits_the_screen(
    new_page: Callable[..., Page], app: App, visit: Visit, width: int
) -> None:
    page = new_page(width=width, height=844)
    visit(page, app, "/showback?period=all&bill=1000")
    expect(page.get_by_text("Share by")).to_be_visible()
    expect(page.locator(".st-key-showback_bars .point path").first).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth")
