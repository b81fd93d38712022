"""Whoever asks in the middle of a commit is answered as of the moment that they look at."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from credits.store.commits import Commits
from credits.store.database import Database
from credits.store.watching import in_any_order

ROWS = 140_000
"""More than a row group, which is what all threads write at once."""
SECONDS = 8.0


def test_no_question_sees_rows_that_are_only_being_committed(tmp_path: Path):
    """DuckDB by itself shows some, in about one of a hundred and fifty of these moments."""
    database = Database(tmp_path / "x.duckdb")
    with database.writer() as cursor, database.change(cursor):
        cursor.execute("CREATE TABLE much (number BIGINT, text VARCHAR)")
        cursor.execute("CREATE TABLE told (number BIGINT)")
    until = time.monotonic() + SECONDS
    seen: list[set[int]] = []

    def read() -> None:
        while time.monotonic() < until:
            with database.snapshot() as cursor:
                asked = ("coalesce(sum(number), 0)::BIGINT FROM told", "count(text) FROM much")
                answers = set()
                for _ in range(4):
                    for question in asked:
                        ((answer,),) = cursor.execute(f"SELECT {question}").fetchall()
                        answers.add(answer)
                    time.sleep(0.02)
                seen.append(answers)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    made = 0
    while time.monotonic() < until:
        made += 1
        with database.writer() as cursor, database.change(cursor):
            if made % 12 == 0:
                cursor.execute("DELETE FROM much")
                cursor.execute("DELETE FROM told")
            with in_any_order(cursor):
                cursor.execute(
                    f"INSERT INTO much SELECT range, md5(range::VARCHAR) FROM range({ROWS})"
                )
            cursor.execute(f"INSERT INTO told VALUES ({ROWS})")
    for reader in readers:
        reader.join()
    database.close()
    assert seen
    assert [answers for answers in seen if len(answers) > 1] == []


def test_a_question_that_a_commit_falls_into_is_asked_again():
    commits, asked = Commits(), []

    def ask() -> str:
        asked.append("asked")
        if len(asked) == 1:
            with commits.making():
                asked.append("committed")
        return f"answer {len(asked)}"

    assert commits.undisturbed(ask) == "answer 3"
    assert commits.undisturbed(lambda: "alone") == "alone"


def test_commits_wait_for_a_question_that_they_have_disturbed_often():
    commits, order, threads = Commits(), [], []

    def commit() -> None:
        with commits.making():
            order.append("committed")

    def ask() -> None:
        threads.append(threading.Thread(target=commit))
        threads[-1].start()
        threads[-1].join(0.2)
        order.append("asked")

    commits.undisturbed(ask)
    for thread in threads:
        thread.join()
    assert order == ["committed", "asked", "committed", "asked", "asked", "committed"]


def test_a_question_waits_until_a_commit_has_ended():
    commits, order = Commits(), []
    with commits.making():
        asking = threading.Thread(target=commits.undisturbed, args=[lambda: order.append("asked")])
        asking.start()
        asking.join(0.1)
        order.append("committed")
    asking.join()
    assert order == ["committed", "asked"]
