"""What a person may set about the whole app: variables `CREDITS_…`, or a `.env` file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from credits import CreditsError


class Settings(BaseSettings):
    """What is set, or the defaults; ask `settings` for them."""

    model_config = SettingsConfigDict(env_prefix="CREDITS_", env_file=".env", extra="ignore")

    database: Path = Path("data/credits.duckdb")
    """The file that holds everything loaded."""
    sample: bool = True
    """Whether a new database starts with the sample log."""
    memory_limit: str = "1200MB"
    """What DuckDB may hold in memory before it spills to disk."""
    inbox: Path = Path("data/inbox")
    """A folder whose files can be loaded from the page without passing through the browser."""
    fold: tuple[str, ...] = ()
    """More rules for folding paths: `^/projects/[^/]+=>/projects/{project}`, in JSON, in order."""
    upload_limit: int = Field(default=1024, gt=0)
    """Megabytes that one upload may have."""


def settings() -> Settings:
    """What is set now. Raises CreditsError, in one sentence, for a value that is none."""
    own = {name: value for name, value in os.environ.items() if name.upper().startswith("CREDITS_")}
    file = Path(".env")
    return _read(tuple(own.items()), Path.cwd(), file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=8)
def _read(_own: tuple[tuple[str, str], ...], _folder: Path, _changed: int) -> Settings:
    """Every page asks at every move of a slider: read again only when something was set anew."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise CreditsError(f"CREDITS_{name} can't be used: {first['msg']}.") from None
    except SettingsError as error:
        raise CreditsError(f"A setting can't be used ({error}): write lists as JSON.") from None
