"""The article's text on a web page, without navigation, teasers, forms and the like.

Trafilatura decides what belongs to the article; where it leaves out most of what the page itself marks as its
article, that is taken instead. docs/decisions/0009-readers.md has the figures.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html
from trafilatura import bare_extraction

from app.domain.canonical import CELL_MARK, Emphasis, Kind, Paragraph, plain_paragraphs
from app.ingest.flow import Flow
from app.ingest.mend import mend
from app.ingest.pages.blocks import Block, blocks_of
from app.ingest.pages.page import Page
from app.ingest.text_header import without_running_head

_MOSTLY: Final = 0.6
_LEFT_OUT: Final = 0.4
"""The share of the marked article's words below which what was found is taken to be too little."""
_FEW_WORDS: Final = 40
_FOUND_AGAIN: Final = 0.7
_TELLING: Final = 12
_RUNNING_TEXT: Final = 80
_LINKED: Final = 0.5
_FEW: Final = 10
_SLOW: Final = 1_500_000
"""Characters of source from which only Trafilatura's quick way is gone."""

_NO_LETTERS: Final = re.compile(r"[\W_]+")
_TEXTS: Final = ("p", "head", "item", "cell", "quote", "code", "list", "table")
"""The elements of Trafilatura's tree that hold text."""

_RENDITION: Final = {
    "#b": Emphasis.STRONG,
    "#i": Emphasis.EMPHASIS,
    "#t": Emphasis.CODE,
    "#sub": Emphasis.SUBSCRIPT,
    "#sup": Emphasis.SUPERSCRIPT,
}


def main_paragraphs(page: Page) -> tuple[Paragraph, ...]:
    """The text of the page's article, in reading order; empty where the page has none."""
    if laid_out := laid_out_text(page.tree):
        return plain_paragraphs(mend(laid_out))
    chosen = _by_trafilatura(page)
    body = page.tree.find("body")
    blocks = blocks_of(body if body is not None else page.tree, page.base)
    found = () if chosen is None else _with_what_lies_between(chosen, blocks) or _as_it_is(chosen, page)
    words = _words(found)
    element = _marked_article(page)
    if element is not None:
        marked = tuple(block.paragraph for block in blocks if element in block.parents and _is_text(block))
        if words < max(_FEW_WORDS, _LEFT_OUT * _words(marked)) and _words(marked) > words:
            return marked
    elif words < _FEW_WORDS:
        whole = tuple(block.paragraph for block in blocks if _is_text(block))
        return whole if _words(whole) > 2 * words else found
    return found


def _with_what_lies_between(chosen: etree._Element, blocks: list[Block]) -> tuple[Paragraph, ...]:
    """The blocks of the page that Trafilatura chose, and those between the first and the last of them that are text and
    stand in the same part of the page: headings, lists and tables that it leaves out now and then.

    Empty where what it chose can't be found on the page again.
    """
    keys = {_key("".join(element.itertext())) for element in chosen.iter(*_TEXTS)}
    whole = _key("".join(chosen.itertext()))
    places = [at for at, block in enumerate(blocks) if _is_chosen(_key(block.paragraph.text), keys, whole)]
    found = sum(len(_key(blocks[at].paragraph.text)) for at in places)
    if not places or found < _FOUND_AGAIN * len(whole):
        return ()
    long = [at for at in places if len(blocks[at].paragraph.text) >= _RUNNING_TEXT] or places
    shared = _shared_parent([blocks[at] for at in long])
    taken = set(places)
    kept = [
        block.paragraph
        for at, block in enumerate(blocks[: places[-1] + 1])
        if at in taken or (at > long[0] and shared in block.parents and _is_text(block))
    ]
    last = places[-1]
    # A list or a table that the text ends in.
    for block in blocks[last + 1 :]:
        if block.paragraph.kind not in (Kind.ITEM, Kind.ROW) or shared not in block.parents or not _is_text(block):
            break
        kept.append(block.paragraph)
    return tuple(kept)


def _is_chosen(key: str, keys: set[str], whole: str) -> bool:
    return key in keys or (len(key) >= _TELLING and key in whole)


def _shared_parent(blocks: list[Block]) -> html.HtmlElement:
    """The innermost element that all of them stand in."""
    others = [set(block.parents) for block in blocks[1:]]
    return next((one for one in blocks[0].parents if all(one in other for other in others)), blocks[0].parents[-1])


def _is_text(block: Block) -> bool:
    """Whether it reads as a part of an article: most of it is no link, it does not stand beside one, and it is a
    sentence where it is no heading, item or row."""
    if block.beside or block.linked >= _LINKED:
        return False
    text = block.paragraph.text
    return block.paragraph.kind is not Kind.PARAGRAPH or len(text.split()) >= _FEW or text[-1:] in '.?!”"'


