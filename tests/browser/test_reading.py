"""A pattern for a text log answers while it is typed, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import App

PATTERN = r"^(?P<occurred_at>\S+) ## (?P<user>\S+) ## (?P<credits>\d+)"


def test_a_pattern_answers_while_it_is_typed(
    new_page: Callable[[], Page],
    empty_app: App,
    visit: Callable[[Page, App, str], None],
    ready: Callable[[Page], None],
) -> None:
    page = new_page()
    visit(page, empty_app, "/logs")
    log = b"2026-08-13T09:00:00Z ## Ada ## 5\n" * 2
    page.locator("input[type=file]").set_input_files(
        [{"name": "own.log", "mimeType": "text/plain", "buffer": log}]
    )
    field = page.locator(".st-key-pattern input")
    expect(field).to_be_visible()
    field.press_sequentially(PATTERN, delay=10)
    expect(page.get_by_text("Time ← (occurred_at)")).to_be_visible(timeout=20_000)
    expect(field).to_be_focused()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    ready(page)
