"""What more than one page shows, as templates take it: dates, links, article lines, pagers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from urllib.parse import quote

from app.domain.article import ArticleSummary
from app.domain.dates import Precision, PublishedDate
from app.domain.moments import AsOf
from app.language import _, day_text, month_text, noted, time_text, year_text
from app.store.browse import Shelf


@dataclass(frozen=True, slots=True)
class DateView:
    """A date as read, and as `datetime` attributes have it: with the precision it is known to; None for unknown."""

    text: str
    iso: str | None


@dataclass(frozen=True, slots=True)
class AsOfView:
    """The moment as of which the archive is shown. problem: why it can't be read, None where it can."""

    text: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads somewhere, with the number of articles there where that is told."""

    text: str
    path: str
    total: int = 0


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in a list."""

    title: str
    path: str
    source: Link | None
    authors: tuple[Link, ...]
    date: DateView
    summary: str | None


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list can be turned to; None where there is no such page. from_number, to_number: of the articles here."""

    page: int
    pages: int
    from_number: int
    to_number: int
    total: int
    first: str | None
    previous: str | None
    next: str | None
    last: str | None


LONGEST_SUMMARY: Final = 300
"""Characters of a summary that a list shows."""


def date_view(published: PublishedDate | None) -> DateView:
    return DateView(published_text(published), None if published is None else str(published))


def published_text(published: PublishedDate | None) -> str:
    """The date as a reader sees it, to the day at most: `21 July 2016`, `July 2016`, `2016`, or `date unknown`."""
    if published is None:
        return _("date unknown")
    if published.precision is Precision.YEAR:
        return year_text(published.year)
    if published.precision is Precision.MONTH:
        return month_text(published.year, published.month or 1)
    return day_text(date(published.year, published.month or 1, published.day or 1))


def as_of_text(as_of: AsOf) -> str:
    """The moment as of which the archive is shown, as precise as it was asked for."""
    if as_of.read is None or as_of.read.precision is not Precision.MINUTE:
        return published_text(as_of.read)
    at = time(as_of.read.key // 100 % 100, as_of.read.key % 100)
    return _("%(day)s, %(time)s", day=published_text(as_of.read), time=time_text(at))


def as_of_problem(as_of: AsOf) -> str | None:
    """Why the moment asked for can't be read; None where it can."""
    if as_of.problem is None:
        return None
    sentence = noted("as_of=“%(given)s” was passed over: write a day as 2026-01-31, or a month, or a year.")
    return _(sentence, given=as_of.given[:40])


def as_of_view(as_of: AsOf | None) -> AsOfView | None:
    return None if as_of is None else AsOfView(as_of_text(as_of), as_of_problem(as_of))


def date_text(moment: datetime) -> str:
    """The day of a moment that the archive itself noted, in UTC."""
    return day_text(moment.astimezone(UTC).date())


def moment_text(moment: datetime) -> str:
    """A moment that the archive itself noted, to the minute, in UTC."""
    return _("%(day)s, %(time)s UTC", day=date_text(moment), time=time_text(moment.astimezone(UTC).time()))


def shelf_path(shelf: Shelf, name: str) -> str:
    """Where a source, topic or author is browsed. Slashes of the name are encoded, so that they part nothing."""
    return f"/browse/{shelf}/{quote(name, safe='', errors='replace')}"


def shelf_link(shelf: Shelf, name: str, total: int = 0) -> Link:
    return Link(name, shelf_path(shelf, name), total)


def article_line(article: ArticleSummary, kept: str = "") -> ArticleLine:
    """kept: what the article's address ends in, such as the moment as of which it is listed."""
    return ArticleLine(
        title=article.title,
        path=f"/a/{article.id}{kept}" if kept else article.path,
        source=None if article.source is None else shelf_link(Shelf.SOURCES, article.source),
        authors=tuple(shelf_link(Shelf.AUTHORS, author) for author in article.authors),
        date=date_view(article.published),
        summary=None if article.summary is None else shortened(article.summary, LONGEST_SUMMARY),
    )


def shortened(text: str, length: int) -> str:
    """The text on one line; one that is longer is cut between words and ends in an ellipsis."""
    line = " ".join(text[: 2 * length].split())
    if len(line) <= length and len(text) <= 2 * length:
        return line
    return (line[:length].rpartition(" ")[0] or line[:length]) + "…"


def pager(page: int, per_page: int, total: int, address: Callable[[int], str]) -> Pager:
    """address: of the page with a number."""
    pages = max(1, -(-total // per_page))
    return Pager(
        page=page,
        pages=pages,
        from_number=min(total, (page - 1) * per_page + 1),
        to_number=min(total, page * per_page),
        total=total,
        first=address(1) if page > 1 else None,
        previous=address(page - 1) if page > 1 else None,
        next=address(page + 1) if page < pages else None,
        last=address(pages) if page < pages else None,
    )


_NUMBER = re.compile(r"[0-9]+")
HUGE: Final = 10**9
"""Stands for every number that is longer than a list can ever be."""


def read_number(text: str) -> int | None:
    """A whole number from an address; None for anything else."""
    digits = text.strip()
    if not _NUMBER.fullmatch(digits):
        return None
    return int(digits) if len(digits) < 10 else HUGE
