"""Small logs that are read alike are read in one statement.

To plan how a log is read takes DuckDB longer than to read some kilobytes, and a folder of
CloudTrail's or of a load balancer's holds thousands of such files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

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


def likeness(reading: Reading) -> str | None:
    """What is the same of logs that one statement can read; None where that can't be done.

    A correction may say another time zone, which holds for a whole statement.
    """
    if len(_FILE.findall(reading.source)) != 1 or reading.correction is not None:
        return None
    return staging_sql(replace(reading, source=_FILE.sub("read_csv(", reading.source)), ())


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
