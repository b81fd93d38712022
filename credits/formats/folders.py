"""Which files of a folder are to be loaded: logs, and not what this program itself keeps there."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from credits.formats.files import is_database


def named(path: str, database: Path) -> tuple[list[str], list[str]]:
    """The files that a path, a folder or a pattern names, in order, and what is passed over.

    A folder stands for the files below it that are not hidden. The database that is open is not
    worth a word; other databases are told, as sentences. A file named by itself is what is meant.
    """
    if Path(path).is_dir():
        found: Iterable[Path] = visible(Path(path))
    elif Path(path).exists() or not (names := glob.glob(path, recursive=True)):
        return [path], []
    else:
        found = map(Path, names)
    return sifted(sorted(found), database)


def visible(folder: Path) -> list[Path]:
    """The files below a folder; none that is hidden, or in a folder that is."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]


def sifted(paths: list[Path], database: Path) -> tuple[list[str], list[str]]:
    """Those that may be logs, and a sentence for each other but the open database's own files."""
    logs, passed = [], []
    for path in paths:
        if _belongs(path, database):
            continue
        owner = _database_of(path)
        if owner is None:
            logs.append(str(path))
        elif owner == path:
            passed.append(f"{path} is a database (a backup, perhaps), not a log.")
        else:
            passed.append(f"{path} belongs to the database {owner.name}, not a log.")
    return logs, passed


def _belongs(path: Path, database: Path) -> bool:
    """Whether a file is that of the open database, by whatever name, or DuckDB's beside it.

    It must not even be opened: who closes it loses DuckDB's lock on it.
    """
    real = path.resolve()
    return any(
        each.resolve() == database.resolve()
        or (each.exists() and database.exists() and each.samefile(database))
        for each in (real, *_owners(path), *_owners(real))
    )


def _database_of(path: Path) -> Path | None:
    """The database that a file is, or that DuckDB keeps it for; None for what may be a log."""
    return next((each for each in (path, *_owners(path)) if is_database(each)), None)


def _owners(path: Path) -> list[Path]:
    """Databases for which DuckDB may keep a file, by its name: `x.wal`, or one within `x.tmp`."""
    found = []
    before, wal, _ = path.name.rpartition(".wal")
    if wal and before:
        found.append(path.with_name(before))
    if path.name.startswith("duckdb_temp_") and path.parent.suffix == ".tmp":
        found.append(path.parent.with_suffix(""))
    return found
