"""A web page as it was sent: its bytes read into a tree, with its address, its meta tags and its JSON-LD at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast
from urllib.parse import urljoin

from lxml import etree, html

from app.domain.record import Stated
from app.ingest.decode import decode_any
from app.ingest.draft import Hints
from app.ingest.pages.address import believed, claimed_addresses

JSON_LD: Final = "json-ld"
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{1,40})",
    re.IGNORECASE,
)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_MOST_JSON_LD: Final = 2_000_000
_ARTICLES: Final = frozenset(
    "article newsarticle blogposting report reportagenewsarticle opinionnewsarticle analysisnewsarticle"
    " backgroundnewsarticle reviewnewsarticle askpublicnewsarticle techarticle scholarlyarticle socialmediaposting"
    " liveblogposting satiricalarticle advertisercontentarticle medicalscholarlyarticle speech"
    " governmentpublication legislation policy digitaldocument".split()
)
_PAGES: Final = frozenset("webpage itempage aboutpage creativework event podcastepisode videoobject".split())


@dataclass(frozen=True, eq=False)
class Page:
    """tree: the parsed page, not to be changed. text: its source."""

    tree: html.HtmlElement
    text: str
    hints: Hints

    @cached_property
    def base(self) -> str | None:
        """The address that its links are relative to."""
        declared = next((str(one) for one in self.tree.xpath("//base/@href")), None)
        known = self.address
        if declared and known:
            try:
                return urljoin(known, declared)
            except ValueError:
                return known
        return known

    @cached_property
    def address(self) -> str | None:
        """Where it was published: as it says itself, where that can be believed, else where it was fetched."""
        fetched = self.hints.address
        return next((one for one in self.claimed if believed(one, fetched)), fetched)

    @cached_property
    def claimed(self) -> list[str]:
        """The addresses that it gives as its own, believed or not."""
        return claimed_addresses(self.text, self.hints.address)

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Lower-case name or property of a meta element -> what it says, in order."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            content = (element.get("content") or "").strip()
            if content:
                for attribute in ("property", "name", "itemprop", "http-equiv"):
                    if name := element.get(attribute):
                        found.setdefault(name.strip().lower(), []).append(content)
        return found

    def meta(self, *names: str) -> Iterator[Stated[str]]:
        """What meta elements of these names say, in the order of the names."""
        for name in names:
            for content in self.metas.get(name.lower(), ()):
                yield Stated(content, f"meta {name}")

    @cached_property
    def things(self) -> list[dict[str, Any]]:
        """All JSON-LD objects of the page, those inside others after them."""
        found: list[dict[str, Any]] = []
        for script in self.tree.xpath("//script[contains(translate(@type, 'LD+JSON', 'ld+json'), 'ld+json')]"):
            text = script.text_content().strip()
            if text and len(text) <= _MOST_JSON_LD:
                found.extend(_objects(_json(text)))
        return found

    @cached_property
    def articles(self) -> list[dict[str, Any]]:
        """The JSON-LD objects that are about this page's article, the surest first."""
        named = [thing for thing in self.things if _types(thing) & _ARTICLES]
        with_headline = [thing for thing in named if thing.get("headline") or thing.get("datePublished")]
        pages = [thing for thing in self.things if _types(thing) & _PAGES]
        return [*with_headline[:1], *pages] if with_headline else [*named[:1], *pages]


def read_page(raw: bytes, hints: Hints) -> Page:
    """Raises Undecodable, and ValueError for a page with nothing in it."""
    text = _XML_DECLARATION.sub("", decode_any(raw, hints.charset or declared_charset(raw), drop_nul=True))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ValueError(f"it holds nothing that could be read as HTML ({error})") from None
    return Page(cast(html.HtmlElement, tree), text, hints)


def declared_charset(raw: bytes) -> str | None:
    """The encoding that a page itself says it is in."""
    declared = _DECLARED.search(raw[:4096])
    return (declared[1] or declared[2]).decode("ascii") if declared else None


def one_line(element: html.HtmlElement) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def short_line(element: html.HtmlElement, most: int) -> str | None:
    """The text of an element on one line; None where it is longer than `most`, which is told without reading it all."""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        piece = " ".join(piece.split())
        if piece:
            pieces.append(piece)
            length += len(piece) + 1
            if length > most + 1:
                return None
    return " ".join(pieces)


def text_of(value: Any) -> str | None:
    """A JSON-LD value as text: itself, its name, or the first of a list."""
    match value:
        case str() as text:
            return text.strip() or None
        case {"@value": str() as text} | {"name": str() as text}:
            return text.strip() or None
        case [first, *_]:
            return text_of(first)
        case _:
            return None


def _json(text: str) -> Any:
    cleaned = text.removeprefix("<!--").removesuffix("-->").strip().removeprefix("//<![CDATA[").removesuffix("//]]>")
    cleaned = cleaned.strip().rstrip(";")
    for attempt in (cleaned, re.sub(r"[\x00-\x1f]", " ", cleaned), re.sub(r",\s*([}\]])", r"\1", cleaned)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        match waiting.pop(0):
            case list() as values:
                waiting[:0] = values
            case dict() as thing:
                yield thing
                waiting.extend(one for one in thing.values() if isinstance(one, list | dict))


def _types(thing: dict[str, Any]) -> set[str]:
    kind = thing.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return {str(one).rsplit("/", 1)[-1].lower() for one in kinds if one}
