"""A page of results as its template takes it: every link made, every count beside what it counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from app.domain.query import FILTER_FIELDS, Filters, Match, Sort
from app.search.engine import ClauseTotal, FacetValue, SearchRequest
from app.search.parse import in_words, parse
from app.search.search import Hit, SearchPage
from app.search.serialize import search_parameters
from app.search.snippets import to_html
from app.store.browse import Shelf
from app.web.present import DateView, Link, Pager, date_view, pager, shelf_link, shortened

SHOWN_VALUES: Final = 8
"""Values of a facet that are shown unasked."""
LISTED_VALUES: Final = 50
"""Values of a facet that are listed at most (years are all listed): more are no help, and make the page heavy."""

PAGE_SIZES: Final = (10, 25, 50, 100)

_HEADINGS: Final = {"source": "Source", "year": "Year", "topic": "Topic", "author": "Author"}
"""The facets, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class SnippetView:
    paragraph: int
    path: str
    html: Markup


@dataclass(frozen=True, slots=True)
class HitView:
    """matching: paragraphs in which something of the query stands."""

    title: Markup
    path: str
    source: Link | None
    authors: tuple[Link, ...]
    date: DateView
    snippets: tuple[SnippetView, ...]
    matching: int


@dataclass(frozen=True, slots=True)
class FacetView:
    """first: the values shown unasked. rest: those behind a fold. unlisted: how many more there are."""

    heading: str
    first: tuple[Link, ...]
    rest: tuple[Link, ...]
    unlisted: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see the same results."""

    text: str
    path: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ResultsView:
    """text: the query as typed. words: as it was read. clauses: where there are several.

    empty_clauses: those that find nothing alone. other_match: the same words, any instead of all, or the reverse.
    kept: the parameters that a new query keeps.
    """

    path: str
    title: str
    text: str
    words: str
    all_articles: bool
    notes: tuple[str, ...]
    clauses: tuple[ClauseTotal, ...]
    empty_clauses: tuple[ClauseTotal, ...]
    other_match: Choice | None
    chips: tuple[Link, ...]
    unfiltered: str | None
    sorts: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    hits: tuple[HitView, ...]
    facets: tuple[FacetView, ...]
    pager: Pager
    first_number: int
    json_path: str
    kept: tuple[tuple[str, str], ...]
    took: str


def results_view(found: SearchPage) -> ResultsView:
    request, query, result = found.request, found.query, found.result
    paging = pager(request.page, request.per_page, result.total, lambda page: _path(request, page=page))
    clauses = result.clauses if len(result.clauses) > 1 else ()
    shown = shortened(query.text, 80)
    return ResultsView(
        path=_path(request, page=request.page),
        title=shown if shown else "All articles",
        text=query.text,
        words=in_words(query.root),
        all_articles=query.empty,
        notes=query.notes,
        clauses=clauses,
        empty_clauses=tuple(clause for clause in clauses if not clause.total),
        other_match=_other_match(request) if clauses else None,
        chips=tuple(_chips(request)),
        unfiltered=_path(request, Filters()) if request.filters.any else None,
        sorts=tuple(Choice(sort.value, _path(replace(request, sort=sort)), sort is request.sort) for sort in Sort),
        sizes=tuple(
            Choice(str(size), _path(replace(request, per_page=size)), size == request.per_page) for size in PAGE_SIZES
        ),
        hits=tuple(_hit(hit) for hit in found.hits),
        facets=tuple(_facet(found, field) for field in _HEADINGS if result.facets.get(field)),
        pager=paging,
        first_number=paging.from_number,
        json_path=f"/search.json?{search_parameters(request, page=request.page)}",
        kept=_kept(request),
        took=f"{found.took_ms / 1000:.2f}",
    )


def _path(request: SearchRequest, filters: Filters | None = None, page: int = 1) -> str:
    return f"/search?{search_parameters(request, filters, page)}"


def _hit(hit: Hit) -> HitView:
    article = hit.article
    return HitView(
        title=Markup(to_html(hit.title)),  # noqa: S704 - to_html escapes
        path=article.path,
        source=None if article.source is None else shelf_link(Shelf.SOURCES, article.source),
        authors=tuple(shelf_link(Shelf.AUTHORS, author) for author in article.authors),
        date=date_view(article.published),
        snippets=tuple(
            SnippetView(
                snippet.paragraph,
                f"{article.path}#p{snippet.paragraph}",
                Markup(to_html(snippet.parts)),  # noqa: S704 - to_html escapes
            )
            for snippet in hit.snippets.items
        ),
        matching=hit.snippets.matching_paragraphs,
    )


def _facet(found: SearchPage, field: str) -> FacetView:
    all_values = found.result.facets[field]
    values = all_values if field == "year" else all_values[:LISTED_VALUES]
    links = [_facet_link(found.request, field, value) for value in values if value.value not in _chosen(found, field)]
    if field == "year" and found.result.undated and "unknown" not in _chosen(found, field):
        undated = FacetValue("unknown", found.result.undated)
        links.insert(min(len(links), SHOWN_VALUES - 1), _facet_link(found.request, field, undated))
    return FacetView(
        _HEADINGS[field], tuple(links[:SHOWN_VALUES]), tuple(links[SHOWN_VALUES:]), len(all_values) - len(values)
    )


def _chosen(found: SearchPage, field: str) -> tuple[str, ...]:
    return _values(found.request.filters, field)


def _facet_link(request: SearchRequest, field: str, value: FacetValue) -> Link:
    """Choosing a value takes the place of the field's other values: that is how it was counted."""
    filters = replace(request.filters, **{field: (value.value,)})
    return Link(_value_text(field, value.value), _path(request, filters), value.total)


def _chips(request: SearchRequest) -> list[Link]:
    """The active filters; each leads to the search without it."""
    chips = []
    for field in FILTER_FIELDS:
        values = _values(request.filters, field)
        for value in values:
            fewer = replace(request.filters, **{field: tuple(other for other in values if other != value)})
            chips.append(Link(f"{_HEADINGS[field]}: {_value_text(field, value)}", _path(request, fewer)))
    return chips


def _other_match(request: SearchRequest) -> Choice:
    other = Match.ANY if request.query.match is Match.ALL else Match.ALL
    text = "any of these words" if other is Match.ANY else "all of these words"
    return Choice(text, _path(replace(request, query=parse(request.query.text, other))), False)


def _kept(request: SearchRequest) -> tuple[tuple[str, str], ...]:
    pairs = [(field, value) for field in FILTER_FIELDS for value in _values(request.filters, field)]
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("sort", request.sort.value))
    if request.per_page != SearchRequest(request.query).per_page:
        pairs.append(("per_page", str(request.per_page)))
    return tuple(pairs)


def _values(filters: Filters, field: str) -> tuple[str, ...]:
    values: tuple[str, ...] = getattr(filters, field)
    return values


def _value_text(field: str, value: str) -> str:
    return "date unknown" if field == "year" and value == "unknown" else value
