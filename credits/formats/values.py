"""How the values of matched columns are read: addresses, ids and user agents as edges wrote them.

Which column serves which field is found by `headers`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from credits.formats.base import address_in, literal
from credits.formats.meanings import VERB, filled, fits, mostly, numbered, plain_name
from credits.formats.staging import first_filled


def fields_sql(
    found: Mapping[str, int],
    texts: Sequence[str],
    values: Sequence[Sequence[str]],
    names: Sequence[str] = (),
) -> dict[str, str]:
    """SQL of each field that is `found`. `texts`: the SQL of every column, `values`: its cells.

    `names`, where they may be trusted: where one column does not name the user, others do, and
    where none has the method, it may stand before the name of what was called (`GET Leads`).
    """
    fields = {
        field: value_sql(field, texts[index], values[index], names[index] if names else "")
        for field, index in found.items()
    }
    others = same_user(names, values, found) if names else ()
    if others:
        # As an id, 0 stands for nobody.
        told = (f"nullif({texts[index]}, '0')" for index in others)
        fields["user"] = first_filled([fields["user"], *told])
    if names and "path" in found and "method" not in found:
        called = [text for text, cells in zip(texts, values, strict=True) if _is_called(cells)]
        if called:
            fields["method"] = f"regexp_extract({called[0]}, '^({VERB}) ', 1)"
    return fields


def _is_called(cells: Sequence[str]) -> bool:
    """Whether cells name what was called by a verb and something else."""
    told = filled(cells)
    return bool(told) and mostly(rf"({VERB}) \S", told)


_BEGINS_WITH_ADDRESS = (
    r"^\s*(\d{1,3}(\.\d{1,3}){3}(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:.]+)"
    r"\s*(,|$)"
)
_HOST = (
    r"(www\.([A-Za-z0-9-]+\.)+[a-z]{2,}|([A-Za-z0-9_-]+\.)+(com|net|org|edu|gov|info|io|dev|app"
    r"|cloud|ai|local|internal|lan|corp|example|test)|([A-Za-z0-9_-]+\.){2,}[a-z]{2}"
    r"|(\d{1,3}\.){3}\d{1,3}|localhost)"
)
"""A host for sure, where what ends as one may be a file (`index.php`) or a part of a key."""
_HAS_NO_SCHEME = rf"^{_HOST}((:\d+)?/|\?|$)"
_HAS_NO_HOST = (
    r"^((com|org|net|io|v\d+)\.|[^/?]*\.(cs|db|go|gz|js|md|py|rb|rs|sh|so|ts|xz)([/?]|$))"
)
"""So begins a program's name (`com.example.leads/list`), a version (`v2.1.io/x`) or a file."""
_REASON = re.compile(r"^([1-5]\d\d) [A-Za-z].*$")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_BARE_ADDRESS = re.compile(r"[\w.-]*$|[0-9a-fA-F:]*:[0-9a-fA-F:.]*$")


def value_sql(field: str, text: str, cells: Sequence[str], name: str = "") -> str:
    """SQL: the value of a field in a text, by what the cells of the sample are.

    `name`: that of its column; what has but a number there for a name has the kind before it.

    Of an address, no port and no further addresses; what begins with no address is left to the
    letter. No id where `0` stands for none, which the sample has more than once. A user agent is
    decoded where all are written as in an address, as edges do it: `curl%2F8 (x)` is no such one.
    Numbers are put as in English where the sample has a comma for the decimal point. Where most
    addresses lack their scheme, it is put before them, so that the host is no part of the path.
    Of a status with its reason (`404 Not Found`), the number.
    """
    if field in ("credits", "calls", "records") and _have_commas(cells):
        return f"replace(replace({text}, '.', ''), ',', '.')"
    if field == "ip" and not all(map(_BARE_ADDRESS.match, cells)):
        begins = f"regexp_matches({text}, {literal(_BEGINS_WITH_ADDRESS)})"
        return f"CASE WHEN {begins} THEN {address_in(text)} ELSE {text} END"
    if field == "request_id" and list(cells).count("0") > 1:
        return f"nullif({text}, '0')"
    if field == "app" and _are_encoded(cells):
        spaced = f"CASE WHEN contains({text}, '%20') THEN {text} ELSE replace({text}, '+', ' ') END"
        return f"coalesce(TRY(url_decode({spaced})), {text})"
    if field == "status" and any(map(_REASON.match, cells)):
        return f"regexp_replace({text}, '{_REASON.pattern}', '\\1')"
    kind = numbered(name.split("\0")[-1], cells) if field == "api" else None
    if kind is not None:
        return f"{literal(f'{kind} ')} || nullif({text}, '')"
    if field == "path" and _lack_scheme(cells):
        host = f"regexp_matches({text}, '{_HAS_NO_SCHEME}')"
        other = f"regexp_matches({text}, '{_HAS_NO_HOST}')"
        return f"CASE WHEN {host} AND NOT {other} THEN 'http://' || {text} ELSE {text} END"
    return text


_COMMA = re.compile(r"-?\d+,(\d{1,2}|\d{4,})$|-?\d{1,3}(\.\d{3})+,\d+$|\d{1,3}(\.\d{3}){2,}$")
"""`1,5`, `1.234,5`, `1.234.567`; but `1,500` may be a thousand and a half, or one and a half."""
_POINT = re.compile(r"-?\d*\.(\d{1,2}|\d{4,})$|-?\d{1,3}(,\d{3})+\.\d+$|\d{1,3}(,\d{3}){2,}$")


def _have_commas(cells: Sequence[str]) -> bool:
    """Whether numbers are written with a comma for the decimal point, and none with a point."""
    told = filled(cells)
    return any(map(_COMMA.match, told)) and not any(map(_POINT.match, told))


def _lack_scheme(cells: Sequence[str]) -> bool:
    """Whether half of the cells begin with a host and go on: `www.shop.example/a`, `10.0.0.1:80/`.

    What ends with its host shows that only if it is called `www`.
    """
    told = filled(cells)
    hosts = (
        cell.startswith("www.") or re.search("[/?]", cell)
        for cell in told
        if re.match(_HAS_NO_SCHEME, cell) and not re.match(_HAS_NO_HOST, cell)
    )
    return sum(map(bool, hosts)) * 2 >= len(told) > 0


def _are_encoded(cells: Sequence[str]) -> bool:
    told = filled(cells)
    return any(map(_ENCODED.search, told)) and not any(" " in cell for cell in told)


_OF_A_PERSON = re.compile(r"(name|login|e?mail|id)$")


def same_user(
    names: Sequence[str], values: Sequence[Sequence[str]], found: Mapping[str, int]
) -> tuple[int, ...]:
    """Indices of the columns that name the user as the one that is found does, where it is blank.

    `user_id` beside `user_name`, but not `user` beside `actor`: that may be whom it was done to.
    """
    user = found.get("user")
    if user is None or len(filled(values[user])) == max(map(len, values), default=0):
        return ()
    person = _person(names[user])
    return tuple(
        index
        for index, name in enumerate(names)
        # An `id` beside a `login` may be anything's.
        if person
        and index not in found.values()
        and _person(name) == person
        and filled(values[index])
        and fits("user", plain_name(name), values[index])
    )


def _person(name: str) -> str:
    """Of whom a column tells something: `user_email_id` → `user`."""
    plain = plain_name(name)
    while (shorter := _OF_A_PERSON.sub("", plain)) != plain:
        plain = shorter
    return plain
