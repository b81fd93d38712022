"""A long statement tells how far it has come, and stops when nobody waits for it any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import duckdb

from credits.store.database import Progress


def watched(
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    tell: Progress,
    shares: tuple[float, float],
    message: str,
    given: Mapping[str, Any] | None = None,
) -> None:
    """Run one long statement, telling how far it has come between two shares of the whole.

    What `tell` raises stops the statement; what the statement raises is raised here.
    """
    failed: list[BaseException] = []
    # Not `join`: a thread counts as ended when Ctrl-C interrupts whoever joins it.
    ended = threading.Event()

    def run() -> None:
        try:
            cursor.execute(sql, given)
        except BaseException as error:  # noqa: BLE001 - the waiting thread raises it
            failed.append(error)
        finally:
            ended.set()

    cursor.execute("SET enable_progress_bar = true")
    cursor.execute("SET enable_progress_bar_print = false")
    cursor.execute("SET progress_bar_time = 0")
    worker = threading.Thread(target=run, name="credits-statement")
    start, end = shares
    done = 0.0
    tell(start, message)
    worker.start()
    try:
        while not ended.wait(0.1):
            # It falls back where one part of a statement ends and the next begins.
            done = max(done, min(cursor.query_progress() / 100, 1.0))
            tell(start + (end - start) * done, message)
    finally:
        # Whoever listens may have had enough; then nobody waits for the statement any more.
        while not ended.is_set():
            cursor.interrupt()
            ended.wait(0.1)
    if failed:
        raise failed[0]


@contextmanager
def in_any_order(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows may be stored as they come: by all threads at once, where a join would leave it to one.

    Calls and roll-ups have no order. Duplicates have one, in which they come back: it is asked for
    in so many words, because a join keeps no order by itself.
    """
    cursor.execute("SET SESSION preserve_insertion_order = false")
    try:
        yield
    finally:
        # After a failure the transaction refuses everything; the cursor goes with it.
        with suppress(duckdb.Error):
            cursor.execute("SET SESSION preserve_insertion_order = true")
