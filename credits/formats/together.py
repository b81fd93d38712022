"""Small logs that are read alike are read in one statement.

To plan how a log is read takes DuckDB longer than to read some kilobytes, and a folder of
CloudTrail's or of a load balancer's holds thousands of such files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from credits.formats.base import Reading
from credits.formats.files import Plain
from credits.formats.staging import staging_sql

_FILE = re.compile(r"read_csv\(('(?:[^']|'')*'),")
"""How a source begins to read a file."""


@dataclass(frozen=True)
class Log:
    """A log, and how it is read."""

    plain: Plain
    reading: Reading


def likeness(log: Log) -> str | None:
    """What is the same of logs that one statement can read; None where that can't be done.

    A correction may say another time zone, which holds for a whole statement. And where rows go
    over lines, it can't be told by counting that none was left out.
    """
    reading = log.reading
    if len(_FILE.findall(reading.source)) != 1 or reading.correction is not None:
        return None
    if reading.heading is not None and _goes_over_lines(log.plain.path):
        return None
    return staging_sql(replace(reading, source=_FILE.sub("read_csv(", reading.source)), ())


def _goes_over_lines(path: Path) -> bool:
    """Whether a quote in a small table seems to close on another line."""
    return any(line.count(b'"') % 2 for line in path.read_bytes().split(b"\n"))


def together(logs: Sequence[Log]) -> Reading:
    """The reading of some logs that are alike, one after another: `log` tells them apart."""
    one = logs[0].reading
    if len(logs) == 1:
        return one
    files = [found[1] for log in logs if (found := _FILE.search(log.reading.source))]
    listed = f"[{', '.join(files)}]"
    source = _FILE.sub(lambda _: f"read_csv({listed}, filename = 'of_file',", one.source)
    number = f"list_position({listed}, of_file)::INTEGER - 1"
    return replace(one, source=source, log=number, locate=None, thorough=None)
