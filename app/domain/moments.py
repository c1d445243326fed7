"""`as_of` in an address: the moment as of which somebody wants to see the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from app.domain.dates import ImpossibleDate, Precision, PublishedDate, display_date, parse_date

_NO_LATER = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AsOf:
    """given: as it was asked for. text: how it reads. until: the last instant that counts in: the end of the day, month
    or year that was given, in UTC. problem: where it can't be read, a sentence that says so; then until and read are
    None."""

    given: str
    text: str
    until: datetime | None
    problem: str | None = None
    read: PublishedDate | None = None


def microseconds(moment: datetime) -> int:
    """Since 1970, UTC."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def read_as_of(given: str) -> AsOf | None:
    """None where nothing was given. Any form of date that an ingest reads will do."""
    given = " ".join(given.split())
    if not given:
        return None
    try:
        read = parse_date(given, _NO_LATER)
        return AsOf(given, _said(read), _end(read), read=read)
    except (ImpossibleDate, OverflowError):
        told = f"as_of=“{given[:40]}” was passed over: write a day as 2026-01-31, or a month, or a year."
        return AsOf(given, given, None, told)


def _end(read: PublishedDate) -> datetime:
    zone = timezone(timedelta(minutes=read.offset or 0))
    if read.precision is Precision.MINUTE:
        start = datetime(read.year, read.month or 1, read.day or 1, read.key // 100 % 100, read.key % 100, tzinfo=zone)
        return start + timedelta(minutes=1) - timedelta(microseconds=1)
    match read.precision:
        case Precision.YEAR:
            after = datetime(read.year + 1, 1, 1, tzinfo=UTC)
        case Precision.MONTH:
            month = read.month or 1
            after = datetime(read.year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        case _:
            after = datetime(read.year, read.month or 1, read.day or 1, tzinfo=UTC) + timedelta(days=1)
    return after - timedelta(microseconds=1)


def _said(read: PublishedDate) -> str:
    if read.precision is not Precision.MINUTE:
        return display_date(read)
    return f"{display_date(read)}, {read.key // 100 % 100:02d}:{read.key % 100:02d}"
