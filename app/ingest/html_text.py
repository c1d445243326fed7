"""The paragraphs of a piece of HTML, as a record's `html` field or a feed's entry holds it: all of it is text.

Whole pages, which are mostly not text, are read by `pages`.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from app.domain.canonical import CELL_MARK, Emphasis, Kind, Paragraph
from app.ingest.flow import Flow

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "svg", "iframe", "object"})
_PARTS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr"
    " ul".split()
)
_CELLS: Final = frozenset({"td", "th"})
_VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
EMPHASIS: Final = {
    "a": Emphasis.LINK,
    "b": Emphasis.STRONG,
    "strong": Emphasis.STRONG,
    "i": Emphasis.EMPHASIS,
    "em": Emphasis.EMPHASIS,
    "cite": Emphasis.EMPHASIS,
    "code": Emphasis.CODE,
    "tt": Emphasis.CODE,
    "kbd": Emphasis.CODE,
    "sub": Emphasis.SUBSCRIPT,
    "sup": Emphasis.SUPERSCRIPT,
}
"""HTML element -> how its text is set off."""


def html_paragraphs(html: str, base: str | None = None) -> tuple[Paragraph, ...]:
    """Text of an HTML fragment or page, in reading order. base: the address that its links are relative to.

    Headings, list items, quotes, table rows and preformatted text keep their kind; scripts, styles and other silent
    elements are left out. Any string is read; broken markup roughly as browsers mend it.
    """
    parser = _Parser(base)
    parser.feed(html)
    parser.close()
    parser.part()
    return parser.flow.paragraphs()


class _Parser(HTMLParser):
    def __init__(self, base: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.flow = Flow(base)
        self._open: list[str] = []
        self._silent = 0
        self._lists = 0
        self._quotes = 0
        self._pre = 0
        self._heading = 0
        self._rows = 0
        self._cells = 0
        self._head_cells = False
        self._item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _PARTS:
            self.part()
        if tag == "br":
            self.flow.write("\n")
        elif tag in _CELLS and self.flow.written:
            self.flow.write(CELL_MARK)
            self._cells += 1
        if tag == "tr":
            self._head_cells = True
        elif tag == "td":
            self._head_cells = False
        self._count(tag, 1)
        if tag == "li":
            self._item = True
        if tag in EMPHASIS and not self._silent:
            self.flow.begin(EMPHASIS[tag], dict(attrs).get("href"))
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
            if closed in EMPHASIS:
                self.flow.end(EMPHASIS[closed])
            self._count(closed, -1)
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        # Line breaks in the source are blanks; only <br> breaks a line, and <pre> keeps its own.
        self.flow.write(data if self._pre else data.replace("\n", " "))

    def part(self) -> None:
        """End the paragraph that was being gathered."""
        if self.flow.part(*self._kind()):
            self._item = False
        self._cells = 0

    def _kind(self) -> tuple[Kind, int]:
        if self._pre:
            return Kind.PREFORMATTED, 0
        if self._heading:
            return Kind.HEADING, self._heading
        if self._rows and self._cells:  # tables of one column are there for the looks
            return Kind.ROW, int(self._head_cells)
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
        elif tag == "tr":
            self._rows += by
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading = int(tag[1]) if by > 0 else 0
