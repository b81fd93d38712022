"""Files that were dropped on the page, on disk from their arrival until they are loaded."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from credits.formats import folders
from credits.settings import settings
from credits.store import private


@dataclass(frozen=True)
class Dropped:
    """A file that waits to be loaded."""

    name: str
    path: Path
    size: int


@st.cache_resource(scope="session", on_release=lambda folder: folder.remove())
def _folder() -> private.Folder:
    """A folder of this session's, which goes with it."""
    return private.temporary("upload-")


def dropped(files: list[Any]) -> tuple[list[Dropped], list[str]]:
    """The files on disk, and a sentence for each that is too large to be taken in this way."""
    most = settings().upload_limit << 20
    found, refused = [], []
    for file in files:
        if file.size > most:
            refused.append(
                f"{file.name} has {file.size >> 20:,} MB, more than the {most >> 20:,} MB that a"
                f" browser may hand over: put it into {settings().inbox} on the machine that runs"
                " the dashboard and choose it below, or load it with `python -m credits load`."
            )
            continue
        # The id comes from the browser, or from whoever says to be one: no part of a path.
        path = _folder().path / hashlib.sha256(file.file_id.encode()).hexdigest()
        if not path.exists() or path.stat().st_size != file.size:
            file.seek(0)
            with path.open("wb") as out:
                shutil.copyfileobj(file, out)
        found.append(Dropped(file.name, path, file.size))
    return found, refused


def from_inbox() -> list[Dropped]:
    """Files chosen from the inbox folder of this machine; they never pass through a browser."""
    inbox = settings().inbox
    logs, _ = folders.sifted(folders.visible(inbox), settings().database)
    files = {str(Path(log).relative_to(inbox)): Path(log) for log in logs}
    if not files:
        st.caption(f"Files too large for a browser can be put into `{inbox}` and chosen here.")
        return []
    chosen = st.multiselect(
        f"Files in {inbox} on this machine",
        list(files),
        key=f"inbox_{st.session_state.get('drop_round', 0)}",
        placeholder="Choose files to load without uploading them",
    )
    return [Dropped(str(files[name]), files[name], files[name].stat().st_size) for name in chosen]


def forget() -> None:
    """Remove what waits, and empty the field that files are dropped on."""
    for path in _folder().path.iterdir():
        path.unlink(missing_ok=True)
    st.session_state["drop_round"] = st.session_state.get("drop_round", 0) + 1
