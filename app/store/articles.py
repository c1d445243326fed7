"""Reads many articles by their ids: their metadata, their paragraphs, what was added to them by others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.domain.article import ArticleSummary
from app.domain.canonical import Emphasis, Kind, Paragraph, Span
from app.domain.dates import Precision, PublishedDate
from app.store import tables as t

AT_ONCE = 500
"""Ids a statement asks for together; SQLite bounds the number of parameters."""

Names = dict[int, list[tuple[str, str]]]
"""version id -> (name, origin) in order."""

_OTHERS: Final = t.version.alias()


def listed(query: Select[Any]) -> Select[Any]:
    """Restrict a query over articles to those that pages list: not withdrawn, merged, or another's duplicate.

    Nearly every article is listed, so an index must not be what finds these: SQLite would take that for the narrowest
    of all conditions, and read the whole archive for ten articles.
    """
    return query.where(
        t.article.c.withdrawn_at.is_(None),
        func.coalesce(t.article.c.merged_into, t.article.c.represented_by).is_(None),
    )


def version_numbered(number: ColumnElement[int]) -> Select[Any]:
    """Articles with one version of each, and its source."""
    columns = select(
        t.article.c.id,
        t.article.c.slug,
        t.article.c.current,
        t.version.c.number,
        t.version.c.id.label("version_id"),
        t.version.c.title,
        t.version.c.title_origin,
        t.version.c.published_key,
        t.version.c.published_precision,
        t.version.c.published_offset,
        t.version.c.summary,
        t.version.c.url,
        t.version.c.guid,
        t.version.c.words,
        t.source.c.name.label("source"),
    )
    joined = columns.select_from(t.article).join(
        t.version, (t.version.c.article_id == t.article.c.id) & (t.version.c.number == number)
    )
    return joined.outerjoin(t.source, t.source.c.id == t.version.c.source_id)


_CURRENT: Final = version_numbered(t.article.c.current)


def current_versions() -> Select[Any]:
    """Articles with their current version and its source, as `summarise` reads them."""
    return _CURRENT


def versions_at(moment: datetime) -> Select[Any]:
    """Articles with the version that stood at a moment, as `summarise` reads them; those that were stored later are
    left out."""
    stood = select(func.max(_OTHERS.c.number)).where(
        _OTHERS.c.article_id == t.article.c.id, _OTHERS.c.stored_at <= moment
    )
    return version_numbered(stood.scalar_subquery())


def _names_of(kind: str, link: Table, named: Table, key: Column[Any]) -> Select[Any]:
    return (
        select(
            literal(kind).label("kind"),
            link.c.version_id,
            link.c.position.label("position"),
            named.c.name,
            link.c.origin,
        )
        .join(named, named.c.id == key)
        .where(link.c.version_id.in_(bindparam("versions", expanding=True)))
    )


# What pages ask again and again is put together once: that takes longer than the answer.
_LISTED_AMONG: Final = listed(_CURRENT).where(t.article.c.id.in_(bindparam("ids", expanding=True)))
_BY_VERSION: Final = listed(version_numbered(t.version.c.number)).where(
    t.version.c.id.in_(bindparam("versions", expanding=True))
)
_HISTORY: Final = (
    select(t.version.c.article_id, t.version.c.id, t.version.c.number, t.version.c.stored_at)
    .where(t.version.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(t.version.c.article_id, t.version.c.number)
)
_PARAGRAPHS: Final = (
    select(t.paragraph.c.version_id, t.paragraph.c.kind, t.paragraph.c.level, t.paragraph.c.text, t.paragraph.c.spans)
    .where(t.paragraph.c.version_id.in_(bindparam("versions", expanding=True)))
    .order_by(t.paragraph.c.version_id, t.paragraph.c.number)
)
_TEXTS: Final = (
    select(t.paragraph.c.version_id, t.paragraph.c.text)
    .where(t.paragraph.c.version_id.in_(bindparam("versions", expanding=True)))
    .order_by(t.paragraph.c.version_id, t.paragraph.c.number)
)
_PARAGRAPHS_AT_ONCE: Final = 30
_NO_PARAGRAPH: Final = (-1, -1)
# Each pair by itself, not a list of pairs: of that SQLite would make a table, and read all paragraphs against it.
_SOME_PARAGRAPHS: Final = select(t.paragraph.c.version_id, t.paragraph.c.number, t.paragraph.c.text).where(
    or_(
        *(
            (t.paragraph.c.version_id == bindparam(f"version{at}")) & (t.paragraph.c.number == bindparam(f"number{at}"))
            for at in range(_PARAGRAPHS_AT_ONCE)
        )
    )
)
_AUTHORS_AND_TOPICS: Final = union_all(
    _names_of("author", t.version_author, t.author, t.version_author.c.author_id),
    _names_of("topic", t.version_topic, t.topic, t.version_topic.c.topic_id),
).order_by("version_id", "position")


def summaries(connection: Connection, ids: Sequence[str]) -> list[ArticleSummary]:
    """The articles with these ids that pages list, in the order of the ids; others are left out."""
    found = {article.id: article for article in current_summaries(connection, ids).values()}
    return [found[id] for id in ids if id in found]


def current_summaries(connection: Connection, ids: Sequence[str]) -> dict[int, ArticleSummary]:
    """version id -> the article as it is in its current version; of those of some articles that pages list."""
    found: dict[int, ArticleSummary] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = connection.execute(_LISTED_AMONG, {"ids": ids[start : start + AT_ONCE]}).all()
        found.update(_by_version(connection, rows))
    return found


class Stood(NamedTuple):
    """A version of an article, by its row and its number, and from when until when it was the current one; until is
    None while it is."""

    version_id: int
    number: int
    since: datetime
    until: datetime | None


def history(connection: Connection, ids: Sequence[str]) -> dict[str, list[Stood]]:
    """article id -> its versions, from the first."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for start in range(0, len(ids), AT_ONCE):
        for row in connection.execute(_HISTORY, {"ids": ids[start : start + AT_ONCE]}):
            rows[row.article_id].append(row)
    return {
        id: [
            Stood(row.id, row.number, row.stored_at, after.stored_at if after is not None else None)
            for row, after in zip_longest(own, own[1:])
        ]
        for id, own in rows.items()
    }


