"""What every test relies on: the same examples in every run, and a database of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Without a deadline, because a slow machine isn't a bug; derandomized, so that a red run is red
# again. `HYPOTHESIS_PROFILE=thorough` goes looking for what the fixed examples miss.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("ci", settings.get_profile("default"))
settings.register_profile("thorough", deadline=None, derandomize=False, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's database is, once something makes it: never the one people work with."""
    path = tmp_path / "credits.duckdb"
    monkeypatch.setenv("CREDITS_DATABASE", str(path))
    monkeypatch.setenv("CREDITS_SAMPLE", "0")
    return path
