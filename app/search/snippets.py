"""Shows where a text answers a query: its best paragraphs, with the matching words marked.

Marks what the engine matches, by the same analyzer. Speaks plain text; `to_html` escapes it for a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from app.domain.query import Query
from app.search.analysis import Sieve, Token, tokens
from app.search.analysis.lookups import Forms, Lookup, Readings, Row, lookups, translate

LENGTH = 300
"""Characters of a paragraph that a snippet shows, about."""

_SLACK = 60  # a paragraph longer by this much is shown whole
_BORDER = 30  # how far a cut moves to fall between words
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of plain text; marked where it matches."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of a paragraph, numbered from 1."""

    paragraph: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Snippets:
    """matching_paragraphs: in how many paragraphs something matches, whether shown or not."""

    matching_paragraphs: int
    items: tuple[Snippet, ...]


class _Span(NamedTuple):
    """A match. start, end: offsets into the text. lookup: which of the query's lookups it answers."""

    start: int
    end: int
    lookup: int


def snippets(query: Query, paragraphs: Sequence[str], limit: int = 3) -> Snippets:
    """The paragraphs that show best how a text answers, at most `limit`, in reading order.

    Best is which answers most of the query's words and phrases, then which does it most often. Where nothing
    matches, the beginning of the text, unmarked.
    """
    finder = _Finder(query)
    matching = [(number, spans) for number, text in enumerate(paragraphs) if (spans := finder.find(text))]
    if not matching:
        beginning = next(((number, text) for number, text in enumerate(paragraphs) if text.strip()), None)
        if beginning is None or limit < 1:
            return Snippets(0, ())
        number, text = beginning
        return Snippets(0, (Snippet(number + 1, _excerpt(text, [])),))
    best = sorted(matching, key=lambda item: (-_covered(item[1]), -len(item[1]), item[0]))[: max(0, limit)]
    return Snippets(
        len(matching),
        tuple(Snippet(number + 1, _excerpt(paragraphs[number], spans)) for number, spans in sorted(best)),
    )


def mark(query: Query, text: str) -> tuple[Part, ...]:
    """A whole text, such as a title, with what matches marked. The parts together are the text."""
    return _parts(text, _Finder(query).find(text), 0, len(text))


def to_html(parts: Iterable[Part]) -> str:
    """Parts as HTML: everything escaped, what matches in <mark>."""
    return "".join(f"<mark>{escape(part.text)}</mark>" if part.marked else escape(part.text) for part in parts)


class _Finder:
    """Finds in texts what a query asks for; what it excludes is not looked for."""

    def __init__(self, query: Query) -> None:
        self._lookups = lookups(translate(query.root))
        self._stems: dict[str, list[int]] = {}
        self._rows: dict[str, list[tuple[int, Row]]] = {}
        for number, lookup in enumerate(self._lookups):
            self._add(number, lookup)
        self._sieve = Sieve(self._stems.keys(), self._rows.keys())

    def _add(self, number: int, lookup: Lookup) -> None:
        match lookup:
            case Forms(stem):
                self._stems.setdefault(stem, []).append(number)
            case Row(slots):
                for word in slots[0][1]:
                    self._rows.setdefault(word, []).append((number, lookup))
            case Readings(ways):
                for way in ways:
                    self._add(number, way)

    def find(self, text: str) -> list[_Span]:
        """The matches in a text, by where they begin."""
        if not self._lookups or not self._sieve.lets_through(text):
            return []
        found = list(tokens(text))
        spans = [_Span(token.start, token.end, number) for token in found for number in self._stems.get(token.stem, ())]
        if self._rows:
            spans.extend(self._find_rows(found))
        return sorted(set(spans))

    def _find_rows(self, found: list[Token]) -> Iterable[_Span]:
        at: dict[int, list[Token]] = {}
        for token in found:
            at.setdefault(token.position, []).append(token)
        for token in found:
            for number, row in self._rows.get(token.word, ()):
                end = _end_of_row(row, token, at)
                if end is not None:
                    yield _Span(token.start, end, number)


def _end_of_row(row: Row, first: Token, at: dict[int, list[Token]]) -> int | None:
    """The offset where a row that begins with a token ends; None if it is not all there."""
    end = first.end
    for offset, words in row.slots[1:]:
        here = [token.end for token in at.get(first.position + offset, ()) if token.word in words]
        if not here:
            return None
        end = max(end, *here)
    return end


def _covered(spans: Iterable[_Span]) -> int:
    return len({span.lookup for span in spans})


def _excerpt(text: str, spans: list[_Span]) -> tuple[Part, ...]:
    """A paragraph, or about LENGTH characters of it around the matches, cut between words."""
    if len(text) <= LENGTH + _SLACK:
        return _parts(text, spans, 0, len(text))
    first, last = _densest(spans)
    room = max(0, LENGTH - (last - first))
    start = max(0, first - room // 2)
    end = min(len(text), start + max(LENGTH, min(last - first, LENGTH)))
    start = max(0, end - LENGTH)
    if start > 0:
        start = _border_after(text, start, first)
    if end < len(text):
        end = _border_before(text, end, min(last, end))
    shown = list(_parts(text, spans, start, end))
    if start > 0:
        shown.insert(0, Part(_CUT))
    if end < len(text):
        shown.append(Part(_CUT))
    return tuple(shown)


def _densest(spans: list[_Span]) -> tuple[int, int]:
    """Where the stretch begins and ends that fits a snippet and answers most of the query."""
    if not spans:
        return 0, 0
    best = (0, 0, 0)
    stretch = (0, 0)
    last = 0
    for index, span in enumerate(spans):
        last = max(last, index)
        while last + 1 < len(spans) and spans[last + 1].end - span.start <= LENGTH - _SLACK:
            last += 1
        inside = spans[index : last + 1]
        value = (_covered(inside), len(inside), -index)
        if value > best or index == 0:
            best, stretch = value, (span.start, max(one.end for one in inside))
    return stretch


def _border_after(text: str, start: int, latest: int) -> int:
    """The beginning of the first word after an offset, if there is one near and not after `latest`."""
    for at in range(start, min(start + _BORDER, latest)):
        if text[at].isspace():
            return at + 1
    return start


def _border_before(text: str, end: int, earliest: int) -> int:
    """The end of the last whole word before an offset, if there is one near and not before `earliest`."""
    for at in range(end, max(end - _BORDER, earliest), -1):
        if text[at].isspace():
            return at
    return end


def _parts(text: str, spans: Iterable[_Span], start: int, end: int) -> tuple[Part, ...]:
    """A stretch of a text in parts; overlapping matches are one."""
    parts: list[Part] = []
    at = start
    for first, last in _without_overlap(spans):
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            parts.append(Part(text[at:first]))
        parts.append(Part(text[first:last], marked=True))
        at = last
    if at < end:
        parts.append(Part(text[at:end]))
    return tuple(parts)


def _without_overlap(spans: Iterable[_Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
