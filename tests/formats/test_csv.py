"""A table is read quickly or, beside a broken row, slowly: to the very same calls.

What single odd files become stands in `test_delimited`; here is the property that both ways share.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.store import Store, Terms

HEADER = ("time", "user", "path", "status", "note")
STAMPS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda at: at.isoformat(timespec="microseconds") + "Z"
)
CELLS = st.one_of(
    st.sampled_from(["", "-", "null", "\\N", " ", "a b", " padded ", "O'Brien", 'say "hi"', "#"]),
    st.sampled_from(
        ["two\nlines", "a,b", "a;b", "a|b", "<b>", "🦊", "مها", "=1+1", "%s", "''", '"']
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=12),
)
ROWS = st.lists(
    st.tuples(
        STAMPS, CELLS, st.sampled_from(["/a", "/b/1?x=1"]), st.sampled_from(["200", "429"]), CELLS
    ),
    min_size=3,
    max_size=12,
)


def written(rows: list[tuple[str, ...]], quoting: Any) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows([HEADER, *rows])
    return out.getvalue()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("csv") / "x.duckdb") as store:
        yield store


def loaded(store: Store, text: str) -> list[tuple[Any, ...]]:
    path = store.path.with_name("a.csv")
    path.write_text(text, newline="")
    store.clear()
    store.load(path, Terms(keep_duplicates=True), now=datetime(2026, 11, 22))
    with store._database.snapshot() as cursor:
        return cursor.execute("SELECT * EXCLUDE (load_id) FROM calls ORDER BY ALL").fetchall()


@settings(max_examples=6)
@given(rows=ROWS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_a_broken_row_changes_no_other_call(
    opened: Store, rows: list[tuple[str, ...]], quoting: Any
):
    """Nor their fingerprints, by which overlapping exports unite."""
    text = written(rows, quoting)
    quickly = loaded(opened, text)
    slowly = loaded(opened, text + "only words\n")
    assert len(quickly) == len(rows)
    assert slowly == quickly


@settings(max_examples=5)
@given(rows=ROWS)
def test_every_cell_arrives_as_it_was_written(opened: Store, rows: list[tuple[str, ...]]):
    calls = loaded(opened, written(rows, csv.QUOTE_ALL))
    blanks = {"", "-", "null", "\\N"}
    found = sorted((call[0], call[1]) for call in calls)
    expected = sorted(
        (
            datetime.fromisoformat(row[0].removesuffix("Z")),
            "(unknown)" if row[1].strip(" \t\r\n") in blanks else row[1].strip(" \t\r\n"),
        )
        for row in rows
    )
    assert [at for at, _ in found] == [at for at, _ in expected]
    assert [user for _, user in found] == [user for _, user in expected]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_give_the_same_calls(load, end: str):
    rows = "time,user,path\n2026-01-05T10:00:00Z,ada,/a\n2026-01-05T10:00:01Z,bob,/b\n"
    found, calls = load(rows.replace("\n", end), "a.csv")
    assert (found.rows, [call["user"] for call in calls]) == (2, ["ada", "bob"])
