"""A format may be named, and real logs that hold no calls load none (see `test_matrix`, too)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from samples import SAMPLES

from credits import CreditsError

NO_CALLS_IN_REALITY = [
    "logfile_epoch.0", "logfile_epoch.1", "logfile_generic.0", "logfile_generic.1",
    "logfile_generic.2", "logfile_generic.3",
]  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_format_may_be_named(load, name):
    wanted = name.split(":")[0]
    found, calls = load(SAMPLES[name] + "\n", format=wanted)
    assert (found.format, found.rejected) == (wanted, 0)
    assert calls


@pytest.mark.parametrize("name", NO_CALLS_IN_REALITY)
def test_real_logs_without_calls_load_none_and_say_why(store, name):
    path = Path(__file__).parents[3] / "shared" / "real-logs" / "lnav_formats" / name
    if not path.exists():
        pytest.skip("the real logs lie beside the project, users don't have them")
    with pytest.raises(CreditsError, match=r"is in no log format|no columns that make a call"):
        store.load(path, now=datetime(2026, 11, 22))
