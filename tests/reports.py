"""What the tests of reports share: a log, a report of it, and a workbook read back."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from credits import report
from credits.plan import Plan
from credits.prices import Prices
from credits.scenarios import Scenario
from credits.store import Store

NOW = datetime(2026, 8, 14, 8, 0)
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    '"><img src=http://evil.example/x onerror=alert(1)>',
    "bell\u0007 and escape\u001b[31m",
    "مرحبا\u202egnp.exe",
    "🦊 Zoë",
    "_x0041_",
    "https://evil.example/",
    "{{7*7}}",
    "ab" * 20_000,
    "🦊" * 17_000,
)
PLAN = Scenario("Own numbers", Plan(900, 4, 25), prices=Prices("EUR", Decimal("9.90")))
"""An allowance of 1,000."""


def call(at: datetime, user: str, credits: float = 1, app: str = "Web", **more: Any) -> str:
    """A line of a log."""
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    known = {"time": stamp, "user": user, "app": app, "api": "getRecords", "credits": credits}
    return json.dumps(known | {"status": 200} | more)


def busy(users: Sequence[str] = ("Ada", "Ben", "Cleo")) -> str:
    """Three days of calls; on the second, 1,500 credits are wanted of an allowance of 1,000."""
    first = datetime(2026, 8, 10, 9)
    lines = [
        call(first + timedelta(days=day, minutes=10 * n), user, 50 + 50 * day + n, f"{user} app")
        for day in range(3)
        for n, user in enumerate([*users, *users])
    ]
    lines += [call(first + timedelta(days=1, hours=2, minutes=n), users[0], 300) for n in range(3)]
    lines.append(call(first + timedelta(days=1, hours=3), users[0], 0, status=429))
    return "\n".join(lines) + "\n"


def gathered(folder: Path, log: str | None = None, **wanted: Any) -> report.Report:
    """The report of a log."""
    folder.mkdir(exist_ok=True)
    path = folder / "calls.jsonl"
    path.write_text(busy() if log is None else log, encoding="utf-8")
    with Store(folder / "report.duckdb") as store:
        store.load(path, now=NOW, name="calls.jsonl")
        with store.answers() as answers:
            return report.gather(answers, report.Wanted(**{"plan": PLAN} | wanted), now=NOW)


def changed(found: report.Report, **values: Any) -> report.Report:
    return replace(found, **values)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet of a workbook as rows of values, as they would be shown without working out."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def parts(content: bytes) -> dict[str, str]:
    """A workbook's files as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode("utf-8", "strict") for name in file.namelist()}


def labelled(rows: list[list[Any]]) -> dict[str, Any]:
    """The second column of a sheet by the first; of equal labels, the first one."""
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row[0], row[1])
    return found


def table(rows: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
    """A sheet's table: its header, and the rows below it."""
    head = next(place for place, row in enumerate(rows) if row[1] != "" and place > 0)
    return rows[head], rows[head + 1 :]


def names(content: bytes) -> dict[str, str]:
    """The names of a workbook's cells: name → cell of the sheet Inputs."""
    text = parts(content)["xl/workbook.xml"]
    pattern = r"""<definedName name="(\w+)">'?Inputs'?!\$B\$(\d+)</definedName>"""
    found = re.findall(pattern, text)
    return {name: f"B{row}" for name, row in found}
