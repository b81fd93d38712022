"""A CSV to take away opens in a spreadsheet as it is, and runs nothing in it."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from credits import tables


def read(frame: pd.DataFrame) -> list[list[str]]:
    text = tables.csv(frame).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|'/c calc'!A0"]
)
def test_text_that_begins_like_a_formula_is_defused(text: str) -> None:
    frame = pd.DataFrame({"user": [text], text: ["x"]})
    assert read(frame) == [["user", f"'{text}"], [f"'{text}", "x"]]
    assert read(frame.astype("category")) == read(frame)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (";=1+1", ";'=1+1"),
        ('Ada;"=1+1', "Ada;\"'=1+1"),
        ("Ada\n=1+1", "Ada\n'=1+1"),
        ("a\t@SUM(A1);-1", "a\t'@SUM(A1);'-1"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001 - Japanese Excel takes it for an equals sign
    ],
)
def test_a_spreadsheet_that_splits_at_other_signs_sees_no_formula_either(text, safe) -> None:
    assert tables.defused(text) == safe


@pytest.mark.parametrize(
    "text", ["Ada", "a=b", "", " =1", "שלום", "🦄", 'say "so", please', "a\nb"]
)
def test_other_text_is_as_it_was(text: str) -> None:
    assert read(pd.DataFrame({"user": [text, "x"]}))[1] == ([text] if text else [""])


def test_numbers_stay_numbers_and_times_are_iso_8601() -> None:
    frame = pd.DataFrame(
        {"credits": [-5], "share": [0.1 + 0.2], "sum": [2**62],
         "at": [pd.Timestamp("2026-08-13 09:00:00.000001")]}
    )  # fmt: skip
    assert read(frame)[1] == ["-5", "0.3", str(2**62), "2026-08-13T09:00:00.000001"]


def test_a_frame_without_rows_keeps_its_header_and_the_frame_is_not_changed() -> None:
    frame = pd.DataFrame({"user": ["=x"]})
    assert read(frame.iloc[:0]) == [["user"]]
    assert frame["user"].tolist() == ["=x"]


def test_what_is_missing_is_empty() -> None:
    frame = pd.DataFrame({"user": ["a", None], "at": [pd.Timestamp("2026-08-13"), pd.NaT]})
    assert read(frame)[2] == ["", ""]


def test_two_columns_of_one_name_are_both_there() -> None:
    frame = pd.DataFrame([["=a", "=b"]], columns=["x", "x"])
    assert read(frame) == [["x", "x"], ["'=a", "'=b"]]
