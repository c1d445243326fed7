"""Writes down the librarian's corrections, and reads those that stand. What they do to an article is in `librarian`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select

from app.domain.correction import Correction, Edit, Kind, standing
from app.store import tables as t

_AT_ONCE = 500


def note(
    connection: Connection,
    article_id: str,
    kind: Kind,
    reason: str | None,
    detail: Mapping[str, Any],
    undoes: int | None = None,
) -> Correction:
    """Write a correction down, in the transaction that carries it out."""
    now = datetime.now(UTC)
    result = connection.execute(
        insert(t.correction).values(
            article_id=article_id, kind=kind.value, at=now, reason=reason, detail=dict(detail), undoes=undoes
        )
    )
    id = int(result.inserted_primary_key[0])  # type: ignore[index]
    return Correction(id, article_id, kind, now, reason, detail, undoes)


def corrections_of(connection: Connection, article_id: str) -> list[Correction]:
    """All that the librarian did to an article, in order."""
    query = select(t.correction).where(t.correction.c.article_id == article_id).order_by(t.correction.c.id)
    return [_correction(row) for row in connection.execute(query)]


def standing_edits(connection: Connection, article_ids: Sequence[str]) -> dict[str, list[Edit]]:
    """article id -> the edits that were not undone, oldest first; articles without any are left out."""
    if not connection.execute(select(exists().where(t.correction.c.kind == Kind.EDIT.value))).scalar():
        return {}
    found: dict[str, list[Correction]] = defaultdict(list)
    for start in range(0, len(article_ids), _AT_ONCE):
        part = article_ids[start : start + _AT_ONCE]
        query = select(t.correction).where(t.correction.c.article_id.in_(part)).order_by(t.correction.c.id)
        for row in connection.execute(query):
            found[row.article_id].append(_correction(row))
    edits = {id: [one.detail for one in standing(those, Kind.EDIT)] for id, those in found.items()}
    return {id: those for id, those in edits.items() if those}


def _correction(row: Row[Any]) -> Correction:
    return Correction(row.id, row.article_id, Kind(row.kind), row.at, row.reason, row.detail, row.undoes)
