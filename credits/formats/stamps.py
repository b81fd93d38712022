"""Time stamps of every style a log may carry, as one SQL expression for each log.

The sample shows which styles a log uses; the quickest expression for those comes first, and the
general one behind it reads what the sample did not show. Stamps without a zone are read in the
session's time zone (`SET TimeZone`), which the load sets to what the person chose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from credits.formats import months

EARLIEST = "TIMESTAMP '1970-01-02'"
"""An older stamp is a blank one in disguise (0, 1970-01-01, 0001-01-01), never a call."""
LATEST = "TIMESTAMP '2200-01-01'"

_OFFSETS = {
    "UTC": "+0000", "GMT": "+0000", "BST": "+0100", "WET": "+0000", "WEST": "+0100",
    "CET": "+0100", "CEST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300",
    "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
    "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
    "IST": "+0530", "JST": "+0900", "KST": "+0900",
    "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300",
}  # fmt: skip
"""Zones by name. DuckDB knows no summer time by one, and takes BST for that of Bangladesh."""
ZONE = rf"(?: ?(?:Z|[+-]\d\d:?\d\d)| (?:{'|'.join(_OFFSETS)}))\b"
"""A zone behind a time of day, with the blank between them; as `STAMP` is."""
STAMP = (
    r"(?:19|20)\d\d[-/][01]\d[-/][0-3]\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?"
    rf"(?:{ZONE}|[+-]\d\d\b)?"
    r"|\d\d/[^\s\d/]{3,10}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
)
"""A pattern, of Python's and of RE2: an instant amid a text."""

_NAMED_ZONE = re.compile(r"(?:\d|[AP]M) ([A-Z]{3,4})( \d{4})?$")
_ZONE_AGAIN = r"([+-]\d\d:?\d\d|Z)( [A-Z]{3,4}$|\[.*)"
"""Go writes the zone's name behind its offset, Java in brackets."""

_NUMBER = re.compile(r"\d{8,20}(\.\d*)?$|\d(\.\d+)?[eE]\+?\d\d?$")
_DAY_AND_HOUR = re.compile(r"(199\d|20[0-4]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$")
"""`2026010510`: in seconds since 1970 that would be a day after 2033."""
_ISO = re.compile(
    r"\d{4}[-/]\d\d?[-/]\d\d?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?$"
)
_CLF = re.compile(r"\[?\d\d?/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d( [+-]\d{4})?\]?$")
_JOINED = r"^(\d{4}[-/]\d\d?[-/]\d\d?|\d\d?/\d\d?/\d{4})[:-](\d\d?:\d\d)"
"""A colon or a hyphen between the date and the time of day."""
_SHIFT = r" ?(Z|[+-]\d\d:?\d\d)$"
_SHIFTED = re.compile(
    rf"(\d\d?[/.-]\d\d?[/.-]\d|.*[A-Za-z]{{3}}).*:\d\d(\.\d+)?( [AaPp][Mm])?{_SHIFT}"
)
"""Behind a date that is not ISO's, an offset from UTC."""
_SLASHED = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4}|\d\d)\b")

