"""JSON documents, arrays and wrapped arrays, written out as one object a line.

`[{…}, {…}]`, `{"Records": [{…}]}`, objects printed over many lines, and several documents one after
another all become JSON lines; where each object began in the file is remembered for its rejects.
What is no object, or broken, becomes a line of its own too: nothing in the file is lost.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

from credits import CreditsError
from credits.formats.base import Sample, json_value
from credits.formats.files import Plain, scratch_file
from credits.formats.holders import holds_rows
from credits.formats.splitter import Splitter

_LONGEST_TEXT = 4 << 20
"""Characters of a row that are kept: a longer one is no JSON any more, and becomes a reject."""


def needs_unfolding(sample: Sample) -> bool:
    """Whether a log is JSON but not one object a line."""
    start = sample.text.lstrip()
    if not start.startswith(("{", "[")):
        return False
    values = [json_value(line) for line in sample.filled[:20]]
    if any(isinstance(v, list) or (isinstance(v, dict) and holds_rows(v)) for v in values):
        return True
    if values and isinstance(values[0], dict):
        return False
    # A broken first line does not make a document of the sound ones below it. And an access log
    # with an IPv6 address or a bracketed time begins with "[" too.
    opens = start.startswith("[") or not values or sample.filled[0].rstrip().endswith(("{", "["))
    sound = any(isinstance(v, dict) for v in values)
    return (opens or not sound) and start[1:].lstrip()[:1] in ("{", '"', "]", "}", "[", "")


def unfold(plain: Plain, scratch: Path) -> tuple[Plain, array[int]]:
    """The log as JSON lines in the scratch folder, and the line each object began on.

    Raises CreditsError where the file is no JSON after all.
    """
    target = scratch_file(scratch).with_suffix(".jsonl")
    begins = array("q")
    objects = False
    with (
        plain.path.open(encoding="utf-8", errors="replace") as file,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for text, line in Splitter(file).rows():
            row = text[:_LONGEST_TEXT]
            out.write(row.replace("\n", " ") if "\n" in row else row)
            out.write("\n")
            begins.append(line)
            objects = objects or text.startswith("{")
    if not objects:
        raise CreditsError(f"{plain.name} holds no JSON objects: there is nothing to load.")
    return replace(plain, path=target, blank=False, trailing_blank=0), begins
