"""`python -m credits backup`, `restore` and `check`: that nothing gets lost, from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from credits import CreditsError, terminal
from credits.options import Database, Json
from credits.phrases import counted


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The copy; replaced if it is there.")
    ],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write a checked copy of the database, while the app is running too."""
    from credits.store import copying

    path, memory_limit = _chosen(database)
    found = copying.backup(path, file, memory_limit=memory_limit)
    if as_json:
        size = file.stat().st_size
        print(terminal.dumps({"written": str(file), "bytes": size, **_document(path, found)}))
    else:
        print(terminal.safe(f"{file}: {_held(found)}"))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Check a backup and put it in the database's place, while the app is running too."""
    from credits.store import copying, holding

    path, memory_limit = _chosen(database)
    found = copying.restore(file, path, memory_limit=memory_limit)
    kept = holding.kept(path.resolve())
    before = str(kept) if kept.exists() else None
    if as_json:
        restored = {"restored": str(file), "kept": before, **_document(path, found)}
        print(terminal.dumps(restored))
    else:
        print(terminal.safe(f"{path}: {_held(found)}; restored from {file}"))
        if before:
            print(terminal.safe(f"What was there before is kept as {before}"))


def check(database: Database = None, as_json: Json = False) -> int:
    """Verify the database: every row in its place, every sum what its calls add up to."""
    from credits.store import copying

    path, memory_limit = _chosen(database)
    found = copying.checked(path, memory_limit=memory_limit)
    if as_json:
        sound = {"sound": not found.problems, **_document(path, found)}
        print(terminal.dumps(sound | {"problems": list(found.problems)}))
    elif not found.problems:
        print(terminal.safe(f"{path}: {_held(found)}; every row and every sum is as it should be"))
    if found.problems:
        others = len(found.problems) - 1
        more = f" And {others:,} more (all of them with --json)." if others else ""
        raise CreditsError(f"{path} is not as it should be: {found.problems[0]}{more}")
    return 0


def _chosen(database: Path | None) -> tuple[Path, str]:
    """The database, of the settings unless one is named, and what may be held in memory."""
    from credits.settings import settings

    chosen = settings()
    return database or chosen.database, chosen.memory_limit


def _document(path: Path, found: Any) -> dict[str, Any]:
    return {
        "database": str(path),
        "loads": found.loads,
        "calls": found.calls,
        "credits": found.credits,
    }


def _held(found: Any) -> str:
    total = found.credits.normalize()
    held = f"{counted(found.loads, 'load')}, {counted(found.calls, 'call')}"
    return f"{held}, {total:,f} credit{'s' * (total != 1)}"