_CLF_FORMATS = (
    "%d/%b/%Y:%H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S",
    "%d/%b/%Y:%H:%M:%S.%f",
    "%d/%b/%Y:%H:%M:%S.%f %z",
)
_WORDED_FORMATS = (
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%a %b %d %H:%M:%S %Z %Y",
    "%a %b %d %H:%M:%S.%f %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M:%S.%f",
    "%d %b %Y %H:%M:%S %z",
    "%d %b %Y, %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S.%f",
    "%d-%b-%Y",
    "%d/%b/%Y %H:%M:%S",
    "%d/%b/%Y %H:%M:%S.%f",
    "%b %d %Y %H:%M:%S",
    "%b %d %Y %H:%M:%S.%f",
    "%d/%b/%Y:%H:%M:%S %Z",
    "%d %b %Y %I:%M:%S %p",
    "%d %b, %Y %H:%M:%S",
    "%d %b, %Y %I:%M:%S %p",
    "%d-%b-%Y %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y, %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S.%f %p",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %H:%M:%S.%f",
    "%b %d, %Y, %H:%M:%S",
    "%b %d, %Y @ %H:%M:%S.%f",
    "%b %d, %Y @ %H:%M:%S",
    "%b %d, %Y",
    "%B %d, %Y %I:%M:%S %p",
    "%A, %B %d, %Y %I:%M:%S %p",
    "%d %B %Y %H:%M:%S",
)
_COMPACT_FORMATS = (
    "%Y%m%dT%H%M%S%z",
    "%Y%m%dT%H%M%S.%f%z",
    "%Y%m%dT%H%M%S.%f",
    "%Y%m%dT%H%M%S",
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S.%f",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S.%f",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
)
_HALF_DAYS = ("%Y-%m-%d %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p")
"""ISO's order of a day with a clock of twelve hours."""
_CLOCKS = (
    " %I:%M:%S %p",
    " %I:%M:%S.%f %p",
    " %H:%M:%S.%f",
    " %H:%M:%S",
    " %I:%M %p",
    " %H:%M",
    "",
)


def is_stamp(text: str) -> bool:
    """Whether a cell looks like an instant (and not like a duration or any other number)."""
    text = text.strip().strip('"[]').strip()
    if _NUMBER.match(text):
        return _plausible_number(text)
    if _ISO.match(text) or _CLF.match(text) or months.is_dated(text):
        return True
    if re.match(r"\d\d?[/.-]\d\d?[/.-](\d{4}|\d\d)[,T ]+\d\d?:\d\d", text) or re.match(
        _JOINED, text
    ):
        return True
    if re.match(r"\d{4}[-/]\d\d?[-/]\d\d?[T ]\d\d?:\d\d", text) or re.match(r"\d{8}T?\d{4}", text):
        return True
    if re.match(r"\d\d?[/.-]\d\d?[/.-]\d{4}$", text):
        return True
    worded = r"([A-Za-z]{3,9},? )?(\d\d?[ /-][A-Za-z]{3,9},?[ /-]\d{4}|[A-Za-z]{3,9} +\d\d?,? )"
    return re.match(worded, text) is not None and re.search(r"\d{4}", text) is not None


def _plausible_number(text: str) -> bool:
    """Whether a number is an instant between 1990 and 2100, in some unit, or a compact date."""
    whole = text.split(".")[0]
    if "e" in text.lower():
        whole = str(int(float(text)))
    if re.match(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{6})?$", whole):
        return True
    for unit in (1, 10**3, 10**6, 10**9):
        if 631_152_000 <= int(whole) / unit <= 4_102_444_800:
            return True
    return False


def is_ambiguous(values: Iterable[str]) -> bool:
    """Whether some dates may be day-first or month-first and none of them tells which."""
    return _day_first(values)[1]


def _day_first(values: Iterable[str]) -> tuple[bool, bool]:
    """Whether the dates are day-first, and whether that is a guess."""
    seen = False
    for value in values:
        found = _SLASHED.match(value.strip().lstrip('"['))
        if not found:
            continue
        one, two = int(found[1]), int(found[2])
        if one > 12 or "." in found[0]:
            return True, False
        if two > 12 or re.search(r"[AaPp]\.?[Mm]", value):
            return False, False
        seen = seen or one != two
    return False, seen


