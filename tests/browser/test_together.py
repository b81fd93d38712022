"""Six people at one server, each in a browser: four load, one undoes, one reads, all at once."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from credits.store import Store

from .conftest import App

Ready = Callable[[Page], None]
LAST = datetime(2026, 8, 13, 10)
# Whatever is there, the number of calls says which.
FIRST, SIZES, ALLOWANCE = 2_500, (5_000, 10_000, 20_000, 40_000), 100_000
PATIENCE = 60

# Every box of an error that was ever on a page, however short.
WATCH = """() => {
    window.errors = [];
    const look = () => {
        for (const box of document.querySelectorAll(
            '[data-testid="stException"], [data-testid="stAlertContentError"], [role="dialog"]'
        )) { window.errors.push(box.innerText); }
    };
    new MutationObserver(look).observe(document, {childList: true, subtree: true});
}"""
# What the page says whenever it has come to rest: between two runs old and new may stand together.
READ = """() => {
    window.moments = [];
    const look = () => {
        const app = document.querySelector('[data-testid="stApp"]');
        const rests = app?.dataset.testScriptState === "notRunning"
            && document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]') === null;
        const cards = document.querySelector(".st-key-answer")?.innerText;
        if (!rests || !cards || window.moments.at(-1) === cards) { return; }
        window.moments.push(cards);
    };
    setInterval(look, 20);
}"""


def log(size: int) -> str:
    """So many calls of a credit each, in the same day as those of every other."""
    lines = ["time,user,app,api,status,credits,request_id"]
    for number in range(size):
        at = LAST - timedelta(seconds=number * 72_000 // size)
        lines.append(f"{at.isoformat()}Z,user{number % 9},Web,getRecords,200,1,{size}-{number}")
    return "\n".join(lines) + "\n"


def calls(cards: str) -> int:
    """How many calls a page knows of, and each of its numbers says the same of it."""
    found = re.search(
        r"Used\s+([\d,]+).*Unused\s+([\d,]+)\s+([\d,]+) calls? made", cards, re.DOTALL
    )
    assert found, cards
    used, unused, made = (int(number.replace(",", "")) for number in found.groups())
    assert used == made == ALLOWANCE - unused, cards
    return made


def in_turn(moments: list[int]) -> bool:
    """Whether one saw a database in which each change was made at once, and none came twice."""
    possible = {
        FIRST * first
        + sum(size for size, is_there in zip(SIZES, there, strict=True) if is_there): (
            not first,
            *there,
        )
        for first in (0, 1)
        for there in itertools.product((False, True), repeat=len(SIZES))
    }
    done = [possible.get(moment, ()) for moment in moments]
    return all(done) and all(
        before <= after
        for earlier, later in itertools.pairwise(done)
        for before, after in zip(earlier, later, strict=True)
    )


def test_four_load_one_undoes_and_one_reads_at_once_as_if_one_after_the_other(
    new_page: Callable[..., Page],
    start_app: Callable[..., AbstractContextManager[App]],
    ready: Ready,
    tmp_path: Path,
) -> None:
    (tmp_path / "first.csv").write_text(log(FIRST))
    with Store(tmp_path / "credits.duckdb") as store:
        store.load(tmp_path / "first.csv", now=LAST, name="first.csv")
    *loaders, undoer, reader = pages = [new_page() for _ in range(len(SIZES) + 2)]
    for page in pages:
        page.add_init_script(f"({WATCH})()")
    reader.add_init_script(f"({READ})()")
    with start_app(tmp_path) as app:
        for page in pages:
            address = "/?base=97500" if page is reader else "/logs"
            page.goto(app.url + address, wait_until="commit")
        for page, size in zip(loaders, SIZES, strict=True):
            file = {"name": f"{size}.csv", "mimeType": "text/csv", "buffer": log(size).encode()}
            page.locator("input[type=file]").set_input_files([file])
        choose_only_load(undoer)
        for page in pages:
            if page in loaders:
                expect(page.get_by_text("Understood: Time ← time")).to_be_visible()
            ready(page)
        for page in (loaders[0], loaders[1], undoer, loaders[2], loaders[3]):
            name = "Undo this load" if page is undoer else re.compile(r"^Load \d+\.csv$")
            page.get_by_role("button", name=name).click(no_wait_after=True)
        read_until_all_is_there(reader)
        for page in loaders:
            expect(
                page.get_by_text(re.compile(r"Loaded [\d,]+ calls? from 1 file\."))
            ).to_be_visible()
        expect(undoer.get_by_role("button", name="Undo this load")).not_to_be_visible()
        for page in pages:
            ready(page)
        moments = [calls(cards) for cards in reader.evaluate("window.moments")]
        assert [page.evaluate("window.errors") for page in pages] == [[]] * len(pages)
    assert in_turn(moments), moments
    assert (moments[0], moments[-1]) == (FIRST, sum(SIZES))
    with Store(tmp_path / "credits.duckdb") as store:
        left = store.loads()
        assert sorted(left["path"]) == sorted(f"{size}.csv" for size in SIZES)
        assert sorted(left["calls"]) == sorted(SIZES)
        assert sorted(left["load_id"]) == [2, 3, 4, 5]


def choose_only_load(page: Page) -> None:
    """Choose the one row of the table of loads: its box is left in the row below the names."""
    box = page.locator("[class*='st-key-loads_rows'] canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + 52)
    expect(page.get_by_role("button", name="Undo this load")).to_be_visible()


def read_until_all_is_there(page: Page) -> None:
    """Ask for the page again and again, as R does, until it knows of every load."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = page.evaluate("window.moments")
        if seen and calls(seen[-1]) == sum(SIZES):
            return
        page.keyboard.press("r")
        page.wait_for_timeout(150)
    raise AssertionError(f"not all was there in the end: {seen[-1]}")
