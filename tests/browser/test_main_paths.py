"""The ways through the app that people take, in a real browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from small_log import HEADER, NOW, WEEK

from credits.store import Store

from .conftest import App

expect.set_options(timeout=20_000)
HOSTILE = "<b>x</b> *y* :red[z] a--b -> :smile: $q$ =1+1"
# Boxes that lie over each other, cards whose number is cut off, and whatever is wider than the
# screen.
FAULTS = """() => {
    const found = [];
    const main = document.querySelector('[data-testid="stMain"]');
    for (const box of [document.documentElement, main]) {
        if (box.scrollWidth > box.clientWidth) { found.push(`wide: ${box.tagName}`); }
    }
    for (const value of main.querySelectorAll('[data-testid="stMetricValue"], p')) {
        if (value.scrollWidth > value.clientWidth + 1) { found.push(`cut: ${value.innerText}`); }
    }
    const kinds = ["stMetric", "stPlotlyChart", "stDataFrame", "stCaptionContainer", "stHeading"];
    const boxes = [...main.querySelectorAll(kinds.map(k => `[data-testid="${k}"]`).join(","))];
    boxes.forEach((one, place) => boxes.slice(place + 1).forEach(other => {
        if (one.contains(other) || other.contains(one)) { return; }
        const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 2) { found.push(`over: ${one.innerText} / ${other.innerText}`); }
    }));
    return found;
}"""
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 20, 27)"}
# Of a text with its ground, by WCAG 2: both are painted, for a colour may let its ground through.
CONTRAST = """(text, ground) => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d");
    const [under, over] = [ground, getComputedStyle(text).fill].map(colour => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const parts = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255);
        const [red, green, blue] = parts.map(
            part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    });
    return Math.max(under, over) / Math.min(under, over);
}"""

Visit = Callable[[Page, App, str], None]
Ready = Callable[[Page], None]


def prepare(folder: Path) -> Path:
    """A folder whose database holds a small log that counts as the sample."""
    log = folder / "week.csv"
    log.write_text(WEEK)
    with Store(folder / "credits.duckdb") as store:
        store.load_sample(log, now=NOW)
    return folder


@pytest.fixture(scope="module")
def week_app(
    start_app: Callable[..., AbstractContextManager[App]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """A freshly started app that the tests of this module share: look, but change nothing."""
    with start_app(prepare(tmp_path_factory.mktemp("week"))) as app:
        yield app


def metric(page: Page, label: str) -> Locator:
    title = page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    return page.get_by_test_id("stMetric").filter(has=title).get_by_test_id("stMetricValue")


def back(page: Page, ready: Ready, label: str) -> None:
    """The back button, until a card is there: a slow browser keeps two addresses of one page."""
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(300)
        ready(page)
        if metric(page, label).count():
            return


def click_bar(page: Page, chart: str) -> None:
    """Click the first bar of a chart: Plotly listens to the pane that lies above its bars."""
    bar = page.locator(f".st-key-{chart} .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    x, y = box["x"] + min(box["width"], 20) / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def go(page: Page, ready: Ready, name: str) -> None:
    """Through the navigation to another page."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    ready(page)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_days_of_an_own_period_are_shown_whole(
    new_page: Callable[..., Page], week_app: App, visit: Visit, width: int, height: int
) -> None:
    page = new_page(width=width, height=height)
    visit(page, week_app, "/?period=own")
    if width < 800:
        page.get_by_test_id("stExpandSidebarButton").click()
    fields = page.get_by_test_id("stDateInputFieldsScroller")
    expect(fields).to_have_count(2)
    for field in fields.all():
        expect(field).to_be_visible()
        assert field.evaluate("field => field.scrollWidth <= field.clientWidth")


def test_from_the_sample_to_the_numbers_of_a_log_of_ones_own(
    new_page: Callable[..., Page],
    start_app: Callable[..., AbstractContextManager[App]],
    visit: Visit,
    ready: Ready,
    tmp_path: Path,
) -> None:
    """Clear the sample, drop a log, see its numbers in two browsers, and take them away."""
    page, other = new_page(), new_page()
    with start_app(prepare(tmp_path)) as app:
        visit(other, app, "/")
        expect(metric(other, "Used")).to_have_text("60")

        visit(page, app, "/logs")
        page.get_by_role("button", name="Clear the sample").click()
        ready(page)
        page.get_by_role("button", name="Yes, clear it").click()
        expect(page.get_by_role("button", name="Load the sample")).to_be_visible()
        ready(page)
        own = f'{HEADER}2026-08-13T09:00:00Z,"{HOSTILE}",Web,getRecords,200,70\n'
        page.locator("input[type=file]").set_input_files(
            [
                {"name": "own.csv", "mimeType": "text/csv", "buffer": own.encode()},
                {"name": f"{HOSTILE}.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n"},
            ]
        )
        expect(page.get_by_text("Understood: Time ← time")).to_be_visible()
        ready(page)
        problem = page.get_by_test_id("stAlert").inner_text().replace("\u2060", "")
        assert f"{HOSTILE}.csv is a PNG picture" in problem
        page.get_by_role("button", name="Load 2 files").click()
        expect(page.get_by_text("Loaded 1 call from 1 file.")).to_be_visible()
        page.get_by_role("button", name="See the organization").click()
        expect(metric(page, "Used")).to_have_text("70")

        go(other, ready, "Users")
        expect(metric(other, "Credits")).to_have_text("70")
        share = other.get_by_test_id("stMetric").filter(has_text="Greatest share")
        assert HOSTILE in share.inner_text().replace("\u2060", "")
        with other.expect_download() as download:
            other.get_by_role("button", name="CSV").click()
        text = download.value.path().read_text(encoding="utf-8-sig")
        table = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [(row["User"], row["Credits"]) for row in table] == [(HOSTILE, "70")]


