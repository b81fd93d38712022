"""Pages while something is wrong with the database: a sentence, and the data once that is over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from small_log import HEADER, NOW, WEEK
from streamlit.testing.v1 import AppTest
from visiting import ran, visit

from credits import store as stores
from credits.store import Store, copying

Load = Callable[..., None]
ROOT = Path(__file__).resolve().parents[2]
PAGES = ["organization.py", "users.py", "plan.py", "forecast.py", "showback.py", "rates.py"]


def visited(page: str = "organization.py") -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60)
    app.switch_page(page)
    return app.run()


def said(app: AppTest) -> list[str]:
    assert not app.exception
    # Without what keeps Markdown from reading a path as its own.
    return [error.value.replace("\\", "").replace("\u2060", "") for error in app.error]


@pytest.mark.parametrize("page", [*PAGES, "logs.py"])
def test_a_page_says_that_the_database_is_gone_and_works_once_it_is_back(
    week: None, database: Path, page: str
):
    assert said(visited(page)) == []
    aside = database.with_name("aside.duckdb")
    database.rename(aside)
    (sentence,) = said(visited(page))
    assert "was moved or deleted while it was open: put it back" in sentence
    aside.rename(database)
    assert said(visited(page)) == []


def test_nothing_is_loaded_into_a_database_that_is_gone(
    week: None, store: Store, load: Callable[..., None], database: Path
):
    version = store.version()
    aside = database.with_name("aside.duckdb")

    def vanishes(share: float, words: str) -> None:
        if words.startswith("Storing"):
            database.rename(aside)

    log = database.with_name("new.csv")
    log.write_text(HEADER + "2026-08-13T17:00:00Z,Cy,Web,getRecords,200,1\n")
    with pytest.raises(stores.database.CreditsError, match="so nothing was changed"):
        store.load(log, now=NOW, progress=vanishes)
    aside.rename(database)
    assert store.version() == version
    store.load(log, now=NOW)
    assert len(store.loads()) == 2


def test_pages_show_what_was_restored_while_they_were_open(
    week: None, store: Store, load: Callable[..., None], database: Path, tmp_path: Path
):
    # Both databases have data version 1: what is cached of the one must not be shown of the other.
    with Store(tmp_path / "other.duckdb") as other:
        log = tmp_path / "other.csv"
        log.write_text(HEADER + "2026-08-13T17:00:00Z,Cy,Web,getRecords,200,77\n")
        other.load(log, now=NOW)
        assert other.version() == store.version()
    before = visited()
    copying.restore(tmp_path / "other.duckdb", database, memory_limit="1GB")
    after = visited()
    assert said(after) == []
    assert before.metric[0].value != after.metric[0].value
    assert store.loads()["path"].tolist() == [str(log)]
    load(HEADER + "2026-08-13T18:00:00Z,Di,Web,getRecords,200,1\n", "more.csv")
    assert len(store.loads()) == 2


def test_a_second_server_is_told_and_works_once_the_first_has_gone(database: Path):
    program = f"""
import sys
from pathlib import Path
from credits.store import Store
with Store(Path({str(database)!r})):
    print("open", flush=True)
    sys.stdin.read()
"""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", program]
    try:
        with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "open\n"
            app = visited()
            (sentence,) = said(app)
            assert "is in use by another program" in sentence
            other.communicate()
        assert said(app.button(key="again").click().run()) == []
    finally:
        stores.close_all()


@pytest.mark.parametrize("content", [b"no database", b"\0" * 20_000])
def test_a_file_that_is_no_database_is_told_left_alone_and_no_obstacle_once_it_is_away(
    database: Path, content: bytes
):
    database.write_bytes(content)
    try:
        app = visited()
        (sentence,) = said(app)
        assert "move it away" in sentence
        assert database.read_bytes() == content
        database.unlink()
        assert said(app.button(key="again").click().run()) == []
    finally:
        stores.close_all()


def test_a_clock_that_jumps_changes_nothing_but_what_a_load_says_of_its_time(
    store: Store, load: Callable[..., None]
):
    days = [
        datetime(2026, 8, 14),
        datetime(1971, 1, 1),
        datetime(2150, 1, 1),
        datetime(2026, 8, 14),
    ]
    for number, now in enumerate(days):
        load(
            f"{HEADER}2026-08-1{number}T09:00:00Z,Ada,Web,getRecords,200,10\n", f"{number}.csv", now
        )
    loads = store.loads()
    assert loads["path"].tolist() == ["3.csv", "2.csv", "1.csv", "0.csv"], "by turn, not by clock"
    assert loads["loaded_at"].tolist() == days[::-1]
    for page in (*PAGES, "logs.py"):
        assert said(visited(page)) == []
    store.undo(2)
    assert store.loads()["path"].tolist() == ["3.csv", "2.csv", "0.csv"]


def test_the_plan_stays_as_it_is_while_data_goes_and_comes(week: None, load: Load, store: Store):
    """A browser shows a control that it takes for a new one at the first of its values."""

    def plan(at: AppTest) -> list[tuple[bool, object]]:
        shown = [at.selectbox(key="edition"), at.select_slider(key="base")]
        shown += [at.number_input(key=key) for key in ("base_exact", "users_exact")]
        return [(control.proto.set_value, control.value) for control in shown]

    at = visit(base="97500")
    there = plan(at)
    assert there[2] == (True, 97_500)
    store.undo(1)
    assert plan(ran(at)) == there
    load(WEEK)
    assert plan(ran(at)) == there
    assert plan(ran(at)) == [(False, value) for _, value in there]
