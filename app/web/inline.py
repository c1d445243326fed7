"""A paragraph's text as HTML: links, emphasis and what a search matches, woven into one another.

The text is escaped and the elements are made here, so nothing that an article brought along can act on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from app.domain.canonical import CELL_MARK, Emphasis, Span

_FOLLOWED: Final = ("http", "https", "mailto")
Stretch = tuple[int, int]
"""Where something begins and ends in a text."""
_Open = tuple[str, str]
"""An element that is open: its start tag and its end tag."""
_MARK: Final[_Open] = ("<mark>", "</mark>")


def inline_html(
    text: str, spans: Sequence[Span], marks: Sequence[Stretch] = (), within: Stretch | None = None
) -> Markup:
    """The text with its spans as elements and its marks in <mark>. within: only this stretch of it."""
    start, end = within or (0, len(text))
    shown = [span for span in spans if span.start < end and span.end > start and _is_safe(span)]
    marked = [mark for mark in marks if mark[0] < end and mark[1] > start]
    borders = {start, end}
    for first, last in [*((span.start, span.end) for span in shown), *marked]:
        borders.update((max(start, first), min(end, last)))
    places = sorted(borders)
    written: list[str] = []
    opened: list[_Open] = []
    for first, last in pairwise(places):
        wanted = _wanted(shown, marked, first)
        same = 0
        while same < min(len(opened), len(wanted)) and opened[same] == wanted[same]:
            same += 1
        written.extend(end_tag for _, end_tag in reversed(opened[same:]))
        written.extend(start_tag for start_tag, _ in wanted[same:])
        written.append(str(escape(text[first:last])))
        opened = wanted
    written.extend(end_tag for _, end_tag in reversed(opened))
    return Markup("".join(written))  # noqa: S704  (escaped above)


def cells_html(text: str, spans: Sequence[Span], marks: Sequence[Stretch] = ()) -> tuple[Markup, ...]:
    """The cells of a table's row."""
    cells: list[Markup] = []
    start = 0
    for cell in text.split(CELL_MARK):
        cells.append(inline_html(text, spans, marks, (start, start + len(cell))))
        start += len(cell) + len(CELL_MARK)
    return tuple(cells)


def moved(spans: Iterable[Span], by: int) -> tuple[Span, ...]:
    """The spans of a text whose first characters are not shown."""
    return tuple(
        Span(max(0, span.start - by), span.end - by, span.kind, span.target) for span in spans if span.end > by
    )


def _wanted(spans: Sequence[Span], marks: Sequence[Stretch], place: int) -> list[_Open]:
    """The elements that a character stands in, the outermost first; a link holds no other link."""
    wanted: list[_Open] = []
    linked = False
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start <= place < span.end:
            if span.kind is not Emphasis.LINK:
                wanted.append((f"<{span.kind}>", f"</{span.kind}>"))
            elif not linked:
                linked = True
                wanted.append((f'<a href="{escape(span.target)}" rel="nofollow noopener">', "</a>"))
    if any(first <= place < last for first, last in marks):
        wanted.append(_MARK)
    return wanted


def _is_safe(span: Span) -> bool:
    if span.kind is not Emphasis.LINK:
        return True
    try:
        return urlsplit(span.target or "").scheme in _FOLLOWED
    except ValueError:
        return False