def stamp_sql(expression: str, values: Iterable[str], day_first: bool | None = None) -> str:
    """SQL of type TIMESTAMP (UTC), NULL where the text is no instant.

    `values` are examples from the column. Where they are ambiguous and `day_first` is None,
    month-first is taken; the caller asks (`is_ambiguous`).
    """
    examples = [value.strip() for value in values if value and value.strip()][:500]
    days = _day_first(examples)[0] if day_first is None else day_first
    cleaned = f"trim(replace({expression}, chr(34), ''), '[] \t\r\n')"
    if any(re.match(r"\[?\d\d?[/.-].*:\d\d,\d", value) for value in examples):
        cleaned = f"regexp_replace({cleaned}, '(:\\d\\d),(\\d)', '\\1.\\2')"
    if any(re.match(_JOINED, value.lstrip("[")) for value in examples):
        cleaned = f"regexp_replace({cleaned}, '{_JOINED}', '\\1 \\2')"
    if any(re.search(_ZONE_AGAIN, value) for value in examples):
        cleaned = f"regexp_replace({cleaned}, '{_ZONE_AGAIN}', '\\1')"
    named = {found[1] for value in examples if (found := _NAMED_ZONE.search(value))}
    # Where there is a winter time, there may be a summer time later on.
    for name in _OFFSETS if named - {"UTC", "GMT"} else named:
        cleaned = f"replace({cleaned}, ' {name}', ' {_OFFSETS[name]}')"
    shifted = bool(named) or any(map(_SHIFTED.match, examples))
    # Who writes dates with dots writes the day first.
    numbered = all(_NUMBER.match(value) or _ISO.match(value) for value in examples)
    general = _general(
        cleaned,
        days,
        dotted=day_first is not False,
        shifted=shifted,
        named=not (examples and numbered),
    )
    if examples and all(_ISO.match(value) for value in examples):
        quick = _utc(f"TRY_CAST({expression} AS TIMESTAMPTZ)")
    elif examples and all(map(_DAY_AND_HOUR.match, examples)):
        # Whatever has another number of digits is an epoch, or a day alone.
        quick = f"CASE WHEN strlen({expression}) = 10 THEN {_parsed(expression, ('%Y%m%d%H',))} END"
    elif examples and all(re.match(r"\d{9,20}$", value) for value in examples):
        quick = _integer(f"TRY_CAST({expression} AS BIGINT)")
    elif examples and all(_CLF.match(value) for value in examples):
        bracket = any(value.startswith("[") for value in examples)
        bare = f"ltrim({expression}, '[')" if bracket else expression
        quick = _parsed(bare, (_CLF_FORMATS[0],))
    else:
        return general
    # DuckDB computes what the general expression has in common before it looks whether it is
    # needed, unless it stands in a CASE of its own: half of the time that reading a log took.
    return f"coalesce({quick}, CASE WHEN {expression} IS NOT NULL THEN {general} END)"


def _general(text: str, day_first: bool, *, dotted: bool, shifted: bool, named: bool) -> str:
    """Every style; each is tried only on what the ones before it could not read.

    `named`: also months with names that are not English, of a log whose months have names.
    """
    seconds_60 = f"regexp_replace({text}, ':60(\\D|$)', ':59\\1')"
    spaced = f"regexp_replace({seconds_60}, '(\\d) (Z|[+-]\\d\\d:?\\d\\d)$', '\\1\\2')"
    point = f"regexp_replace({spaced}, '(:\\d\\d),(\\d+)', '\\1.\\2')"
    orders = ("%m{0}%d{0}", "%d{0}%m{0}")
    # %Y would take 26 for the year 26; %y refuses 2026.
    dates = [
        orders[dotted if sep == "." else day_first].format(sep) + year
        for sep in "/.-"
        for year in ("%y", "%Y")
    ]
    slashed = tuple(date + clock for date in dates for clock in _CLOCKS)
    comma = f"regexp_replace(replace({text}, ',', ''), '(\\d{{4}})T', '\\1 ')"
    short = f"regexp_replace({text}, '(\\.\\d{{6}})\\d+', '\\1')"
    utc_sign = f"regexp_replace({short}, 'Z$', '+0000')"
    worded = _parsed(short, _WORDED_FORMATS)
    numbered = _parsed(comma, slashed)
    if shifted:
        is_shifted = f"regexp_matches({text}, '{_SHIFT}')"
        numbered = f"CASE WHEN {is_shifted} THEN {_shifted(comma, slashed)} ELSE {numbered} END"
        worded = f"coalesce({worded}, {_shifted(short, _WORDED_FORMATS)})"
    if named:
        worded = f"coalesce({worded}, {_foreign(spaced)})"
    return (
        f"CASE WHEN regexp_full_match({text}, '-?\\d+(\\.\\d*)?([eE]\\+?\\d+)?')"
        f" THEN {_number(text)}"
        f" WHEN regexp_matches({text}, '^\\d{{4}}[-/]')"
        f" THEN coalesce({_utc(f'TRY_CAST({point} AS TIMESTAMPTZ)')}, {_parsed(text, _HALF_DAYS)})"
        f" WHEN regexp_matches({text}, '^\\d\\d?[/.-]\\d')"
        f" THEN {numbered}"
        f" WHEN regexp_matches({text}, '^\\d{{8}}') THEN {_parsed(utc_sign, _COMPACT_FORMATS)}"
        f" ELSE coalesce({_parsed(short, _CLF_FORMATS)}, {worded}) END"
    )


