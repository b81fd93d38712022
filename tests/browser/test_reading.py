"""A pattern for a text log answers while it is typed, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import App

PATTERN = r"^(?P<occurred_at>\S+) ## (?P<user>\S+) ## (?P<credits>\d+)"


def drop(page: Page, name: str, log: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": log}]
    )


def test_how_to_read_stays_open_while_it_is_answered(
    new_page: Callable[[], Page],
    empty_app: App,
    visit: Callable[[Page, App, str], None],
    ready: Callable[[Page], None],
) -> None:
    page = new_page()
    visit(page, empty_app, "/logs")
    log = b"Ajankohta;Tekija;Polku\n" + b"2026-08-13T09:00:00Z;Ada;/kontakte\n" * 2
    drop(page, "anrufe.csv", log)
    asked = page.get_by_test_id("stExpander")
    field = asked.get_by_label("Format", exact=True)
    expect(field).to_be_visible(timeout=20_000)
    ready(page)
    field.fill("CSV")
    page.get_by_role("option", name="CSV", exact=True).click()
    expect(page.get_by_text("No column of it is taken for the time")).to_be_visible(timeout=20_000)
    ready(page)
    expect(asked.get_by_label("Time", exact=True)).to_be_visible()
    asked.get_by_text("Read it differently").click()
    expect(field).not_to_be_visible()
    ready(page)
    expect(field).not_to_be_visible()


def test_a_pattern_answers_while_it_is_typed(
    new_page: Callable[[], Page],
    empty_app: App,
    visit: Callable[[Page, App, str], None],
    ready: Callable[[Page], None],
) -> None:
    page = new_page()
    visit(page, empty_app, "/logs")
    log = b"2026-08-13T09:00:00Z ## Ada ## 5\n" * 2
    drop(page, "own.log", log)
    field = page.locator(".st-key-pattern input")
    expect(field).to_be_visible()
    field.press_sequentially(PATTERN, delay=10)
    expect(page.get_by_text("Time ← (occurred_at)")).to_be_visible(timeout=20_000)
    expect(field).to_be_focused()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    ready(page)
