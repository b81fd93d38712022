"""Paths become APIs: ids, UUIDs, hashes, tokens, dates and addresses fold into placeholders.

A million distinct paths are some dozens of APIs. The same pattern runs in SQL for every row (RE2,
linear in the length of the path, whatever it holds) and in Python for a single path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from credits import CreditsError
from credits.formats.base import literal

_DATE_SEGMENT = r"/(?:19|20)\d\d-[01]\d-[0-3]\d(?:T[0-9:.%A-Za-z+-]*)?/"
_EMAIL_SEGMENT = r"/[^/@]+(?:@|%40)[^/@]+\.[A-Za-z]{2,}/"
_EXTENSION = r"(\.[A-Za-z]\w{1,4})?"

_UUID = r"(?:\{|%7[Bb])?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?:\}|%7[Dd])?"
# `cus_NffrFeUfNV2Hib`: what stands behind a short prefix is no word, with a digit in its midst.
_MIDST = r"(?:[A-Z]\d+[A-Za-z]|[A-Za-z]\d+[A-Z])"
_CHARACTER = "[A-Za-z0-9]"
_PREFIXED = "|".join(
    f"[a-z]{{2,5}}_{_CHARACTER}{{{before},}}{_MIDST}{_CHARACTER}{{{behind},}}"
    for before, behind in ((8, 0), (4, 4), (0, 8))
)
_ID = rf"\d[\d,;:_-]*|{_UUID}|[0-9A-Fa-f]{{8,}}|[A-Za-z]{{1,5}}[_:-]?\d{{5,}}|{_PREFIXED}"
_ID_SEGMENT = f"/(?:{_ID}){_EXTENSION}/"


def _with_a_digit(characters: str, length: int) -> str:
    """At least `length` of some characters, a digit among them (RE2 has no lookahead)."""
    ways = [rf"{characters}{{{i}}}\d{characters}{{{length - 1 - i},}}" for i in range(length)]
    return "|".join([*ways, rf"{characters}{{{length},}}\d{characters}*"])


# A token has no words in it that hyphens part, unless it is very long. The exact pattern is dear,
# so it runs only on paths that have a segment of such a length left.
_LONG_SEGMENT = "[A-Za-z0-9_=+~%-]{20}"
_TOKEN = f"{_with_a_digit('[A-Za-z0-9_=+~%]', 20)}|{_with_a_digit('[A-Za-z0-9_=+~%-]', 32)}"
_TOKEN_SEGMENT = f"/(?:{_TOKEN}){_EXTENSION}/"

LONGEST = 300
"""An API's name is cut here."""


def fold(path: str) -> str:
    """`/Contacts/4150868000000624042/Notes?page=2` → `/Contacts/{id}/Notes`."""
    key = re.sub(r"/[0-9]+\Z", "/{id}", path.split("?", 1)[0])
    bare = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/#]*", "", key)
    bare = re.split(r"#|;jsessionid=", bare, maxsplit=1)[0][:LONGEST] or "/"
    # Slashes are doubled so that each segment owns both of its own: `/1/2/` folds whole.
    split = bare.replace("/", "//") + "/"
    split = re.sub(_DATE_SEGMENT, "/{date}/", split)
    split = re.sub(_EMAIL_SEGMENT, "/{email}/", split)
    for segment in (_ID_SEGMENT, _TOKEN_SEGMENT):
        split = re.sub(segment, lambda found: f"/{{id}}{found[1] or ''}/", split, flags=re.ASCII)
    return split.replace("//", "/")[:-1]


def key_sql(path: str) -> str:
    """SQL, cheap enough for every row: a path without its query, a number at its end folded.

    Most distinct paths of a log differ in that only, so few keys are left for `fold_sql`.
    """
    bare = f"CASE WHEN contains({path}, '?') THEN split_part({path}, '?', 1) ELSE {path} END"
    number = f"regexp_replace({bare}, '/[0-9]+$', '/{{id}}')"
    # To look at the last character costs a quarter of what the pattern does.
    return f"CASE WHEN ({bare})[-1] BETWEEN '0' AND '9' THEN {number} ELSE {bare} END"


def fold_sql(key: str) -> str:
    """SQL twin of `fold` for what `key_sql` gives; meant for distinct keys, not for every row."""
    host = f"regexp_replace({key}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')"
    cut = f"split_part(split_part({host}, '#', 1), ';jsessionid=', 1)"
    bare = f"coalesce(nullif(left({cut}, {LONGEST}), ''), '/')"
    folded = "replace(b, '/', '//') || '/'"
    for segment, placeholder in (
        (_DATE_SEGMENT, "/{date}/"),
        (_EMAIL_SEGMENT, "/{email}/"),
        (_ID_SEGMENT, "/{id}\\1/"),
    ):
        folded = f"regexp_replace({folded}, {literal(segment)}, '{placeholder}', 'g')"
    # list_transform binds each stage to a name, so that it is computed once.
    tokens = f"list_transform([{folded}], lambda s: {_tokens_sql('s')})[1]"
    return f"list_transform([{bare}], lambda b: left(replace({tokens}, '//', '/'), -1))[1]"


def ruled_sql(folded: str, rules: Iterable[str]) -> str:
    """SQL: a folded path after a person's own rules, each `pattern=>replacement`, in order.

    Raises CreditsError for a rule that is none, or whose pattern RE2 can't run.
    """
    for rule in rules:
        pattern, arrow, replacement = rule.partition("=>")
        try:
            if not arrow or not pattern:
                raise re.error("it is not written as pattern=>replacement")
            re.compile(pattern)
            duckdb.execute("SELECT regexp_replace('', ?, ?, 'g')", [pattern, replacement])
        except (re.error, duckdb.Error) as error:
            reason = str(error).splitlines()[0]
            raise CreditsError(f"The folding rule “{rule}” can't be used: {reason}.") from None
        folded = f"regexp_replace({folded}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return folded


def _tokens_sql(split: str) -> str:
    token = f"regexp_replace({split}, {literal(_TOKEN_SEGMENT)}, '/{{id}}\\1/', 'g')"
    long = f"regexp_matches({split}, {literal(_LONG_SEGMENT)})"
    return f"CASE WHEN {long} THEN {token} ELSE {split} END"


def parameters_sql(path: str, names: Iterable[str]) -> str:
    """SQL: which of some query parameters a path carries, joined with `&`, or NULL."""
    found = [
        f"CASE WHEN contains({path}, {literal(name)})"
        f" AND regexp_matches({path}, {literal(rf'[?&]{re.escape(name)}(=|&|$)')})"
        f" THEN {literal(name)} END"
        for name in sorted(names)
    ]
    if not found:
        return "NULL"
    joined = f"nullif(concat_ws('&', {', '.join(found)}), '')"
    return f"CASE WHEN contains({path}, '?') THEN {joined} END"
