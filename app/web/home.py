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

NEWEST: Final = 8
MOST_FREQUENT: Final = 10
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
    """One year's bar, in the picture's units; its foot stands on the base line."""

    year: int
    articles: int
    path: str
    x: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Articles per year as a picture. labels: the years that are written under it, with their place."""

    width: int
    height: int
    base: int
    bar_width: int
    bars: tuple[Bar, ...]
    labels: tuple[tuple[int, int], ...]
    most: int
    note: str


CHART_HEIGHT: Final = 150
CHART_BASE: Final = 126
CHART_WIDTH: Final = 960
LONGEST_CHART: Final = 96
"""Years the picture holds at most; the table beside it holds all."""


def chart(years: tuple[PeriodCount, ...]) -> Chart:
    """years: ascending, at least one. Years without articles keep their place."""
    last = years[-1].period
    first = max(years[0].period, last - LONGEST_CHART + 1)
    shown = [year for year in years if year.period >= first]
    span = last - first + 1
    step = max(10, min(60, CHART_WIDTH // span))
    most = max(year.articles for year in shown)
    return Chart(
        width=step * span,
        height=CHART_HEIGHT,
        base=CHART_BASE,
        bar_width=step,
        bars=tuple(_bar(year, (year.period - first) * step, most) for year in shown),
        labels=tuple(((year - first) * step + step // 2, year) for year in _labelled(first, last)),
        most=most,
        note=f"Years before {first} are in the table." if first > years[0].period else "",
    )


def _bar(year: PeriodCount, x: int, most: int) -> Bar:
    height = max(2.0, round((CHART_BASE - 14) * year.articles / most, 1))
    return Bar(year.period, year.articles, f"/browse/{year.period}", x, round(CHART_BASE - height, 1), height)


def _labelled(first: int, last: int) -> list[int]:
    """The years that are written under the picture."""
    span = last - first + 1
    every = 1 if span <= 6 else 5 if span <= 60 else 10
    return [year for year in range(first, last + 1) if year % every == 0] or [first]
