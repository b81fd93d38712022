"""Time stamps of every style become instants in UTC, and what is none becomes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.formats.stamps import is_ambiguous, is_stamp, stamp_sql

ONE = datetime(2026, 8, 13, 14, 5, 6)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection):
    """`read(texts, zone)`: each text as an instant in UTC, by a column of such texts or of any."""

    def instants(
        texts: Sequence[str],
        zone: str = "UTC",
        day_first: bool | None = None,
        examples: Sequence[str] | None = None,
    ) -> list[datetime | None]:
        connection.execute(f"SET TimeZone = '{zone}'")
        sql = stamp_sql("t", texts if examples is None else examples, day_first)
        query = f"SELECT {sql} FROM (SELECT unnest(?::VARCHAR[]) AS t)"
        return [row[0] for row in connection.execute(query, [list(texts)]).fetchall()]

    return instants


SAME = [
    "2026-08-13T14:05:06Z",
    "2026-08-13T14:05:06",
    "2026-08-13 14:05:06",
    "2026-08-13 14:05:06+00:00",
    "2026-08-13 14:05:06 Z",
    "2026-08-13 14:05:06.000 Z",
    "2026-08-13 02:05:06 PM",
    "2026-08-13T16:05:06+02:00",
    "2026-08-13T16:05:06+0200",
    "2026-08-13 09:35:06-04:30",
    "2026-08-13T14:05:06.000Z",
    "2026-08-13 14:05:06,000",
    "2026/08/13 14:05:06",
    "1786629906",
    "1786629906.0",
    "1786629906000",
    "1786629906000000",
    "1786629906000000000",
    "1.786629906E9",
    "13/Aug/2026:14:05:06 +0000",
    "[13/Aug/2026:16:05:06 +0200]",
    "13/Aug/2026:14:05:06",
    "13/Aug/2026 14:05:06",
    "Thu, 13 Aug 2026 14:05:06 GMT",
    "Thu Aug 13 14:05:06 2026",
    "Aug 13, 2026 02:05:06 PM",
    "Aug 13, 2026, 2:05:06 PM",
    "August 13, 2026 02:05:06 PM",
    "13 Aug 2026 14:05:06",
    "13 Aug 2026 14:05:06.000",
    "13 Aug 2026, 14:05:06",
    "13 Aug 2026 16:05:06 +0200",
    "Aug 13 2026 14:05:06",
    "Aug 13, 2026, 14:05:06",
    "Thursday, August 13, 2026 2:05:06 PM",
    "13-Aug-2026 14:05:06",
    "08/13/2026 14:05:06",
    "8/13/2026 2:05:06 PM",
    "8/13/26 2:05:06 PM",
    "13.08.2026 14:05:06",
    "20260813T140506Z",
    "20260813T140506",
    "20260813140506",
    '"2026-08-13T14:05:06Z"',
    "Thu, 13 Aug 2026 07:05:06 -0700",
    "Thu Aug 13 16:05:06 +0200 2026",
    "Thu, 13 Aug 2026 14:05:06",
    "Aug 13 2026 14:05:06",
    "13-Aug-2026 14:05:06.000",
    "Aug 13, 2026 2:05:06.000 PM",
]
SHIFTED = [
    "8/13/2026 4:05:06 PM +02:00",
    "08/13/2026 14:05:06 UTC",
    "08/13/2026 14:05:06Z",
    "13.08.2026 16:05:06 +0200",
    "13/Aug/2026 16:05:06.000 +0200",
    "13 Aug 2026 07:05:06 -07:00",
    "2026-08-13:14:05:06.000Z",
    "2026/08/13:14:05:06 GMT",
    "2026-08-13-14:05:06",
    "08/13/2026:14:05:06 GMT",
    "Aug 13, 2026, 2:05:06 PM UTC",
    "Aug 13, 2026, 9:05:06 AM CDT",
]
"""Styles that are read where the sample shows them."""


@pytest.mark.parametrize("text", SAME)
def test_one_instant_in_every_style(read, text: str):
    assert is_stamp(text)
    assert read([text]) == [ONE]
    assert read([text], examples=[]) == [ONE], "also where the sample showed no such style"


@pytest.mark.parametrize("text", SHIFTED)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_an_offset_or_a_colon_may_stand_behind_any_date(read, text: str, zone: str):
    assert is_stamp(text)
    told = zone == "UTC" or text != "2026-08-13-14:05:06"
    assert read([text], zone) == [ONE if told else ONE - timedelta(hours=9)]
    assert read(SAME, zone, examples=[*SAME, text])[:1] == [ONE]


@pytest.mark.parametrize("first", SAME[::4])
def test_styles_may_be_mixed_in_one_column(read, first: str):
    assert set(read(SAME, examples=[first])) == {ONE}


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-08-13", datetime(2026, 8, 13)),
        ("2026-08-13T14:05", datetime(2026, 8, 13, 14, 5)),
        ("20260813", datetime(2026, 8, 13)),
        ("08/13/2026", datetime(2026, 8, 13)),
        ("2026-08-13T14:05:06.5Z", ONE.replace(microsecond=500_000)),
        ("2026-08-13T14:05:06.123456Z", ONE.replace(microsecond=123_456)),
        ("2026-08-13T14:05:06.123456789Z", ONE.replace(microsecond=123_456)),
        ("1786629906.25", ONE.replace(microsecond=250_000)),
        ("1786629906123", ONE.replace(microsecond=123_000)),
        ("1786629906123456", ONE.replace(microsecond=123_456)),
        ("1786629906123456789", ONE.replace(microsecond=123_456)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59)),
    ],
)
def test_dates_fractions_and_leap_seconds_are_read(read, text: str, instant: datetime):
    assert is_stamp(text)
    assert read([text]) == [instant]


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "abc", "ada@example.org", "GET /", "200", "12", "0.25", "12.5", "10.0.0.1"),
        *("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "12:05", "00:00:12", "1,234", "v1", "8.8.8.8"),
    ],
)
def test_what_is_no_instant_does_not_look_like_one(text: str):
    assert not is_stamp(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "abc",
            "2026-02-30T00:00:00Z",
            "2026-13-01",
            "2026-08-13T25:00:00Z",
            "30/Feb/2026:14:05:06 +0000",
            "31/Apr/2026:14:05:06 +0000",
            "30/Feb/2026:14:05:06.5 +0000",
            "30/Feb/2026:14:05:06",
            "Mon, 30 Feb 2026 14:05:06 +0100",
            "20260230T140506Z",
        ),
        *("32/Aug/2026:14:05:06 +0000", "2026-08-13T14:05:06 nonsense", "12:05:06", "1e400", "-5x"),
    ],
)
def test_what_is_no_instant_is_nothing(read, text: str):
    assert read([text], examples=[]) == [None]
    assert read([text], examples=[SAME[0]]) == [None]
    assert read([text], examples=["1786629906"]) == [None]
    assert read([text], examples=["13/Aug/2026:14:05:06 +0000"]) == [None]


def test_a_day_that_is_none_is_nothing_where_the_zone_has_a_name(read):
    assert read(["Mon, 30 Feb 2026 14:05:06 GMT", "Thu, 13 Aug 2026 14:05:06 GMT"]) == [None, ONE]


# ── zones ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["2026-08-13 16:05:06", "13/Aug/2026:16:05:06", "08/13/2026 16:05:06", "20260813160506"],
)
def test_a_stamp_without_a_zone_is_in_the_one_that_was_chosen(read, text: str):
    assert read([text], "Europe/Berlin") == [ONE]
    assert read([text], "America/New_York") == [ONE + timedelta(hours=6)]


@pytest.mark.parametrize(
    "text",
    [text for text in SAME if text[-1] == "Z" or "+" in text or "GMT" in text or text.isdigit()],
)
def test_a_stamp_with_a_zone_is_in_its_own(read, text: str):
    expected = ONE - timedelta(hours=2) if text == "20260813140506" else ONE
    assert read([text], "Europe/Berlin") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 13 Aug 2026 07:05:06 PDT",
        "Thu Aug 13 16:05:06 CEST 2026",
        "2026-08-13 15:05:06 BST",
        "2026-08-13 10:05:06,000 EDT",
        "2026-08-13T16:05:06.000+02:00[Europe/Berlin]",
        "2026-08-13T14:05:06Z[UTC]",
        "2026-08-13 16:05:06.000000001 +0200 CEST",
    ],
)
def test_a_zone_may_be_told_by_name(read, text: str):
    winter = "2026-01-13 10:05:06 EST"
    assert is_stamp(text)
    assert read([text], "Asia/Kathmandu") == [ONE]
    assert read([winter, text]) == [datetime(2026, 1, 13, 15, 5, 6), ONE]


@given(
    at=st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_a_local_stamp_is_the_instant_that_its_zone_says(connection, at: datetime, zone: str):
    there = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    if there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset():
        return  # a clock that is turned back shows the hour twice
    text = there.replace(tzinfo=None).isoformat(" ", "microseconds")
    connection.execute(f"SET TimeZone = '{zone}'")
    sql = f"SELECT {stamp_sql('t', [text])} FROM (SELECT ? AS t)"
    assert connection.execute(sql, [text]).fetchall() == [(at,)]


@given(at=st.datetimes(datetime(1990, 1, 2), datetime(2099, 1, 1)), unit=st.sampled_from([0, 3, 6]))
def test_an_epoch_in_any_unit_is_its_instant(connection, at: datetime, unit: int):
    micros = (at - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    number = micros // 10 ** (6 - unit)
    text = str(number)
    expected = datetime(1970, 1, 1) + timedelta(microseconds=number * 10 ** (6 - unit))
    sql = f"SELECT {stamp_sql('t', [text])} FROM (SELECT ? AS t)"
    assert connection.execute(sql, [text]).fetchall() == [(expected,)]
    assert is_stamp(text)


MONTHS = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "fr in full": "janvier février mars avril mai juin juillet août septembre octobre novembre"
    " décembre",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
}


@pytest.mark.parametrize("names", MONTHS.values(), ids=MONTHS)
def test_months_may_have_names_of_other_languages(read, names: str):
    at = [ONE.replace(month=month) for month in range(1, 13)]
    texts = [f"13/{name}/2026:16:05:06 +0200" for name in names.split()]
    assert all(map(is_stamp, texts))
    assert read(texts) == at
    # Whatever the sample showed of a log whose months have names.
    assert read(texts, examples=["13/Jan/2026:16:05:06 +0200"]) == at
    assert read([f"13 {name.upper()} 2026 14:05:06" for name in names.split()]) == at


@pytest.mark.parametrize(
    "text",
    [
        "13. August 2026, 14:05:06",
        "13 de agosto de 2026 14:05:06",
        "jeu. 13 août 2026 à 14:05:06",
        "13-ago-2026 14:05:06.000",
        "13 août 2026 16:05:06 +02:00",
    ],
)
def test_a_date_in_another_language_has_words_of_its_own(read, text: str):
    assert is_stamp(text)
    assert read([text]) == [ONE]
    assert read([text.replace("13", "32")]) == [None]


# ── days and months ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "ambiguous"),
    [
        (["05/06/2026"], True),
        (["05/05/2026"], False),
        (["05/06/2026", "13/06/2026"], False),
        (["05/06/2026", "06/13/2026"], False),
        (["05.06.2026"], False),
        (["5/6/2026 1:00 PM"], False),
        (["2026-05-06"], False),
        ([], False),
    ],
)
def test_days_are_ambiguous_if_nothing_tells_them_from_months(values: list[str], ambiguous: bool):
    assert is_ambiguous(values) == ambiguous


def test_other_rows_tell_whether_the_day_comes_first(read):
    june, may = datetime(2026, 6, 5), datetime(2026, 5, 6)
    assert read(["05/06/2026", "13/06/2026"])[0] == june
    assert read(["05/06/2026", "06/13/2026"])[0] == may
    assert read(["05/06/2026"]) == [may]
    assert read(["05.06.2026"]) == [june]
    assert read(["05/06/2026"], day_first=True) == [june]
    assert read(["05/06/2026"], day_first=False) == [may]


def test_ten_digits_may_be_a_day_and_an_hour(read):
    assert is_stamp("2026081314")
    assert read(["2026081314", "2026081300"]) == [datetime(2026, 8, 13, 14), datetime(2026, 8, 13)]
    assert read(["2026081314"], "Europe/Berlin") == [datetime(2026, 8, 13, 12)]
    seconds = ["1767607200", "2026081314"]
    assert read(seconds)[0] == datetime(2026, 1, 5, 10)
    assert read(["2026083214"], examples=["2026081314"]) != [datetime(2026, 9, 1, 14)]
