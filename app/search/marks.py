"""Finds in a text what a query asks for, by the same analyzer and the same rules as the engine's.

Speaks offsets; `snippets` and the article page show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from app.domain.query import Query
from app.search.analysis import Sieve, Token, tokens
from app.search.analysis.lookups import (
    Close,
    Forms,
    InPart,
    Lookup,
    Names,
    Part,
    Readings,
    Row,
    Shape,
    Spelt,
    lookups,
    shape_of,
    translate,
)
from app.search.analysis.nearness import Stretch, near


class Span(NamedTuple):
    """A match. start, end: offsets into the text. lookup: which of the query's lookups it answers."""

    start: int
    end: int
    lookup: int


class Finder:
    """Finds lookups in one part of articles."""

    def __init__(self, wanted: Iterable[Lookup], part: Part) -> None:
        self._part = part
        self._stems: dict[str, list[int]] = {}
        self._rows: dict[str, list[tuple[int, Row]]] = {}
        self._likes: list[tuple[int, _Like]] = []
        self._closes: list[tuple[int, Close, tuple[tuple[_RowAt | _LikeAt, ...], ...]]] = []
        self._looked_for_inside: list[_RowAt | _LikeAt] = []
        for number, lookup in enumerate(wanted):
            self._add(number, lookup)
        rows = self._rows.keys() | {word for one in self._looked_for_inside for word in one.words}
        likes = [like for _, like in self._likes] + [
            one.like for one in self._looked_for_inside if isinstance(one, _LikeAt)
        ]
        self._empty = not (self._stems or rows or likes)
        self._sieve = Sieve(
            self._stems.keys(), rows, (lambda word: any(like.holds(word) for like in likes)) if likes else None
        )

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
            case Names(names):
                for name in names:
                    self._add(number, name)
            case InPart(part, inner):
                if part is self._part:
                    self._add(number, inner)
            case Shape() | Spelt():
                self._likes.append((number, _Like(lookup)))
            case Close(operands):
                ways_of = tuple(
                    tuple(_RowAt(way) if isinstance(way, Row) else _LikeAt(_Like(way)) for way in operand)
                    for operand in operands
                )
                self._closes.append((number, lookup, ways_of))
                self._looked_for_inside += [way for operand in ways_of for way in operand]

    def find(self, text: str) -> list[Span]:
        """The matches in a text, by where they begin."""
        if self._empty:
            return []
        in_rows = bool(self._rows or self._closes)
        if in_rows and not self._sieve.lets_through(text):
            return []
        found = list(tokens(text) if in_rows else self._sieve.tokens(text))
        spans = [Span(token.start, token.end, number) for token in found for number in self._stems.get(token.stem, ())]
        for number, like in self._likes:
            spans.extend(Span(token.start, token.end, number) for token in found if like.holds(token.word))
        if in_rows:
            at: dict[int, list[Token]] = {}
            for token in found:
                at.setdefault(token.position, []).append(token)
            for token in found:
                for number, row in self._rows.get(token.word, ()):
                    end = _end_of_row(row, token, at)
                    if end is not None:
                        spans.append(Span(token.start, end, number))
            for number, close, ways in self._closes:
                spans.extend(_near_spans(number, close, ways, found, at))
        return sorted(set(spans))


def finder(query: Query, part: Part) -> Finder:
    """Finds what a query asks for; what it excludes is not looked for."""
    return Finder(lookups(translate(query.asked)), part)


class _Like:
    """Words of a shape, or spelt alike; remembers what it said of each."""

    def __init__(self, lookup: Shape | Spelt) -> None:
        self._lookup = lookup
        self._shape = shape_of(lookup.pattern) if isinstance(lookup, Shape) else None
        self._known: dict[str, bool] = {}

    def holds(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._test(word)
        return known

    def _test(self, word: str) -> bool:
        if self._shape is not None:
            return self._shape.fullmatch(word.lower()) is not None
        lookup = self._lookup
        assert isinstance(lookup, Spelt)  # noqa: S101 - for the type checker
        return OSA.distance(lookup.word, word, score_cutoff=lookup.edits) <= lookup.edits


class _RowAt:
    """A row as an operand of nearness."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.words = frozenset(row.slots[0][1])

    def stands(self, token: Token, at: dict[int, list[Token]]) -> tuple[Stretch, int] | None:
        """The positions and the end of the row that begins with a token, if one does."""
        if token.word not in self.words:
            return None
        end = _end_of_row(self._row, token, at)
        return None if end is None else (Stretch(token.position, token.position + self._row.slots[-1][0]), end)


class _LikeAt:
    """A shape or spelling as an operand of nearness."""

    words: frozenset[str] = frozenset()

    def __init__(self, like: _Like) -> None:
        self.like = like

    def stands(self, token: Token, at: dict[int, list[Token]]) -> tuple[Stretch, int] | None:  # noqa: ARG002
        return (Stretch(token.position, token.position), token.end) if self.like.holds(token.word) else None


def _near_spans(
    number: int,
    close: Close,
    ways: tuple[tuple[_RowAt | _LikeAt, ...], ...],
    found: list[Token],
    at: dict[int, list[Token]],
) -> Iterator[Span]:
    """What of the operands stands near enough to count."""
    operands: list[list[Stretch]] = []
    offsets: dict[Stretch, tuple[int, int]] = {}
    for operand in ways:
        stretches: set[Stretch] = set()
        for token in found:
            for way in operand:
                standing = way.stands(token, at)
                if standing is not None:
                    stretches.add(standing[0])
                    offsets[standing[0]] = (token.start, standing[1])
        operands.append(sorted(stretches))
    for place in near(operands, close.distance):
        for stretch in place:
            yield Span(*offsets[stretch], number)


def _end_of_row(row: Row, first: Token, at: dict[int, list[Token]]) -> int | None:
    """The offset where a row that begins with a token ends; None if it is not all there."""
    end = first.end
    for offset, words in row.slots[1:]:
        here = [token.end for token in at.get(first.position + offset, ()) if token.word in words]
        if not here:
            return None
        end = max(end, *here)
    return end


def covered(spans: Iterable[Span]) -> int:
    """How many of the query's lookups some matches answer."""
    return len({span.lookup for span in spans})
