"""Reads the address of a search. Whatever stands in it is repaired, and the query's notes say how it was read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeVar

from starlette.datastructures import QueryParams

from app.domain.moments import AsOf, read_as_of
from app.domain.query import Dated, Filters, Match, Similar, Sort
from app.language import _, noted, number_text
from app.search.engine import PER_PAGE, SearchRequest
from app.search.parse import LONGEST_TYPED, as_text, parse
from app.search.periods import UnreadablePeriod, read_period
from app.web.present import as_of_problem, read_number, shortened

MOST_PER_PAGE: Final = 100
LONGEST_VALUE: Final = 500
MOST_FILTERS: Final = 10
"""Values of one filter that are read."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_YEAR = re.compile("[0-9]{4}|unknown")

Choice = TypeVar("Choice", bound=StrEnum)


def read_search(parameters: QueryParams) -> SearchRequest:
    """The search that an address asks for. Never fails; parameters that are not known are passed over."""
    reading = _Reading(parameters)
    typed = reading.text()
    query = parse(typed[:LONGEST_TYPED], reading.choice("match", Match))
    if len(typed) > LONGEST_TYPED:
        # Every link of the page repeats the query, so a long one goes on as it was read, which may be much shorter.
        query = replace(query, text=as_text(query.root))
    dates = reading.dates()
    filters = Filters(
        source=reading.filter("source"),
        author=reading.filter("author"),
        topic=reading.filter("topic"),
        year=reading.filter("year"),
        since=dates.first,
        until=dates.last,
    )
    sort = reading.choice("sort", Sort) or Sort.RELEVANCE
    similar = reading.choice("similar", Similar) or Similar.COLLAPSED
    page, per_page, as_of = reading.page(), reading.per_page(), reading.as_of()
    if reading.notes:
        query = replace(query, repaired=True, notes=(*reading.notes, *query.notes))
    explain = parameters.get("explain", "") not in ("", "0")
    generation = read_number(parameters.get("generation", "")) if page > 1 else None
    return SearchRequest(query, filters, sort, page, per_page, explain, generation, as_of=as_of, similar=similar)


def on_page(request: SearchRequest, last: int) -> SearchRequest:
    """The same search on the last page, where the page asked for is beyond it."""
    note = _(
        "There is no page %(page)s; this is the last, page %(last)s.",
        page=number_text(request.page),
        last=number_text(last),
    )
    query = replace(request.query, repaired=True, notes=(*request.query.notes, note))
    return replace(request, query=query, page=last)


@dataclass(slots=True)
class _Reading:
    """The parameters, and what had to be said in reading them."""

    parameters: QueryParams
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        text = _without_controls(self.parameters.get("q", ""))
        if len(text) > LONGEST_TYPED:
            sentence = noted("The query is too long; only its first %(most)s characters were read.")
            self.notes.append(_(sentence, most=number_text(LONGEST_TYPED)))
        return text

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        given = self.parameters.get(name, "").strip().lower()
        if not given:
            return None
        if given not in (choice.value for choice in choices):
            sentence = noted("%(given)s was passed over; it can be %(known)s.")
            self.notes.append(_(sentence, given=_given(name, given), known=", ".join(choices)))
            return None
        return choices(given)

    def filter(self, name: str) -> tuple[str, ...]:
        given = dict.fromkeys(_without_controls(value) for value in self.parameters.getlist(name))
        values = [value for value in given if value and len(value) <= LONGEST_VALUE]
        if any(len(value) > LONGEST_VALUE for value in given):
            sentence = noted("A value of %(name)s longer than %(most)s characters was passed over.")
            self.notes.append(_(sentence, name=name, most=LONGEST_VALUE))
        if name == "year":
            for value in values:
                if not _YEAR.fullmatch(value):
                    sentence = noted("%(given)s was passed over; it can be four digits, or unknown.")
                    self.notes.append(_(sentence, given=_given("year", value)))
            values = [value for value in values if _YEAR.fullmatch(value)]
        if len(values) > MOST_FILTERS:
            self.notes.append(_("Only the first %(most)s values of %(name)s were read.", most=MOST_FILTERS, name=name))
        return tuple(values[:MOST_FILTERS])

    def dates(self) -> Dated:
        """From the one date to the other, both counted in; ends that are the wrong way round change places."""
        since, until = self._end("from", "since").first, self._end("to", "until").last
        if since is None or until is None:
            return Dated(since, until)
        period, turned = read_period("date", f"{since}..{until}")
        if turned:
            sentence = noted("The dates changed places: %(until)s is earlier than %(since)s.")
            self.notes.append(_(sentence, until=until, since=since))
        return period if isinstance(period, Dated) else Dated(None, None)

    def _end(self, name: str, field: str) -> Dated:
        given = _without_controls(self.parameters.get(name, ""))
        if given:
            try:
                period, _turned = read_period(field, given)
                if isinstance(period, Dated):
                    return period
            except UnreadablePeriod as error:
                sentence = noted("%(given)s was passed over: %(problem)s.")
                self.notes.append(_(sentence, given=_given(name, given), problem=str(error)))
        return Dated(None, None)

    def as_of(self) -> AsOf | None:
        found = read_as_of(_without_controls(self.parameters.get("as_of", "")))
        problem = None if found is None else as_of_problem(found)
        if problem is not None:
            self.notes.append(problem)
            return None
        return found

    def page(self) -> int:
        given = self.parameters.get("page", "")
        number = read_number(given)
        if given and not number:
            self.notes.append(_("%(given)s was read as page 1.", given=_given("page", given)))
        return number or 1

    def per_page(self) -> int:
        given = self.parameters.get("per_page", "")
        number = read_number(given)
        if given and not number:
            self.notes.append(_("%(given)s was read as %(used)s.", given=_given("per_page", given), used=PER_PAGE))
        if number and number > MOST_PER_PAGE:
            sentence = noted("%(given)s was read as %(most)s, the most there is on one page.")
            self.notes.append(_(sentence, given=_given("per_page", given), most=MOST_PER_PAGE))
        return min(number or PER_PAGE, MOST_PER_PAGE)


def _without_controls(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _given(name: str, text: str) -> str:
    return f"{name}=“{shortened(_without_controls(text), 40)}”"
