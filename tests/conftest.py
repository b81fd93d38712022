"""What every test relies on: the same examples in every run, and a database of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# Without a deadline, because a slow machine isn't a bug; derandomized, so that a red run is red
# again. `HYPOTHESIS_PROFILE=thorough` goes looking for what the fixed examples miss.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("ci", settings.get_profile("default"))
settings.register_profile("thorough", deadline=None, derandomize=False, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

TOGETHER = ("tests/browser/", "tests/test_layers.py", "tests/test_recalculation.py")
"""Tests of which one worker does all: they share what is dear (a browser and an app, LibreOffice,
what every module imports), and two browsers at once would be in each other's way."""


class Scheduling(LoadScopeScheduling):
    """Hands tests to the workers one by one, but those of one place in `TOGETHER` to one worker.

    Marks with `xdist_group` would do the same, but have no effect with pytest 9.2 and xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """How workers share the tests, where there are several."""
    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's database is, once something makes it: never the one people work with."""
    path = tmp_path / "credits.duckdb"
    monkeypatch.setenv("CREDITS_DATABASE", str(path))
    monkeypatch.setenv("CREDITS_SAMPLE", "0")
    return path
