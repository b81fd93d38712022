"""LibreOffice works a report's workbook out anew, and comes to what the library says.

The inputs are changed in the file, as a person would in the yellow cells, and every formula loses
the value that it came with: what is read back was worked out by LibreOffice alone.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from reports import gathered, labelled, names, sheets, table

from credits import report
from credits.editions import edition
from credits.plan import Plan
from credits.prices import Prices, cost
from credits.scenarios import of_edition

MADE_FOR = of_edition(edition("Zoho CRM Enterprise"), 1, Prices("USD", Decimal("9.90")), 20_000)
INPUTS = {
    "base_limit": "base_limit",
    "users_paid": "users",
    "credits_per_user": "credits_per_user",
    "add_on": "add_on",
    "cap": "cap",
}
"""Names of cells, and the part of the plan that stands in each."""
PLANS = (
    MADE_FOR.plan,
    Plan(50_000, 10, 250),
    Plan(50_000, 200, 250, 0, 100_000),
    Plan(50_000, 201, 250, 500, 100_000),
    Plan(900, 4, 25, 280_001, None),
    Plan(0, 0, 0, 0, 0),
)


@dataclass
class Recalculated:
    """A workbook after LibreOffice has worked it out, and the report that it was made of."""

    cells: dict[str, Any]
    rows: dict[str, list[list[Any]]]
    plan: Plan
    made_of: report.Report


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> list[Recalculated]:
    """Each plan's workbook. All of them are worked out in one run, which takes some seconds."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        message = "No LibreOffice: on Debian, `apt-get install libreoffice-calc` installs it."
        if os.environ.get("REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("recalculated")
    made_of = gathered(folder, plan=MADE_FOR, bill=Decimal("1000.01"))
    content = report.made(made_of, "xlsx")
    paths = []
    for number, plan in enumerate(PLANS):
        paths.append(folder / f"plan{number}.xlsx")
        paths[-1].write_bytes(with_plan(content, plan))
    out = folder / "out"
    command = [program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", "xlsx", "--outdir", str(out), *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    read = [sheets((out / path.name).read_bytes()) for path in paths]
    return [
        Recalculated(labelled(rows["Inputs"]), rows, plan, made_of)
        for rows, plan in zip(read, PLANS, strict=True)
    ]


def with_plan(content: bytes, plan: Plan) -> bytes:
    """The workbook with another plan in its inputs, and without what its formulas came to."""
    cells = {cell: getattr(plan, INPUTS[name]) for name, cell in names(content).items()
             if name in INPUTS}  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for part in before.namelist():
            text = before.read(part)
            if part.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text)
                assert b"</f><v>" not in text
            if part == "xl/worksheets/sheet1.xml":
                for cell, value in cells.items():
                    text = with_number(text, cell, value)
            after.writestr(part, text)
    return made.getvalue()


def with_number(text: bytes, cell: str, value: int | None) -> bytes:
    pattern = rf'<c r="{cell}"( s="\d+")?(?:/>|><v>[^<]*</v></c>)'.encode()
    number = "" if value is None else f"<v>{value}</v>"
    changed, count = re.subn(pattern, rf'<c r="{cell}"\1>{number}</c>'.encode(), text)
    assert count == 1
    return changed


def test_the_allowance_is_the_plans(recalculated: list[Recalculated]):
    assert [each.cells["Allowance"] for each in recalculated] == [p.allowance for p in PLANS]


def test_headroom_and_unused_follow_it(recalculated: list[Recalculated]):
    for each in recalculated:
        allowance, found = each.plan.allowance, each.made_of
        assert each.cells["Headroom"] == allowance - found.series.peak.credits
        assert each.cells["Unused"] == max(allowance - found.used, 0)
        share = found.used / allowance if allowance else 0
        assert each.cells["Used of the allowance"] == pytest.approx(share)
        missing = max(found.played.least_allowance - allowance, 0)
        assert each.cells["Missing to it"] == missing


def test_the_cost_follows_users_and_add_on_credits(recalculated: list[Recalculated]):
    for each in recalculated:
        expected = cost(each.plan, MADE_FOR.prices)
        assert each.cells["Add-on"] == pytest.approx(float(expected.add_on or 0))
        assert each.cells["Total"] == pytest.approx(float(expected.total or 0))


def test_days_say_anew_which_were_above(recalculated: list[Recalculated]):
    for each in recalculated:
        _, rows = table(each.rows["Days"])
        peaks = each.made_of.days["peak_demand"]
        expected = ["yes" if peak > each.plan.allowance else "no" for peak in peaks]
        assert [row[8] for row in rows[: len(peaks)]] == expected
        assert rows[len(peaks)][8] == expected.count("yes")
        assert rows[len(peaks)][2] == each.made_of.days["credits"].sum()


def test_a_change_says_that_what_was_played_again_is_of_another_allowance(
    recalculated: list[Recalculated],
):
    said = [each.cells["Do they still fit?"] for each in recalculated]
    assert said[0] == "yes"
    assert all(words.startswith("no") for words in said[1:])


def test_totals_of_the_showback_are_the_bill_and_100_per_cent(recalculated: list[Recalculated]):
    *users, total = table(recalculated[0].rows["Showback"])[1]
    assert (total[4], total[5]) == (1, 1000.01)
    assert sum(Decimal(str(row[5])) for row in users) == Decimal("1000.01")
