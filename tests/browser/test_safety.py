"""In a real browser: no name from a log does anything, nothing outside is asked, uploads end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import hostile
import pytest
from hostile import KINDS, NOW
from playwright.sync_api import Dialog, Error, Page, Request, Response, expect

from credits import CreditsError, rates
from credits.plan import Plan
from credits.scenarios import Scenario
from credits.store import Store

from .conftest import SEARCHED_FOR, App

Visit = Callable[[Page, App, str], None]
Ready = Callable[[Page], None]
# Short enough for an axis: these used most, and are what every chart and card names first.
SHORT = [
    "<a href='//evil.example'>",
    "<b>b</b><i>i</i>",
    ":red[alarm] $q$",
    "[x](//evil.example)",
    "![x](//evil.example)",
    "%{x}<br>%{y}",
]
LINKS = ["https://evil.example/x", "www.evil.example", "ada@evil.example"]
MIXED = " ".join([*SHORT[2:], *LINKS])
# What a name could have brought: elements that neither Streamlit nor a page of ours has, links and
# pictures of other hosts, formulas, icons and colours in Markdown.
BROUGHT = """() => {
    const found = [];
    if (window.__pwned !== undefined) { found.push("a script ran"); }
    const never = "[data-testid=stException],"
        + "iframe,object,embed,marquee,base,video,audio,frameset,dialog,blink,"
        + "[data-testid=stMain] script,[data-testid=stMain] style,[data-testid=stMain] form,"
        + "[onerror],[onload],[onclick],[onfocus],[ontoggle],[onmouseover],[onbegin],"
        + "svg a,foreignObject,.katex,"
        + "[data-testid=stMarkdownContainer] h1 > h1,[data-testid=stMarkdownContainer] table,"
        + "[data-testid=stMarkdownContainer] img,[data-testid=stMarkdownContainer] blockquote,"
        + "[data-testid=stMarkdownContainer] pre,[data-testid=stMarkdownContainer] hr";
    for (const one of document.querySelectorAll(never)) { found.push(one.outerHTML.slice(0, 200)); }
    for (const one of document.querySelectorAll("[href],[src],[srcset],[action],[data]")) {
        for (const name of ["href", "src", "srcset", "action", "data"]) {
            const value = one.getAttribute(name) ?? "";
            if (/evil|pwned|^\\s*javascript:|^\\s*data:text/i.test(value)) {
                found.push(one.outerHTML.slice(0, 200));
            }
        }
    }
    for (const one of document.querySelectorAll(".js-plotly-plot text")) {
        const bold = one.querySelector("tspan[style*=bold], tspan[style*=italic]");
        if (bold !== null && /^[bi]$/.test(bold.textContent)) { found.push(one.outerHTML); }
    }
    for (const one of document.querySelectorAll("[style],[class*=Colored],[class*=Badge]")) {
        if (/^(alarm|calm|colours|badge)$/.test(one.textContent.trim())) {
            found.push(one.outerHTML.slice(0, 200));
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def hostile_app(
    start_app: Callable[..., AbstractContextManager[App]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """An app whose logs, rejected rows, scenarios and rate cards are all hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    kinds = [hostile.together(kind)[:1_500] for kind in KINDS if kind != "long"]
    rows = hostile.calls([MIXED, *SHORT, *kinds, *hostile.CORPUS])
    rows += [{"time": text, "user": text, "credits": 1} for text in hostile.CORPUS[:300]]
    log = folder / "calls.jsonl"
    log.write_bytes(hostile.as_json_lines(rows))
    with Store(folder / "credits.duckdb") as store:
        name = "<img src=x onerror=window.__pwned=1> [x](https://evil.example) :red[alarm] $q$"
        store.load(log, now=NOW - timedelta(days=1), name=name)
        for text in (hostile.HTML[10], hostile.MARKDOWN[0], ":red[alarm] $x^2$", "=1+1"):
            store.save_scenario(Scenario(text, Plan(9_000, 1, 1), edition=text), now=NOW)
            with suppress(CreditsError):
                card = replace(rates.load("bigin"), name=text, title=text, source=text)
                store.save_rate_card(card, now=NOW)
        store.rerate(store.rate_card(hostile.HTML[10]), now=NOW)
    with start_app(folder) as running:
        yield running


@pytest.fixture
def dialogs(page: Page) -> list[str]:
    """What the page asked or told in a box of the browser's."""
    seen: list[str] = []

    def close(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    return seen


class Network:
    """What a page asked for, and which of it failed."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.failed: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", self._answered)
        page.on("requestfailed", self._broke)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.url.split("?")[0].endswith(SEARCHED_FOR):
            self.failed.append(f"{response.status} {response.url}")

    def _broke(self, request: Request) -> None:
        # Leaving a page ends what it was still asking for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.failed.append(f"{request.failure} {request.url}")


@pytest.fixture
def network(page: Page) -> Network:
    return Network(page)


def pages(page: Page) -> list[str]:
    """The address of every page, as the navigation has them."""
    links = page.locator('[data-testid="stTopNavLink"], [data-testid="stSidebarNavLink"]')
    found = [link.get_attribute("href") or "" for link in links.all()]
    return sorted({f"/{address.split('?')[0].rpartition('/')[2]}" for address in found})


@pytest.mark.timeout(300)  # every page in turn, also where much else runs
def test_on_no_page_does_a_name_do_anything_or_a_request_fail(
    page: Page,
    new_page: Callable[..., Page],
    hostile_app: App,
    visit: Visit,
    ready: Ready,
    dialogs: list[str],
    network: Network,
    tmp_path: Path,
) -> None:
    """Every other host is refused, and none is asked: not by a page, nor by what is sent on."""
    visit(page, hostile_app, "/")
    found = pages(page)
    assert len(found) >= 7
    for address in found:
        visit(page, hostile_app, address)
        for bar in page.locator(".js-plotly-plot .point path").all()[:2]:
            with suppress(Error):  # one that can't be reached has no tooltip
                bar.hover(timeout=500, force=True)
        assert page.evaluate(BROUGHT) == [], address
        for box in page.locator('[data-testid="stExpander"] summary').all()[:4]:
            box.click()
        ready(page)
        assert page.evaluate(BROUGHT) == [], address
    visit(page, hostile_app, "/showback?period=all&bill=1000")
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML report").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)
    assert dialogs == []
    own = (hostile_app.url, f"ws{hostile_app.url[4:]}", "data:", "blob:", "about:")
    assert len(network.asked) > 20
    assert [url for url in network.asked if not url.startswith(own)] == []
    assert network.failed == []

    sent = new_page()
    others = Network(sent)
    sent.goto(report.as_uri())
    assert others.asked == [report.as_uri()]
    assert sent.evaluate(BROUGHT) == []


@pytest.mark.parametrize("name", [hostile.together("html")[:1_500], MIXED], ids=["html", "mixed"])
def test_no_name_does_anything_where_it_stands_alone(
    page: Page, hostile_app: App, visit: Visit, ready: Ready, dialogs: list[str], name: str
) -> None:
    """One user chosen by a link: the name is in the title, the metrics and the charts."""
    name = name.strip()
    visit(page, hostile_app, f"/users?user={quote(f'user:{name}')}")
    assert page.evaluate(BROUGHT) == []
    assert dialogs == []
    text = page.get_by_test_id("stMain").inner_text().replace("\u2060", "")
    assert " ".join(name.split())[:30] in " ".join(text.split())


def test_a_hostile_file_does_nothing_before_it_is_loaded_and_after(
    page: Page, empty_app: App, visit: Visit, ready: Ready, dialogs: list[str]
) -> None:
    rows = hostile.calls(hostile.HTML[:60] + hostile.MARKDOWN[:40])
    rows += [{"time": text, "user": text} for text in hostile.HTML[:30]]
    columns = dict.fromkeys(hostile.HTML[:20], "x")
    content = hostile.as_json_lines([rows[0] | columns, *rows])
    visit(page, empty_app, "/logs")
    name = "<img src=x onerror=window.__pwned=1> [x](javascript:window.__pwned=1).jsonl"
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "text/html", "buffer": content},
            {"name": f"{name}.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"},
        ]
    )
    expect(page.get_by_role("button", name="Load 2 files")).to_be_visible()
    ready(page)
    assert page.evaluate(BROUGHT) == []
    page.get_by_role("button", name="Load 2 files").click()
    expect(page.get_by_role("button", name="See the organization")).to_be_visible()
    ready(page)
    assert page.evaluate(BROUGHT) == []
    assert dialogs == []


def test_the_server_refuses_what_is_too_large_whatever_the_browser_says(
    page: Page,
    start_app: Callable[..., AbstractContextManager[App]],
    visit: Visit,
    ready: Ready,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The request of a small upload is sent again with a large body, as anybody could."""
    monkeypatch.setenv("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", "1")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    with start_app(tmp_path) as app:
        visit(page, app, "/logs")
        small = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"time,user\n2026-08-01,a\n"}
        page.locator("input[type=file]").set_input_files([small])
        expect(page.get_by_text("Understood: Time ← time")).to_be_visible()
        (upload,) = [each for each in sent if each.method == "PUT" and "upload_file" in each.url]
        kept = {
            name: value
            for name, value in upload.all_headers().items()
            if name.lower() not in ("content-length", "content-type", "host") and name[0] != ":"
        }
        codes = {}
        for name, size in (("fits", 1_000), ("too large", (1 << 20) + 1), ("far", 4 << 20)):
            file = {"name": "b.csv", "mimeType": "text/csv", "buffer": b"a" * size}
            answer = page.request.put(upload.url, headers=kept, multipart={"file": file})
            codes[name] = answer.status
        assert codes == {"fits": 204, "too large": 413, "far": 413}
