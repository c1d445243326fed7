"""A page of results as its template takes it: every link made, every count beside what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from markupsafe import Markup

from app.domain.query import FILTER_FIELDS, And, Clause, Filters, Match, Query, Similar, Sort, Widened, top_level
from app.language import _, day_text, decimal_text, month_text, noted, number_text, year_text
from app.search.engine import NO_FACET, PER_PAGE, ClauseTotal, Contribution, EngineHit, FacetValue, SearchRequest
from app.search.parse import as_text, in_words, parse
from app.search.search import Answer, Hit, SearchPage
from app.search.serialize import (
    clause_note,
    filter_parameters,
    match_as_read,
    narrowed_by,
    search_parameters,
    with_filter,
)
from app.search.snippets import to_html
from app.store.browse import Shelf
from app.web.chart import Chart, Column, month_chart, month_number, year_chart
from app.web.counted import counted
from app.web.fields import heading
from app.web.present import (
    ArticleLine,
    DateView,
    Link,
    Pager,
    article_line,
    as_of_text,
    date_view,
    pager,
    shelf_link,
    shortened,
)

SHOWN_VALUES: Final = 8
"""Values of a facet that are shown unasked."""
LISTED_VALUES: Final = 50
"""Values of a facet that are listed at most (years are all listed): more are no help, and make the page heavy."""

SHOWN_CLAUSES: Final = 24
"""Parts of a query that are shown unasked with what they find."""

SHOWN_NAMES: Final = 6
"""Other names, or words of a pattern, that are told of a clause; the rest are counted."""

PAGE_SIZES: Final = (10, 25, 50, 100)

MOST_MONTHS: Final = 24
"""Months that results lie within at most for their months to be shown as a picture."""

_LISTED_FIELDS: Final = ("source", "topic", "author")
"""The facets that are lists of names, in the order in which they are shown."""

_HEADING_MARKER: Final = re.compile(r"^#{1,6}\s+")
"""How a heading of plain text begins; article pages show it by its form."""

UNKNOWN: Final = "unknown"

_SORTS: Final = {
    Sort.RELEVANCE: noted("Relevance"),
    Sort.NEWEST: noted("Newest"),
    Sort.OLDEST: noted("Oldest"),
}

_OTHER_REASONS: Final = {
    "nearness": noted("its words near each other"),
    "meaning": noted("a passage that means much the same"),
    "feedback": noted("words that the best articles share"),
    "kept": noted("among the best before such words counted"),
}
"""What adds to a score besides the parts of the query, by the engine's name for it."""


@dataclass(frozen=True, slots=True)
class SnippetView:
    paragraph: int
    path: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Reason:
    """What one part of the query adds to a hit's score. cells: in title, summary and text, then for the exact form."""

    text: str
    score: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HitView:
    """matching: paragraphs in which something of the query stands; first_match: leads to the first of these.

    reasons: why it ranks where it does, where that was asked for; score: what they add up to. similar: how many
    near-duplicates are collapsed beneath it; beneath: the first of them.
    """

    id: str
    title: Markup
    path: str
    source: Link | None
    authors: tuple[Link, ...]
    date: DateView
    snippets: tuple[SnippetView, ...]
    matching: int
    first_match: str
    reasons: tuple[Reason, ...]
    score: str
    similar: int
    beneath: tuple[ArticleLine, ...]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A part of the query with what it finds alone.

    wider: what it was widened by, or stands for. note: that it finds nothing. without: what the others find without
    it, and where.
    """

    text: str
    total: int
    wider: str
    note: str | None
    without: Link | None


@dataclass(frozen=True, slots=True)
class FacetView:
    """first: the values shown unasked. rest: those behind a fold. unlisted: how many more there are."""

    heading: str
    first: tuple[Link, ...]
    rest: tuple[Link, ...]
    unlisted: int


@dataclass(frozen=True, slots=True)
class DatesView:
    """When the results were published. years, months: pictures, None where they would tell nothing.

    year_list: the same years as a list, newest first. undated: leads to those without a date. since, until: as chosen.
    kept: the parameters that other dates keep.
    """

    years: Chart | None
    months: Chart | None
    year_list: tuple[Link, ...]
    undated: Link | None
    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see the same results."""

    text: str
    path: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OtherMatch:
    """The same words, any of them instead of all, or the reverse. text, instead: what links there say."""

    path: str
    text: str
    instead: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """text: the query as typed; title: the same, cut. words: as it was read. some: what is shown answers only a part.

    did_you_mean, narrow: queries worth trying. other_match: any of the words instead of all, or all.
    explain: shows or hides why hits are in this order. as_of: the moment at which the archive is searched, and the same
    search of now; None where that is what is searched. kept: the parameters that a new query keeps. total: articles
    that answer; collapsed: how many of them are beneath a similar one and on no page. similar: the same search with
    these in places of their own, or the reverse; None where there are none.
    """

    path: str
    title: str
    text: str
    words: str
    all_articles: bool
    answered: bool
    some: bool
    did_you_mean: Link | None
    narrow: Link | None
    notes: tuple[str, ...]
    clauses: tuple[ClauseView, ...]
    more_clauses: tuple[ClauseView, ...]
    other_match: OtherMatch | None
    chips: tuple[Link, ...]
    unfiltered: str | None
    sorts: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    explain: Choice | None
    as_of: Link | None
    hits: tuple[HitView, ...]
    dates: DatesView
    facets: tuple[FacetView, ...]
    total: int
    collapsed: int
    similar: str | None
    pager: Pager
    json_path: str
    kept: tuple[tuple[str, str], ...]
    took: str


