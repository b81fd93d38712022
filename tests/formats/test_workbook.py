"""Excel workbooks, as finance people send them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape

import pytest

from credits import CreditsError
from credits.formats import workbook

EPOCH = datetime(1899, 12, 30)
STYLES = (
    '<styleSheet xmlns="{0}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="14"/>'
    '<xf numFmtId="21"/></cellXfs></styleSheet>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cell(value, place: str) -> str:
    """A cell of a sheet: text, number, or a number with the style of a date or of a time."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f'<c r="{place}" s="3"><v>{seconds / 86400!r}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{place}" s="1"><v>{(value - EPOCH) / timedelta(days=1)!r}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="2"><v>{(value - EPOCH.date()).days}</v></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def sheet_xml(rows) -> str:
    drawn = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(cell(v, f"{chr(65 + i)}{number}") for i, v in enumerate(row))
        drawn.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(drawn)}</sheetData></worksheet>'


def xlsx(**sheets) -> bytes:
    """A workbook of named sheets, each a list of rows."""
    listed, related, parts = [], [], {}
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        listed.append(f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>')
        related.append(
            f'<Relationship Id="r{number}" Type="{REL}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    related.append(f'<Relationship Id="s" Type="{REL}/styles" Target="styles.xml"/>')
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{"".join(listed)}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(related)}</Relationships>'
    )
    parts["xl/styles.xml"] = STYLES.format(MAIN)
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="w"'
        f' Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml"'
        ' ContentType="application/xml"/></Types>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0"?>{text}')
    return packed.getvalue()


HEADER = ["Date and time", "User name", "API call", "Status", "Credits"]
NINE = datetime(2026, 1, 2, 9, 0, 1)


def test_real_dates_are_times_and_whole_numbers_stay_whole(load):
    found, calls = load(
        xlsx(
            Log=[HEADER, [NINE, "ann", "GET /v1/a", 200.0, 3], [NINE, "bob", "GET /v1/b", 404, 1.5]]
        ),
        "usage.xlsx",
    )
    assert (found.format, found.rows, found.loaded, found.rejected) == ("xlsx", 2, 2, 0)
    assert {call["occurred_at"] for call in calls} == {NINE}
    ann = next(call for call in calls if call["user"] == "ann")
    assert (ann["api"], ann["status"], ann["credits"]) == ("GET /v1/a", "200", 3)
    assert found.columns["occurred_at"] == "Date and time"


def test_dates_without_a_zone_are_in_the_zone_that_is_chosen(load):
    _, calls = load(
        xlsx(Log=[HEADER, [NINE, "ann", "a", 200, 1]]), "a.xlsx", time_zone="Asia/Kolkata"
    )
    assert calls[0]["occurred_at"] == datetime(2026, 1, 2, 3, 30, 1)


def test_a_date_and_a_time_in_two_columns_make_one_stamp(load):
    rows = [
        ["Date", "Time", "User"],
        [date(2026, 1, 2), time(9, 30), "ann"],
        [date(2026, 1, 3), time(0, 0, 5), "ann"],
    ]
    _, calls = load(xlsx(Log=rows), "a.xlsx")
    assert [call["occurred_at"] for call in calls] == [
        datetime(2026, 1, 2, 9, 30),
        datetime(2026, 1, 3, 0, 0, 5),
    ]


def test_the_sheet_with_calls_is_read_and_titles_above_its_header_are_not(load, rejects):
    found, _ = load(
        xlsx(
            Cover=[["API usage"], ["made for finance"]],
            Prices=[["Edition", "Price"], ["Premier", 12]],
            Calls=[
                ["API usage, January"],
                [],
                HEADER,
                [NINE, "ann", "a", 200, 1],
                [],
                HEADER,
                ["soon", "bob", "b", 200, 1],
                [NINE, "cyd"],
            ],
        ),
        "a.xlsx",
    )
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (5, 2, 2, 1)
    assert rejects() == [(7, "its time is not understood: soon", "soon\tbob\tb\t200\t1")]


def test_columns_may_be_named_by_hand(load):
    rows = [["when it was", "by", "x"], [NINE, "ann", 7]]
    _, calls = load(xlsx(Log=rows), "a.xlsx", mapping={"occurred_at": "when it was", "user": "by"})
    assert calls[0]["user"] == "ann"


def test_a_sheet_without_a_header_is_read_by_what_stands_in_it(load):
    rows = [[NINE, "ann@example.com", "GET /v1/a"], [NINE, "bob@example.com", "GET /v1/b"]]
    found, calls = load(xlsx(Log=rows), "a.xlsx")
    assert found.rows == 2
    assert {call["user"] for call in calls} == {"ann@example.com", "bob@example.com"}


def test_a_workbook_without_calls_says_what_it_has(load):
    with pytest.raises(CreditsError, match=r"no columns that make a call.*Edition, Price"):
        load(xlsx(Prices=[["Edition", "Price"], ["Premier", 12]]), "a.xlsx")


def test_an_empty_workbook_is_one_sentence(load):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(xlsx(Empty=[]), "a.xlsx")


def test_a_broken_workbook_is_one_sentence(load):
    whole = xlsx(Log=[HEADER, [NINE, "ann", "a", 200, 1]])
    torn = whole.replace(b"<sheetData>", b"<sheetDat")
    with pytest.raises(CreditsError, match="damaged"):
        load(torn, "a.xlsx")
    with pytest.raises(CreditsError, match="damaged"):
        load(whole[: len(whole) // 2], "b.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(load, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST", 1000)
    with pytest.raises(CreditsError, match="beyond the limit"):
        load(xlsx(Log=[HEADER, [NINE, "ann", "a", 200, 1]]), "a.xlsx")


def test_the_same_workbook_twice_adds_nothing(load):
    book = xlsx(Log=[HEADER, [NINE, "ann", "a", 200, 1], [NINE, "ann", "a", 200, 1]])
    assert load(book, "a.xlsx")[0].loaded == 2
    assert load(book, "b.xlsx")[0].duplicates == 2
