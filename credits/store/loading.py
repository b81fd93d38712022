"""Files are taken in: what is packed is unpacked, and the logs that come out of it are stored.

Small logs wait until there are some that are alike, and are stored together: a folder may hold
thousands of them, and what each costs by itself is then paid once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from credits import CreditsError
from credits.formats import NotALog, Plain, logs, recognise
from credits.formats.files import is_no_room
from credits.formats.together import Log, likeness
from credits.store import cards
from credits.store.corrections import saved
from credits.store.database import Database, Progress
from credits.store.explaining import no_room
from credits.store.loads import Load, Terms
from credits.store.staged import set_time_zone
from credits.store.storing import Storing

_SMALL = 1 << 20
"""Bytes of a log that waits for others; reading a larger one takes longer than to plan that."""
_TOGETHER = 200
"""Logs that are stored together at most."""
_BYTES = 16 << 20
"""What they may have altogether."""


@dataclass
class Taken:
    """What became of one file: a log, or an archive of logs."""

    name: str
    loads: list[Load] = field(default_factory=list)
    passed: list[NotALog] = field(default_factory=list)
    """What else was in it."""
    problem: CreditsError | None = None
    """Why it was not loaded, or not to its end."""

    @property
    def notes(self) -> list[str]:
        """What else a person should know of it, as sentences."""
        passed = [] if self.problem else [f"Passed over: {other.reason}" for other in self.passed]
        return [note for load in self.loads for note in load.notes] + passed

    def add(self, name: str, found: Load | CreditsError) -> None:
        """Note what became of a log in the file, or of the file itself, by its name."""
        if isinstance(found, Load):
            self.loads.append(found)
        elif name == self.name:
            self.problem = found
        else:
            self.passed.append(NotALog(name, str(found)))

    def conclude(self) -> None:
        """When there is no more in it: that nothing was loaded is a problem."""
        if self.loads or self.problem:
            return
        if self.passed:
            reason = self.passed[0].reason
            self.problem = CreditsError(f"{self.name} holds no log that can be read: {reason}")
        else:
            self.problem = CreditsError(f"{self.name} is empty: there is nothing in it to load.")


def load(
    database: Database,
    files: Sequence[tuple[Path, str]],
    terms: Terms,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> list[Taken]:
    """Take in files, each with the name that people know it by: logs, and archives of logs.

    A log is loaded whole or not at all. Raises CreditsError for terms by which nothing can be.
    """
    # A name on disk may be no Unicode, but whoever reads it here expects some.
    taken = [Taken(name.encode("utf-8", "replace").decode()) for _, name in files]
    with ExitStack() as folders:
        tell = progress or (lambda share, message: None)
        loading = _Loading(database, terms, now, tell, _Bundle(folders))
        for place, ((path, _), one) in enumerate(zip(files, taken, strict=True)):
            loading.at(place, len(files))
            loading.take(path, one)
        loading.store()
    for one in taken:
        one.conclude()
    return taken


@dataclass(frozen=True)
class _Small:
    """A small log, which may wait for others."""

    taken: Taken
    log: Log
    size: int
    """Bytes."""
    alike: str | None
    """What it has in common with others; None where it is like no other."""


class _Bundle:
    """Small logs that are alike and wait to be stored together, each in a folder of its own.

    `folders` is closed by whoever gives it, too: nothing stays if a load is broken off.
    """

    def __init__(self, folders: ExitStack) -> None:
        self._folders = folders
        self._waiting: list[_Small] = []

    def fits(self, one: _Small) -> bool:
        """Whether a log may be stored with those that wait."""
        if not self._waiting or one.alike is None or one.alike != self._waiting[-1].alike:
            return False
        full = len(self._waiting) >= _TOGETHER
        large = one.size + sum(other.size for other in self._waiting) > _BYTES
        # A file that is named twice is read twice.
        again = any(one.log.plain.path == other.log.plain.path for other in self._waiting)
        return not (full or large or again)

    def add(self, one: _Small, folder: ExitStack) -> None:
        """Let a log wait; `folder`: what removes its folder."""
        self._waiting.append(one)
        self._folders.enter_context(folder)

    @contextmanager
    def emptied(self) -> Iterator[list[_Small]]:
        """The logs that waited; their folders go afterwards."""
        waited, self._waiting = self._waiting, []
        try:
            yield waited
        finally:
            self._folders.close()


class _Loading:
    """Files on their way into the database, one after another."""

    def __init__(
        self, database: Database, terms: Terms, now: datetime, tell: Progress, bundle: _Bundle
    ) -> None:
        self.database, self.now, self._tell, self.bundle = database, now, tell, bundle
        with database.using() as cursor:
            cards.card(cursor, terms.rate_card)
            set_time_zone(cursor, terms.options.time_zone)
            options = replace(terms.options, saved=saved(cursor))
        self.terms = replace(terms, options=options)
        self.place, self.files, self.far = 0, 1, 0.0

    def at(self, place: int, files: int) -> None:
        """Which of the files comes now."""
        self.place, self.files = place, files

    def tell(self, share: float, message: str) -> None:
        """How far it is: a share of the file that is being read, or of the logs that waited."""
        if self.files > 1:
            message = f"{message} ({self.place + 1:,} of {self.files:,})"
            share = self.far = max(self.far, min((self.place + share) / self.files, 1.0))
        self._tell(share, message)

    def take(self, path: Path, taken: Taken) -> None:
        """Take in one file; some of its logs may wait for others."""
        database = self.database
        try:
            database.refuse(path)
            with database.scratch() as scratch:
                for plain in logs(
                    path, taken.name, scratch,
                    tick=lambda message: self.tell(0.0, message), reaches=database.reaches,
                ):  # fmt: skip
                    if isinstance(plain, NotALog):
                        taken.passed.append(plain)
                    else:
                        self._log(plain, taken, scratch)
        except CreditsError as error:
            taken.problem = error
        except OSError as error:
            if not is_no_room(error):
                raise
            taken.problem = no_room()

    def _log(self, plain: Plain, taken: Taken, scratch: Path) -> None:
        self.tell(0.02, f"Looking at {plain.name}")
        size = plain.path.stat().st_size
        if plain.kind != "text" or size > _SMALL:
            self.store()
            self._alone(plain, taken)
            return
        with ExitStack() as kept:
            folder = kept.enter_context(self.database.scratch())
            plain = _out_of(scratch, plain, folder)
            try:
                with self.database.using() as cursor:
                    log = Log(plain, recognise(plain, self.terms.options, folder, cursor))
            except CreditsError as error:
                taken.add(plain.name, error)
                return
            small = _Small(taken, log, size, likeness(log))
            if not self.bundle.fits(small):
                self.store()
            self.bundle.add(small, kept.pop_all())

    def store(self) -> None:
        """Store the logs that wait."""
        with self.bundle.emptied() as waited:
            if waited:
                self._together(waited)

    def _together(self, waited: Sequence[_Small]) -> None:
        """Store some logs together; where one of them stands against that, it is searched for."""
        try:
            found = self._stored([one.log for one in waited])
        except (CreditsError, OSError) as error:
            if half := len(waited) // 2:
                self._together(waited[:half])
                self._together(waited[half:])
                return
            found = [_explained(error, waited[0].log.plain)]
        for one, became in zip(waited, found, strict=True):
            one.taken.add(one.log.plain.name, became)

    def _alone(self, plain: Plain, taken: Taken) -> None:
        try:
            (found,) = self._stored(plain)
        except (CreditsError, OSError) as error:
            found = _explained(error, plain)
        taken.add(plain.name, found)

    def _stored(self, what: Plain | Sequence[Log]) -> list[Load | CreditsError]:
        """Logs that are read alike, or one that is still to be recognised."""
        options = self.terms.options
        with self.database.writer() as cursor, self.database.scratch() as scratch:
            set_time_zone(cursor, options.time_zone)
            # Another may have been put in force since the first of the files.
            card = cards.card(cursor, self.terms.rate_card)
            if isinstance(what, Plain):
                what = [Log(what, recognise(what, options, scratch, cursor))]
            return Storing(self.database, cursor, what, self.terms, card, scratch, self.tell).run(
                self.now
            )


def _explained(error: CreditsError | OSError, plain: Plain) -> CreditsError:
    """Why a log was not stored: a file may go while it waits."""
    if isinstance(error, CreditsError):
        return error
    return CreditsError(
        f"{plain.name} can't be read any more ({error.strerror}): see that it is in its place, and"
        " load it again."
    )


def _out_of(scratch: Path, plain: Plain, folder: Path) -> Plain:
    """A log that waits, in a folder where it stays when the archive that it is from goes on."""
    if plain.path.parent != scratch:
        return plain
    return replace(plain, path=plain.path.rename(folder / plain.path.name))
