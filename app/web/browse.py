"""Browsing: by source, topic and author, by year and month, and what has no date."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil, sqrt
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.convertors import Convertor, register_url_convertor

from app.domain.moments import AsOf, read_as_of
from app.language import _, month_name, month_text, noted, short_month_name, year_text
from app.store import browse
from app.store.browse import ArticlePage, NameCount, PeriodCount, Shelf
from app.web.dependencies import Archive, ArchiveDep
from app.web.errors import NotFound
from app.web.pages import page
from app.web.present import Link, article_line, as_of_text, as_of_view, pager, read_number, shelf_path

PER_PAGE: Final = 50
DENSITIES: Final = 5
"""Shades by which the calendar tells how many articles a month has."""
MANY_NAMES: Final = 40
"""A list of names longer than this gets links to its letters."""

ReadPage = Callable[[Connection, int, int, datetime | None], ArticlePage]
"""Reads a part of a list: connection, limit, offset, as of when."""


class _ShelfConvertor(Convertor[Shelf]):
    regex = "sources|topics|authors"

    def convert(self, value: str) -> Shelf:
        return Shelf(value)

    def to_string(self, value: Shelf) -> str:
        return value.value


class _YearConvertor(Convertor[int]):
    regex = "[0-9]{4}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return f"{value:04d}"


class _MonthConvertor(Convertor[int]):
    regex = "0?[1-9]|1[0-2]"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return f"{value:02d}"


register_url_convertor("shelf", _ShelfConvertor())
register_url_convertor("year", _YearConvertor())
register_url_convertor("month", _MonthConvertor())

router = APIRouter()

_ALL: Final = {
    Shelf.SOURCES: noted("All sources"),
    Shelf.TOPICS: noted("All topics"),
    Shelf.AUTHORS: noted("All authors"),
}


@router.get("/browse")
def browse_page(archive: ArchiveDep, request: Request) -> Response:
    as_of, until = _as_of(request)
    with archive.database.reading() as connection:
        glance = browse.glance(connection, until)
    kept = _kept(as_of)
    return page(
        request,
        "browse.html",
        canonical=f"/browse{kept}",
        glance=glance,
        calendar=calendar(glance.calendar, kept),
        months=[short_month_name(month) for month in range(1, 13)],
        as_of=as_of_view(as_of),
        kept=kept,
        path="/browse",
    )


@router.get("/browse/undated")
def undated_page(archive: ArchiveDep, request: Request) -> Response:
    return _list_page(archive, request, "/browse/undated", _("Articles without a date"), browse.undated)


@router.get("/browse/{year:year}")
def year_page(year: int, archive: ArchiveDep, request: Request) -> Response:
    as_of, until = _as_of(request)
    with archive.database.reading() as connection:
        months = [_month_link(year, month, _kept(as_of)) for month in browse.months(connection, year, until)]

    def read(connection: Connection, limit: int, offset: int, until: datetime | None) -> ArticlePage:
        return browse.by_period(connection, year, None, limit, offset, until)

    return _list_page(archive, request, f"/browse/{year}", _articles_of(year_text(year)), read, months=months)


@router.get("/browse/{year:year}/{month:month}")
def month_page(year: int, month: int, archive: ArchiveDep, request: Request) -> Response:
    def read(connection: Connection, limit: int, offset: int, until: datetime | None) -> ArticlePage:
        return browse.by_period(connection, year, month, limit, offset, until)

    heading = _articles_of(month_text(year, month))
    return _list_page(
        archive, request, f"/browse/{year}/{month:02d}", heading, read, up=Link(year_text(year), f"/browse/{year}")
    )


@router.get("/browse/{shelf:shelf}")
def shelf_page(shelf: Shelf, archive: ArchiveDep, request: Request) -> Response:
    as_of, until = _as_of(request)
    with archive.database.reading() as connection:
        names = browse.names(connection, shelf, until)
    return page(
        request,
        "names.html",
        canonical=f"/browse/{shelf}{_kept(as_of)}",
        shelf=shelf.value,
        total=len(names),
        letters=_by_letter(shelf, names, _kept(as_of)),
        jumps=len(names) > MANY_NAMES,
        as_of=as_of_view(as_of),
        path=f"/browse/{shelf}",
    )


@router.get("/browse/{shelf:shelf}/{name:path}")
def name_page(shelf: Shelf, name: str, archive: ArchiveDep, request: Request) -> Response:
    if not name:
        return RedirectResponse(f"/browse/{shelf}", 301)

    def read(connection: Connection, limit: int, offset: int, until: datetime | None) -> ArticlePage:
        return browse.by_name(connection, shelf, name, limit, offset, until)

    up = Link(_(_ALL[shelf]), f"/browse/{shelf}")
    return _list_page(archive, request, shelf_path(shelf, name), name, read, up=up)


def _list_page(
    archive: Archive,
    request: Request,
    path: str,
    heading: str,
    read: ReadPage,
    months: list[Link] | None = None,
    up: Link | None = None,
) -> Response:
    """One page of a list of articles. A page beyond the last shows the last; an empty list is not found."""
    as_of, until = _as_of(request)
    kept = _kept(as_of)
    asked = max(1, read_number(request.query_params.get("page", "1")) or 1)
    with archive.database.reading() as connection:
        found = read(connection, PER_PAGE, (asked - 1) * PER_PAGE, until)
        number = min(asked, max(1, -(-found.total // PER_PAGE)))
        if number != asked:
            found = read(connection, PER_PAGE, (number - 1) * PER_PAGE, until)
    if not found.total:
        if until is None or as_of is None:
            raise NotFound(_("No article of this archive is filed under “%(name)s”.", name=heading))
        sentence = noted("No article of this archive is filed under “%(name)s”, or was as of %(then)s.")
        raise NotFound(_(sentence, name=heading, then=as_of_text(as_of)))

    def address(number: int) -> str:
        if number == 1:
            return path + kept
        return f"{path}?page={number}{kept.replace('?', '&')}"

    return page(
        request,
        "list.html",
        canonical=address(number),
        heading=heading,
        articles=[article_line(article, kept) for article in found.articles],
        pager=pager(number, PER_PAGE, found.total, address),
        months=months or [],
        up=up or Link(_("Browse"), "/browse"),
        as_of=as_of_view(as_of),
        path=path,
    )


def _articles_of(period: str) -> str:
    return _("Articles of %(period)s", period=period)


def _as_of(request: Request) -> tuple[AsOf | None, datetime | None]:
    """The moment that is asked for, and the instant it ends at; None for now."""
    as_of = read_as_of(request.query_params.get("as_of", ""))
    return as_of, None if as_of is None else as_of.until


def _kept(as_of: AsOf | None) -> str:
    """What addresses end in, so that the moment asked for stays."""
    return f"?as_of={quote(as_of.given, safe='')}" if as_of is not None and as_of.until is not None else ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar. name: with its year. density: from 1 to DENSITIES, 0 where it has no articles."""

    name: str
    path: str
    articles: int
    density: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the calendar. unknown: its articles whose month is not known."""

    link: Link
    months: tuple[Month, ...]
    unknown: int


def calendar(counts: Mapping[int, Mapping[int, int]], kept: str = "") -> list[Year]:
    """counts: as the store counts them. The square root of a month's share of the fullest one tells its density: a few
    full months should not make all others look empty."""
    most = max((n for months in counts.values() for month, n in months.items() if month), default=1)

    def cell(year: int, month: int, articles: int) -> Month:
        density = ceil(DENSITIES * sqrt(articles / most))
        return Month(month_text(year, month), f"/browse/{year:04d}/{month:02d}{kept}", articles, density)

    return [
        Year(
            Link(year_text(year), f"/browse/{year:04d}{kept}", sum(months.values())),
            tuple(cell(year, month, months.get(month, 0)) for month in range(1, 13)),
            months.get(0, 0),
        )
        for year, months in sorted(counts.items(), reverse=True)
    ]


def _month_link(year: int, month: PeriodCount, kept: str) -> Link:
    """period 0: the month is not known, so there is no page for it."""
    if not month.period:
        return Link(_("month unknown"), "", month.articles)
    return Link(month_name(month.period), f"/browse/{year}/{month.period:02d}{kept}", month.articles)


@dataclass(frozen=True, slots=True)
class NameRow:
    link: Link
    years: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The names that begin with a letter. anchor: the id of their part of the page."""

    letter: str
    anchor: str
    rows: list[NameRow]


def _by_letter(shelf: Shelf, names: list[NameCount], kept: str) -> list[Letter]:
    lettered = sorted(((_letter(name.name), name) for name in names), key=lambda pair: pair[0])
    return [
        Letter(letter, f"letter-{ord(letter)}", [_name_row(shelf, name, kept) for _, name in group])
        for letter, group in groupby(lettered, key=lambda pair: pair[0])
    ]


def _letter(name: str) -> str:
    """The capital a name is filed under: accents off; `#` where it begins with no letter."""
    first = unicodedata.normalize("NFKD", name.strip()[:1]).upper()[:1]
    return first if first.isalpha() else "#"


def _name_row(shelf: Shelf, name: NameCount, kept: str) -> NameRow:
    link = Link(name.name, shelf_path(shelf, name.name) + kept, name.articles)
    return NameRow(link, _span(name.first_year, name.last_year))


def _span(first: int | None, last: int | None) -> str:
    if first is None:
        return _("date unknown")
    return str(first) if first == last else f"{first}–{last}"
