"""The outbox: what the index owes. A note is written in the transaction that changed the article, and taken away in
the one that records the index's new generation."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from app.store import tables as t
from app.store.articles import AT_ONCE


@dataclass(frozen=True, slots=True)
class Owed:
    """ids: the articles to look at, each once, oldest note first. notes: the ids of the notes read."""

    ids: tuple[str, ...]
    notes: tuple[int, ...]


def owe(connection: Connection, article_ids: Iterable[str]) -> None:
    rows = [{"article_id": id} for id in article_ids]
    if rows:
        connection.execute(insert(t.outbox), rows)


def owed(connection: Connection, limit: int) -> Owed:
    """The oldest notes, at most `limit`."""
    rows = connection.execute(select(t.outbox.c.id, t.outbox.c.article_id).order_by(t.outbox.c.id).limit(limit)).all()
    return Owed(tuple(dict.fromkeys(row.article_id for row in rows)), tuple(row.id for row in rows))


def notes(connection: Connection) -> Sequence[int]:
    """The ids of all notes, held in 8 bytes each: a million may wait."""
    found = connection.execute(select(t.outbox.c.id).order_by(t.outbox.c.id), execution_options={"yield_per": 10_000})
    return array("q", found.scalars())


def settle(connection: Connection, notes: Sequence[int]) -> None:
    """Take away these notes; notes written since they were read stay."""
    for start in range(0, len(notes), AT_ONCE):
        connection.execute(delete(t.outbox).where(t.outbox.c.id.in_(notes[start : start + AT_ONCE])))


def count(connection: Connection) -> int:
    """Articles that the index owes a look at."""
    return connection.execute(select(func.count(func.distinct(t.outbox.c.article_id)))).scalar_one()