def results_view(found: SearchPage) -> ResultsView:
    answer, request, query, result = found.answer, found.request, found.request.query, found.result
    # The pages that follow are of the same generation, so that none of it is seen twice or not at all.
    turned = replace(request, generation=result.generation)
    plain = replace(request, explain=False, generation=None)
    from_here = "" if not query.text else f"?{search_parameters(plain, page=request.page)}"
    shown, clauses = shortened(query.text, 80), _clauses(answer)
    return ResultsView(
        path=_path(plain, page=request.page),
        title=shown if shown else _("All articles"),
        text=query.text,
        words=in_words(query.asked),
        all_articles=query.empty,
        answered=answer.answered,
        some=answer.fallback,
        did_you_mean=None if answer.did_you_mean is None else _other_query(request, answer.did_you_mean),
        narrow=None if answer.narrow is None else _other_query(request, answer.narrow),
        notes=answer.notes,
        clauses=tuple(clauses[:SHOWN_CLAUSES]),
        more_clauses=tuple(clauses[SHOWN_CLAUSES:]),
        other_match=_other_match(request) if len(answer.clauses) > 1 and not answer.fallback else None,
        chips=tuple(_chips(request)),
        unfiltered=_path(request, Filters()) if request.filters.any else None,
        sorts=tuple(Choice(_(_SORTS[sort]), _path(replace(request, sort=sort)), sort is request.sort) for sort in Sort),
        sizes=tuple(
            Choice(str(size), _path(replace(request, per_page=size)), size == request.per_page) for size in PAGE_SIZES
        ),
        explain=_explain(turned),
        as_of=None if request.as_of is None else Link(as_of_text(request.as_of), _path(replace(plain, as_of=None))),
        hits=tuple(_hit(hit, from_here) for hit in found.hits),
        dates=_dates(found),
        facets=tuple(_facet(found, field) for field in _LISTED_FIELDS if result.facets.get(field, NO_FACET).values),
        total=result.total,
        collapsed=result.collapsed,
        similar=_similar(plain, result.collapsed),
        pager=pager(request.page, request.per_page, answer.shown, lambda page: _path(turned, page=page)),
        json_path=f"/search.json?{search_parameters(plain, page=request.page)}",
        kept=_kept(request),
        took=decimal_text(found.took_ms / 1000),
    )


def _path(request: SearchRequest, filters: Filters | None = None, page: int = 1) -> str:
    return f"/search?{search_parameters(request, filters, page)}"


# How the query was read


def _other_query(request: SearchRequest, text: str) -> Link:
    """Another query with the same filters and order."""
    return Link(text, _path(replace(request, query=parse(text))))


def _clauses(answer: Answer) -> list[ClauseView]:
    """Shown where there are several, or where one stands for more than what was typed."""
    parts = top_level(answer.query.asked)
    views = [
        _clause(answer, parts, at, part, found)
        for at, (part, found) in enumerate(zip(parts, answer.clauses, strict=True))
    ]
    return views if len(views) > 1 or any(view.wider for view in views) else []


def _clause(answer: Answer, parts: tuple[Clause, ...], at: int, part: Clause, found: ClauseTotal) -> ClauseView:
    without = None
    if found.without:
        others = (*parts[:at], *parts[at + 1 :])
        rest = as_text(others[0] if len(others) == 1 else And(others))
        without = replace(_other_query(answer.request, rest), total=found.without)
    return ClauseView(
        text=shortened(found.text, 80),
        total=found.total,
        wider=_wider(part, found),
        note=clause_note(found, answered=answer.answered) if not found.total else None,
        without=without,
    )