def test_a_plan_is_tried_out_on_every_page(
    page: Page, week_app: App, visit: Visit, ready: Ready
) -> None:
    """A deep link on a fresh server, the slider by its keys, a number typed, and the way back."""
    visit(page, week_app, "/plan?base=60000")
    expect(metric(page, "Allowance")).to_have_text("62,500")
    slider = page.locator(".st-key-base").get_by_role("slider")
    slider.focus()
    for _ in range(8):  # faster than the app can answer
        slider.press("ArrowRight", delay=30)
    expect(metric(page, "Allowance")).to_have_text("70,500")
    ready(page)
    expect(slider).to_have_attribute("aria-valuetext", "68,000")
    expect(page).to_have_url(f"{week_app.url}/plan?base=68000&zone=UTC")

    go(page, ready, "Organization")
    expect(metric(page, "Total")).to_have_text("70,500")
    expect(metric(page, "Unused")).to_have_text("70,440")
    page.locator(".st-key-base_exact input").fill("1234")
    page.locator(".st-key-base_exact input").press("Enter")
    expect(metric(page, "Total")).to_have_text("3,734")
    ready(page)
    go(page, ready, "Credit plan")
    expect(metric(page, "Allowance")).to_have_text("3,734")
    expect(page.locator(".st-key-base_exact input")).to_have_value("1234")
    back(page, ready, "Total")
    expect(metric(page, "Total")).to_have_text("3,734")
    page.go_back()
    expect(metric(page, "Total")).to_have_text("70,500")


def test_a_click_narrows_opens_and_leads_back(
    page: Page, week_app: App, visit: Visit, ready: Ready
) -> None:
    """A bar narrows what stands at its right; a bar and a row each open a user."""
    visit(page, week_app, "/?period=all")
    click_bar(page, "by_api")
    expect(page.get_by_text("of what is chosen at the left").first).to_be_visible()
    expect(page.locator(".st-key-by_app .point")).to_have_count(2)

    visit(page, week_app, "/users?period=all")
    click_bar(page, "by_user_and_api")
    expect(page.get_by_role("button", name="← All users")).to_be_visible()
    # Until the script has run, the cards of before stand beside those of now.
    ready(page)
    expect(page).to_have_url(f"{week_app.url}/users?period=all&zone=UTC&user=user%3AAda")
    expect(metric(page, "Credits")).to_have_text("1,350")
    page.get_by_role("button", name="← All users").click()
    expect(metric(page, "Users")).to_have_text("2")
    ready(page)
    table = page.locator(".st-key-users_rows canvas").first.bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 90, table["y"] + 90)
    expect(page.get_by_test_id("stText").get_by_text("Ben", exact=True)).to_be_visible()
    ready(page)
    expect(metric(page, "Credits")).to_have_text("250")
    page.go_back()
    expect(metric(page, "Users")).to_have_text("2")


def test_nothing_is_cut_off_on_a_phone(
    new_page: Callable[..., Page], week_app: App, visit: Visit, ready: Ready
) -> None:
    """By day and by night, on every page."""
    page = new_page(width=390, height=844)
    for address in ("/", "/users", "/users?user=user:Ada", "/plan?base=0&users=1", "/logs"):
        visit(page, week_app, address)
        assert page.evaluate(FAULTS) == [], address
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[scheme])
        ready(page)
        assert page.evaluate(FAULTS) == [], scheme


def test_the_text_of_charts_follows_light_and_dark_at_once(
    page: Page, sample_app: App, visit: Visit
) -> None:
    visit(page, sample_app, "/")
    label = page.locator(".st-key-trailing .xtick text").first
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[scheme])
        assert label.evaluate(CONTRAST, GROUNDS[scheme]) >= 4.5, scheme


def test_what_another_visitor_loads_is_shown_without_a_click(
    new_page: Callable[..., Page], empty_app: App, visit: Visit, ready: Ready
) -> None:
    watching, loading = new_page(), new_page()
    visit(watching, empty_app, "/?zone=UTC")
    expect(watching.get_by_text("Nothing is loaded yet")).to_be_visible()
    visit(loading, empty_app)
    loading.get_by_role("button", name="Load the sample").click()
    ready(loading)
    expect(watching.get_by_text("sample data")).to_be_visible(timeout=20_000)
    watching.get_by_text("30d", exact=True).click()
    ready(watching)
    loading.get_by_role("button", name="Clear the sample").click()
    loading.get_by_role("button", name="Yes, clear it").click()
    expect(watching.get_by_text("Nothing is loaded yet")).to_be_visible(timeout=20_000)
    assert "period=30d" in watching.url
