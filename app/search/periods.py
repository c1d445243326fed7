"""Reads the periods of `date:`, `after:` and their like: years, months, days, and what lies between two of these.

Left to others: how far a published date of less precision falls into a period (the engine).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from app.domain.dates import EARLIEST_YEAR
from app.domain.query import Dated, Undated
from app.language import _

PERIOD_FIELDS: Final = ("date", "after", "before", "since", "until")
"""`after` and `before` leave the period itself out, `since` and `until` count it in."""

LAST_YEAR: Final = 9999

_SEPARATOR = "[-/.‐‑]"
_BOUND = re.compile(rf"([0-9]{{4}})(?:{_SEPARATOR}([0-9]{{1,2}})(?:{_SEPARATOR}([0-9]{{1,2}}))?)?")
_COMPACT_DAY = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_YEARS = re.compile("([0-9]{4})[-‐‑/]([0-9]{4})")
_BETWEEN = re.compile(r"\.{2,}|…|–|—")
_AROUND = ",;:!?'’"

_Bound = tuple[int, ...]
"""A year, a year and month, or a year, month and day."""


class UnreadablePeriod(ValueError):
    """A period that is none; the message says why."""


def read_period(field: str, written: str) -> tuple[Dated | Undated, bool]:
    """What `date:2016-07` and its like ask for, and whether the ends were the wrong way round and changed places.

    field: one of PERIOD_FIELDS. Raises UnreadablePeriod.
    """
    text = written.strip(_AROUND)
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1]
    if field != "date":
        return _OPEN_ENDED[field](_bound(text)), False
    if text.lower() == "unknown":
        return Undated(), False
    years = _YEARS.fullmatch(text)
    ends = [years[1], years[2]] if years else _BETWEEN.split(text)
    if len(ends) > 2:
        raise UnreadablePeriod(_("a period has two ends, as in 2016-07-01..2016-07-31"))
    if not any(ends):
        raise UnreadablePeriod(_("both ends are open"))
    bounds = [_bound(end) if end else None for end in ends]
    first, last = bounds[0], bounds[-1]
    turned = first is not None and last is not None and _first_day(first) > _last_day(last)
    if turned:
        first, last = last, first
    return Dated(_text(first), _text(last)), turned


def _bound(text: str) -> _Bound:
    found = _COMPACT_DAY.fullmatch(text) or _BOUND.fullmatch(text)
    if found is None:
        raise UnreadablePeriod(_("a date is written as 2016, 2016-07 or 2016-07-21"))
    bound = tuple(int(number) for number in found.groups() if number is not None)
    if bound[0] < EARLIEST_YEAR:
        raise UnreadablePeriod(
            _("the years %(first)s to %(last)s can be asked for", first=EARLIEST_YEAR, last=LAST_YEAR)
        )
    if len(bound) > 1 and not 1 <= bound[1] <= 12:
        raise UnreadablePeriod(_("there is no month %(month)s", month=bound[1]))
    if len(bound) > 2 and not 1 <= bound[2] <= calendar.monthrange(bound[0], bound[1])[1]:
        raise UnreadablePeriod(_("%(month)s has no day %(day)s", month=str(_text(bound[:2])), day=bound[2]))
    return bound


def _text(bound: _Bound | None) -> str | None:
    return None if bound is None else "-".join([f"{bound[0]:04}", *(f"{number:02}" for number in bound[1:])])


def _first_day(bound: _Bound) -> _Bound:
    return (*bound, 1, 1)[:3]


def _last_day(bound: _Bound) -> _Bound:
    year, month = (*bound, 12)[:2]
    return bound if len(bound) == 3 else (year, month, calendar.monthrange(year, month)[1])


def _next_to(bound: _Bound, step: int) -> _Bound:
    """The period of the same length after (step 1) or before (step -1) this one."""
    match bound:
        case (year,):
            beside: _Bound = (year + step,)
        case (year, month):
            months = year * 12 + month - 1 + step
            beside = (months // 12, months % 12 + 1)
        case _:
            try:
                day = date(*bound[:3]) + timedelta(days=step)
                beside = (day.year, day.month, day.day)
            except OverflowError:
                beside = (LAST_YEAR + 1,)
    if not EARLIEST_YEAR <= beside[0] <= LAST_YEAR:
        raise UnreadablePeriod(
            _("the years %(first)s to %(last)s can be asked for", first=EARLIEST_YEAR, last=LAST_YEAR)
        )
    return beside


_OPEN_ENDED: Final[dict[str, Callable[[_Bound], Dated]]] = {
    "after": lambda bound: Dated(_text(_next_to(bound, 1)), None),
    "before": lambda bound: Dated(None, _text(_next_to(bound, -1))),
    "since": lambda bound: Dated(_text(bound), None),
    "until": lambda bound: Dated(None, _text(bound)),
}
