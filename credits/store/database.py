"""The database file: opened once in a process, read in snapshots, changed by one at a time.

DuckDB lets one process hold a file and one thread use a connection, so whoever reads or writes gets
a cursor of its own. Every change advances the data version, by which pages key what they cache.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import duckdb

from credits import CreditsError
from credits.formats.base import literal
from credits.store import schema
from credits.store.asking import Asking

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done, in words."""

_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    # A name that is no table is a mistake, and not some variable of whoever calls.
    "python_enable_replacements": False,
}

# What loading sets for its own cursor. None of it opens anything; everything else stays as it is.
_SET_BY_LOADS = (
    "TimeZone",
    "enable_progress_bar",
    "enable_progress_bar_print",
    "progress_bar_time",
    "preserve_insertion_order",
)


class Database:
    """One DuckDB file. Raises CreditsError, in one sentence, where it can't be opened.

    DuckDB reads no other file than those in a private folder, where a load puts what it reads and
    from which it goes with the load, and what is named in `reads`: files, or folders with all that
    is in them. It installs no extension, reaches no network, and its settings are locked.
    """

    def __init__(
        self, path: Path, *, memory_limit: str = "2GB", reads: Sequence[Path] = ()
    ) -> None:
        self.path = path
        self._private = Path(tempfile.mkdtemp(prefix="credits-")).resolve()
        weakref.finalize(self, shutil.rmtree, self._private, ignore_errors=True)
        self._reads = [each.resolve() for each in reads if _is_text(each.resolve())]
        self.version = 0
        """The data version, as of the last change that is committed."""
        self._writing = threading.Lock()
        self._connection = _connect(path, memory_limit)
        try:
            self._lock()
            self._prepare()
        except (CreditsError, duckdb.Error) as error:
            self._connection.close()
            if isinstance(error, duckdb.Error):
                raise CreditsError(_why_not(path, str(error))) from error
            raise

    def _lock(self) -> None:
        """Shut DuckDB in. Nothing opens it again as long as the process has this file open."""
        folders = [self._private, *(each for each in self._reads if not each.is_file())]
        files = [each for each in self._reads if each.is_file()]
        for setting, values in (
            ("allowed_directories", map(str, folders)),
            ("allowed_paths", map(str, files)),
            ("allowed_configs", _SET_BY_LOADS),
        ):
            listed = ", ".join(literal(value) for value in values)
            self._connection.execute(f"SET {setting} = [{listed}]")
        # The database itself, its log and its folder for what doesn't fit into memory stay open.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def reaches(self, path: Path) -> bool:
        """Whether DuckDB may read a file where it lies."""
        real = path.resolve()
        return any(real.is_relative_to(allowed) for allowed in (self._private, *self._reads))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what one load reads and writes; it goes with the load."""
        with tempfile.TemporaryDirectory(dir=self._private) as folder:
            yield Path(folder)

    def _prepare(self) -> None:
        cursor = self.cursor()
        tables = {row[0] for row in cursor.execute("SHOW TABLES").fetchall()}
        if not tables:
            with _transaction(cursor):
                cursor.execute(schema.TABLES)
                cursor.execute("INSERT INTO meta VALUES ('hash', hash('row')::VARCHAR)")
            return
        known = {}
        if "meta" in tables:
            known = dict(cursor.execute("SELECT key, value FROM meta").fetchall())
        while known.get("schema") in schema.UPGRADES:
            with _transaction(cursor):
                cursor.execute(schema.UPGRADES[known["schema"]])
                known["schema"] = str(int(known["schema"]) + 1)
                cursor.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [known["schema"]])
        hashed = cursor.execute("SELECT hash('row')::VARCHAR").fetchall()[0][0]
        if known.get("schema") != str(schema.VERSION) or known.get("hash") != hashed:
            raise CreditsError(
                f"{self.path} was made by another version of this program: move it away and load"
                " the logs again."
            )
        self.version = int(known["version"])

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of the caller's own; times are UTC on it."""
        cursor = self._connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees one state of the data, whatever is loaded meanwhile.

        It can only be asked; see `asking.Asking`, which is the part of a cursor that it has.
        """
        cursor = self.cursor()
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        try:
            with _interruptible():
                # So that a question is one function, whoever asks it: a load or a page.
                yield cast(duckdb.DuckDBPyConnection, Asking(cursor))
        except duckdb.Error as error:
            raise explained(error) from error
        finally:
            _roll_back(cursor)
            cursor.close()

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that only one thread has at a time. It commits with `commit`."""
        with self._writing:
            cursor = self.cursor()
            try:
                with _interruptible():
                    yield cursor
            finally:
                cursor.close()

    @contextmanager
    def change(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A transaction that advances the data version: all of it happens, or nothing."""
        with _transaction(cursor):
            yield
            cursor.execute(
                "UPDATE meta SET value = (value::BIGINT + 1)::VARCHAR WHERE key = 'version'"
            )
        # Nobody else changes this file, and only one thread at a time is here.
        self.version += 1

    @contextmanager
    def keep(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A transaction that leaves the data version: for what no cached answer depends on."""
        with _transaction(cursor):
            yield

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        shutil.rmtree(self._private, ignore_errors=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C in the middle of a statement is Ctrl-C, and not a fault of the program."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


@contextmanager
def _transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    cursor.execute("BEGIN TRANSACTION")
    try:
        yield
        cursor.execute("COMMIT")
    except BaseException as error:
        _roll_back(cursor)
        if isinstance(error, duckdb.Error):
            raise explained(error) from error
        raise


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # DuckDB has already rolled back what failed to commit.
        return


def explained(error: duckdb.Error) -> CreditsError:
    """What DuckDB says, as a sentence with something to do."""
    text = str(error)
    if "No space left" in text or "Could not write" in text or "max_temp_directory_size" in text:
        return CreditsError("There is no room left on the disk: free some space and try again.")
    if "Out of Memory" in text:
        return CreditsError(
            "There is not enough memory for this: set CREDITS_MEMORY_LIMIT higher and try again."
        )
    if "Could not read enough bytes" in text or "Corrupt" in text or "checksum" in text.lower():
        return CreditsError(
            "The database is damaged: move it away, and load the logs again into a new one."
        )
    return CreditsError(f"The database could not do this ({text.splitlines()[0]}).")


def _is_text(path: Path) -> bool:
    """Whether a path can be told to DuckDB: a name on disk may be no Unicode."""
    return str(path).encode("utf-8", "replace").decode() == str(path)


def _connect(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        config = {**_CONFIG, "memory_limit": memory_limit}
        return duckdb.connect(str(path), config=config)
    except OSError as error:
        raise CreditsError(
            f"The folder {path.parent} can't be written to: choose another database with"
            " --database or CREDITS_DATABASE."
        ) from error
    except duckdb.Error as error:
        raise CreditsError(_why_not(path, str(error))) from error


def _why_not(path: Path, text: str) -> str:
    if "lock" in text.lower() and "conflict" in text.lower():
        return (
            f"{path} is in use by another program (another dashboard, perhaps): stop that one, or"
            " choose another database with --database or CREDITS_DATABASE."
        )
    if "read-only" in text.lower() or "permission" in text.lower() or "Cannot open file" in text:
        return (
            f"{path} can't be opened for writing: make the folder writable, or choose another"
            " database with --database or CREDITS_DATABASE."
        )
    if "memory_limit" in text or "Memory must have" in text:
        return "CREDITS_MEMORY_LIMIT is not a size: write it as 2GB or 800MB."
    return (
        f"{path} is not a database of this program, or it is damaged: move it away, or choose"
        " another with --database or CREDITS_DATABASE."
    )
