"""Dates as honest as their sources: a date has a precision, and nothing fills in what is not known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from dateutil import parser as dateutil_parser


class Precision(StrEnum):
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"


class ImpossibleDate(ValueError):
    """A date that can't be believed; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class PublishedDate:
    """When something was published, as far as it is known.

    key: YYYYMMDDhhmm in the publisher's own time, parts beyond the precision 0, so that dates sort as numbers
    and a coarser date comes before the finer ones it holds. offset: minutes east of UTC, for minutes only, None
    where the source did not say.
    """

    key: int
    precision: Precision
    offset: int | None = None

    @property
    def year(self) -> int:
        return self.key // 100_000_000

    @property
    def month(self) -> int | None:
        return self.key // 1_000_000 % 100 or None

    @property
    def day(self) -> int | None:
        return self.key // 10_000 % 100 or None

    def __str__(self) -> str:
        """ISO 8601, as much as is known: `2016`, `2016-07`, `2016-07-21`, `2016-07-21T08:00-05:00`."""
        text = f"{self.year:04d}"
        if self.precision is Precision.YEAR:
            return text
        text += f"-{self.month:02d}"
        if self.precision is Precision.MONTH:
            return text
        text += f"-{self.day:02d}"
        if self.precision is Precision.DAY:
            return text
        text += f"T{self.key // 100 % 100:02d}:{self.key % 100:02d}"
        if self.offset is None:
            return text
        if self.offset == 0:
            return text + "Z"
        return text + f"{'-' if self.offset < 0 else '+'}{abs(self.offset) // 60:02d}:{abs(self.offset) % 60:02d}"


EARLIEST_YEAR: Final = 1000
"""Before it a number is no year of publication but a slip."""

_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MINUTE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?",
    re.IGNORECASE,
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "sept",
]
_NUMBER_OF_MONTH: Final = {name: 9 if name == "sept" else position % 12 + 1 for position, name in enumerate(_MONTHS)}
_NAME = "(" + "|".join(sorted(set(_MONTHS), key=len, reverse=True)) + r")\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_NAMED_DAY = re.compile(rf"{_WEEKDAY}{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)
_DAY_NAMED = re.compile(rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_NAME},?\s+(\d{{4}})", re.IGNORECASE)
_NAMED_MONTH = re.compile(rf"{_NAME},?\s+(\d{{4}})", re.IGNORECASE)
_RFC_2822 = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+\S+")
_SIGNED_YEAR = re.compile(r"[-+]\d+")


def parse_date(text: str, now: datetime) -> PublishedDate:
    """Read a date in the forms that publishers write, and refuse what can't be one.

    Forms: ISO 8601 down to seconds (kept to the minute), `2016-07-05 8:00:00 -0500`, `2016/07/05`, `20160705`,
    `2016-07`, `2016`, `July 5, 2016`, `5 July 2016`, `July 2016`, RFC 2822. Numbers with slashes whose first part is
    not the year (`7/5/2016`) are refused: nobody can tell the day from the month.

    now: an aware datetime; a date later than a day after it is refused.
    Raises ImpossibleDate, with a sentence that holds the text.
    """
    cleaned = " ".join(text.split())
    if not cleaned:
        raise ImpossibleDate("the date is empty")
    shown = cleaned if len(cleaned) <= 60 else cleaned[:57] + "..."
    found = _read(cleaned, shown)
    if found.year < EARLIEST_YEAR:
        raise ImpossibleDate(f"“{shown}” is no date of publication: the year {found.year} is too early")
    if found.key // 10_000 == 19700101:
        raise ImpossibleDate(f"“{shown}” is what programs write when they do not know the date")
    latest = now + timedelta(days=1)
    if found.key > int(f"{latest:%Y%m%d%H%M}"):
        raise ImpossibleDate(f"“{shown}” lies in the future")
    return found


def _read(cleaned: str, shown: str) -> PublishedDate:
    if _SIGNED_YEAR.match(cleaned):
        raise ImpossibleDate(f"“{shown}” is no date of publication: a year has no sign")
    for pattern, build in _FORMS:
        if matched := pattern.fullmatch(cleaned):
            try:
                return build(matched)
            except ValueError as error:
                raise ImpossibleDate(f"“{shown}” is not a day in the calendar ({error})") from None
    if _RFC_2822.fullmatch(cleaned):
        try:
            return _of_datetime(dateutil_parser.parse(cleaned))
        except (ValueError, OverflowError):
            pass
    raise ImpossibleDate(f"“{shown}” is not a date that can be read without guessing; write it as 2016-07-21")


def _year(year: int) -> PublishedDate:
    return PublishedDate(year * 100_000_000, Precision.YEAR)


def _month(year: int, month: int) -> PublishedDate:
    if year:
        date(year, month, 1)
    return PublishedDate(year * 100_000_000 + month * 1_000_000, Precision.MONTH)


def _day(year: int, month: int, day: int) -> PublishedDate:
    if year:
        date(year, month, day)
    return PublishedDate(year * 100_000_000 + month * 1_000_000 + day * 10_000, Precision.DAY)


def _of_datetime(moment: datetime) -> PublishedDate:
    offset = moment.utcoffset()
    return PublishedDate(
        int(f"{moment.year:04d}{moment:%m%d%H%M}"),
        Precision.MINUTE,
        None if offset is None else int(offset.total_seconds() // 60),
    )


def _minute(matched: re.Match[str]) -> PublishedDate:
    year, month, day, hour, minute, second, zone = matched.groups()
    moment = datetime(int(year) or 1, int(month), int(day), int(hour), int(minute), min(int(second or 0), 59))  # noqa: DTZ001
    if not int(year):
        return _year(0)
    if zone:
        moment = moment.replace(tzinfo=_zone(zone))
    return _of_datetime(moment)


def _zone(text: str) -> timezone:
    if not text.startswith(("+", "-")):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _number(name: str) -> int:
    return _NUMBER_OF_MONTH[name.lower()]


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], PublishedDate]], ...]] = (
    (_YEAR, lambda m: _year(int(m[1]))),
    (_DAY, lambda m: _day(int(m[1]), int(m[2]), int(m[3]))),
    (_COMPACT_DAY, lambda m: _day(int(m[1]), int(m[2]), int(m[3]))),
    (_MONTH, lambda m: _month(int(m[1]), int(m[2]))),
    (_MINUTE, _minute),
    (_NAMED_DAY, lambda m: _day(int(m[3]), _number(m[1]), int(m[2]))),
    (_DAY_NAMED, lambda m: _day(int(m[3]), _number(m[2]), int(m[1]))),
    (_NAMED_MONTH, lambda m: _month(int(m[2]), _number(m[1]))),
)


def display_date(published: PublishedDate | None) -> str:
    """The date as a reader sees it: `21 July 2016`, `July 2016`, `2016`, or `date unknown`."""
    if published is None:
        return "date unknown"
    if published.precision is Precision.YEAR:
        return str(published.year)
    month = MONTH_NAMES[(published.month or 1) - 1]
    if published.precision is Precision.MONTH:
        return f"{month} {published.year}"
    return f"{published.day} {month} {published.year}"


MONTH_NAMES: Final = tuple(name.capitalize() for name in _MONTHS[:12])
