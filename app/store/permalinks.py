"""What permalinks answer with: an article whole, in its current version or another; where it moved; why it is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, select

from app.domain.article import Address, Article, Moved, Tombstone, VersionNote
from app.domain.canonical import Paragraph
from app.domain.record import Refused, Stated
from app.store import tables as t
from app.store.articles import (
    AT_ONCE,
    authors_and_topics,
    current_versions,
    paragraphs_of,
    published_of,
    version_numbered,
)

_CURRENT: Final = current_versions()
_OTHERS: Final = t.version.alias()

# What pages ask again and again is put together once: that takes longer than the answer.
_WHOLE: Final = (
    t.article.c.withdrawn_at,
    t.article.c.withdrawn_reason,
    t.article.c.merged_into,
    t.article.c.represented_by,
    t.article.c.stored_at.label("first_stored_at"),
    t.version.c.stored_at,
    t.version.c.fixity,
    t.version.c.source_origin,
    t.version.c.published_origin,
    t.version.c.summary_origin,
    t.version.c.language,
    t.version.c.language_origin,
    t.version.c.refused,
    select(func.count()).where(_OTHERS.c.article_id == t.article.c.id).scalar_subquery().label("versions"),
    exists().where(t.article_address.c.article_id == t.article.c.id).label("further"),
)
_FOUND: Final = _CURRENT.add_columns(*_WHOLE).where(t.article.c.id == bindparam("id"))
_FOUND_ALL: Final = _CURRENT.add_columns(*_WHOLE).where(t.article.c.id.in_(bindparam("ids", expanding=True)))
_FOUND_AT: Final = version_numbered(bindparam("number")).add_columns(*_WHOLE).where(t.article.c.id == bindparam("id"))
_VERSIONS: Final = (
    select(
        t.version.c.number,
        t.version.c.stored_at,
        t.version.c.fixity,
        t.version.c.metadata_digest,
        t.version.c.words,
        t.version.c.title,
        t.version.c.correction_id,
    )
    .where(t.version.c.article_id == bindparam("id"))
    .order_by(t.version.c.number)
)
_REPRESENTED: Final[Select[Any]] = _CURRENT.where(t.article.c.represented_by == bindparam("id")).order_by(
    t.article.c.id
)
_FURTHER_ADDRESSES: Final = (
    select(t.article_address.c.address)
    .where(t.article_address.c.article_id == bindparam("id"))
    .order_by(t.article_address.c.id)
)


def find(connection: Connection, id: str) -> Article | Moved | Tombstone | None:
    """What a permalink answers with; None where no article ever had the id."""
    row = connection.execute(_FOUND, {"id": id}).first()
    if row is None:
        return None
    if row.withdrawn_at is None and (into := _into(row)):
        return _follow(connection, id, into)
    return _article(connection, row) if row.withdrawn_at is None else _tombstone(id, row)


def find_all(
    connection: Connection, ids: Sequence[str], with_text: Collection[str]
) -> dict[str, Article | Moved | Tombstone]:
    """What some permalinks answer with, and the articles that they lead to; ids that no article ever had are left out.

    with_text: those whose paragraphs are wanted; the others come without any. None comes with the addresses where it
    was published besides. Takes a few statements, however many they are.
    """
    rows: dict[str, Row[Any]] = {}
    wanted = list(dict.fromkeys(ids))
    while wanted:
        for start in range(0, len(wanted), AT_ONCE):
            found = connection.execute(_FOUND_ALL, {"ids": wanted[start : start + AT_ONCE]})
            rows.update((row.id, row) for row in found)
        wanted = [into for row in rows.values() if (into := _into(row)) and into not in rows]
    standing = [row for row in rows.values() if row.withdrawn_at is None and not _into(row)]
    authors, topics = authors_and_topics(connection, [row.version_id for row in standing])
    texts = {_end_of(rows, id) for id in with_text if id in rows}
    paragraphs = paragraphs_of(connection, [row.version_id for row in standing if row.id in texts])
    articles: dict[str, Article | Moved | Tombstone] = {
        row.id: _whole(
            row, authors.get(row.version_id, ()), topics.get(row.version_id, ()), paragraphs.get(row.version_id, ())
        )
        for row in standing
    }
    return articles | {id: _end(id, rows[_end_of(rows, id)]) for id in rows.keys() - articles.keys()}


def _end_of(rows: Mapping[str, Row[Any]], id: str) -> str:
    """Where a chain of moves ends; at one that was withdrawn it ends, too."""
    row = rows[id]
    while row.withdrawn_at is None and (into := _into(row)):
        row = rows[into]
    end: str = row.id
    return end


def find_version(connection: Connection, id: str, number: int) -> Article | Tombstone | None:
    """One version of an article, whether or not its permalink leads elsewhere now; None where there is none such.

    A withdrawn article's versions are withdrawn with it.
    """
    row = connection.execute(_FOUND_AT, {"id": id, "number": number}).first()
    if row is None:
        return None
    return _article(connection, row) if row.withdrawn_at is None else _tombstone(id, row)


def versions_of(connection: Connection, id: str) -> tuple[VersionNote, ...]:
    """An article's versions, from the first; none for an id that no article has."""
    return tuple(VersionNote(*row) for row in connection.execute(_VERSIONS, {"id": id}))


