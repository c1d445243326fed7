"""Shows where a text answers a query: its best paragraphs, with the matching words marked.

Marks what the engine matches, by the same analyzer. Speaks plain text; `to_html` escapes it for a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.search.engine import SHOWN_PARAGRAPHS, Matches
from app.search.marks import Finder, Span, covered

LENGTH = 300
"""Characters of a paragraph that a snippet shows, about."""

_SLACK = 60  # a paragraph longer by this much is shown whole
_BORDER = 30  # how far a cut moves to fall between words
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of plain text; marked where it matches."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of a paragraph, numbered from 1."""

    paragraph: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Snippets:
    """matching_paragraphs: in how many paragraphs something matches, whether shown or not."""

    matching_paragraphs: int
    items: tuple[Snippet, ...]


def snippets(finder: Finder, paragraphs: Sequence[str], limit: int = SHOWN_PARAGRAPHS) -> Snippets:
    """The paragraphs that show best how a text answers, at most `limit`, in reading order.

    Best is which answers most of the query's words and phrases, then which does it most often. Where nothing
    matches, the beginning of the text, unmarked.
    """
    matching = [(number, spans) for number, text in enumerate(paragraphs) if (spans := finder.find(text))]
    if not matching:
        beginning = next(((number, text) for number, text in enumerate(paragraphs) if text.strip()), None)
        return Snippets(0, (_beginning(*beginning),)) if beginning is not None and limit > 0 else Snippets(0, ())
    best = sorted(matching, key=lambda item: (-covered(item[1]), -_often(item[1]), item[0]))[: max(0, limit)]
    return Snippets(
        len(matching),
        tuple(Snippet(number + 1, _excerpt(paragraphs[number], spans)) for number, spans in sorted(best)),
    )


def chosen_snippets(finder: Finder, matches: Matches, texts: Mapping[int, str]) -> Snippets | None:
    """The same of paragraphs that the index chose. texts: these paragraphs by their numbers, from 1; the first one
    where none matches. None where they are not what the index was made of, since the article has changed."""
    if not matches.paragraphs:
        return Snippets(0, (_beginning(0, texts[1]),)) if 1 in texts else None
    found = [(number, spans) for number in matches.best if (spans := finder.find(texts.get(number, "")))]
    if len(found) < len(matches.best):
        return None
    return Snippets(
        matches.paragraphs, tuple(Snippet(number, _excerpt(texts[number], spans)) for number, spans in found)
    )


def _beginning(number: int, text: str) -> Snippet:
    return Snippet(number + 1, _excerpt(text, []))


def _often(spans: Iterable[Span]) -> int:
    """How many matches begin in different places, or answer different words of the query."""
    return len({(span.start, span.lookup) for span in spans})


def mark(finder: Finder, text: str) -> tuple[Piece, ...]:
    """A whole text, such as a title, with what matches marked. The pieces together are the text."""
    return _pieces(text, finder.find(text), 0, len(text))


def to_html(pieces: Iterable[Piece]) -> str:
    """Pieces as HTML: everything escaped, what matches in <mark>."""
    return "".join(f"<mark>{escape(piece.text)}</mark>" if piece.marked else escape(piece.text) for piece in pieces)


def _excerpt(text: str, spans: list[Span]) -> tuple[Piece, ...]:
    """A paragraph, or about LENGTH characters of it around the matches, cut between words."""
    if len(text) <= LENGTH + _SLACK:
        return _pieces(text, spans, 0, len(text))
    first, last = _densest(spans)
    room = max(0, LENGTH - (last - first))
    start = max(0, first - room // 2)
    end = min(len(text), start + max(LENGTH, min(last - first, LENGTH)))
    start = max(0, end - LENGTH)
    if start > 0:
        start = _border_after(text, start, first)
    if end < len(text):
        end = _border_before(text, end, min(last, end))
    shown = list(_pieces(text, spans, start, end))
    if start > 0:
        shown.insert(0, Piece(_CUT))
    if end < len(text):
        shown.append(Piece(_CUT))
    return tuple(shown)


def _densest(spans: list[Span]) -> tuple[int, int]:
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
        value = (covered(inside), len(inside), -index)
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


def _pieces(text: str, spans: Iterable[Span], start: int, end: int) -> tuple[Piece, ...]:
    """A stretch of a text in pieces; overlapping matches are one."""
    pieces: list[Piece] = []
    at = start
    for first, last in _without_overlap(spans):
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], marked=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)


def _without_overlap(spans: Iterable[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
