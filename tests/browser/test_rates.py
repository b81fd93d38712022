"""A price is typed into the rate card, tried, applied, and seen on the other pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from credits.store import Store

from .conftest import App
from .test_main_paths import FAULTS, Ready, Visit, go, metric

LOG = """time,user,app,path,method,records,status
2026-08-13T09:00:00Z,Ada,Sync,/bigin/v2/Contacts,POST,1,200
2026-08-13T09:00:20Z,Ada,Sync,/bigin/v2/Contacts,POST,1,200
2026-08-13T09:01:10Z,Ben,Sync,/bigin/v2/Contacts,POST,,200
"""
APIS = b"""{"__apis": [
    {"path": "/bigin/v2/Contacts", "operation_types": [
        {"method": "GET", "oauth_scope": "a", "min_credits": 1, "max_credits": 3},
        {"method": "POST", "oauth_scope": "b", "min_credits": 4, "max_credits": 4}]},
    {"path": "/bigin/v2/Deals", "operation_types": [
        {"method": "GET", "oauth_scope": "a", "min_credits": 1, "max_credits": 1}]}]}"""
MARKERS, NUMBER, NAME, ROW = 32, 64, 200, 35
"""Pixels of the table: columns before the credits, and the height of a row."""


def prepare(folder: Path) -> Path:
    """A folder whose database holds three inserts."""
    log = folder / "calls.csv"
    log.write_text(LOG)
    with Store(folder / "credits.duckdb") as store:
        store.load(log, now=datetime(2026, 8, 14), name="calls.csv")
    return folder


def type_credits(page: Page, place: int, text: str) -> None:
    """Type into the credits of the row that stands in this place, from 0."""
    canvas = page.locator("[class*='st-key-rates_rows'] canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x = box["x"] + MARKERS + NUMBER + NAME + 40
    y = box["y"] + ROW * (place + 1.5)
    page.mouse.click(x, y)
    page.wait_for_timeout(300)
    page.keyboard.type(text)
    # The field opens over the cell, the first time from a file of its own.
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")


def test_a_price_is_typed_tried_and_applied(
    new_page: Callable[..., Page],
    start_app: Callable[..., AbstractContextManager[App]],
    visit: Visit,
    ready: Ready,
    tmp_path: Path,
) -> None:
    """What if an insert cost 2? It is still typed after a look at another page."""
    page = new_page()
    with start_app(prepare(tmp_path)) as app:
        visit(page, app, "/rates")
        expect(metric(page, "Credits")).to_have_text("3")
        undo = page.get_by_role("button", name="Undo changes")
        expect(undo).to_be_disabled()
        type_credits(page, 7, "2")
        expect(undo).to_be_enabled()
        ready(page)
        go(page, ready, "Users")
        go(page, ready, "Rate card")
        expect(undo).to_be_enabled()
        page.get_by_role("button", name="Try it").click()
        expect(metric(page, "Credits under this card")).to_have_text("6")
        expect(metric(page, "Credits")).to_have_text("3")
        ready(page)
        type_credits(page, 7, "5")
        expect(metric(page, "Credits under this card")).to_have_text("15")
        ready(page)
        page.get_by_role("button", name="Apply to everything loaded").click()
        expect(page.get_by_text("is in force: 3 calls cost 15 credits now")).to_be_visible()
        expect(metric(page, "Credits")).to_have_text("15")
        ready(page)
        go(page, ready, "Organization")
        expect(metric(page, "Used")).to_have_text("15")


def test_what_zoho_answers_about_its_apis_becomes_a_card(
    new_page: Callable[..., Page],
    start_app: Callable[..., AbstractContextManager[App]],
    visit: Visit,
    ready: Ready,
    tmp_path: Path,
) -> None:
    """Uploaded, shown row by row, tried, and nothing is applied by itself."""
    page = new_page()
    with start_app(prepare(tmp_path)) as app:
        visit(page, app, "/rates")
        page.get_by_role("button", name="Upload a card").click()
        answer = {"name": "apis.json", "mimeType": "application/json", "buffer": APIS}
        page.locator(".st-key-rates_file input[type=file]").set_input_files([answer])
        name = page.get_by_role("textbox", name="Name of the edited card")
        expect(name.and_(page.locator("[value='apis']"))).to_be_visible()
        ready(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Try it").click()
        expect(metric(page, "Credits under this card")).to_have_text("12")
        expect(metric(page, "Credits")).to_have_text("3")
        ready(page)


def test_nothing_is_cut_off_on_a_phone(
    new_page: Callable[..., Page], sample_app: App, visit: Visit, ready: Ready
) -> None:
    """By night, with a trial open."""
    page = new_page(width=390, height=844, dark=True)
    visit(page, sample_app, "/rates")
    page.get_by_role("button", name="Try it").click()
    expect(metric(page, "Credits under this card")).to_be_visible()
    ready(page)
    assert page.evaluate(FAULTS) == []