def summaries_of_versions(connection: Connection, versions: Sequence[int]) -> dict[int, ArticleSummary]:
    """version id -> the article as it was in that version; of articles that pages list."""
    found: dict[int, ArticleSummary] = {}
    for start in range(0, len(versions), AT_ONCE):
        rows = connection.execute(_BY_VERSION, {"versions": versions[start : start + AT_ONCE]}).all()
        found.update(_by_version(connection, rows))
    return found


def _by_version(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, ArticleSummary]:
    return dict(zip((row.version_id for row in rows), summarise(connection, rows), strict=True))


def summarise(connection: Connection, rows: Sequence[Row[Any]]) -> list[ArticleSummary]:
    """Rows of `current_versions()` with their authors and topics."""
    versions = [row.version_id for row in rows]
    authors, topics = authors_and_topics(connection, versions)
    return [
        ArticleSummary(
            id=row.id,
            slug=row.slug,
            version=row.number,
            current=row.current,
            title=row.title,
            title_origin=row.title_origin,
            source=row.source,
            authors=tuple(name for name, _ in authors.get(row.version_id, ())),
            topics=tuple(name for name, _ in topics.get(row.version_id, ())),
            published=published_of(row),
            summary=row.summary,
            url=row.url,
            guid=row.guid,
            words=row.words,
        )
        for row in rows
    ]


def newest(connection: Connection, limit: int) -> list[ArticleSummary]:
    """The articles published last, dated ones only."""
    query = (
        listed(current_versions())
        .where(t.version.c.published_key.is_not(None))
        .order_by(t.version.c.published_key.desc(), t.article.c.id)
        .limit(limit)
    )
    return summarise(connection, connection.execute(query).all())


