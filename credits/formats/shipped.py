"""Lines that a shipper put into JSON objects, one each, written out as they were.

Docker, Fluent Bit, Filebeat, CloudWatch, journald and Splunk carry what a program wrote as a text
in an object of their own. Where such texts are lines of a format that has a name, they are what is
read: line by line, so that rows and line numbers stay what they are in the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from credits.formats.base import OBJECT_LINES, Sample, json_value
from credits.formats.decoding import plain_text
from credits.formats.files import Plain, scratch_file
from credits.formats.holders import is_time
from credits.formats.keys import carried, envelopes
from credits.formats.stamps import is_stamp
from credits.formats.survey import survey


def keys_of(sample: Sample) -> list[str]:
    """The keys under which most of a log's first lines carry a text that is no JSON."""
    keys = envelopes(sample.objects)
    found = Counter(
        key
        for row in sample.objects
        for key in keys
        if isinstance(text := carried(row, key), str) and text.strip() and not text.startswith("{")
    )
    return [key for key in keys if found[key] * 2 > len(sample.filled[:OBJECT_LINES])]


def unwrapped(
    plain: Plain, key: str, scratch: Path, most: int | None = None, *, timed: bool = False
) -> Plain:
    """The log with each text in the place of its object; `most`: of the first lines only.

    What is no such object stays as it is, for the reader to reject or to pass over. `timed`: with
    the time that the shipper noted before the text.
    """
    target = scratch_file(scratch)
    with (
        plain.path.open(encoding="utf-8", errors="replace", newline="\n") as file,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for number, text in enumerate(_texts(file, key, timed=timed)):
            if number == most:
                break
            out.write(text)
            out.write("\n")
    return plain_text(plain.name, target, survey(target), plain.replaced)


def _texts(file: IO[str], key: str, *, timed: bool) -> Iterator[str]:
    for line in file:
        row = json_value(line)
        text = carried(row, key) if isinstance(row, dict) else None
        if isinstance(text, str):
            yield _one_line(f"{_time(row)} {text}" if timed else text)
        else:
            yield _one_line(line)


def _time(row: Mapping[str, Any]) -> str:
    """When a shipper was given a text, as ISO 8601, or an empty text."""
    told = next((str(row[key]) for key in row if is_time(key) and is_stamp(str(row[key]))), "")
    if not re.fullmatch(r"\d{10}(\d{3}){0,3}(\.\d+)?", told):
        return told
    whole, _, rest = told.partition(".")
    digits = whole[:10], (whole[10:] + rest)[:6]
    return f"{datetime.fromtimestamp(int(digits[0]), UTC):%Y-%m-%dT%H:%M:%S}.{digits[1]:0<6}Z"


def _one_line(text: str) -> str:
    """A text as clean as a file's; see `packing`."""
    return text.rstrip("\r\n").translate(_CLEAN)


_CLEAN = {ord("\r"): " ", ord("\n"): " ", 0: None, 1: " "}
