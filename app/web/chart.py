"""Articles over time as a picture of bars, each of which leads to its articles. Places and lengths are in percent, so
that the picture stretches with the page; what counts and where a bar leads is left to the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.language import month_text, short_month_name, year_text

TOP: Final = 10.0
BASE: Final = 86.0
"""Percent of the picture's height between which bars stand; numbers are written above, periods below."""

MOST_YEARS: Final = 96
"""Years that a picture holds at most, the last ones; a list beside it holds all."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a bar stands for: articles of a year, or of a month counted from the year 0 on.

    path: where it leads. chosen: in words, that it is; empty where it is not.
    """

    period: int
    articles: int
    path: str
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, as it is drawn and named. anchor: which end of its name stands at its middle."""

    name: str
    articles: int
    path: str
    chosen: str
    x: float
    middle: float
    anchor: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """What is written under the picture, and where."""

    text: str
    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """most: articles of the highest bar. before: the first year that is shown, where earlier ones are left out."""

    bar_width: float
    base: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    most: int
    before: int | None = None


_MOST_LABELS: Final = 7
_EDGE: Final = 0.06


def month_number(year: int, month: int) -> int:
    """A month counted from the year 0 on, as a Column has it."""
    return year * 12 + month - 1


def month_name(period: int) -> str:
    return month_text(period // 12, period % 12 + 1)


def year_chart(years: Sequence[Column]) -> Chart:
    """years: ascending, at least one. Years without articles keep their place."""
    last = years[-1].period
    first = max(years[0].period, last - MOST_YEARS + 1)
    labels = [(year, year_text(year)) for year in _labelled_years(first, last)]
    shown = [year for year in years if year.period >= first]
    names = [year_text(year.period) for year in shown]
    return _chart(shown, names, first, last, labels, first if first > years[0].period else None)


def month_chart(months: Sequence[Column], first: int, last: int) -> Chart:
    """months: ascending, at least one. first, last: the months that the picture begins and ends with."""
    names = [month_name(month.period) for month in months]
    quarters = range(first - first % 3, last + 1, 3)
    several = first // 12 != last // 12
    labels = [(month, _month_label(month, several)) for month in quarters if month >= first]
    return _chart(months, names, first, last, labels)


def _month_label(period: int, several_years: bool) -> str:
    """Of several years, a year begins with its number."""
    year, month = divmod(period, 12)
    return year_text(year) if several_years and month == 0 else short_month_name(month + 1)


def _chart(
    columns: Sequence[Column],
    names: Sequence[str],
    first: int,
    last: int,
    labels: Sequence[tuple[int, str]],
    before: int | None = None,
) -> Chart:
    width = 100 / (last - first + 1)
    most = max(column.articles for column in columns)
    return Chart(
        bar_width=round(0.76 * width, 3),
        base=BASE,
        bars=tuple(
            _bar(column, name, (column.period - first) * width, width, most)
            for column, name in zip(columns, names, strict=True)
        ),
        labels=tuple(_label(text, (period - first + 0.5) * width) for period, text in labels),
        most=most,
        before=before,
    )


def _bar(column: Column, name: str, x: float, width: float, most: int) -> Bar:
    height = max(1.0, round((BASE - TOP) * column.articles / most, 2))
    middle = round(x + 0.5 * width, 3)
    return Bar(
        name=name,
        articles=column.articles,
        path=column.path,
        chosen=column.chosen,
        x=round(x + 0.12 * width, 3),
        middle=middle,
        anchor=_anchor(middle, 25),
        top=round(BASE - height, 2),
        height=height,
    )


def _label(text: str, x: float) -> Label:
    return Label(text, round(x, 3), _anchor(x, 4))


def _anchor(x: float, edge: float) -> str:
    """Which end of a text stands at a place, so that none near an edge of the picture runs out of it."""
    return "start" if x < edge else "end" if x > 100 - edge else "middle"


def _labelled_years(first: int, last: int) -> list[int]:
    """The years that are written under the picture: few enough for a narrow one, and none so near an edge that it would
    have to be moved towards its neighbour."""
    span = last - first + 1
    every = next(step for step in (1, 2, 5, 10, 20, 50, 100) if span <= step * _MOST_LABELS or step == 100)
    inside = span * _EDGE
    labelled = [year for year in range(first, last + 1) if year % every == 0]
    return [year for year in labelled if inside <= year - first + 0.5 <= span - inside] or labelled[:1] or [first]