def paragraphs_of(connection: Connection, versions: Iterable[int]) -> dict[int, tuple[Paragraph, ...]]:
    """version id -> its paragraphs in order."""
    found: dict[int, list[Paragraph]] = defaultdict(list)
    wanted = list(versions)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        for version_id, kind, level, text, spans in connection.execute(_PARAGRAPHS, {"versions": part}).all():
            found[version_id].append(Paragraph(text, Kind(kind), level, _spans(spans) if spans else ()))
    return {version_id: tuple(paragraphs) for version_id, paragraphs in found.items()}


def texts_of(connection: Connection, versions: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """version id -> the text of its paragraphs, as snippets are cut from."""
    found: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(versions), AT_ONCE):
        for version, text in connection.execute(_TEXTS, {"versions": versions[start : start + AT_ONCE]}):
            found[version].append(text)
    return {version: tuple(texts) for version, texts in found.items()}


def some_paragraphs(connection: Connection, wanted: Mapping[int, Iterable[int]]) -> dict[int, dict[int, str]]:
    """version id -> the text of some of its paragraphs, by their numbers; wanted: these numbers."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    keys = [(version, number) for version, numbers in wanted.items() for number in numbers]
    for first in range(0, len(keys), _PARAGRAPHS_AT_ONCE):
        part = [*keys[first : first + _PARAGRAPHS_AT_ONCE], *[_NO_PARAGRAPH] * _PARAGRAPHS_AT_ONCE]
        given = {
            f"{name}{at}": value
            for at, pair in enumerate(part[:_PARAGRAPHS_AT_ONCE])
            for name, value in zip(("version", "number"), pair, strict=True)
        }
        for version, number, text in connection.execute(_SOME_PARAGRAPHS, given):
            found[version][number] = text
    return found


def _spans(kept: list[list[Any]]) -> tuple[Span, ...]:
    return tuple(Span(start, end, Emphasis(kind), target) for start, end, kind, target in kept)


def authors_and_topics(connection: Connection, versions: Sequence[int]) -> tuple[Names, Names]:
    """The authors and the topics of versions; those that have none are left out."""
    authors: Names = defaultdict(list)
    topics: Names = defaultdict(list)
    for start in range(0, len(versions), AT_ONCE):
        part = versions[start : start + AT_ONCE]
        for kind, version_id, _, name, origin in connection.execute(_AUTHORS_AND_TOPICS, {"versions": part}):
            (authors if kind == "author" else topics)[version_id].append((name, origin))
    return authors, topics


def published_of(row: Row[Any]) -> PublishedDate | None:
    if row.published_key is None:
        return None
    return PublishedDate(row.published_key, Precision(row.published_precision), row.published_offset)


@dataclass(frozen=True, slots=True)
class SharedNames:
    """The sources, authors and topics of an article's exact duplicates, under which it is found as well."""

    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def shared_names(connection: Connection, ids: Sequence[str]) -> dict[str, SharedNames]:
    """article id -> what its exact duplicates add; articles without duplicates are left out."""
    rows = connection.execute(
        current_versions()
        .add_columns(t.article.c.represented_by)
        .where(t.article.c.represented_by.in_(ids))
        .order_by(t.article.c.id)
    ).all()
    groups: dict[str, list[ArticleSummary]] = defaultdict(list)
    for row, summary in zip(rows, summarise(connection, rows), strict=True):
        groups[row.represented_by].append(summary)
    return {
        id: SharedNames(
            sources=tuple(dict.fromkeys(one.source for one in group if one.source)),
            authors=tuple(dict.fromkeys(name for one in group for name in one.authors)),
            topics=tuple(dict.fromkeys(name for one in group for name in one.topics)),
        )
        for id, group in groups.items()
    }


def listed_ids(connection: Connection, after: str, limit: int) -> list[str]:
    """The ids, in order, of the articles that pages list; the first `limit` of those greater than `after`."""
    query = listed(select(t.article.c.id)).where(t.article.c.id > after).order_by(t.article.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def count_listed(connection: Connection) -> int:
    return int(connection.execute(listed(select(func.count()).select_from(t.article))).scalar_one())
