"""`python -m credits load`: log files, folders and patterns of them, from a terminal."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from credits import CreditsError, terminal
from credits.options import Database, Json, bad_usage, known_zone, opened, progress_bar


def load(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Log files, folders or patterns such as logs/*.gz."),
    ],
    database: Database = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="The format of the logs. Default: found from the content."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column is which field, by name, or by number from 1. May be repeated.",
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", help="A regular expression whose named groups are fields."),
    ] = None,
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="The zone of time stamps that carry none.")
    ] = "UTC",
    day_first: Annotated[
        bool | None,
        typer.Option(
            "--day-first/--month-first",
            help="How to read dates such as 05/06/2026 that the log leaves open.",
            show_default=False,
        ),
    ] = None,
    rate_card: Annotated[
        str | None,
        typer.Option(
            "--rate-card",
            help="The rate card by which calls are rated. Default: the one in force.",
            show_default=False,
        ),
    ] = None,
    keep_duplicates: Annotated[
        bool, typer.Option("--keep-duplicates", help="Load rows again that are known already.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Take in log files, and tell what became of every row."""
    from credits.formats import Options, check, folders
    from credits.settings import settings
    from credits.store import Terms

    options = Options(
        format=format,
        mapping=_mapping(mapping or []),
        pattern=pattern,
        time_zone=known_zone(time_zone),
        day_first=day_first,
    )
    with bad_usage():
        check(options)
    terms = Terms(options, rate_card, keep_duplicates, settings().fold)
    named = [each for path in paths for each in glob.glob(path, recursive=True) or [path]]
    with opened(database, reads=named) as store:
        _must_be_a_card(store, rate_card)
        report, files = _Report(), []
        for path in paths:
            found, others = folders.named(path, store.path)
            for sentence in others:
                terminal.note(f"Passed over: {sentence}")
            if not found:
                report.fail(f"There are no logs in {path}: name a folder or files that are some.")
            files += found
        report.take(store, files, terms)
        report.print(store, as_json)
    return 1 if report.failures else 0


class _Report:
    """What became of the files named on the command line."""

    def __init__(self) -> None:
        self.loads: list[Any] = []
        self.failures: list[str] = []

    def take(self, store: Any, files: Sequence[str], terms: Any) -> None:
        """Load some files; the failure of one is told and does not stop the others."""
        now = datetime.now(UTC).replace(tzinfo=None)
        named = [(Path(file), file) for file in files]
        try:
            with progress_bar("Loading") as progress:
                taken = store.load_all(named, terms, now=now, progress=progress)
        except CreditsError as error:
            self.fail(str(error))
            return
        for file in taken:
            self.loads += file.loads
            for note in file.notes:
                terminal.note(note)
            if file.problem is not None:
                self.fail(str(file.problem))

    def fail(self, sentence: str) -> None:
        """Tell a failure, and remember that there was one."""
        self.failures.append(sentence)
        terminal.say(sentence)

    def print(self, store: Any, as_json: bool) -> None:
        """The loads and their rejects."""
        with store.answers() as answers:
            rejects = [
                {"path": load.path, **row}
                for load in self.loads
                for row in answers.rejects(load.load_id).to_dict("records")
            ]
        if as_json:
            loads = [terminal.load_fields(load) for load in self.loads]
            print(terminal.dumps({"loads": loads, "rejects": rejects}))
            return
        for load in self.loads:
            print(terminal.safe(terminal.loaded(load)))
        if len(self.loads) > 1:
            print(terminal.altogether(self.loads))
        for reject in rejects[:20]:
            print(terminal.safe(f"  {reject['path']}:{reject['line']}: {reject['reason']}"))
        if len(rejects) > 20:
            print(f"  … and {len(rejects) - 20:,} more rejected rows (all of them with --json)")


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field or not column:
            raise typer.BadParameter(f"“{pair}” is not FIELD=COLUMN.", param_hint="--map")
        found[field.strip()] = column.strip()
    return found


def _must_be_a_card(store: Any, name: str | None) -> None:
    """A rate card that is named must be there; one that can't be read is bad input."""
    if name is not None and name not in store.rate_cards()[1] and not Path(name).is_file():
        with bad_usage():
            store.rate_card(name)
