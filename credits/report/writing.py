"""Which file a report becomes, and how it gets to the disk: whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from credits import CreditsError
from credits.report.gathering import Report

Made = Literal["xlsx", "html"]
KINDS: dict[Made, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
"""Files that a report can become, and their media types."""


def kind_of(path: Path) -> Made:
    """What a file's name says it is to become. Raises CreditsError for any other."""
    for kind in KINDS:
        if path.suffix.lower() == f".{kind}":
            return kind
    raise CreditsError(
        f"{path.name} says not what to write: name a file that ends in .xlsx or .html."
    )


def made(report: Report, kind: Made) -> bytes:
    """The report as a file."""
    # Imported here: whoever only loads a log is not to wait for what writes workbooks and pages.
    if kind == "xlsx":
        from credits.report.workbook import workbook

        return workbook(report)
    from credits.report.page import page

    return page(report).encode()


def write(path: Path, content: bytes) -> None:
    """Put a file in its place in one step; one that is there is replaced.

    Raises CreditsError where it can't be written; what was there then still is.
    """
    part = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise CreditsError(
            f"{path} can't be written: {error.strerror or error}. Name another file."
        ) from error
