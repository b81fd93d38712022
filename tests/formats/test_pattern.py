"""Logs that no format of ours reads, by a pattern that a person types."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from credits import CreditsError

PATTERN = r"^\[(?P<occurred_at>[^\]]+)\] (?P<user>\S+) did (?P<api>\w+)(?: in (?P<calls>\d+))?$"


def test_named_groups_are_fields(load, rejects):
    text = (
        "[2026-01-01 10:00:00] ann did list in 3\n\n[2026-01-01 10:00:01] bob did x in 1\nnoise\n"
    )
    found, calls = load(text, pattern=PATTERN)
    assert (found.format, found.rows, found.loaded, found.rejected, found.skipped) == (
        "pattern", 4, 2, 1, 1
    )  # fmt: skip
    assert (calls[0]["user"], calls[0]["api"], calls[0]["calls"]) == ("ann", "list", 3)
    assert calls[0]["occurred_at"] == datetime(2026, 1, 1, 10)
    assert rejects() == [(4, "does not fit the pattern", "noise")]


def test_unnamed_groups_may_stand_between_and_angles_without_p_do_too(load):
    _, calls = load("(x) 2026-01-01 ann\n", pattern=r"(\(x\)) (?<occurred_at>\S+) (?<user>\w+)")
    assert calls[0]["user"] == "ann"


def test_a_pattern_that_would_backtrack_without_end_does_not(load):
    began = time.monotonic()
    with pytest.raises(CreditsError, match="fits no line"):
        load(("a" * 40 + "!\n") * 300, pattern=r"^(?P<occurred_at>(a+)+)$")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?P<occurred_at>", "can't be used"),
        ("(?P<user>.*)", "needs a group"),
        ("(?P<occurred_at>.*)(?P<who>x)", "no field"),
        (r"(?P<occurred_at>.*)(?=x)", "can't be used"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(load, pattern, reason):
    with pytest.raises(CreditsError, match=reason):
        load("2026-01-01 ann\n", pattern=pattern)
