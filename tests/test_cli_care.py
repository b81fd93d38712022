"""`python -m credits backup`, `restore` and `check`, as they are typed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from credits import cli
from credits.store import Store

LOG = "time,user,api,status\n2026-01-05T10:00:00Z,ada,getRecords,200\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(LOG)
    with Store(tmp_path / "x.duckdb") as store:
        store.load(tmp_path / "a.csv", now=datetime(2026, 11, 22), name="a.csv")
    return tmp_path / "x.duckdb"


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        command = ["credits", *map(str, arguments), "--database", str(path)]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


def test_a_backup_is_written_checked_restored_and_told(run, path: Path):
    copy = path.with_name("copy.duckdb")
    assert run("backup", copy) == (0, f"{copy}: 1 load, 1 call, 1 credit\n", "")
    code, out, _ = run("backup", copy, "--json")
    held = {"database": str(path), "loads": 1, "calls": 1, "credits": 1}
    assert code == 0
    assert json.loads(out) == {"written": str(copy), "bytes": copy.stat().st_size, **held}
    code, out, _ = run("restore", copy, "--json")
    kept = f"{path}.before"
    assert json.loads(out) == {"restored": str(copy), "kept": kept, **held}
    code, out, _ = run("restore", copy)
    assert out.splitlines()[1] == f"What was there before is kept as {kept}"
    assert Path(kept).exists()
    path.unlink()
    Path(kept).unlink()
    assert run("restore", copy)[1].count("\n") == 1, "there was nothing to keep"


def test_a_check_says_that_all_is_well_or_what_is_not_and_exits_with_1(run, path: Path):
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert "every row and every sum is as it should be" in out
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE loads SET skipped = 1, calls = 2")
    code, out, err = run("check")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"credits: {path} is not as it should be: Load 1 (a.csv): the number of")
    assert "And 1 more (all of them with --json)." in err
    code, out, err = run("check", "--json")
    assert (code, err.count("\n")) == (1, 1)
    found = json.loads(out)
    assert (found["sound"], len(found["problems"])) == (False, 2)


def test_what_is_no_database_is_bad_input_and_a_missing_file_bad_usage(run, path: Path):
    other = path.with_name("other")
    other.write_text("no database")
    for file in (path.with_name("nowhere"), other):
        code, out, err = run("restore", file)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert str(file) in err
    code, out, err = run("backup")
    assert (code, out, err.count("\n")) == (2, "", 1)
