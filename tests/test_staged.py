"""Of a large log what makes a kind of call is not kept with its rows, and nothing is lost by it.

Every log here is small; it is taken for a large one, of which a few rows are the head.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.formats import Options
from credits.store import Load, Store, Terms, staged

NOW = datetime(2026, 11, 22)
NAMES = {"occurred_at": "time"} | {
    name: name for name in ("user", "app", "path", "method", "status", "records", "credits")
}
# A column is recognised by what stands in it, too, and here that is random.
AS_NAMED = Terms(Options(mapping=NAMES))
HEADER = ",".join(NAMES.values()) + "\n"

cells = st.tuples(
    st.sampled_from(["2026-01-05T10:00:00Z", "2026-01-05T10:00:01Z", "no time", ""]),
    st.sampled_from(["ada", "bob", "", "-"]),
    st.sampled_from(["sync", ""]),
    st.sampled_from(["/v1/leads", "/v1/leads/17", "/v1/deals?cvid=3", ""]),
    st.sampled_from(["GET", "post", ""]),
    st.sampled_from(["200", "429", "200.0", ""]),
    st.sampled_from(["", "1", "250"]),
    st.sampled_from(["", "", "3"]),
)
logs = st.lists(cells, min_size=1, max_size=12).map(
    lambda rows: HEADER + "\n".join(map(",".join, rows)) + "\n"
)


def taken_in(log: str, **patched: Any) -> tuple[Load, list[Any]]:
    """What became of a log, and its calls."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, value in patched.items():
            patch.setattr(staged, name, value)
        path = Path(folder) / "log.csv"
        path.write_text(log)
        with Store(Path(folder) / "calls.duckdb") as store:
            (load,), _ = store.load(path, AS_NAMED, now=NOW, name="log.csv")
            with store._database.snapshot() as cursor:
                return load, cursor.execute("SELECT * FROM calls ORDER BY ALL").fetchall()


@settings(max_examples=12)
@given(log=logs, head=st.integers(1, 12))
def test_a_log_is_read_the_same_whatever_its_head_is(log: str, head: int) -> None:
    assert taken_in(log, _LARGE=0, _HEAD=head) == taken_in(log)


def test_a_kind_that_is_taken_for_a_known_one_is_found_again() -> None:
    log = HEADER + "".join(
        f"2026-01-05T10:00:{i:02}Z,user {i},,/v1/leads,GET,200,,\n" for i in range(40)
    )
    # As if its bits were those of others: then nothing is kept of what is not in the head.
    assert taken_in(log, _LARGE=0, _HEAD=5, _IS_KNOWN="true") == taken_in(log)


def test_a_head_without_calls_knows_no_kind() -> None:
    log = HEADER + "no time,ada,,/v1/leads,GET,200,,\n" * 5
    log += "2026-01-05T10:00:00Z,bob,,/v1/leads,GET,200,,\n"
    assert taken_in(log, _LARGE=0, _HEAD=3) == taken_in(log)
