"""Gathers the running text of one paragraph after another, with the links and the emphasis in it.

Every reader of marked-up text writes into a Flow; how its format says paragraph, heading or link is the reader's part.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import urljoin, urlsplit

from app.domain.canonical import Emphasis, Kind, Paragraph, Span, moved_spans, tidy
from app.ingest.mend import mend

_FOLLOWED = frozenset({"http", "https", "mailto"})
_LONGEST_TARGET = 2_000


class Flow:
    """Paragraphs as they are written, one after another. base: the address that links are relative to."""

    def __init__(self, base: str | None = None) -> None:
        self._base = base
        self._paragraphs: list[Paragraph] = []
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[tuple[Emphasis, int, str | None]] = []
        self._spans: list[Span] = []

    def write(self, text: str) -> None:
        if text:
            text = unicodedata.normalize("NFC", mend(text))
            self._pieces.append(text)
            self._length += len(text)

    def begin(self, kind: Emphasis, target: str | None = None) -> None:
        """What is written from here on is set off, until `end`."""
        self._open.append((kind, self._length, target))

    def end(self, kind: Emphasis) -> None:
        """Ends what was begun last of this kind; nothing where none is open."""
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] is kind:
                _, start, target = self._open.pop(position)
                self._span(kind, start, target)
                return

    @property
    def written(self) -> bool:
        """Whether the paragraph that is being written has anything in it."""
        return any(not piece.isspace() for piece in self._pieces)

    def part(self, kind: Kind = Kind.PARAGRAPH, level: int = 0, *, evened: bool = True) -> bool:
        """End the paragraph; what is open goes on in the next. evened: runs of blanks are one blank, as in HTML. False
        where there was nothing to end."""
        written = self.written
        for opened, start, target in self._open:
            self._span(opened, start, target)
        if written:
            raw = "".join(self._pieces)
            if not evened or kind is Kind.PREFORMATTED:
                text = raw
            else:
                text = "\n".join(" ".join(line.split()) for line in raw.split("\n"))
            spans = moved_spans(sorted(self._spans, key=lambda span: (span.start, -span.end)), raw, text)
            self._paragraphs.append(Paragraph(text, kind, level, spans))
        self._pieces.clear()
        self._spans.clear()
        self._length = 0
        self._open = [(opened, 0, target) for opened, _, target in self._open]
        return written

    def add(self, paragraph: Paragraph) -> None:
        """A paragraph that is finished."""
        self._paragraphs.append(paragraph)

    def take(self) -> tuple[Paragraph, ...]:
        """What was finished since this was asked last, as canonical text."""
        finished, self._paragraphs = self._paragraphs, []
        return tidy(finished)

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All that was written, as canonical text."""
        self.part()
        return tidy(self._paragraphs)

    def _span(self, kind: Emphasis, start: int, target: str | None) -> None:
        if start >= self._length:
            return
        if kind is not Emphasis.LINK:
            self._spans.append(Span(start, self._length, kind))
        elif (followed := safe_target(target, self._base)) is not None:
            self._spans.append(Span(start, self._length, kind, followed))


def safe_target(target: str | None, base: str | None = None) -> str | None:
    """Where a link leads, as a whole address; None for one that a reader must not be sent to, or that leads nowhere
    outside the page it stood on."""
    if not target:
        return None
    target = "".join(char for char in target.strip() if unicodedata.category(char) != "Cc")
    if not target or target.startswith("#") or len(target) > _LONGEST_TARGET:
        return None
    try:
        whole = urljoin(base, target) if base else target
        parts = urlsplit(whole)
        named = parts.hostname or (parts.scheme == "mailto" and parts.path)
    except ValueError:
        return None
    return whole if parts.scheme in _FOLLOWED and named else None
