"""How pairs of a key and its value are written in a line, and how SQL takes them out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from credits.formats.base import Sample, literal

TRIED = 500
"""Lines of a sample by which a log of pairs is known."""
_LONGEST = 20_000
"""Characters of a line of the sample that are looked at."""
_KEY = r"[A-Za-z_@][\w.@#/-]*"
_PRIORITY = r"^<\d+>"
"""What a syslog may put right before the first pair."""
_PART, _QUOTE, _SLASH = "\x01", "\x02", "\x03"
"""What parts pairs, and what stands for an escaped quote and for an escaped backslash: no clean
text has the first, and hardly one the others."""

Pairs = Mapping[str, tuple[int, str]]
"""Key → the place of its pair among the words of a line, from 1, and its value."""


@dataclass(frozen=True)
class Style:
    """How pairs are written."""

    between: str = " "
    sign: str = "="
    quote: str = '"'

    def pairs(self, line: str) -> Pairs:
        """The pairs of a line; of a key that it has twice, the first."""
        found: dict[str, tuple[int, str]] = {}
        for place, word in enumerate(self.words(line), start=1):
            if (pair := self._pair.match(word)) and pair[1] not in found:
                found[pair[1]] = place, self._meant(pair[2])
        return found

    def score(self, line: str) -> int:
        """How many pairs a line has, less its other words; 0 if it is not made of pairs."""
        pairs = [self._pair.match(word) for word in self.words(line) if word]
        count = sum(pair is not None for pair in pairs)
        if count < 3:
            return 0
        # Between spaces any words may come first, and a few among the pairs.
        first = next(place for place, pair in enumerate(pairs) if pair)
        spaced = self.between == " "
        others = len(pairs) - count - (first if spaced else 0)
        # `a=1, b=2` is parted by commas.
        ends = sum(pair is not None and pair[2].endswith((",", ";")) for pair in pairs)
        made = others * (2 if spaced else 4) <= count and ends * 2 < count
        return max(count - others, 1) if made else 0

    def words(self, line: str) -> list[str]:
        """The pairs of a line and its other words, as `words_sql` gives them."""
        line = re.sub(_PRIORITY, "", line[:_LONGEST])
        line = line.replace("\t", " ") if self.between == " " else re.sub(self._lead, r"\1", line)
        pieces = line.replace("\\\\", _SLASH).replace(f"\\{self.quote}", _QUOTE).split(self.quote)
        pieces[::2] = (piece.replace(self.between, _PART) for piece in pieces[::2])
        return [word.strip(" ") for word in self.quote.join(pieces).split(_PART)]

    def words_sql(self) -> str:
        """SQL: columns made of `line`, in steps, the last of them the list `words`."""
        quote, between = literal(self.quote), literal(self.between)
        bare = "CASE WHEN bare IS NULL THEN line ELSE bare END"
        text = f"replace({bare}, chr(9), ' ')"
        if self.between != " ":
            text = f"regexp_replace({bare}, {literal(self._lead)}, '\\1')"
        escaped = literal(f"\\{self.quote}")
        masked = f"replace(replace({text}, '\\\\', chr(3)), {escaped}, chr(2))"
        outside = f"CASE WHEN i % 2 = 1 THEN replace(x, {between}, chr(1)) ELSE x END"
        pieces = f"list_transform(string_split(text, {quote}), lambda x, i: {outside})"
        words = f"""CASE WHEN contains(text, {quote})
     THEN string_split(array_to_string({pieces}, {quote}), chr(1))
     ELSE string_split(text, {between}) END"""
        if self.between != " ":
            words = f"list_transform({words}, lambda x: trim(x))"
        priority = f"regexp_replace(line, '{_PRIORITY}', '')"
        return f"""contains(line, '\\') AS escapes,
CASE WHEN starts_with(line, '<') THEN {priority} END AS bare
;
CASE WHEN escapes THEN {masked} ELSE {text} END AS text
;
{words} AS words"""

    def pair_sql(self, key: str, places: Sequence[int]) -> str:
        """SQL: what a line has behind a key, looked for where it mostly stands, else anywhere."""
        start = literal(key + self.sign)
        likely = " ".join(
            f"WHEN starts_with(words[{at}], {start}) THEN words[{at}]" for at in places
        )
        anywhere = f"list_filter(words, lambda x: starts_with(x, {start}))[1]"
        found = f"CASE {likely} ELSE {anywhere} END" if likely else anywhere
        return f"substr({found}, {len(key) + 2})"

    def held_sql(self, pair: str) -> str:
        """SQL: what stands behind a key, without its quotes."""
        quote = literal(self.quote)
        return (
            f"CASE WHEN starts_with({pair}, {quote}) THEN split_part({pair}, {quote}, 2)"
            f" ELSE {pair} END"
        )

    def meant_sql(self, held: str, pair: str) -> str:
        """SQL: `held` with what it escaped as it was; `pair` tells whether it stood in quotes."""
        plain = f"replace(replace({held}, chr(3), '\\'), chr(2), {literal(self.quote)})"
        if self.quote == '"':
            json = f"replace(replace({held}, chr(3), '\\\\'), chr(2), '\\\"')"
            told = f"TRY(json_extract_string('\"' || {json} || '\"', '$'))"
            quoted = f"starts_with({pair}, '\"')"
            plain = f"CASE WHEN {quoted} THEN coalesce({told}, {plain}) ELSE {plain} END"
        return f"CASE WHEN escapes THEN {plain} ELSE {held} END"

    @cached_property
    def _pair(self) -> re.Pattern[str]:
        return re.compile(f"({_KEY}){self.sign}(.*)$", re.DOTALL)

    @property
    def _lead(self) -> str:
        """What stands before the first pair of a line, where not every space parts pairs."""
        return rf"^[^=]*[ (\[{{]({_KEY}=)" if self.sign == "=" else "^()"

    def _meant(self, value: str) -> str:
        if value.startswith(self.quote):
            value = value.split(self.quote, 2)[1]
        return value.replace(_QUOTE, self.quote).replace(_SLASH, "\\")


_STYLES = (
    Style(),
    Style(quote="'"),
    *(Style(mark) for mark in ",;|\t"),
    Style("\t", ":"),
)


def style_of(sample: Sample, share: float = 0.5) -> Style | None:
    """How the pairs are written that at least such a share of a log's first lines is made of."""
    tried = sample.filled[:TRIED]
    best: tuple[int, Style] | None = None
    for style in _STYLES:
        scores = [style.score(line) for line in tried if line.count(style.sign) >= 3]
        fitting = sum(score > 0 for score in scores)
        if fitting and fitting >= share * len(tried) and (not best or sum(scores) > best[0]):
            best = sum(scores), style
    return best and best[1]
