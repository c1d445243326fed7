"""A page taken apart into its paragraphs in reading order, each with what tells whether it belongs to an article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import html

from app.domain.canonical import CELL_MARK, Kind, Paragraph
from app.ingest.flow import Flow
from app.ingest.html_text import EMPHASIS

_SILENT: Final = frozenset(
    "script style template noscript head svg iframe object embed select textarea button canvas audio video math"
    " datalist dialog".split()
)
_PARTS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr"
    " ul".split()
)
_SIDE: Final = frozenset("nav footer aside figure".split())
_SIDE_NAMES: Final = re.compile(
    r"(?:^|[\s_-])(?:shar(?:e|ing)|social|related|promo\w*|advert\w*|ads?|newsletter|subscri\w+|breadcrumbs?|comments?|sidebar"
    r"|cookies?|popup|modal|nav|navigation|navbar|menu|footer|pagination|pager|recommended|sponsored|skip|toolbar|login|signup"
    r"|tags?|author-?(?:bio|box)|byline|meta|more-?(?:from|stories|news)|most-?(?:read|popular)|trending)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MOST_BESIDE: Final = 0.5
"""The share of a page's letters from which a part of it is the page."""
_DEEPEST: Final = 200
"""Elements one in another; deeper ones are read as the text they hold."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph. parents: the elements that it stands in, the innermost first. linked: the share of its letters that
    lie in links. beside: whether it stands in something that is named as no part of an article."""

    paragraph: Paragraph
    parents: tuple[html.HtmlElement, ...]
    linked: float
    beside: bool


class _Walker:
    def __init__(self, base: str | None, letters: int) -> None:
        self._most_beside = _MOST_BESIDE * letters
        self._flow = Flow(base)
        self.blocks: list[Block] = []
        self._parents: list[html.HtmlElement] = []
        self._letters = 0
        self._linked = 0
        self._links = self._lists = self._quotes = self._pre = self._rows = self._cells = self._beside = (
            self._heading
        ) = 0
        self._item = self._head_cells = False

    def walk(self, element: html.HtmlElement) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SILENT or "display:none" in (element.get("style") or "").replace(" ", ""):
            self._write(element.tail)
            return
        if len(self._parents) >= _DEEPEST:
            self._write(" ".join(element.itertext()))
            self._write(element.tail)
            return
        is_part = tag in _PARTS
        if is_part:
            self._part()
            self._parents.append(element)
        beside = is_part and self._is_beside(element, tag)
        self._beside += beside
        self._enter(tag, element, 1)
        self._write(element.text)
        for child in element:
            self.walk(child)
        if is_part:
            self._part()
            self._parents.pop()
        self._enter(tag, element, -1)
        self._beside -= beside
        self._write(element.tail)

    def _is_beside(self, element: html.HtmlElement, tag: str) -> bool:
        """What holds much of the page is no side part, whatever it is called."""
        named = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
        if tag not in _SIDE and not _SIDE_NAMES.search(named):
            return False
        return tag not in ("body", "html") and len(element.text_content()) < self._most_beside

    def _enter(self, tag: str, element: html.HtmlElement, by: int) -> None:
        match tag:
            case "br" if by > 0:
                self._flow.write("\n")
            case "td" | "th":
                if by > 0 and self._flow.written:
                    self._flow.write(CELL_MARK)
                    self._cells += 1
                self._head_cells = self._head_cells and tag == "th"
            case "tr":
                self._rows += by
                self._head_cells = by > 0
            case "ul" | "ol":
                self._lists += by
            case "li":
                self._item = by > 0
            case "blockquote":
                self._quotes += by
            case "pre":
                self._pre += by
            case _ if tag in _HEADINGS:
                self._heading = int(tag[1]) if by > 0 else 0
            case _ if tag in EMPHASIS:
                self._links += by * (tag == "a")
                if by > 0:
                    self._flow.begin(EMPHASIS[tag], element.get("href"))
                else:
                    self._flow.end(EMPHASIS[tag])
            case _:
                pass

    def _write(self, text: str | None) -> None:
        if text:
            letters = len(text) - text.count(" ") - text.count("\n")
            self._letters += letters
            self._linked += letters * (self._links > 0)
            self._flow.write(text if self._pre else text.replace("\n", " "))

    def _part(self) -> None:
        if self._flow.part(*self._kind()):
            linked = self._linked / max(1, self._letters)
            for paragraph in self._flow.take():
                self.blocks.append(Block(paragraph, tuple(reversed(self._parents)), linked, self._beside > 0))
            self._item = False
        self._letters = self._linked = self._cells = 0

    def _kind(self) -> tuple[Kind, int]:
        if self._pre:
            return Kind.PREFORMATTED, 0
        if self._heading:
            return Kind.HEADING, self._heading
        if self._rows and self._cells:
            return Kind.ROW, int(self._head_cells)
        if self._lists and self._item:
            return Kind.ITEM, self._lists
        return (Kind.QUOTE if self._quotes else Kind.PARAGRAPH), 0


def blocks_of(element: html.HtmlElement, base: str | None) -> list[Block]:
    """All paragraphs of an element, in reading order."""
    walker = _Walker(base, len(element.text_content()))
    walker.walk(element)
    return walker.blocks
