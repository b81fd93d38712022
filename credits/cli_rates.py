"""`python -m credits rerate`: rate everything loaded by another card, from a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from credits import terminal
from credits.options import Database, Json, opened, progress_bar


def rerate(
    rate_card: Annotated[
        str,
        typer.Option(
            "--rate-card", help="A rate card's name, or the path of one (TOML, or Zoho's JSON)."
        ),
    ],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Rate everything loaded by a card, and put that card in force: all of it or nothing."""
    from credits import apis

    now = datetime.now(UTC).replace(tzinfo=None)
    path = Path(rate_card)
    with opened(database) as store:
        if path.is_file() and rate_card not in store.rate_cards()[1]:
            card = apis.card(path.read_bytes(), path.name, today=now.date())
        else:
            card = store.rate_card(rate_card)
        with progress_bar(f"Rating by {card.name}") as progress:
            found = store.rerate(card, now=now, progress=progress)
    if as_json:
        print(terminal.dumps(_document(found)))
    else:
        print(terminal.safe(_sentence(found)))


def _document(found: Any) -> dict[str, Any]:
    return {
        "rate_card": found.rate_card,
        "before": found.before,
        "calls": found.calls,
        "refused_calls": found.refused,
        "credits_before": found.credits_before,
        "credits": found.credits,
        "assumed_credits": found.assumed,
    }


def _sentence(found: Any) -> str:
    before, total, assumed = (
        f"{value.normalize():,f}" for value in (found.credits_before, found.credits, found.assumed)
    )
    return (
        f"{found.rate_card} is in force: {found.calls:,} calls, {total} credits ({assumed}"
        f" assumed), {found.refused:,} calls refused; {before} credits before"
    )
