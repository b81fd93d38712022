"""Rate cards that people save under a name, and which card is in force.

The card in force is the one by which everything is rated that names no other. It changes only
together with what is loaded (see `rerating`), so that the card and the credits never disagree.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb

from credits import CreditsError, rates
from credits.cards import document, from_document, named
from credits.rates import RateCard
from credits.store.database import Database


def in_force(cursor: duckdb.DuckDBPyConnection) -> str:
    """The name of the card in force."""
    found = cursor.execute("SELECT value FROM meta WHERE key = 'rate_card'").fetchall()
    return str(found[0][0]) if found else "bigin"


def names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The cards of the project, then those that people saved, each in the order of their names."""
    saved = cursor.execute("SELECT name FROM rate_cards ORDER BY lower(name), name").fetchall()
    return [*rates.names(), *(str(name) for (name,) in saved)]


def card(cursor: duckdb.DuckDBPyConnection, name: str | None = None) -> RateCard:
    """A card by its name, or by the path of a TOML file; None is the card in force.

    Raises CreditsError where there is none, or where it can't be read.
    """
    chosen = in_force(cursor) if name is None else name
    if chosen not in rates.names():
        found = cursor.execute("SELECT document FROM rate_cards WHERE name = ?", [chosen])
        for (document,) in found.fetchall():
            return replace(from_document(document, f"The rate card “{chosen}”"), name=chosen)
        if name is not None and (others := names(cursor)[len(rates.names()) :]):
            try:
                return rates.load(name)
            except CreditsError as error:
                saved = ", ".join(others)
                raise CreditsError(f"{error} Saved in the database: {saved}.") from None
    return rates.load(chosen)


def save(database: Database, card: RateCard, *, now: datetime) -> None:
    """Keep a card; one of the same name is replaced. `now` is naive UTC.

    Raises CreditsError for a name that a card of the project has, and for the card in force,
    which changes only with what is loaded.
    """
    with database.writer() as cursor, database.keep(cursor):
        if card.name.strip() == in_force(cursor):
            raise CreditsError(
                f"“{card.name.strip()}” is the card in force: apply the changes, or save them under"
                " another name."
            )
        store(cursor, card, now)


def store(cursor: duckdb.DuckDBPyConnection, card: RateCard, now: datetime) -> RateCard:
    """Keep a card inside a transaction; gives it as it is named then."""
    card = named(card, card.name)
    if card.name in rates.names():
        if card != rates.load(card.name):
            raise CreditsError(
                f"“{card.name}” is a card that comes with the project: give yours another name."
            )
        return card
    cursor.execute(
        "INSERT OR REPLACE INTO rate_cards VALUES (?, ?, ?)", [card.name, document(card), now]
    )
    return card


def forget(database: Database, name: str) -> None:
    """Drop a saved card. Raises CreditsError for the one in force."""
    with database.writer() as cursor, database.keep(cursor):
        if name == in_force(cursor):
            raise CreditsError(
                f"“{name}” is the card in force: apply another one before you forget it."
            )
        cursor.execute("DELETE FROM rate_cards WHERE name = ?", [name])
