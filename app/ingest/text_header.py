"""What the first lines of a text say of it: headline, byline, date, and the dateline of its first paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final

from app.domain.canonical import Kind, Paragraph
from app.domain.dates import ImpossibleDate, parse_date
from app.domain.record import Stated

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


Header = tuple[Stated[str] | None, tuple[Stated[str], ...], Stated[str] | None, list[str]]


def header(lines: list[str]) -> Header:
    """The headline, byline and date at the top, and the lines after them."""
    rest = list(lines)
    title = None
    if _is_headline(rest):
        title = Stated(rest.pop(0).strip(), HEADLINE)
    authors, published, above = _by_whom_and_when(rest)
    return title, authors, published, rest[above:]


def _by_whom_and_when(lines: Iterable[str]) -> tuple[tuple[Stated[str], ...], Stated[str] | None, int]:
    """The byline and the date that lines begin with, in either order, and how many lines these are, with blank ones."""
    authors: tuple[Stated[str], ...] = ()
    published = None
    above = 0
    for line in map(str.strip, lines):
        if line and not authors and (names := _byline(line)):
            authors = tuple(Stated(name, BYLINE) for name in names)
        elif line and published is None and _is_date(line):
            published = Stated(line, DATE_LINE)
        elif line:
            break
        above += 1
    return authors, published, above


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


def lines_above(
    paragraphs: tuple[Paragraph, ...],
) -> tuple[tuple[Stated[str], ...], list[Stated[str]], tuple[Paragraph, ...]]:
    """The byline and the date that stand as paragraphs of their own above a document's text, else the date in its
    dateline, and the paragraphs after them; all paragraphs where nothing else would be left."""
    loose = takewhile(lambda one: one.kind in (Kind.PARAGRAPH, Kind.HEADING), paragraphs)
    authors, published, above = _by_whom_and_when(one.text for one in loose)
    if above == len(paragraphs):
        return (), [], paragraphs
    rest = paragraphs[above:]
    return authors, dateline(rest) if published is None else [published], rest


def dateline(paragraphs: Sequence[Paragraph]) -> list[Stated[str]]:
    """The date in `GENEVA, March 3, 2014 —` at the beginning of the first paragraph that is running text."""
    for paragraph in paragraphs[:3]:
        if paragraph.kind is not Kind.HEADING:
            found = _DATELINE.match(paragraph.text.lstrip())
            if found or len(paragraph.text) > _LONGEST_HEADLINE:
                return [Stated(found[1], DATELINE)] if found else []
    return []


def without_running_head(text: str) -> str:
    """A laid-out text without the lines in square brackets at its top, which say where in a printed work it stood."""
    lines = text.split("\n")
    first = 0
    while first < len(lines):
        bare = lines[first].strip()
        if (
            bare
            and not (bare.startswith("[") and bare.endswith("]"))
            and not (first and bare.endswith("]") and "[" in bare)
        ):
            break
        first += 1
    return "\n".join(lines[first:]) if first < len(lines) else text


def set_headline(lines: Sequence[str]) -> Stated[str] | None:
    """The headline of a text that is laid out on a page of fixed width: the first block that is set in from the left
    and all in capitals, above any running text."""
    block: list[str] = []
    for line in lines[:60]:
        bare = line.strip()
        if bare and line.startswith(" ") and bare == bare.upper() and sum(char.isalpha() for char in bare) > 3:
            block.append(bare)
        elif block:
            break
        elif bare and not bare.startswith("[") and len(bare.split()) > 8 and not bare.endswith("]"):
            return None
    title = " ".join(block)
    return Stated(title, HEADLINE) if 0 < len(title) <= 2 * _LONGEST_HEADLINE else None
