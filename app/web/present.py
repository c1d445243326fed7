"""What more than one page shows, as templates take it: dates, links, article lines, pagers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from app.domain.article import ArticleSummary
from app.domain.dates import MONTH_NAMES, PublishedDate, display_date
from app.store.browse import Shelf


@dataclass(frozen=True, slots=True)
class DateView:
    """A date as read, and as `datetime` attributes have it: with the precision it is known to; None for unknown."""

    text: str
    iso: str | None


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
    return DateView(display_date(published), None if published is None else str(published))


def date_text(moment: datetime) -> str:
    """The day of a moment that the archive itself noted, in UTC."""
    day = moment.astimezone(UTC)
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def moment_text(moment: datetime) -> str:
    """A moment that the archive itself noted, to the minute, in UTC."""
    return f"{date_text(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


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
