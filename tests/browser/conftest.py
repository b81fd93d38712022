"""The running app, and a Chromium that looks at it and sees nothing of the network outside.

A test asks for `page` (or `new_page` for a phone or the dark), for an app (`sample_app`, shared;
`empty_app`, its own; `start_app` for anything else) and drives one with the other:

    def test_the_first_page_answers(page, sample_app, visit):
        visit(page, sample_app, "/?base=60000")
        expect(page.get_by_text("60,000 + 10 × 250 = 62,500")).to_be_visible()
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OUTSIDE = re.compile(r"(https?|wss?)://(?!127\.0\.0\.1[:/])")
SEARCHED_FOR = ("/_stcore/health", "/_stcore/host-config")
START_SECONDS = 60
# Servers that a test has stopped. A page that is still open then may ask them for the rest of
# itself, which Streamlit fetches when it has time: that nobody answers is no error of the page's.
STOPPED: set[str] = set()
READY_SECONDS = 30

# Streamlit marks the app as running only once the server has the change, and sliders wait before
# they send theirs: ready is what has stayed so for a moment.
READY = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const idle = app !== null
        && app.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]') === null;
    if (!idle) { window.idleSince = undefined; return false; }
    window.idleSince ??= performance.now();
    return performance.now() - window.idleSince > 400;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lives here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class App:
    """A server of our own, started as a user starts it."""

    url: str
    """Without a slash at the end."""
    database: Path
    """The file that this server holds open."""
    log: Path
    """What the server wrote to standard output and standard error."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(server: subprocess.Popen[bytes], app: App) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"The app didn't start. It said:\n{app.log.read_text()}")


@contextmanager
def _serve(
    folder: Path, *, sample: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[App]:
    port = _free_port()
    STOPPED.discard(f"127.0.0.1:{port}")
    app = App(f"http://127.0.0.1:{port}", folder / "credits.duckdb", folder / "server.log")
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = [f"--server.port={port}", "--server.fileWatcherType=none"]
    given = os.environ | {
        "CREDITS_DATABASE": str(app.database),
        "CREDITS_SAMPLE": str(int(sample)),
    }
    with app.log.open("wb") as log:
        server = subprocess.Popen(
            command + options,
            cwd=ROOT,
            env=given | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_healthy(server, app)
            yield app
        finally:
            STOPPED.add(urlsplit(app.url).netloc)
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture(scope="session")
def start_app() -> Callable[..., AbstractContextManager[App]]:
    """`with start_app(folder, sample=True) as app:` starts the app on the folder's database.

    Leaving the block stops the server, so that a second one may open the same folder.
    `environment`: variables for this server alone.
    """
    return _serve


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[App]:
    """An app of the test's own into which nothing has been loaded."""
    with _serve(tmp_path) as app:
        yield app


@pytest.fixture(scope="package")
def sample_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with the sample log, shared by all tests: look, but load and undo nothing."""
    with _serve(tmp_path_factory.mktemp("sample-app"), sample=True) as app:
        yield app


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium from the path. Without one, tests skip, or fail where REQUIRE_BROWSER is 1.

    Not for the whole session: while Playwright is open, its event loop counts as running in this
    thread, and other tests could start none.
    """
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        message = "No Chromium on the path: install it, on Debian with `apt-get install chromium`."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                # What no route sees, such as looking up a name ahead of a click, finds nobody.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield chromium
        chromium.close()


@dataclass
class Witness:
    """What went on in this test's pages. Both lists must be empty at its end."""

    outside: list[str] = field(default_factory=list)
    """Addresses on other hosts that a page asked for. Such requests are refused."""
    errors: list[str] = field(default_factory=list)
    """Errors on the browser's console, and exceptions that nobody caught."""

    def watch(self, page: Page) -> None:
        """Note what asks for another host, which the browser finds none of, and what goes wrong."""
        page.on("request", self._note_request)
        page.on("websocket", self._note_socket)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note_request(self, request: Request) -> None:
        if OUTSIDE.match(request.url):
            self.outside.append(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        if OUTSIDE.match(socket.url):
            self.outside.append(socket.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        address = urlsplit(message.location["url"])
        # Opened at /plan, Streamlit looks for its server under /plan/_stcore first, then under /.
        is_a_search = address.path.endswith(SEARCHED_FOR)
        if message.type == "error" and not is_a_search and address.netloc not in STOPPED:
            self.errors.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def witness() -> Iterator[Witness]:
    """What went on in this test's pages; a test that provokes an error clears the list."""
    seen = Witness()
    yield seen
    assert seen.outside == [], "a page asked for something outside"
    assert seen.errors == [], "a page reported errors"


@pytest.fixture
def new_page(browser: Browser, witness: Witness) -> Iterator[Callable[..., Page]]:
    """`new_page(width=390, height=844, dark=True)` is a fresh visitor with such a screen."""
    contexts = []

    def open_page(*, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(READY_SECONDS * 1_000)
        witness.watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A fresh visitor at a desk: 1440 × 900, light."""
    return new_page()


def _ready(page: Page) -> None:
    page.evaluate("window.idleSince = undefined")
    page.wait_for_function(READY, timeout=READY_SECONDS * 1_000)


@pytest.fixture
def ready() -> Callable[[Page], None]:
    """`ready(page)` waits until the script has run, everything is drawn and nothing is stale."""
    return _ready


@pytest.fixture
def visit() -> Callable[[Page, App, str], None]:
    """`visit(page, app, "/plan?base=60000")` opens the address and waits until it is ready."""

    def go(page: Page, app: App, address: str = "/") -> None:
        page.goto(app.url + address)
        _ready(page)

    return go
