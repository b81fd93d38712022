"""Blank cells stand for nothing, whatever white space is around them; a twin in Python says so."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from credits.formats.staging import BLANK_CELLS, begins_filled_sql, clean_sql

SPACE = " \t\r\n"
pieces = st.sampled_from([*BLANK_CELLS, *SPACE, "\x00", "\x1f", "ü", "\xa0", "n", "N", "u", "un"])
cells = st.lists(pieces | st.text(max_size=3), max_size=4).map("".join)


def cleaned(cell: str) -> str | None:
    bare = cell.strip(SPACE)
    return None if bare in BLANK_CELLS else bare


def asked(sql: str, each: list[str]) -> list[object]:
    answer = duckdb.execute(
        f"SELECT {sql} FROM (SELECT unnest($cells::VARCHAR[]) AS cell)", {"cells": each}
    )
    return [value for (value,) in answer.fetchall()]


@given(st.lists(cells, min_size=1, max_size=30))
def test_a_cell_is_cleaned_as_its_twin_does(each):
    assert asked(clean_sql("cell"), each) == [cleaned(cell) for cell in each]


def test_a_cell_is_cleaned_that_is_blank_with_white_space_on_any_side():
    padded = [a + cell + b for cell in BLANK_CELLS for a in ("", *SPACE) for b in ("", *SPACE)]
    assert asked(clean_sql("cell"), padded) == [None] * len(padded)
    assert not any(asked(begins_filled_sql("cell"), padded))


def test_what_is_costly_is_asked_of_few_cells():
    """DuckDB works out for every cell what is written twice, in whichever branch it stands."""
    sql = clean_sql("cell")
    assert sql.count("trim(") == sql.count("regexp_replace(") == 1
    usual = ["user1@example.com", "app3", "4a8c69d", "/bigin/v2/Contacts", "10.0.0.1", "GET"]
    assert all(asked(begins_filled_sql("cell"), usual))
