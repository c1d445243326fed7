"""Plain text: one article a file, with a headline, byline, date line and dateline where they plainly stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from app.domain.canonical import canonical_characters, plain_paragraphs
from app.domain.dates import ImpossibleDate, parse_date
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode
from app.ingest.draft import Draft

HEADLINE: Final = "headline"
BYLINE: Final = "byline"
DATE_LINE: Final = "date line"
DATELINE: Final = "dateline"

_LONGEST_HEADLINE: Final = 150
_AND: Final = re.compile(r"\s+and\s+|\s*,\s*", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_a-z][\w.’'\-]*(?:\s+[\w.’'\-]+){0,4}")
_DATE: Final = r"(?:[A-Z][a-z]+\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4})"
_DATELINE: Final = re.compile(rf"[A-Z][A-Z.’' \-]+(?:, [A-Z][\w. ]+?)?, ({_DATE})\s*(?:[—–]|--?)\s*\S")
_SENTENCE_END: Final = re.compile(r"[.!:;,…][\"'”’»)\]]*$")
_LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)
"""Whether a date lies in the future is not judged here."""


class TextReader:
    name = "txt"

    def read(self, stream: BinaryIO, file: str) -> Iterator[Draft | Unread]:
        place = Place(file)
        raw = stream.read(MOST_BYTES + 1)
        try:
            yield _draft(canonical_characters(decode(raw)), place, raw)
        except Undecodable as error:
            yield Unread(place, str(error), raw, len(raw), self.name)


def _draft(text: str, place: Place, raw: bytes) -> Draft:
    lines = text.strip("\n").split("\n")
    title, authors, published, rest = _header(lines)
    if not "".join(rest).strip():
        title, authors, published, rest = None, (), None, lines
    body = "\n".join(rest)
    if published is None and (dateline := _DATELINE.match(body.lstrip())):
        published = Stated(dateline[1], DATELINE)
    return Draft(
        place=place,
        reader=TextReader.name,
        raw=raw,
        size=len(raw),
        paragraphs=plain_paragraphs(body),
        title=title,
        authors=authors,
        published=published,
    )


Header = tuple[Stated[str] | None, tuple[Stated[str], ...], Stated[str] | None, list[str]]


def _header(lines: list[str]) -> Header:
    """The headline, byline and date at the top, and the lines after them."""
    rest = list(lines)
    title = None
    if _is_headline(rest):
        title = Stated(rest.pop(0).strip(), HEADLINE)
    authors: tuple[Stated[str], ...] = ()
    published = None
    while True:
        while rest and not rest[0].strip():
            rest.pop(0)
        if not rest:
            break
        line = rest[0].strip()
        if not authors and (names := _byline(line)):
            authors = tuple(Stated(name, BYLINE) for name in names)
        elif published is None and _is_date(line):
            published = Stated(line, DATE_LINE)
        else:
            break
        rest.pop(0)
    return title, authors, published, rest


def _is_headline(lines: list[str]) -> bool:
    """A short first line that ends no sentence and stands apart: a blank line, byline, date or much longer line
    follows."""
    first = lines[0].strip()
    if not first or len(first) > _LONGEST_HEADLINE or _SENTENCE_END.search(first) or len(lines) < 2:
        return False
    if _byline(first) or _is_date(first) or _DATELINE.match(first):
        return False
    following = lines[1].strip()
    return (
        not following
        or bool(_byline(following))
        or _is_date(following)
        or bool(_DATELINE.match(following))
        or len(following) > max(100, 2 * len(first))
    )


def _byline(line: str) -> list[str]:
    """The names in `By First Last and First Last`; none where the line is something else."""
    if len(line) > 120 or line[:3].lower() != "by " or _SENTENCE_END.search(line):
        return []
    names = [name.strip() for name in _AND.split(line[3:].strip()) if name.strip()]
    return names if names and all(_NAME.fullmatch(name) for name in names) else []


def _is_date(line: str) -> bool:
    if len(line) > 40 or not any(char.isdigit() for char in line):
        return False
    try:
        parse_date(line, _LATEST)
    except ImpossibleDate:
        return False
    return True