def _foreign(text: str) -> str:
    """A date whose month has a name that is not English."""
    return _utc(f"TRY_CAST({months.iso_sql(text)} AS TIMESTAMPTZ)")


def _shifted(text: str, formats: tuple[str, ...]) -> str:
    """Formats without a zone, of a text that ends in an offset from UTC."""
    naive = [form for form in formats if "%z" not in form and "%Z" not in form]
    bare = f"regexp_replace({text}, '{_SHIFT}', '')"
    offset = f"replace(regexp_extract({text}, '{_SHIFT}', 1), 'Z', '+0000')"
    # The instant at which it was midnight there, on the first day of all.
    midnight = f"CAST(try_strptime('1970-01-01 ' || {offset}, '%Y-%m-%d %z') AS TIMESTAMPTZ)"
    return f"make_timestamp(epoch_us(try_strptime({bare}, {naive})) + epoch_us({midnight}))"


def _utc(expression: str) -> str:
    """A TIMESTAMPTZ as naive UTC (a plain cast would give the session's local time)."""
    return f"make_timestamp(epoch_us({expression}))"


def _parsed(text: str, formats: tuple[str, ...]) -> str:
    """Formats with a zone and formats without one give different types, hence several calls."""
    zoned = [form for form in formats if "%z" in form or "%Z" in form]
    naive = [form for form in formats if form not in zoned]
    # By a list of formats with a zone, 30 February is 2 March; by a single one it is no day, and
    # that takes half of the time, too.
    calls = [f"try_strptime({text}, {form!r})" for form in zoned]
    if naive:
        calls.append(f"try_strptime({text}, {naive if len(naive) > 1 else naive[0]!r})")
    instants = [_utc(f"CAST({call} AS TIMESTAMPTZ)") for call in calls]
    return instants[0] if len(instants) == 1 else f"coalesce({', '.join(instants)})"


def _integer(number: str) -> str:
    """An epoch whose unit shows in its size: seconds, then ms to 2286, µs, ns.

    14 digits are none: they are a compact date and time, or milliseconds of a far future.
    """
    return (
        f"make_timestamp(CASE WHEN {number} < 100000000000 THEN {number} * 1000000"
        f" WHEN {number} < 10000000000000 THEN {number} * 1000"
        f" WHEN {number} < 100000000000000 THEN NULL"
        f" WHEN {number} < 100000000000000000 THEN {number} ELSE {number} // 1000 END)"
    )


def _number(text: str) -> str:
    """An epoch with or without a fraction, or a compact date that is all digits."""
    day = r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])"
    compact = f"regexp_full_match({text}, '{day}(\\d{{6}}(\\.\\d*)?)?')"
    parsed = _parsed(f"regexp_replace({text}, '(\\.\\d{{6}})\\d+', '\\1')", _COMPACT_FORMATS[-3:])
    exact = f"TRY_CAST({text} AS DECIMAL(38, 9))"
    number = f"coalesce({exact}, TRY_CAST(TRY_CAST({text} AS DOUBLE) AS DECIMAL(38, 9)))"
    micros = (
        f"CASE WHEN {number} < 100000000000 THEN {number} * 1000000"
        f" WHEN {number} < 100000000000000 THEN {number} * 1000"
        f" WHEN {number} < 100000000000000000 THEN {number} ELSE {number} / 1000 END"
    )
    epoch = f"TRY(make_timestamp(TRY_CAST(floor({micros}) AS BIGINT)))"
    return f"CASE WHEN {compact} THEN {parsed} ELSE {epoch} END"
