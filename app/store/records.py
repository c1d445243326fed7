"""Versions as records: what an ingest would have to be fed to make the version anew."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, select

from app.domain.record import Amended, Place, Record, Refused, Stated
from app.store import tables as t
from app.store.articles import authors_and_topics, paragraphs_of, published_of

VERSION: Final = (
    select(t.version, t.source.c.name.label("source"))
    .outerjoin(t.source, t.source.c.id == t.version.c.source_id)
    .join(t.article, t.article.c.id == t.version.c.article_id)
)
"""Versions with the names of their sources, as `to_record` reads them."""


def record_of(connection: Connection, article_id: str, number: int | None = None) -> Record:
    """A version of an article; its current one where no number is given. The place is as it is shown, in one piece."""
    query = VERSION.where(t.version.c.article_id == article_id)
    query = query.where(t.version.c.number == (t.article.c.current if number is None else number))
    return to_record(connection, connection.execute(query).one())


def to_record(connection: Connection, row: Row[Any]) -> Record:
    """row: of VERSION."""
    authors, topics = authors_and_topics(connection, [row.id])
    published = published_of(row)
    amended = None
    if row.fed or row.correction_id is not None:
        amended = Amended(row.fed or {}, row.fed_digest, row.correction_id)
    return Record(
        paragraphs=paragraphs_of(connection, [row.id]).get(row.id, ()),
        title=Stated(row.title, row.title_origin),
        place=Place(row.place),
        guid=row.guid,
        address=row.url,
        authors=tuple(Stated(*pair) for pair in authors.get(row.id, ())),
        source=_stated(row.source, row.source_origin),
        published=None if published is None else Stated(published, row.published_origin),
        topics=tuple(Stated(*pair) for pair in topics.get(row.id, ())),
        summary=_stated(row.summary, row.summary_origin),
        language=_stated(row.language, row.language_origin),
        refused=tuple(Refused(**refused) for refused in row.refused),
        extra=row.extra,
        amended=amended,
    )


def _stated(value: str | None, origin: str | None) -> Stated[str] | None:
    return None if value is None or origin is None else Stated(value, origin)
