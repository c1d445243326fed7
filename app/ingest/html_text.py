"""The paragraphs of a piece of HTML, as a record's `html` field holds it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from app.domain.canonical import Kind, Paragraph, tidy

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "svg", "iframe", "object"})
_PARTS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr"
    " ul".split()
)
_CELLS: Final = frozenset({"td", "th"})
_VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def html_paragraphs(html: str) -> tuple[Paragraph, ...]:
    """Text of an HTML fragment or page, in reading order.

    Headings, list items, quotes and preformatted text keep their kind; scripts, styles and other silent elements are
    left out. Any string is read; broken markup roughly as browsers mend it.
    """
    parser = _Parser()
    parser.feed(html)
    parser.close()
    parser.part()
    return tidy(parser.paragraphs)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = []
        self._text: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self._lists = 0
        self._quotes = 0
        self._pre = 0
        self._heading = 0
        self._item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        if tag in _PARTS:
            self.part()
        if tag == "br":
            self._text.append("\n")
        elif tag in _CELLS and "".join(self._text).strip():
            self._text.append(" | ")
        self._count(tag, 1)
        if tag == "li":
            self._item = True
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open:
            closed = self._open.pop()
            if closed in _PARTS:
                self.part()
            if closed in _SILENT:
                self._silent -= 1
            self._count(closed, -1)
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        # Line breaks in the source are blanks; only <br> breaks a line, and <pre> keeps its own.
        self._text.append(data if self._pre else data.replace("\n", " "))

    def part(self) -> None:
        """End the paragraph that was being gathered."""
        text = "".join(self._text)
        self._text.clear()
        if not text.strip():
            return
        if not self._pre:
            text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
        self.paragraphs.append(Paragraph(text, *self._kind()))
        self._item = False

    def _kind(self) -> tuple[Kind, int]:
        if self._pre:
            return Kind.PREFORMATTED, 0
        if self._heading:
            return Kind.HEADING, self._heading
        if self._lists and self._item:
            return Kind.ITEM, self._lists
        if self._quotes:
            return Kind.QUOTE, 0
        return Kind.PARAGRAPH, 0

    def _count(self, tag: str, by: int) -> None:
        if tag in ("ul", "ol"):
            self._lists += by
        elif tag == "blockquote":
            self._quotes += by
        elif tag == "pre":
            self._pre += by
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading = int(tag[1]) if by > 0 else 0
