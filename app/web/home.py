"""The front page: search first, then what is in here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request, Response

from app.search.engine import IndexUnavailable, SearchRequest
from app.search.parse import parse
from app.store import articles, browse
from app.store.browse import NameCount, PeriodCount, Shelf
from app.web.dependencies import Archive, ArchiveDep
from app.web.pages import page
from app.web.present import Link, article_line, shelf_link

NEWEST: Final = 10
MOST_FREQUENT: Final = 8
EXAMPLES: Final = (
    "mosul stabilization",
    '"climate change"',
    "vaccine -stockpile",
    '"executive order" trade',
    "accessibility",
    '"military expenditures"',
    "election",
    "health",
    "water",
)
SHOWN_EXAMPLES: Final = 3

router = APIRouter()


@router.get("/")
def home(archive: ArchiveDep, request: Request) -> Response:
    with archive.database.reading() as connection:
        glance = browse.glance(connection)
        sources = browse.names(connection, Shelf.SOURCES)
        topics = browse.names(connection, Shelf.TOPICS)
        newest = articles.newest(connection, NEWEST)
    return page(
        request,
        "home.html",
        glance=glance,
        chart=chart(glance.years) if glance.years else None,
        sources=_most_frequent(Shelf.SOURCES, sources),
        topics=_most_frequent(Shelf.TOPICS, topics),
        newest=[article_line(article) for article in newest],
        examples=working_examples(archive, archive.index.generation()),
    )


def _most_frequent(shelf: Shelf, names: list[NameCount]) -> list[Link]:
    ranked = sorted(names, key=lambda name: (-name.articles, name.name))
    return [shelf_link(shelf, name.name, name.articles) for name in ranked[:MOST_FREQUENT]]


@lru_cache(maxsize=8)
def working_examples(archive: Archive, generation: int) -> tuple[str, ...]:  # noqa: ARG001 - part of the cache's key
    """Queries that find something in this generation of the index."""
    try:
        with archive.index.engine() as engine:
            found = [example for example in EXAMPLES if engine.search(SearchRequest(parse(example), per_page=0)).total]
    except IndexUnavailable:
        return ()
    return tuple(found[:SHOWN_EXAMPLES])


@dataclass(frozen=True, slots=True)
class Bar:
    """One year's bar; places and lengths in percent of the picture, so that it stretches with the page."""

    year: int
    articles: int
    path: str
    x: float
    middle: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Articles per year as a picture. labels: the years that are written under it, and where, in percent."""

    bar_width: float
    base: float
    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, int], ...]
    most: int
    note: str


CHART_TOP: Final = 10.0
CHART_BASE: Final = 86.0
"""Percent of the picture's height between which bars stand; numbers are written above, years below."""
LONGEST_CHART: Final = 96
"""Years the picture holds at most; the table beside it holds all."""


def chart(years: tuple[PeriodCount, ...]) -> Chart:
    """years: ascending, at least one. Years without articles keep their place."""
    last = years[-1].period
    first = max(years[0].period, last - LONGEST_CHART + 1)
    shown = [year for year in years if year.period >= first]
    width = 100 / (last - first + 1)
    most = max(year.articles for year in shown)
    return Chart(
        bar_width=round(0.76 * width, 3),
        base=CHART_BASE,
        bars=tuple(_bar(year, (year.period - first) * width, width, most) for year in shown),
        labels=tuple((round((year - first + 0.5) * width, 3), year) for year in _labelled(first, last)),
        most=most,
        note=f"Years before {first} are in the table." if first > years[0].period else "",
    )


def _bar(year: PeriodCount, x: float, width: float, most: int) -> Bar:
    height = max(1.0, round((CHART_BASE - CHART_TOP) * year.articles / most, 2))
    return Bar(
        year=year.period,
        articles=year.articles,
        path=f"/browse/{year.period}",
        x=round(x + 0.12 * width, 3),
        middle=round(x + 0.5 * width, 3),
        top=round(CHART_BASE - height, 2),
        height=height,
    )


def _labelled(first: int, last: int) -> list[int]:
    """The years that are written under the picture."""
    span = last - first + 1
    every = 1 if span <= 6 else 5 if span <= 40 else 10
    return [year for year in range(first, last + 1) if year % every == 0] or [first]
