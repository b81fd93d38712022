"""Every page in every state: what it says, which choices it keeps, and what it does with names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from credits import store as stores
from credits.store import Store

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 8, 14)
PAGES = ("organization.py", "users.py", "plan.py", "logs.py")
TITLES = ("Organization API storage", "API consumption by users", "Credit plan", "Logs")
HEADER = "time,user,app,api,status,credits\n"
WEEK = f"""{HEADER}\
2026-08-03T09:00:00Z,Ada,Web,getRecords,200,1000
2026-08-10T08:00:00Z,Ada,Web,getRecords,200,300
2026-08-10T09:00:00Z,Ben,Sync,insertRecords,200,200
2026-08-12T10:00:00Z,Ada,Web,getRecords,200,40
2026-08-13T09:00:00Z,Ben,Sync,getRecords,200,50
2026-08-13T09:30:00Z,Ben,Sync,getRecords,429,0
2026-08-13T16:00:00Z,Ada,Mobile,deleteRecords,200,10
"""


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """The database that the pages of this test read."""
    yield stores.shared(database)
    stores.close_all()


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Callable[..., None]:
    """`load(text)` takes in a log."""

    def take(text: str, name: str = "calls.csv", now: datetime = NOW) -> None:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        store.load(path, now=now, name=name)

    return take


@pytest.fixture
def week(load: Callable[..., None]) -> None:
    """Two weeks of two people; in the last 24 hours 60 credits and a refused call."""
    load(WEEK)


def visit(page: str = "organization.py", **address: str) -> AppTest:
    """A fresh visitor at an address."""
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=30)
    for name, value in address.items():
        at.query_params[name.rstrip("_")] = value
    if page != "organization.py":
        at.switch_page(page)
    return ran(at)


def ran(at: AppTest) -> AppTest:
    """The page after a run that raised nothing."""
    at.run()
    assert not at.exception, at.exception[0].value
    return at


def texts(at: AppTest) -> str:
    """Everything that the page says in words."""
    kinds = ("title", "subheader", "caption", "markdown", "text", "error", "warning", "info",
             "success")  # fmt: skip
    words = [element.value for kind in kinds for element in at.get(kind)]
    return "\n".join(words + [f"{m.label}: {m.value} ({m.delta})" for m in at.metric])


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def address(at: AppTest) -> dict[str, str]:
    return {name: values[0] for name, values in at.query_params.items()}


# ── nothing loaded, no calls, nothing spent ───────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES[:3])
def test_an_empty_database_offers_the_upload_and_the_sample(store: Store, page: str) -> None:
    at = visit(page)
    assert "Nothing is loaded yet" in texts(at)
    assert [b.label for b in at.main.button] == ["Upload a log", "Load the sample"]
    assert not at.metric
    assert "View" not in [heading.value for heading in at.sidebar.subheader]


def test_the_logs_page_of_an_empty_database_takes_files_and_offers_the_sample(store: Store) -> None:
    at = visit("logs.py")
    assert at.title[0].value == "Logs"
    assert at.get("file_uploader")
    assert at.button(key="load_sample").label == "Load the sample"


@pytest.mark.parametrize(("page", "title"), list(zip(PAGES, TITLES, strict=True)))
def test_every_page_says_what_it_is(week: None, page: str, title: str) -> None:
    assert visit(page).title[0].value == title


def test_the_sample_is_named_on_every_page_until_it_is_cleared(
    store: Store, load: Callable[..., None], tmp_path: Path
) -> None:
    path = tmp_path / "sample.csv"
    path.write_text(WEEK)
    store.load_sample(path, now=NOW)
    for page in PAGES:
        at = visit(page)
        assert "sample data" in texts(at), page
        assert at.button(key="clear_sample").label == "Clear the sample"
    at.button(key="clear_sample").click()
    ran(at)
    assert "sample data" not in texts(at)
    assert "Nothing is loaded yet" in texts(visit())
    assert store.loads().empty


def test_the_offered_sample_is_loaded(store: Store) -> None:
    at = visit()
    at.button(key="load_sample").click()
    ran(at)
    assert at.metric
    assert "sample data" in texts(at)


@pytest.mark.parametrize("page", PAGES[:3])
def test_a_window_without_calls_says_so_and_is_not_an_empty_database(week: None, page: str) -> None:
    at = visit(page, at="2026-08-20T00:00", period="24h")
    assert "no calls" in texts(at).lower()
    assert "Nothing is loaded yet" not in texts(at)


def test_refused_calls_alone_use_0_credits_which_is_not_no_calls(load: Callable[..., None]) -> None:
    load(HEADER + "2026-08-13T09:00:00Z,Ada,Web,getRecords,429,\n" * 3)
    at = visit()
    assert metrics(at)["Used"] == "0"
    said = texts(at)
    assert "3 calls made" in said
    assert "3 calls refused" in said
    assert "no calls" not in said.lower()
    assert metrics(visit("users.py"))["Credits"] == "0"


# ── the same numbers everywhere ───────────────────────────────────────────────────────────────


def test_the_organization_shows_what_the_library_counts(week: None) -> None:
    at = visit()
    assert metrics(at) == {
        "Used": "60",
        "Unused": "52,440",
        "Total": "52,500",
        "Back in the next hour": "0",
        "Peak, last 7 days": "500",
    }
