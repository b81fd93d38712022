"""Instants as the clock of a zone shows them, at its changes too."""

from __future__ import annotations

import pandas as pd
import pytest

from credits import times

BERLIN = "Europe/Berlin"
T = pd.Timestamp


@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 02:30", "2026-03-29 01:30"),  # left out: an hour later it is 03:30
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        ("2026-10-25 01:59", "2026-10-24 23:59"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),  # comes twice: the first
        ("2026-10-25 03:00", "2026-10-25 02:00"),
    ],
)
def test_an_instant_is_what_the_clock_shows(clock: str, utc: str) -> None:
    assert times.instant(T(clock).to_pydatetime(), BERLIN) == T(utc)


def test_an_instant_outside_a_clock_change_comes_back_from_its_zone() -> None:
    for hour in range(72):
        at = T("2026-10-24") + pd.Timedelta(hours=hour)
        there = times.local(at, BERLIN).to_pydatetime()
        back = times.instant(there, BERLIN)
        assert back == at or (back == at - pd.Timedelta(hours=1) and there.hour == 2)
