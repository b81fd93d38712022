"""Every sample against every reader: only the right one claims it, and none claims other logs."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from samples import NO_CALLS, OBJECTS, SAMPLES

from credits import CreditsError
from credits.formats import formats, recognise
from credits.formats.base import Options, Sample, sample
from credits.formats.documents import needs_unfolding, unfold
from credits.formats.files import Plain
from credits.formats.staging import staging_sql

GENERIC = {form.name for form in formats() if form.generic}


def repeated(text: str, times: int) -> str:
    """A log whose last row comes several times."""
    head, newline, row = text.rpartition("\n")
    return head + newline + "\n".join([row] * times) + "\n"


def plain(tmp_path: Path, text: str) -> Plain:
    path = tmp_path / "a.log"
    path.write_text(text, "utf-8")
    return Plain("a.log", path, "text")


def look(given: Plain, scratch: Path) -> Sample:
    """What the readers get to see of a log."""
    found = sample(given)
    return sample(unfold(given, scratch)[0]) if needs_unfolding(found) else found


def claimants(found: Sample, scratch: Path) -> dict[str, str]:
    """The formats that claim a log, each with how its reading calls itself."""
    claimed = {}
    for form in formats():
        try:
            reading = form.read(found, Options(scratch=scratch), forced=False)
        except CreditsError:
            claimed[form.name] = "refuses"
        else:
            if reading is not None:
                claimed[form.name] = reading.format
    return claimed


def test_every_format_has_a_sample():
    theirs = {name.split(":")[0] for name in SAMPLES}
    # A pattern is no format by itself: without one, it claims nothing.
    assert theirs == {form.name for form in formats()} - {"pattern"}


@pytest.mark.parametrize("times", [1, 7])
@pytest.mark.parametrize("name", SAMPLES)
def test_only_the_right_reader_claims_a_log(tmp_path, name, times):
    right = name.split(":")[0]
    given = plain(tmp_path, repeated(SAMPLES[name], times))
    claimed = claimants(look(given, tmp_path), tmp_path)
    assert set(claimed) - GENERIC == {right} - GENERIC
    with duckdb.connect() as connection:
        assert recognise(given, Options(), tmp_path, connection).format == right


@pytest.mark.parametrize("name", SAMPLES)
def test_no_row_is_looked_up_in_a_join(tmp_path, name):
    """DuckDB makes one of `IN` with five values, and that took twice as long as all the rest."""
    given = plain(tmp_path, SAMPLES[name])
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = recognise(given, Options(scratch=tmp_path), tmp_path, connection)
        sql = staging_sql(found, frozenset({"cvid"}))
        ((_, plan),) = connection.execute(f"EXPLAIN {sql}").fetchall()
    assert "JOIN" not in plan.upper()


SHAPES = {
    "an array": json.dumps,
    "an array over many lines": lambda rows: json.dumps(rows, indent=2),
    "records": lambda rows: json.dumps({"Records": rows}),
    "records over many lines": lambda rows: json.dumps({"records": rows}, indent=1),
    "one after another": lambda rows: "\n".join(json.dumps(row, indent=4) for row in rows),
    "wrapped": lambda rows: "\n".join(json.dumps({"_source": row}) for row in rows),
    "as texts": lambda rows: "\n".join(json.dumps({"message": json.dumps(row)}) for row in rows),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", OBJECTS)
def test_a_json_log_is_the_same_format_in_every_shape(tmp_path, name, shape):
    text = SHAPES[shape]([*OBJECTS[name]] * 3)
    given = plain(tmp_path, text)
    claimed = claimants(look(given, tmp_path), tmp_path)
    assert set(claimed) - GENERIC == {name.split(":")[0]} - GENERIC


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize("name", NO_CALLS)
def test_a_log_without_calls_loads_none_and_says_why(load, name, times):
    with pytest.raises(CreditsError, match=r"\Aa\.log [^\n]*\.\Z"):
        load(repeated(NO_CALLS[name], times))


@pytest.mark.parametrize("name", NO_CALLS)
def test_no_specific_reader_claims_a_log_without_calls(tmp_path, name):
    given = plain(tmp_path, repeated(NO_CALLS[name], 30))
    try:
        found = look(given, tmp_path)
    except CreditsError:
        return  # JSON without objects
    assert set(claimants(found, tmp_path)) - GENERIC == set()
