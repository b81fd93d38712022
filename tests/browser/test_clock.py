"""The server's clock is set forth and back, and jumps while it loads: the app minds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from clocks import FUTURE, NOW, PAST, Clock
from playwright.sync_api import Page, expect
from small_log import HEADER

from credits.store import Store

from .conftest import App

Visit = Callable[[Page, App, str], None]
Ready = Callable[[Page], None]


def log(day: int) -> str:
    rows = (
        f"2026-08-{day}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z,"
        "Ada,Web,getRecords,200,1\n"
        for second in range(0, 80_000, 4)
    )
    return HEADER + "".join(rows)


def test_an_app_whose_clock_jumps_loads_reads_and_undoes_as_ever(
    page: Page,
    start_app: Callable[..., AbstractContextManager[App]],
    visit: Visit,
    ready: Ready,
    tmp_path: Path,
) -> None:
    clock = Clock(tmp_path)
    with start_app(tmp_path, environment=clock.environment) as app:
        visit(page, app, "/logs")
        for day, time in ((10, FUTURE), (11, PAST)):
            file = {"name": f"{day}.csv", "mimeType": "text/csv", "buffer": log(day).encode()}
            clock.set(time)
            page.locator("input[type=file]").set_input_files([file])
            load = page.get_by_role("button", name=f"Load {day}.csv")
            expect(load).to_be_enabled()
            ready(page)
            with clock.jumping():
                load.click()
                expect(page.get_by_text("Loaded 20,000 calls from 1 file.")).to_be_visible()
            page.get_by_role("button", name="Close").click()
            ready(page)
            assert told(page) == []
        for time in (FUTURE, NOW):
            clock.set(time)
            visit(page, app, "/")
            used = page.get_by_test_id("stMetric").filter(has_text=re.compile(r"^Used"))
            expect(used).to_contain_text("20,000")
            assert told(page) == []
        clock.set(PAST)
        visit(page, app, "/logs")
        # The box that is left in a row, below the names: the newest load, by turn and not by clock.
        box = page.locator("[class*='st-key-loads_rows'] canvas").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 15, box["y"] + 52)
        expect(page.get_by_text("11.csv: 20,000 rows = 20,000 loaded")).to_be_visible()
        with clock.jumping():
            page.get_by_role("button", name="Undo this load").click()
            expect(page.get_by_role("button", name="Undo this load")).not_to_be_visible()
        ready(page)
        assert told(page) == []
    with Store(tmp_path / "credits.duckdb") as store:
        loads = store.loads()
    assert loads["path"].tolist() == ["10.csv"]
    assert loads["calls"].tolist() == [20_000]
    assert "Traceback" not in app.log.read_text()


def told(page: Page) -> list[str]:
    """What the page says went wrong, and ages that can't be."""
    errors = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    captions = page.get_by_test_id("stCaptionContainer").all_inner_texts()
    return errors.all_inner_texts() + [each for each in captions if re.search(r"-\d", each)]
