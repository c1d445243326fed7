"""What a web page says of itself: the address it wants to be known by; and, where no reader of HTML is installed, its
title and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO, Final
from urllib.parse import urljoin, urlsplit

from app.domain.address import NotAnAddress, names_an_article, normalise_address
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, refuse_unkeepable
from app.ingest.draft import Draft
from app.ingest.html_text import html_paragraphs

_HEAD: Final = 256 * 1024
_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_AROUND: Final = re.compile(r"<(/?)(?:nav|header|footer|aside|form)\b[^<>]*>", re.IGNORECASE)
_OTHER_SELVES: Final = ("www.", "m.", "mobile.", "amp.")


class _Head(HTMLParser):
    """Reads the links and marks in a page's head. They are believed only there: below stands what readers wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.canonical: str | None = None
        self.base: str | None = None
        self.meta: dict[str, str] = {}
        self.title = ""
        self.language: str | None = None
        self._over = False
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "body":
            self._over = True
        if self._over:
            return
        if tag == "html" and said.get("lang"):
            self.language = said["lang"]
        elif tag == "base" and self.base is None and said.get("href"):
            self.base = said["href"]
        elif tag == "link" and "canonical" in said.get("rel", "").lower().split() and said.get("href"):
            self.canonical = self.canonical or said["href"].strip()
        elif tag == "meta" and said.get("content", "").strip():
            self.meta.setdefault((said.get("property") or said.get("name") or "").lower(), said["content"].strip())
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        self._over = self._over or tag == "head"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def canonical_of(html: bytes, address: str) -> str | None:
    """The address that a page gives as its own, made whole; None where it gives none. address: where it stood."""
    head = _head(decode_page(html[:_HEAD]))
    if head.canonical is None:
        return None
    try:
        return urljoin(urljoin(address, head.base or ""), head.canonical)
    except ValueError:
        return None


def believed(claimed: str, address: str) -> bool:
    """Whether a page that stood at `address` may say that its address is `claimed`: one of the same site, that names
    one article. Otherwise any page could give itself out as another site's article, and become its next version."""
    try:
        ours, theirs = normalise_address(claimed), normalise_address(address)
    except NotAnAddress:
        return False
    return names_an_article(ours) and _site(ours) == _site(theirs)


def decode_page(html: bytes) -> str:
    """As its mark, its own words, or UTF-8 say; what is neither is Windows-1252, as browsers take it."""
    if html.startswith((b"\xff\xfe", b"\xfe\xff")):
        return html.decode("utf-16", "replace")
    declared = _CHARSET.search(html[:2048])
    charsets = ["utf-8-sig"] if html.startswith(b"\xef\xbb\xbf") or declared is None else [declared[1].decode("ascii")]
    for charset in (*charsets, "utf-8-sig"):
        try:
            return html.decode("cp1252" if charset.lower() in ("iso-8859-1", "latin1") else charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return html.decode("cp1252", "replace")


class PageReader:
    """A web page as one record: its title, what its meta elements say, and all text but menus and the like."""

    name = "html"

    def read(self, stream: BinaryIO, file: str) -> Iterator[Draft | Unread]:
        place = Place(file)
        raw = stream.read(MOST_BYTES + 1)
        html = decode_page(raw)
        try:
            refuse_unkeepable(html)
        except Undecodable as error:
            yield Unread(place, str(error), raw, len(raw), self.name)
            return
        head = _head(html[:_HEAD])
        title = head.meta.get("og:title") or head.title.strip()
        meta = head.meta
        yield Draft(
            place=place,
            reader=self.name,
            raw=raw,
            size=len(raw),
            paragraphs=html_paragraphs(_without_surroundings(_main(html))),
            title=Stated(title, "meta" if "og:title" in meta else "title") if title else None,
            address=head.canonical,
            authors=(Stated(meta["author"], "meta"),) if "author" in meta else (),
            source=Stated(meta["og:site_name"], "meta") if "og:site_name" in meta else None,
            published=Stated(meta["article:published_time"], "meta") if "article:published_time" in meta else None,
            summary=Stated(meta["description"], "meta") if "description" in meta else None,
            language=Stated(head.language, "html") if head.language else None,
        )


def _main(html: str) -> str:
    """What the page marks as its article, else all of it."""
    lower = html.lower()
    for tag in ("article", "main"):
        start, end = lower.find(f"<{tag}"), lower.rfind(f"</{tag}")
        if 0 <= start < end:
            return html[start:end]
    return html


def _without_surroundings(html: str) -> str:
    kept: list[str] = []
    depth = position = 0
    for tag in _AROUND.finditer(html):
        if depth == 0:
            kept.append(html[position : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        position = tag.end()
    return " ".join((*kept, html[position:]))


def _head(html: str) -> _Head:
    head = _Head()
    head.feed(html)
    return head


def _site(normalised: str) -> str:
    host = urlsplit(normalised).netloc
    for self_of_it in _OTHER_SELVES:
        bare = host.removeprefix(self_of_it)
        if "." in bare:
            host = bare
    return host
