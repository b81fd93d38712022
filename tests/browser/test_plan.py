"""Which plan to buy, in a real browser: sliders, a saved plan, a shared link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import App
from .test_main_paths import FAULTS, Ready, Visit, metric, prepare

expect.set_options(timeout=20_000)
SMALL = "/plan?base=400&users=0&per_user=50&cap=none"


@pytest.fixture
def plan_app(
    start_app: Callable[..., AbstractContextManager[App]], tmp_path: Path
) -> Iterator[App]:
    """An app of the test's own, in which plans are saved."""
    with start_app(prepare(tmp_path)) as app:
        yield app


def slider(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key}").get_by_role("slider")


def tab(page: Page, ready: Ready, name: str) -> None:
    page.locator(".st-key-more").get_by_role("radio", name=name).click()
    ready(page)


def test_sliders_change_the_answer_and_the_address(
    page: Page, plan_app: App, visit: Visit, ready: Ready
) -> None:
    visit(page, plan_app, SMALL)
    expect(metric(page, "Refused")).to_have_text("700")
    expect(page.get_by_text("on 2 of 11 days").first).to_be_visible()
    slider(page, "users").focus()
    for _ in range(4):  # faster than the app can answer
        slider(page, "users").press("ArrowRight", delay=30)
    expect(metric(page, "Allowance")).to_have_text("600")
    expect(metric(page, "Refused")).to_have_text("400")
    ready(page)
    slider(page, "growth").focus()
    slider(page, "growth").press("ArrowRight")
    expect(page.get_by_text("With 5 % more demand, this plan")).to_be_visible()
    expect(metric(page, "Refused")).to_have_text("450")
    ready(page)
    assert "users=4" in page.url
    assert "growth=5" in page.url
    page.reload()
    ready(page)
    expect(metric(page, "Refused")).to_have_text("450")


def test_a_plan_is_saved_found_again_and_sent_as_a_link(
    page: Page,
    new_page: Callable[..., Page],
    plan_app: App,
    visit: Visit,
    ready: Ready,
) -> None:
    visit(page, plan_app, SMALL)
    tab(page, ready, "Save and share")
    page.locator(".st-key-scenario_name input").fill("Small")
    page.locator(".st-key-scenario_name input").press("Enter")
    ready(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as Small.")).to_be_visible()
    ready(page)
    link = page.get_by_test_id("stCode").last.inner_text().strip()
    assert link.startswith(f"{plan_app.url}/plan?name=Small&")

    page.reload()
    ready(page)
    tab(page, ready, "Compare plans")
    with page.expect_download() as download:
        page.locator(".st-key-compared_csv button").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows[1:3]] == ["This plan", "Small"]

    other = new_page(width=390, height=844)
    other.goto(link)
    ready(other)
    expect(other.get_by_text("Opened from a link: Small")).to_be_visible()
    expect(metric(other, "Refused")).to_have_text("700")
    assert other.evaluate(FAULTS) == []
