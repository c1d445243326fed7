"""A page of results as the JSON that `/search.json` and `policy-archive search --json` give: one shape, one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus

from app.domain.query import FILTER_FIELDS, Filters, Match, Similar, Sort
from app.language import _, plural
from app.search.engine import NO_FACET, PER_PAGE, ClauseTotal, Facet, SearchRequest
from app.search.parse import as_text, in_words, parse
from app.search.search import Hit, SearchPage
from app.search.snippets import to_html

_ANY_VALUE: Final = "\0"
"""Stands for a value; no query and no value that was read holds it."""


def search_json(page: SearchPage, base_url: str) -> dict[str, Any]:
    """base_url: what permalinks begin with, without a final slash."""
    answer = page.answer
    query, request, result = answer.query, answer.request, answer.result
    next_page = request.page + 1 if request.page < answer.pages else None
    next_request = replace(request, generation=result.generation)
    return {
        "query": {
            "text": query.text,
            "canonical": as_text(query.root),
            "words": in_words(query.asked),
            "repaired": query.repaired,
            "notes": list(answer.notes),
            "match": query.match.value,
            "narrow": answer.narrow,
        },
        "as_of": None if request.as_of is None else request.as_of.given,
        "total": result.total,
        "collapsed": result.collapsed,
        "generation": result.generation,
        "took_ms": round(page.took_ms, 1),
        "fallback": "or" if answer.fallback else None,
        "clauses": [
            {
                "text": clause.text,
                "total": clause.total,
                "widened": list(clause.widened),
                "note": clause_note(clause, answered=answer.answered),
            }
            for clause in answer.clauses
        ],
        "did_you_mean": answer.did_you_mean,
        "hits": [_hit(hit, base_url, explain=request.explain) for hit in page.hits],
        "facets": {
            **{
                name: _facet(result.facets.get(name, NO_FACET), narrowed_by(request, name), base_url)
                for name in FILTER_FIELDS
            },
            "undated": result.undated,
        },
        "histogram": [
            {"year": int(bar.value), "total": bar.total} for bar in sorted(result.facets.get("year", NO_FACET).values)
        ],
        "months": [{"month": bar.value, "total": bar.total} for bar in result.months],
        "page": request.page,
        "per_page": request.per_page,
        "next": None
        if next_page is None
        else f"{base_url}/search.json?{search_parameters(next_request, page=next_page)}",
    }


def clause_note(clause: ClauseTotal, *, answered: bool) -> str | None:
    """What to know about a clause where not every clause could be answered together."""
    if answered:
        return None
    if not clause.total:
        return _("No article has this.")
    if clause.without:
        return plural(
            "Without this, %(num)s article answers.", "Without this, %(num)s articles answer.", clause.without
        )
    return None


def search_parameters(request: SearchRequest, filters: Filters | None = None, page: int = 1) -> str:
    """The query part of the address that asks for this search, with other filters or another page; defaults left
    out."""
    filters = request.filters if filters is None else filters
    pairs: list[tuple[str, str]] = [("q", request.query.text)]
    if request.query.match is not match_as_read(request.query.text):
        pairs.append(("match", request.query.match.value))
    pairs += filter_parameters(filters)
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("sort", request.sort.value))
    if page > 1:
        pairs.append(("page", str(page)))
    if request.per_page != PER_PAGE:
        pairs.append(("per_page", str(request.per_page)))
    if request.as_of is not None:
        pairs.append(("as_of", request.as_of.given))
    if request.similar is not Similar.COLLAPSED:
        pairs.append(("similar", request.similar.value))
    if request.explain:
        pairs.append(("explain", "1"))
    if page > 1 and request.generation is not None:
        pairs.append(("generation", str(request.generation)))
    return "&".join([_encoded(name, value) for name, value in pairs])


@lru_cache(maxsize=1024)
def _encoded(name: str, value: str) -> str:
    """Every link of a page repeats most of what the others say."""
    return f"{name}={quote_plus(value, errors='replace')}"


def narrowed_by(request: SearchRequest, field: str) -> Callable[[str], str]:
    """For any value of a field: the query part of the address of this search with that value and no other.

    Of a page's links most differ in nothing else, so the rest is put together once.
    """
    pattern = search_parameters(request, with_filter(request.filters, field, (_ANY_VALUE,)))
    before, _value, after = pattern.partition(_encoded(field, _ANY_VALUE))
    return lambda value: f"{before}{_encoded(field, value)}{after}"


def filter_parameters(filters: Filters) -> list[tuple[str, str]]:
    pairs = [(name, value) for name in FILTER_FIELDS for value in getattr(filters, name)]
    pairs += [(name, value) for name, value in (("from", filters.since), ("to", filters.until)) if value]
    return pairs


@lru_cache(maxsize=256)
def match_as_read(text: str) -> Match:
    """How the text is matched where the address does not say."""
    return parse(text).match


def _hit(hit: Hit, base_url: str, *, explain: bool) -> dict[str, Any]:
    article = hit.article
    address = base_url + article.lasting_path
    given = {
        "id": article.id,
        "guid": article.guid,
        "url": address,
        "title": article.title,
        "title_origin": article.title_origin,
        "source": article.source,
        "authors": list(article.authors),
        "published": None if article.published is None else str(article.published),
        "precision": None if article.published is None else article.published.precision.value,
        "version": article.version,
        "score": round(hit.found.score, 4),
        "matching_paragraphs": hit.snippets.matching_paragraphs,
        "snippets": [
            {"paragraph": snippet.paragraph, "url": f"{address}#p{snippet.paragraph}", "html": to_html(snippet.pieces)}
            for snippet in hit.snippets.items
        ],
        "similar": hit.found.similar,
    }
    if explain:
        given["explanation"] = [
            {
                "clause": one.clause,
                "score": round(one.score, 4),
                "exact": round(one.exact, 4),
                "fields": [
                    {"field": field, "occurrences": often, "score": round(score, 4)}
                    for field, often, score in one.fields
                ],
            }
            for one in hit.found.explanation
        ]
    return given


def _facet(facet: Facet, narrowed: Callable[[str], str], base_url: str) -> list[dict[str, Any]]:
    """Choosing a value takes the place of the field's other values: that is how it was counted."""
    return [
        {"value": value.value, "total": value.total, "url": f"{base_url}/search?{narrowed(value.value)}"}
        for value in facet.values
    ]


def with_filter(filters: Filters, field: str, values: tuple[str, ...]) -> Filters:
    """The filters with other values of one field; a year takes the place of a range of dates, too."""
    match field:
        case "source":
            return replace(filters, source=values)
        case "author":
            return replace(filters, author=values)
        case "topic":
            return replace(filters, topic=values)
        case "year":
            return replace(filters, year=values, since=None, until=None)
        case _:
            raise ValueError(f"{field} is no filter")
