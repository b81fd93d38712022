"""Numbers, shares and times as people are told them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

from credits import phrases

T = pd.Timestamp


@pytest.mark.parametrize(
    ("value", "text"),
    [(52_500, "52,500"), (0.1 + 0.2, "0.30"), (0, "0"), (10**15, "1,000,000,000,000,000")],
)
def test_a_number_has_separators_and_at_most_two_decimals(value: float, text: str) -> None:
    assert phrases.number(value) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1_234, "1,234 calls")]
)
def test_one_of_a_thing_is_not_many(count: int, text: str) -> None:
    assert phrases.counted(count, "call") == text


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (0, 0, "0 %"), (0.47, 0, "47 %"), (12.345, 0, "1,234 %"), (0.467, 1, "46.7 %"),
        (0.0049, 0, "under 1 %"), (0.005, 0, "under 1 %"), (0.0051, 0, "1 %"),
        (0.0004, 1, "under 0.1 %"), (0.0006, 1, "0.1 %"), (1e-300, 1, "under 0.1 %"),
        (-0.125, 1, "-12.5 %"),
    ],
)  # fmt: skip
def test_what_is_not_nothing_is_never_called_nought_per_cent(
    share: float, places: int, text: str
) -> None:
    assert phrases.percent(share, places) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(7, 15, "46.7 %"), (0, 5, "0 %"), (0, 0, "0 %"), (5, 0, "0 %"), (Decimal(1), 8, "12.5 %"),
     (5, 5, "100 %")],
)  # fmt: skip
def test_a_share_is_of_a_whole_and_of_nothing_nothing(part: float, whole: float, text: str) -> None:
    assert phrases.share(part, whole) == text


def test_a_clock_leaves_away_the_year_that_is_told_nearby() -> None:
    last, silvester = T("2026-12-31 22:30"), T("2026-12-31 23:30")
    assert phrases.clock(last, "UTC") == "31 Dec 2026, 22:30"
    assert phrases.clock(None, "UTC") == phrases.clock_beside(None, last, "UTC") == "never"
    assert phrases.clock_beside(last, silvester, "UTC") == "31 Dec, 22:30"
    assert phrases.clock_beside(last, silvester, "Europe/Berlin") == "31 Dec 2026, 23:30"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"), (0, "just now"), (59, "just now"), (60, "1 minute ago"),
        (119, "1 minute ago"), (120, "2 minutes ago"), (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"), (7_200, "2 hours ago"), (48 * 3_600 - 1, "47 hours ago"),
        (48 * 3_600, "on 12 Aug 2026"), (-59, "just now"), (-48 * 3_600, "on 12 Aug 2026"),
    ],
)  # fmt: skip
def test_how_long_ago_is_said_in_words(seconds: int, words: str) -> None:
    then = datetime(2026, 8, 12, 9)
    now = T(then) + pd.Timedelta(seconds=seconds)
    assert phrases.ago(T(then), now) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h 0 min"),
        (39_900, "11 h 5 min"), (86_399, "23 h 59 min"), (86_400, "1 d 0 h"), (266_400, "3 d 2 h"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_said_in_words(seconds: float, words: str) -> None:
    assert phrases.duration(pd.Timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("words", "text"),
    [("last 7 days", "Last 7 days"), ("16 Jul to 13 Aug 2026", "16 Jul to 13 Aug 2026"), ("", "")],
)
def test_at_the_beginning_of_a_sentence_only_the_first_letter_changes(
    words: str, text: str
) -> None:
    assert phrases.begun(words) == text
