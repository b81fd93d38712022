"""Corrections that a person saves, rules for folding of their own, and settings that are wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from credits import CreditsError
from credits.formats import Options
from credits.formats.base import Correction
from credits.settings import settings
from credits.store import Store, Terms

NOW = datetime(2026, 8, 1)
PARTNER = "when,what,who\n03/04/2026 10:00,/a/1,ann\n05/04/2026 10:00,/a/2,bob\n"
OURS = Correction("Partner export", ("when", "what", "who"), {"path": "what"}, "Asia/Kolkata", True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database of the test's own."""
    with Store(tmp_path / "x.duckdb") as opened:
        yield opened


def loaded(store: Store, path: Path, text: str, terms: Terms | None = None) -> list[tuple]:
    """The calls of a log: time, API and user, by time."""
    path.write_text(text)
    store.load(path, terms or Terms(), now=NOW)
    with store._database.snapshot() as cursor:
        return cursor.execute(
            'SELECT occurred_at, api, "user" FROM calls ORDER BY occurred_at'
        ).fetchall()


def test_a_log_with_the_same_columns_is_read_as_saved(store: Store, tmp_path: Path) -> None:
    """Day first, in India, and the path in a column that means nothing by its name."""
    store.save_correction(OURS)
    found = loaded(store, tmp_path / "a.csv", PARTNER)
    assert found == [
        (datetime(2026, 4, 3, 4, 30), "/a/{id}", "ann"),
        (datetime(2026, 4, 5, 4, 30), "/a/{id}", "bob"),
    ]


def test_a_correction_is_only_for_the_log_that_it_fits(store: Store, tmp_path: Path) -> None:
    """The zone it says is not that of the next log in the archive."""
    store.save_correction(OURS)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", PARTNER)
        archive.writestr("b.csv", "time,path,user\n2026-04-05 12:00:00,/b,cleo\n")
    corrected, other = store.preview(path, Terms(), name="a.zip")
    assert corrected.rows["occurred_at"].tolist()[0] == datetime(2026, 4, 3, 4, 30)
    assert other.rows["occurred_at"].tolist() == [datetime(2026, 4, 5, 12)]
    store.load(path, now=NOW)
    with store._database.snapshot() as cursor:
        found = cursor.execute("SELECT occurred_at FROM calls WHERE api = '/b'").fetchall()
    assert found == [(datetime(2026, 4, 5, 12),)]


def test_a_log_that_could_not_be_read_before_is_read_as_saved(store: Store, tmp_path: Path) -> None:
    """Columns without any meaning of their own are read once somebody has said what they are."""
    text = "x,y,z\n2026-04-03T10:00:00Z,/a,ann\n"
    with pytest.raises(CreditsError, match="no columns that make a call"):
        loaded(store, tmp_path / "a.csv", text)
    mapping = {"occurred_at": "x", "path": "y", "user": "z"}
    store.save_correction(Correction("Unnamed", ("x", "y", "z"), mapping, "UTC", None))
    assert loaded(store, tmp_path / "a.csv", text) == [(datetime(2026, 4, 3, 10), "/a", "ann")]


def test_what_a_person_says_now_goes_before_what_was_saved(store: Store, tmp_path: Path) -> None:
    """A mapping on the command line is not overruled."""
    store.save_correction(OURS)
    options = Options(mapping={"path": "what", "user": "who"}, day_first=False)
    found = loaded(store, tmp_path / "a.csv", PARTNER, Terms(options))
    assert found[0] == (datetime(2026, 3, 4, 10), "/a/{id}", "ann")


def test_a_correction_is_shown_in_the_preview_and_can_be_forgotten(
    store: Store, tmp_path: Path
) -> None:
    """The preview says by which name a log is read."""
    store.save_correction(OURS)
    path = tmp_path / "a.csv"
    path.write_text(PARTNER)
    (preview,) = store.preview(path, Terms(), name="a.csv")
    assert (preview.correction, preview.columns["path"]) == ("Partner export", "what")
    store.forget_correction("Partner export")
    assert store.corrections() == ()
    (preview,) = store.preview(path, Terms(), name="a.csv")
    assert preview.correction == ""
    assert preview.ambiguous_days


def test_a_preview_of_unknown_columns_names_them_for_choosing(store: Store, tmp_path: Path) -> None:
    """A log that says nothing by its names can still be mapped by hand."""
    path = tmp_path / "a.csv"
    path.write_text("x,y,z\n2026-04-03T10:00:00Z,/a,ann\n")
    (preview,) = store.preview(path, Terms(), name="a.csv")
    assert preview.problem
    assert list(preview.names) == ["x", "y", "z"]


@pytest.mark.parametrize("name", ["", "  "])
def test_a_correction_needs_a_name(store: Store, name: str) -> None:
    """Nothing is saved under no name."""
    with pytest.raises(CreditsError, match="needs a name"):
        store.save_correction(Correction(name, ("x",), {}, "UTC", None))


def test_rules_of_a_persons_own_fold_what_ours_do_not(store: Store, tmp_path: Path) -> None:
    """`/projects/apollo` and `/projects/gemini` are one API, and what was folded can be seen."""
    text = (
        "time,path\n2026-04-03T10:00:00Z,/projects/apollo/7\n2026-04-03T11:00:00Z,/projects/x/8\n"
    )
    terms = Terms(fold=("^/projects/[^/]+=>/projects/{project}",))
    found = loaded(store, tmp_path / "a.csv", text, terms)
    assert {api for _, api, _ in found} == {"/projects/{project}/{id}"}
    folded = store.folded(1)
    assert folded[["api", "paths"]].to_numpy().tolist() == [["/projects/{project}/{id}", 2]]


@pytest.mark.parametrize("rule", ["no arrow", "=>x", "(=>x", "(?=a)=>x"])
def test_a_rule_that_can_not_run_is_one_sentence(store: Store, tmp_path: Path, rule: str) -> None:
    """RE2 has no lookahead, and a rule needs both its sides."""
    with pytest.raises(CreditsError, match="folding rule"):
        loaded(store, tmp_path / "a.csv", "time,path\n2026-04-03,/a\n", Terms(fold=(rule,)))


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a page of pydantic."""
    monkeypatch.setenv("CREDITS_UPLOAD_LIMIT", "many")
    with pytest.raises(CreditsError, match="CREDITS_UPLOAD_LIMIT can't be used"):
        settings()


def test_a_preview_calls_an_api_what_it_will_be_called(store: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "time,method,url\n2026-04-03,GET,https://api.example.com:443/projects/ada/17?x=1\n"
    )
    terms = Terms(fold=("^/projects/[^/]+=>/projects/{project}",))
    (preview,) = store.preview(path, terms, name="a.csv")
    assert preview.rows["api"].tolist() == ["GET /projects/{project}/{id}"]
    store.load(path, terms, now=NOW)
    with store._database.snapshot() as cursor:
        assert cursor.execute("SELECT api FROM calls").fetchall() == [
            ("GET /projects/{project}/{id}",)
        ]
