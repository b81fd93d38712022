"""What DuckDB and the system say when something fails, as a sentence with something to do."""

from __future__ import annotations

from pathlib import Path

import duckdb

from credits import CreditsError

IN_USE = "is in use by another program"


def no_room() -> CreditsError:
    """The disk is full."""
    return CreditsError("There is no room left on the disk: free some space and try again.")


def _says_no_room(text: str) -> bool:
    signs = ("No space left", "Could not write", "max_temp_directory_size", "File too large")
    return any(sign in text for sign in signs)


def given_up(error: BaseException | None) -> bool:
    """Whether DuckDB refuses everything from then on, until the file is opened anew."""
    return isinstance(error, duckdb.FatalException) or "has been invalidated" in str(error)


def explained(error: duckdb.Error) -> CreditsError:
    """What DuckDB says, as a sentence with something to do."""
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return CreditsError("The database was opened anew meanwhile: try again.")
    if _says_no_room(text):
        return no_room()
    if "Permission denied" in text or "Read-only file system" in text:
        return CreditsError(
            "The database can't be written to: make its folder writable, or choose another database"
            " with --database or CREDITS_DATABASE."
        )
    if "Out of Memory" in text:
        return CreditsError(
            "There is not enough memory for this: set CREDITS_MEMORY_LIMIT higher and try again."
        )
    if "Could not read enough bytes" in text or "Corrupt" in text or "checksum" in text.lower():
        return CreditsError(
            "The database is damaged: move it away, and load the logs again into a new one."
        )
    return CreditsError(f"The database could not do this ({text.splitlines()[0]}).")


def why_not_opened(path: Path, text: str) -> str:
    """Why a database can't be opened; `text`: what DuckDB says."""
    if "lock" in text.lower() and "conflict" in text.lower():
        return (
            f"{path} {IN_USE} (another dashboard, perhaps): stop that one, or"
            " choose another database with --database or CREDITS_DATABASE."
        )
    if "read-only" in text.lower() or "permission" in text.lower() or "Cannot open file" in text:
        return (
            f"{path} can't be opened for writing: make the folder writable, or choose another"
            " database with --database or CREDITS_DATABASE."
        )
    if _says_no_room(text):
        return str(no_room())
    if "memory_limit" in text or "Memory must have" in text:
        return "CREDITS_MEMORY_LIMIT is not a size: write it as 2GB or 800MB."
    return (
        f"{path} is not a database of this program, or it is damaged: move it away, or choose"
        " another with --database or CREDITS_DATABASE."
    )
