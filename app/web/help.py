"""How to search: every operator with an example that is a live search, made from the table of the query language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.language import _
from app.search.engine import IndexUnavailable
from app.search.language import LANGUAGE, Entry, Sample
from app.search.parse import LONGEST_TYPED, MOST_CLAUSES, SENTENCE, parse
from app.search.thesaurus import Thesaurus
from app.web.dependencies import Archive, ArchiveDep
from app.web.pages import page
from app.web.said_by_assets import keys

router = APIRouter()

Totals = dict[str, int]
"""Example -> articles that it finds now."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """finds, misses: a text that answers, and one that doesn't, where text alone shows it; else empty.

    total: articles that the example finds now, None where the index does not answer.
    """

    typed: str
    path: str
    meaning: str
    finds: str
    misses: str
    total: int | None


@dataclass(frozen=True, slots=True)
class GroupView:
    heading: str
    said: str
    entries: tuple[EntryView, ...]


@router.get("/help/search")
def search_help(archive: ArchiveDep, request: Request) -> Response:
    thesaurus = archive.thesaurus.current()
    totals = _totals(archive, thesaurus)
    groups = [
        GroupView(_(group.heading), _(group.said), tuple(_entry_view(entry, totals) for entry in group.entries))
        for group in LANGUAGE
    ]
    answer = page(
        request,
        "help.html",
        groups=groups,
        names=len(thesaurus.groups),
        sentence=SENTENCE,
        most_characters=LONGEST_TYPED,
        most_clauses=MOST_CLAUSES,
        keys=keys(),
    )
    if not totals:
        answer.headers["Cache-Control"] = "no-store"  # the index may answer again without any change
    return answer


def _totals(archive: Archive, thesaurus: Thesaurus) -> Totals:
    """Empty where there is no index to ask."""
    try:
        return totals_at(archive, archive.index.generation(), thesaurus)
    except IndexUnavailable:
        return {}


@lru_cache(maxsize=4)
def totals_at(archive: Archive, generation: int, thesaurus: Thesaurus) -> Totals:
    """What the examples find in a generation of the index. Raises IndexUnavailable."""
    with archive.index.engine(generation) as engine:
        return {
            entry.typed: engine.count(thesaurus.widen(parse(entry.typed)).asked)
            for group in LANGUAGE
            for entry in group.entries
        }


def _entry_view(entry: Entry, totals: Totals) -> EntryView:
    finds, misses = entry.finds[0], entry.misses[0]
    told = _is_text_alone(finds) and _is_text_alone(misses)
    return EntryView(
        typed=entry.typed,
        path=f"/search?{urlencode({'q': entry.typed})}",
        meaning=_(entry.meaning),
        finds=finds.text if told else "",
        misses=misses.text if told else "",
        total=totals.get(entry.typed),
    )


def _is_text_alone(sample: Sample) -> bool:
    return sample == Sample(sample.text)
