"""What a visitor of the pages finds: a database of the test's own, and the logs loaded into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import hostile
import pytest
from small_log import NOW, WEEK

from credits import store as stores
from credits.store import Store


@pytest.fixture(autouse=True)
def _no_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each visitor a search through all installed packages for Streamlit's components."""
    scan = "streamlit.components.v2.manifest_scanner.scan_component_manifests"
    monkeypatch.setattr(scan, list)


def _fill_with_week(store: Store, folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_text(WEEK, encoding="utf-8")
    store.load(path, now=NOW, name=path.name)


def _fill_with_hostile_names(store: Store, folder: Path) -> None:
    path = folder / "calls.jsonl"
    kinds = [hostile.together(kind)[:3_000] for kind in hostile.KINDS]
    path.write_bytes(hostile.as_json_lines(hostile.calls([*kinds, *hostile.CORPUS])))
    day_before = hostile.NOW - timedelta(days=1)
    store.load(path, now=day_before, name="<b>calls</b> [x](https://evil.example)")


FILLED = {"week": _fill_with_week, "hostile_names": _fill_with_hostile_names}
"""Fixtures that stand for a database with calls, and how it is made."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`filled("week")` is a database made once, to be copied by every test that asks for it."""
    made: dict[str, Path] = {}

    def find(name: str) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            with Store(folder / "credits.duckdb") as store:
                FILLED[name](store, folder)
            made[name] = folder / "credits.duckdb"
        return made[name]

    return find


@pytest.fixture
def store(
    database: Path, request: pytest.FixtureRequest, filled: Callable[[str], Path]
) -> Iterator[Store]:
    """The database that the pages of this test read; empty, unless it asks for one of `FILLED`."""
    for name in FILLED.keys() & set(request.fixturenames):
        shutil.copyfile(filled(name), database)
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
def week(store: Store) -> None:
    """Two weeks of two people; in the last 24 hours 60 credits and a refused call."""


@pytest.fixture
def hostile_names(store: Store) -> None:
    """Each kind of hostile text as one name, those that used most; then all texts one by one."""
