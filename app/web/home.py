"""The front page: search first, then what is in here."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request, Response

from app.search.engine import IndexUnavailable
from app.search.parse import parse
from app.store import articles, browse
from app.store.browse import NameCount, PeriodCount, Shelf
from app.web.chart import Chart, Column, year_chart
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
    examples = _examples(archive)
    answer = page(
        request,
        "home.html",
        glance=glance,
        chart=_chart(glance.years) if glance.years else None,
        sources=_most_frequent(Shelf.SOURCES, sources),
        topics=_most_frequent(Shelf.TOPICS, topics),
        newest=[article_line(article) for article in newest],
        examples=examples or (),
    )
    if examples is None:
        answer.headers["Cache-Control"] = "no-store"  # the index may answer again without any change
    return answer


def _most_frequent(shelf: Shelf, names: list[NameCount]) -> list[Link]:
    ranked = sorted(names, key=lambda name: (-name.articles, name.name))
    return [shelf_link(shelf, name.name, name.articles) for name in ranked[:MOST_FREQUENT]]


def _chart(years: tuple[PeriodCount, ...]) -> Chart:
    return year_chart([Column(year.period, year.articles, f"/browse/{year.period}") for year in years])


def _examples(archive: Archive) -> tuple[str, ...] | None:
    """None where there is no index to ask."""
    try:
        return working_examples(archive, archive.index.generation())
    except IndexUnavailable:
        return None


@lru_cache(maxsize=8)
def working_examples(archive: Archive, generation: int) -> tuple[str, ...]:
    """Queries that find something in this generation of the index. Raises IndexUnavailable."""
    with archive.index.engine(generation) as engine:
        found = [example for example in EXAMPLES if engine.count(parse(example).root)]
    return tuple(found[:SHOWN_EXAMPLES])
