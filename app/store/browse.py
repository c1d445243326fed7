"""Lists for browsing: sources, authors and topics with their counts; articles by name, year and month; the archive at
a glance. as_of, in all of them: a moment; then with the versions that stood at it, of articles that pages list now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func

from app.domain.article import ArticleSummary
from app.store import tables as t
from app.store.articles import current_versions, listed, summarise, versions_at


class Shelf(StrEnum):
    """What articles are browsed by, besides their date."""

    SOURCES = "sources"
    TOPICS = "topics"
    AUTHORS = "authors"


@dataclass(frozen=True, slots=True)
class NameCount:
    """A source, topic or author, how many articles it has, and the years they span (None where all are undated)."""

    name: str
    articles: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """A year or month (1-12) and how many articles it has."""

    period: int
    articles: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The archive at a glance. undated: articles without a date. years: ascending, only those with articles. calendar:
    year -> month -> its articles; month 0: it is not known."""

    articles: int
    sources: int
    authors: int
    topics: int
    undated: int
    years: tuple[PeriodCount, ...]
    calendar: Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of a list: the articles on it, and how many the list has in all."""

    articles: list[ArticleSummary]
    total: int


def names(connection: Connection, shelf: Shelf, as_of: datetime | None = None) -> list[NameCount]:
    """Every source, topic or author that has articles, by name. An exact duplicate counts for its source, too."""
    name, query = _shelved(shelf, as_of)
    counted = query.with_only_columns(
        name,
        func.count(func.distinct(_STANDS_FOR_IT)),
        func.min(t.version.c.published_key),
        func.max(t.version.c.published_key),
    ).group_by(name)
    rows = [
        NameCount(label, articles, _year(first), _year(last))
        for label, articles, first, last in connection.execute(counted)
    ]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.name))


def by_name(
    connection: Connection, shelf: Shelf, label: str, limit: int, offset: int, as_of: datetime | None = None
) -> ArticlePage:
    """A source's, topic's or author's articles, newest first, undated last. total 0: there is no such name.

    An article is also found under the sources, topics and authors of its exact duplicates.
    """
    name, query = _shelved(shelf, as_of)
    ids = query.where(name == label).with_only_columns(_STANDS_FOR_IT)
    return _page(connection, _versions(as_of).where(t.article.c.id.in_(ids)), limit, offset)


def by_period(
    connection: Connection, year: int, month: int | None, limit: int, offset: int, as_of: datetime | None = None
) -> ArticlePage:
    """A year's or month's articles, newest first. A month holds only articles whose month is known."""
    first = year * 100_000_000 + (0 if month is None else month * 1_000_000)
    after = first + (100_000_000 if month is None else 1_000_000)
    query = _versions(as_of).where(t.version.c.published_key >= first, t.version.c.published_key < after)
    return _page(connection, query, limit, offset)


def undated(connection: Connection, limit: int, offset: int, as_of: datetime | None = None) -> ArticlePage:
    """Articles whose date is not known, by title."""
    return _page(connection, _versions(as_of).where(t.version.c.published_key.is_(None)), limit, offset)


def months(connection: Connection, year: int, as_of: datetime | None = None) -> list[PeriodCount]:
    """The year's months that have articles; period 0: the month is not known."""
    month = t.version.c.published_key // 1_000_000 % 100
    first = year * 100_000_000
    query = (
        listed(_versions(as_of))
        .where(t.version.c.published_key >= first, t.version.c.published_key < first + 100_000_000)
        .with_only_columns(month.label("period"), func.count())
        .group_by(month)
        .order_by(month)
    )
    return [PeriodCount(period, articles) for period, articles in connection.execute(query)]


def glance(connection: Connection, as_of: datetime | None = None) -> Glance:
    month = t.version.c.published_key // 1_000_000
    query = (
        listed(_versions(as_of)).with_only_columns(month.label("month"), func.count()).group_by(month).order_by(month)
    )
    undated = 0
    calendar: dict[int, dict[int, int]] = {}
    for counted, articles in connection.execute(query):
        if counted is None:
            undated = articles
        else:
            calendar.setdefault(counted // 100, {})[counted % 100] = articles
    years = tuple(PeriodCount(year, sum(months.values())) for year, months in calendar.items())
    return Glance(
        articles=undated + sum(year.articles for year in years),
        sources=_count_names(connection, Shelf.SOURCES, as_of),
        authors=_count_names(connection, Shelf.AUTHORS, as_of),
        topics=_count_names(connection, Shelf.TOPICS, as_of),
        undated=undated,
        years=years,
        calendar=calendar,
    )


_STANDS_FOR_IT = func.coalesce(t.article.c.represented_by, t.article.c.id)


def _versions(as_of: datetime | None) -> Select[Any]:
    return current_versions() if as_of is None else versions_at(as_of)


def _shelved(shelf: Shelf, as_of: datetime | None) -> tuple[Any, Select[Any]]:
    """The column with the name, and the query over articles, exact duplicates included, joined to it."""
    query = _versions(as_of).where(t.article.c.withdrawn_at.is_(None), t.article.c.merged_into.is_(None))
    match shelf:
        case Shelf.SOURCES:
            return t.source.c.name, query.where(t.version.c.source_id.is_not(None))
        case Shelf.TOPICS:
            return t.topic.c.name, query.join(t.version_topic, t.version_topic.c.version_id == t.version.c.id).join(
                t.topic, t.topic.c.id == t.version_topic.c.topic_id
            )
        case Shelf.AUTHORS:
            return t.author.c.name, query.join(t.version_author, t.version_author.c.version_id == t.version.c.id).join(
                t.author, t.author.c.id == t.version_author.c.author_id
            )


def _count_names(connection: Connection, shelf: Shelf, as_of: datetime | None) -> int:
    name, query = _shelved(shelf, as_of)
    counted = query.with_only_columns(func.count(func.distinct(name)))
    return int(connection.execute(counted).scalar_one())


def _page(connection: Connection, query: Select[Any], limit: int, offset: int) -> ArticlePage:
    query = listed(query)
    total = connection.execute(query.with_only_columns(func.count(func.distinct(t.article.c.id)))).scalar_one()
    ordered = query.order_by(
        t.version.c.published_key.is_(None),
        t.version.c.published_key.desc(),
        t.version.c.title,
        t.article.c.id,
    )
    rows = connection.execute(ordered.limit(limit).offset(offset)).all()
    return ArticlePage(summarise(connection, rows), total)


def _year(key: int | None) -> int | None:
    return None if key is None else key // 100_000_000