def _wider(part: Clause, found: ClauseTotal) -> str:
    if not found.widened:
        return ""
    shown = ", ".join(found.widened[:SHOWN_NAMES])
    if isinstance(part, Widened):
        more = len(found.widened) - SHOWN_NAMES
        if more > 0:
            return _("also %(names)s and %(count)s more", names=shown, count=number_text(more))
        return _("also %(names)s", names=shown)
    if found.words > SHOWN_NAMES:
        return f"= {shown}, … ({counted(found.words, 'word')})"
    return f"= {shown}"


def _other_match(request: SearchRequest) -> OtherMatch | None:
    """None where it would be the same search, as of words that OR joins."""
    other = Match.ANY if request.query.match is Match.ALL else Match.ALL
    query = parse(request.query.text, other)
    if query.root == request.query.root:
        return None
    path = _path(replace(request, query=query))
    if other is Match.ANY:
        return OtherMatch(path, _("find any of these words"), _("Find any of these words instead"))
    return OtherMatch(path, _("find all of these words"), _("Find all of these words instead"))


# Hits


def _hit(hit: Hit, from_here: str) -> HitView:
    """from_here: what an article's address is followed by, so that it is opened as found."""
    article = hit.article
    path = article.path + from_here
    return HitView(
        id=article.id,
        title=Markup(to_html(hit.title)),  # noqa: S704 - to_html escapes
        path=path,
        source=None if article.source is None else shelf_link(Shelf.SOURCES, article.source),
        authors=tuple(shelf_link(Shelf.AUTHORS, author) for author in article.authors),
        date=date_view(article.published),
        snippets=tuple(
            SnippetView(
                snippet.paragraph,
                f"{path}#p{snippet.paragraph}",
                Markup(_HEADING_MARKER.sub("", to_html(snippet.pieces), count=1)),  # noqa: S704 - to_html escapes
            )
            for snippet in hit.snippets.items
        ),
        matching=hit.snippets.matching_paragraphs,
        first_match=f"{path}#match",
        reasons=_reasons(hit.found),
        score=_score(hit.found.score),
        similar=hit.found.similar,
        beneath=tuple(replace(line, path=line.path + from_here) for line in map(article_line, hit.beneath)),
    )


def _reasons(found: EngineHit) -> tuple[Reason, ...]:
    return tuple(_reason(one) for one in found.explanation)


def _reason(one: Contribution) -> Reason:
    if not one.fields and one.score and one.clause in _OTHER_REASONS:
        return Reason(_(_OTHER_REASONS[one.clause]), _score(one.score), ())
    by_field = {name: f"{_score(score)} ({often}×)" for name, often, score in one.fields}
    cells = [by_field.get(name, "") for name in ("title", "summary", "text")]
    return Reason(shortened(one.clause, 80), _score(one.score), (*cells, _score(one.exact) if one.exact else ""))


def _score(score: float) -> str:
    return decimal_text(score)


def _explain(request: SearchRequest) -> Choice | None:
    """None where nothing is ranked."""
    if request.sort is not Sort.RELEVANCE or request.query.empty:
        return None
    other = replace(request, explain=not request.explain)
    text = _("Hide why") if request.explain else _("Why this order")
    return Choice(text, _path(other, page=request.page), request.explain)


def _similar(request: SearchRequest, collapsed: int) -> str | None:
    if request.similar is Similar.ALL:
        return _path(replace(request, similar=Similar.COLLAPSED))
    if not collapsed:
        return None
    return _path(replace(request, similar=Similar.ALL))


# Filters


def _dates(found: SearchPage) -> DatesView:
    request, result = found.request, found.result
    counted = sorted(result.facets.get("year", NO_FACET).values)
    chosen = request.filters.year
    narrowed = narrowed_by(request, "year")
    paths = {
        year: _year_path(request, year) if year in chosen else f"/search?{narrowed(year)}"
        for year in (value.value for value in counted)
    }
    columns = [
        Column(int(value.value), value.total, paths[value.value], _said_of_year(request, value.value))
        for value in counted
    ]
    undated = None
    if result.undated and UNKNOWN not in chosen:
        undated = Link(_("date unknown"), _year_path(request, UNKNOWN), result.undated)
    return DatesView(
        years=year_chart(columns) if len(columns) > 1 else None,
        months=_months(request, result.months),
        year_list=tuple(
            Link(value.value, paths[value.value], value.total)
            for value in reversed(counted)
            if value.value not in chosen
        ),
        undated=undated,
        since=request.filters.since or "",
        until=request.filters.until or "",
        kept=_kept_by_dates(request),
    )


