"""What a visitor of the pages finds: a database of the test's own, and the logs loaded into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from small_log import NOW, WEEK

from credits import store as stores
from credits.store import Store


@pytest.fixture(autouse=True)
def _no_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each visitor a search through all installed packages for Streamlit's components."""
    scan = "streamlit.components.v2.manifest_scanner.scan_component_manifests"
    monkeypatch.setattr(scan, list)


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
