"""What a web page says of itself: the address it wants to be known by; and, where no reader of HTML is installed, its
title and text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from app.domain.address import NotAnAddress, names_an_article, normalise_address

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
