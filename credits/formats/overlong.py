"""Lines too long to be lines of a log are left out, so that the rest of it can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from credits.formats.files import Plain, refuse_full_disk

MOST = 16 << 20
"""Bytes of a line; DuckDB holds a few of such lines at a time, and stops at a longer one."""


def shortened(plain: Plain, target: Path) -> Plain | None:
    """A log whose overlong lines say only how long they were; None where there is no such line.

    Every line keeps its number. What stands in its place is no call in any format, so that it
    becomes a reject. Raises CreditsError where there is no room for the copy.
    """
    try:
        found = _shorten(plain.path, target)
    except OSError as error:
        refuse_full_disk(error)
        raise
    return replace(plain, path=target, overlong=found) if found else None


def _shorten(path: Path, target: Path) -> int:
    """Copy a file without its overlong lines; how many there were."""
    found = 0
    with path.open("rb") as source, target.open("wb") as copy:
        while line := source.readline(MOST):
            if len(line) < MOST or line.endswith(b"\n"):
                copy.write(line)
                continue
            length = len(line)
            while not line.endswith(b"\n") and (line := source.readline(MOST)):
                length += len(line)
            copy.write(f"(a line of {length:,} bytes was left out)\n".encode())
            found += 1
    return found