def _year_path(request: SearchRequest, year: str) -> str:
    """A year takes the place of other dates; one that is chosen leads to the search without it."""
    chosen = request.filters.year
    values = tuple(other for other in chosen if other != year) if year in chosen else (year,)
    return _path(request, with_filter(request.filters, "year", values))


def _said_of_year(request: SearchRequest, year: str) -> str:
    filters = request.filters
    if year in filters.year:
        return _("chosen; take it off")
    since, until = (filters.since or "")[:4], (filters.until or "9999")[:4]
    among = (filters.since or filters.until) and since <= year <= until
    return _("among the dates chosen") if among else ""


def _months(request: SearchRequest, months: tuple[FacetValue, ...]) -> Chart | None:
    """Only where all of them lie close together; of one month a picture would tell nothing."""
    if len(months) < 2 or _number_of(months[-1]) - _number_of(months[0]) >= MOST_MONTHS:
        return None
    numbers = [_number_of(month) for month in months]
    columns = [
        Column(number, month.total, _path(request, _of_month(request.filters, month.value)))
        for number, month in zip(numbers, months, strict=True)
    ]
    # Whole years, so that the same month stands at the same place whatever was found.
    return month_chart(columns, numbers[0] // 12 * 12, numbers[-1] // 12 * 12 + 11)


def _number_of(month: FacetValue) -> int:
    return month_number(int(month.value[:4]), int(month.value[5:]))


def _of_month(filters: Filters, month: str) -> Filters:
    return replace(filters, year=(), since=month, until=month)


def _facet(found: SearchPage, field: str) -> FacetView:
    facet = found.result.facets[field]
    values = facet.values[:LISTED_VALUES]
    chosen = _values(found.request.filters, field)
    # Choosing a value takes the place of the field's other values: that is how it was counted.
    narrowed = narrowed_by(found.request, field)
    links = [
        Link(value.value, f"/search?{narrowed(value.value)}", value.total)
        for value in values
        if value.value not in chosen
    ]
    return FacetView(
        heading(field), tuple(links[:SHOWN_VALUES]), tuple(links[SHOWN_VALUES:]), facet.distinct - len(values)
    )


def _chips(request: SearchRequest) -> list[Link]:
    """The active filters; each leads to the search without it."""
    filters, since, until = request.filters, request.filters.since, request.filters.until
    chips = []
    for field in FILTER_FIELDS:
        values = _values(filters, field)
        for value in values:
            fewer = with_filter(filters, field, tuple(other for other in values if other != value))
            chips.append((_chip_text(field, value), replace(fewer, since=since, until=until)))
    if since is not None and since == until:
        chips.append((_("Date: %(period)s", period=_period(since)), replace(filters, since=None, until=None)))
    else:
        if since is not None:
            chips.append((_("From %(period)s", period=_period(since)), replace(filters, since=None)))
        if until is not None:
            chips.append((_("To %(period)s", period=_period(until)), replace(filters, until=None)))
    return [Link(text, _path(request, fewer)) for text, fewer in chips]


def _chip_text(field: str, value: str) -> str:
    if field == "year":
        return _("Date unknown") if value == UNKNOWN else _("Year: %(year)s", year=value)
    return f"{heading(field)}: {value}"


def _period(written: str) -> str:
    """`2016`, `July 2016` or `21 July 2016`."""
    year, *rest = map(int, written.split("-"))
    match rest:
        case [month, day]:
            return day_text(date(year, month, day))
        case [month]:
            return month_text(year, month)
        case _:
            return year_text(year)


def _kept(request: SearchRequest) -> tuple[tuple[str, str], ...]:
    pairs = filter_parameters(request.filters)
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("sort", request.sort.value))
    if request.per_page != PER_PAGE:
        pairs.append(("per_page", str(request.per_page)))
    if request.as_of is not None:
        pairs.append(("as_of", request.as_of.given))
    if request.similar is not Similar.COLLAPSED:
        pairs.append(("similar", request.similar.value))
    return tuple(pairs)


def _kept_by_dates(request: SearchRequest) -> tuple[tuple[str, str], ...]:
    """Other dates take the place of those chosen, and belong to the same query."""
    query: Query = request.query
    pairs = [("q", query.text)]
    if query.match is not match_as_read(query.text):
        pairs.append(("match", query.match.value))
    other_dates = replace(request, filters=replace(request.filters, year=(), since=None, until=None))
    return (*pairs, *_kept(other_dates))


def _values(filters: Filters, field: str) -> tuple[str, ...]:
    values: tuple[str, ...] = getattr(filters, field)
    return values