def _article(connection: Connection, row: Row[Any]) -> Article:
    """row: of `_FOUND`."""
    authors, topics = authors_and_topics(connection, [row.version_id])
    return _whole(
        row,
        authors.get(row.version_id, ()),
        topics.get(row.version_id, ()),
        paragraphs_of(connection, [row.version_id]).get(row.version_id, ()),
        also_at=_also_at(connection, row.id),
        further_addresses=tuple(connection.execute(_FURTHER_ADDRESSES, {"id": row.id}).scalars())
        if row.further
        else (),
    )


def _whole(
    row: Row[Any],
    authors: Sequence[tuple[str, str]],
    topics: Sequence[tuple[str, str]],
    paragraphs: tuple[Paragraph, ...],
    also_at: tuple[Address, ...] = (),
    further_addresses: tuple[str, ...] = (),
) -> Article:
    """row: as `_FOUND` reads it. authors, topics: names with their origins."""
    published = published_of(row)
    return Article(
        id=row.id,
        slug=row.slug,
        version=row.number,
        versions=row.versions,
        current=row.current,
        leads_elsewhere=_into(row) is not None,
        title=Stated(row.title, row.title_origin),
        source=_stated(row.source, row.source_origin),
        authors=tuple(Stated(*pair) for pair in authors),
        topics=tuple(Stated(*pair) for pair in topics),
        published=None if published is None else Stated(published, row.published_origin),
        summary=_stated(row.summary, row.summary_origin),
        language=_stated(row.language, row.language_origin),
        url=row.url,
        guid=row.guid,
        paragraphs=paragraphs,
        fixity=row.fixity,
        words=row.words,
        stored_at=row.stored_at,
        first_stored_at=row.first_stored_at,
        refused=tuple(Refused(**refused) for refused in row.refused),
        also_at=also_at,
        further_addresses=further_addresses,
    )


def _stated(value: str | None, origin: str | None) -> Stated[str] | None:
    return None if value is None or origin is None else Stated(value, origin)


def _also_at(connection: Connection, id: str) -> tuple[Address, ...]:
    rows = connection.execute(_REPRESENTED, {"id": id})
    return tuple(Address(row.id, row.title, row.source, row.url, published_of(row)) for row in rows)


def _follow(connection: Connection, id: str, into: str) -> Moved | Tombstone:
    """Where a chain of moves ends. Links made by `duplicates` and by merging never run in a circle."""
    target = connection.execute(select(t.article).where(t.article.c.id == into)).one()
    if target.withdrawn_at is None and (further := _into(target)):
        return _follow(connection, id, further)
    return _end(id, target)


def _into(row: Row[Any]) -> str | None:
    """The article that another was merged into, or is represented by."""
    into: str | None = row.merged_into or row.represented_by
    return into


def _end(id: str, row: Row[Any]) -> Moved | Tombstone:
    """What a permalink answers with that leads to this row, and no further."""
    return Moved(id, row.id, row.slug) if row.withdrawn_at is None else _tombstone(id, row)


def _tombstone(id: str, row: Row[Any]) -> Tombstone:
    return Tombstone(id, row.withdrawn_reason or "", row.withdrawn_at)