def _key(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def _words(paragraphs: tuple[Paragraph, ...]) -> int:
    return sum(len(paragraph.text.split()) for paragraph in paragraphs)


def laid_out_text(tree: html.HtmlElement) -> str | None:
    """The text of a page that is plain text in a frame, as old official pages are."""
    pres = tree.xpath("//pre[not(ancestor::pre)]")
    if not pres:
        return None
    texts = [pre.text_content() for pre in pres]
    body = tree.find("body")
    whole = sum(len(text.split()) for text in texts)
    if whole < _MOSTLY * len((body if body is not None else tree).text_content().split()):
        return None
    return without_running_head("\n\n".join(texts))


def _by_trafilatura(page: Page) -> etree._Element | None:
    """What Trafilatura takes for the article, as its own tree."""
    document = bare_extraction(
        page.tree,
        url=page.base,
        output_format="xml",
        fast=len(page.text) > _SLOW,
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        include_links=True,
    )
    return None if document is None or isinstance(document, dict) else document.body


def _as_it_is(chosen: etree._Element, page: Page) -> tuple[Paragraph, ...]:
    flow = Flow(page.base)
    _walk(chosen, flow, Kind.PARAGRAPH, 0)
    return flow.paragraphs()


def _walk(element: etree._Element, flow: Flow, kind: Kind, level: int) -> None:
    """Write an element of Trafilatura's tree; kind, level: of the text that stands in it."""
    match element.tag:
        case "hi" | "ref":
            _inline(element, flow, kind, level)
        case "lb":
            flow.write("\n")
        case "row":
            _row(element, flow)
        case "code" if "\n" in "".join(element.itertext()):
            flow.part(kind, level)
            flow.add(Paragraph("".join(element.itertext()), Kind.PREFORMATTED))
        case "code":
            flow.begin(Emphasis.CODE)
            flow.write(" ".join("".join(element.itertext()).split()))
            flow.end(Emphasis.CODE)
        case "graphic" | "del":
            pass
        case str() as tag:
            inner, depth = _kind(tag, element, kind, level)
            block = tag in _BLOCKS
            if block:
                flow.part(kind, level)
            _contents(element, flow, inner, depth)
            if block:
                flow.part(inner, depth)
        case _:
            pass
    flow.write((element.tail or "").replace("\n", " "))


_BLOCKS: Final = frozenset({"p", "head", "list", "item", "quote", "table", "div", "body", "main", "fw", "ab"})


def _kind(tag: str, element: etree._Element, kind: Kind, level: int) -> tuple[Kind, int]:
    match tag:
        case "head":
            named = str(element.get("rend") or "h2")[1:]
            return Kind.HEADING, min(6, int(named)) if named.isdigit() else 2
        case "list":
            return kind, level + 1 if kind is Kind.ITEM else 1
        case "item":
            return Kind.ITEM, max(1, level)
        case "quote":
            return Kind.QUOTE, 0
        case _:
            return kind, level


def _contents(element: etree._Element, flow: Flow, kind: Kind, level: int) -> None:
    flow.write((element.text or "").replace("\n", " "))
    for child in element:
        _walk(child, flow, kind, level)


def _inline(element: etree._Element, flow: Flow, kind: Kind, level: int) -> None:
    if element.tag == "ref":
        set_off: Emphasis | None = Emphasis.LINK
    else:
        set_off = _RENDITION.get(str(element.get("rend") or ""))
    if set_off is not None:
        flow.begin(set_off, element.get("target"))
    _contents(element, flow, kind, level)
    if set_off is not None:
        flow.end(set_off)


def _row(row: etree._Element, flow: Flow) -> None:
    flow.part()
    cells = [cell for cell in row if cell.tag == "cell"]
    filled = [cell for cell in cells if "".join(cell.itertext()).strip()]
    for position, cell in enumerate(cells if len(filled) > 1 else filled):
        flow.write(CELL_MARK if position else "")
        for text in cell.itertext():
            flow.write(" ".join(f" {text} ".split("\n")))
    head = bool(cells) and all(cell.get("role") == "head" for cell in cells)
    flow.part(*((Kind.ROW, int(head)) if len(filled) > 1 else (Kind.PARAGRAPH, 0)))


def _marked_article(page: Page) -> html.HtmlElement | None:
    """What the page marks as its article; None where it marks nothing, or several things."""
    for path in ("//*[@itemprop='articleBody']", "//article", "//main | //*[@role='main']"):
        elements = page.tree.xpath(path)
        outer = [one for one in elements if not any(ancestor in elements for ancestor in one.iterancestors())]
        if len(outer) == 1:
            return outer[0]
    return None
