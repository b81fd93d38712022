"""The database file: opened once in a process, read in snapshots, changed by one at a time.

DuckDB lets one process hold a file and one thread use a connection, so whoever reads or writes gets
a cursor of its own. Every change advances the data version, by which pages key what they cache.

The file may be lost, or replaced by a backup, while it is open, and DuckDB gives a database up
where it can't finish a change. Each is noticed before anything is asked or changed, and the file
opened anew once it can be.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast

import duckdb

from credits import CreditsError
from credits.formats.base import literal
from credits.formats.files import is_no_room
from credits.store import holding, private, schema, upgrades
from credits.store.asking import Asking
from credits.store.commits import Commits
from credits.store.explaining import explained, given_up, no_room, why_not_opened

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done, in words."""

_PATIENCE = 500
"""How often to look, every 20 ms, whether all that was asked of a file that is gone has ended."""
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
        self, path: Path, *, memory_limit: str = "1200MB", reads: Sequence[Path] = ()
    ) -> None:
        self.path = path
        self._folder = _temporary()
        self._private = self._folder.path
        self._spill: private.Folder | None = None
        self._reads = [each.resolve() for each in reads if _is_text(each.resolve())]
        self.version = 0
        """The data version, as of the last change that is committed."""
        # DuckDB keeps what is not in the file yet beside the name that it is given: one name.
        self._file = path.resolve()
        self._memory_limit = memory_limit
        self._writing = threading.Lock()
        self._commits = Commits()
        self._opening = threading.RLock()
        self._in_use: set[duckdb.DuckDBPyConnection] = set()
        self._usable = self._replaced = False
        self._is: holding.Identity | None = None
        self._open()

    def _open(self) -> None:
        """Take hold of the file."""
        if self._file.parent.is_dir():
            with holding.changing(self._file):
                self._take_hold()
        else:
            self._take_hold()

    def _take_hold(self) -> None:
        self._connection = _connect(self.path, self._file, self._memory_limit)
        try:
            # It is left to `close`, which does it while nobody copies the file.
            self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
            self._spill_beside()
            self._lock()
            self._prepare()
        except (CreditsError, duckdb.Error) as error:
            self._connection.close()
            self._let_go_of_spill()
            if isinstance(error, duckdb.Error):
                raise CreditsError(why_not_opened(self.path, str(error))) from error
            raise
        self._is = holding.identity(self._file)
        self._usable = True

    def _spill_beside(self) -> None:
        """What doesn't fit into memory goes into a folder that is removed if the process is killed.

        It also shows that a program of ours has the file open: see `private.is_open`.
        """
        private.sweep(self._file.parent)
        # On a full disk DuckDB's own folder has to do.
        with suppress(OSError):
            self._spill = private.beside(self._file, "open")
            self._connection.execute(f"SET temp_directory = {literal(str(self._spill.path))}")

    def _let_go_of_spill(self) -> None:
        if self._spill is not None:
            self._spill.remove()
        self._spill = None

    def ready(self) -> None:
        """See that the file is the one that is open, and open it anew where it has to be.

        Raises CreditsError where it is gone, or can't be opened. A database that has taken the
        place of another has a data version that no page has seen.
        """
        if self._usable and holding.identity(self._file) == self._is:
            return
        with self._opening:
            # Not in the middle of a swap: the file is away for a moment then.
            with holding.changing(self._file):
                now = holding.identity(self._file)
            if now is None and self._is is not None:
                raise CreditsError(
                    f"{self.path} was moved or deleted while it was open: put it back, or stop the"
                    " program and start it again with an empty database."
                )
            if self._usable and now == self._is:
                return
            self._replaced |= now != self._is
            seen = self.version
            self._let_go()
            self._open()
            if self._replaced:
                self._outnumber(seen)
                self._replaced = False

    def _let_go(self) -> None:
        """End everything that is being asked: as long as one cursor lives, so does the old file."""
        self._usable = False
        for _ in range(_PATIENCE):
            if not self._in_use:
                break
            for cursor in tuple(self._in_use):
                with suppress(duckdb.Error):
                    cursor.interrupt()
            time.sleep(0.02)
        else:
            raise CreditsError(f"{self.path} is still being read as it was: try again in a moment.")
        self._connection.close()
        self._let_go_of_spill()

    def _outnumber(self, seen: int) -> None:
        """Advance the data version beyond those that were seen."""
        version = max(seen, self.version) + 1
        cursor = self.cursor()
        with holding.changing(self._file), _transaction(cursor):
            cursor.execute("UPDATE meta SET value = ? WHERE key = 'version'", [str(version)])
        cursor.close()
        self.version = version

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

    def refuse(self, path: Path) -> None:
        """Raises CreditsError for the database's own file: who closes it loses DuckDB's lock."""
        if (found := holding.identity(path)) and found == holding.identity(self.path):
            raise CreditsError(f"{path} is the database itself: name a log.")

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
        while known.get("schema") in upgrades.UPGRADES:
            with _transaction(cursor):
                cursor.execute(upgrades.UPGRADES[known["schema"]])
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
    def using(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of the file as it stands; closed at the end, and what fails is explained."""
        try:
            with self._opening:
                self.ready()
                cursor = self.cursor()
                self._in_use.add(cursor)
            try:
                with _interruptible():
                    yield cursor
            finally:
                _roll_back(cursor)
                cursor.close()
                self._in_use.discard(cursor)
        except (duckdb.Error, CreditsError) as error:
            if given_up(error) or given_up(error.__cause__):
                self._usable = False
            if isinstance(error, duckdb.Error):
                raise explained(error) from error
            raise
        except OSError as error:
            if is_no_room(error):
                raise no_room() from error
            raise

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees one state of the data, whatever is loaded meanwhile.

        It can only be asked; see `asking.Asking`, which is the part of a cursor that it has.
        """
        with self.using() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            # So that a question is one function, whoever asks it: a load or a page.
            yield cast(duckdb.DuckDBPyConnection, Asking(cursor, self._commits))

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that only one thread has at a time. It changes things inside `change`."""
        with self._writing, self.using() as cursor:
            yield cursor

    @contextmanager
    def change(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A transaction that advances the data version: all of it happens, or nothing."""
        with self.keep(cursor):
            yield
            cursor.execute(
                "UPDATE meta SET value = (value::BIGINT + 1)::VARCHAR WHERE key = 'version'"
            )
        # Nobody else changes this file, and only one thread at a time is here.
        self.version += 1

    @contextmanager
    def keep(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A transaction that leaves the data version: for what no cached answer depends on."""
        with holding.changing(self._file), _transaction(cursor, self._commits):
            self._must_be_there()
            yield
            self._must_be_there()

    def _must_be_there(self) -> None:
        """What went into a file that nobody finds any more would be lost."""
        if holding.identity(self._file) != self._is:
            raise CreditsError(
                f"{self.path} was moved, deleted or replaced meanwhile, so nothing was changed: see"
                " that it is in its place, and try again."
            )

    def close(self) -> None:
        """Let go of the file, with everything in it that stood beside it."""
        with self._opening, holding.changing(self._file):
            # On a full disk it stays beside the file, and is not lost; and what lies where the
            # file was is no longer this program's to touch.
            if self._usable and holding.identity(self._file) == self._is:
                with suppress(duckdb.Error):
                    self._connection.execute("CHECKPOINT")
            self._connection.close()
        self._let_go_of_spill()
        self._folder.remove()


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
def _transaction(
    cursor: duckdb.DuckDBPyConnection, commits: Commits | None = None
) -> Iterator[None]:
    """A transaction; `commits`: those that whoever asks meanwhile has to know of."""
    cursor.execute("BEGIN TRANSACTION")
    try:
        yield
        with commits.making() if commits else nullcontext():
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


def _temporary() -> private.Folder:
    try:
        return private.temporary()
    except OSError as error:
        if is_no_room(error):
            raise no_room() from error
        raise CreditsError(
            "There is no folder for temporary files that can be written to: set TMPDIR to one, and"
            " start the program again."
        ) from error


def _is_text(path: Path) -> bool:
    """Whether a path can be told to DuckDB: a name on disk may be no Unicode."""
    return str(path).encode("utf-8", "replace").decode() == str(path)


def _connect(path: Path, file: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """The database; `path` is what it was called."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        config = {**_CONFIG, "memory_limit": memory_limit}
        return duckdb.connect(str(file), config=config)
    except OSError as error:
        raise CreditsError(
            f"The folder {path.parent} can't be written to: choose another database with"
            " --database or CREDITS_DATABASE."
        ) from error
    except duckdb.Error as error:
        raise CreditsError(why_not_opened(path, str(error))) from error
