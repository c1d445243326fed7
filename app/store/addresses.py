"""Further addresses of articles: where they were met besides the address that they are known by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from app.store import tables as t
from app.store.articles import AT_ONCE


def remember(connection: Connection, met: Iterable[tuple[str, Iterable[str]]]) -> None:
    """met: article ids with addresses. What is known already is left as it is."""
    wanted = dict.fromkeys((id, address) for id, addresses in met for address in addresses)
    ids = list(dict.fromkeys(id for id, _ in wanted))
    for start in range(0, len(ids), AT_ONCE):
        query = select(t.article_address.c.article_id, t.article_address.c.address)
        for id, address in connection.execute(
            query.where(t.article_address.c.article_id.in_(ids[start : start + AT_ONCE]))
        ):
            wanted.pop((id, address), None)
    now = datetime.now(UTC)
    rows = [{"article_id": id, "address": address, "seen_at": now} for id, address in wanted]
    if rows:
        connection.execute(insert(t.article_address), rows)
