"""Tables with a column of what a program wrote, written out as objects that carry it.

Exports of CloudWatch, Grafana, Kibana, Splunk or Datadog as CSV have the lines of a log in one
column and when and where they were taken in others, and those of Athena an object. As objects they
are what a shipper writes, and are read as that.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from credits.formats import delimited, headers
from credits.formats.base import OBJECT_LINES, Options, Sample, json_value
from credits.formats.files import Plain, scratch_file
from credits.formats.jsonlines import SAYS_WHAT
from credits.formats.meanings import filled, plain_name
from credits.formats.records import Layout, Record, records

_CARRIES = ("raw", "message", "logmessage", "log", "line", "textpayload", "content")
"""What such a column is called; the objects call it `message`."""
_MARKS = frozenset(",\t;")


def layout_of(sample: Sample) -> Layout | None:
    """How a table is laid out that has a column of lines, by its name; or None."""
    top = (sample.filled or [""])[0][:10_000].lower()
    if not any(word in top for word in _CARRIES) or not _MARKS & set(top):
        return None
    layout = delimited.layout_of(sample, Options(), tuple(_MARKS))
    return layout if layout and layout.header and _carrying(layout) is not None else None


def layout_with_objects(sample: Sample) -> Layout | None:
    """How a table is laid out that has objects in a column, and names no calls itself; or None.

    The column goes by the name of one that carries lines, whatever it is called in the table.
    """
    if not any("{" in line for line in sample.filled[1:2]):
        return None
    layout = delimited.layout_of(sample, Options(), tuple(_MARKS))
    if layout is None or not layout.header:
        return None
    cells = delimited.cells(layout, sample)
    holding = [index for index, column in enumerate(cells) if _are_objects(column)]
    found = delimited.columns(layout.names, cells, Options(), header=True)
    if not holding or headers.names_calls(found, layout.names):
        return None
    names = list(layout.names)
    names[holding[0]] = _CARRIES[0]
    return replace(layout, names=tuple(names))


def _are_objects(cells: Sequence[str]) -> bool:
    told = filled(cells)
    objects = sum(isinstance(json_value(cell), dict) for cell in told if cell.startswith("{"))
    return objects * 2 > len(told)


def tells_of_calls(sample: Sample, layout: Layout) -> bool:
    """Whether other columns of the table say who called or what."""
    cells = delimited.cells(layout, sample)
    found = delimited.columns(layout.names, cells, Options(), header=True)
    told = [index for field, index in found.items() if field in SAYS_WHAT]
    carrying = _carrying(layout)
    return any(index != carrying and filled(cells[index]) for index in told)


def _carrying(layout: Layout) -> int | None:
    plain = [plain_name(name) for name in layout.names]
    return next((plain.index(word) for word in _CARRIES if word in plain), None)


def unfold(
    plain: Plain, layout: Layout, scratch: Path, most: int | None = None
) -> tuple[Plain, array[int]]:
    """The table as JSON lines in the scratch folder, and the line each row began on.

    `most`: the first rows only.
    """
    target = scratch_file(scratch).with_suffix(".jsonl")
    begins = array("q")
    names = list(layout.names)
    names[_carrying(layout) or 0] = "message"
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for record in islice(records(plain.path, layout), most):
            out.write(_object(names, record))
            out.write("\n")
            begins.append(record.line)
    return replace(plain, path=target, blank=False, trailing_blank=0), begins


def _object(names: Sequence[str], record: Record) -> str:
    if record.skip:
        return "" if record.skip == "blank" else "# " + record.skip
    return json.dumps(dict(zip(names, record.cells, strict=False)), ensure_ascii=False)


def head(sample: Sample, layout: Layout, scratch: Path) -> Plain:
    """The first rows as JSON lines, to see what they carry."""
    return unfold(sample.plain, layout, scratch, OBJECT_LINES)[0]
