"""Books (.epub): one article a file, its chapters in the order of the book's spine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import BinaryIO, Final
from urllib.parse import unquote

from lxml import etree

from app.domain.canonical import Paragraph
from app.domain.record import Unread
from app.ingest.decode import Undecodable, decode_any
from app.ingest.document import Properties, read_document, titled_draft
from app.ingest.draft import Draft, Hints
from app.ingest.html_text import html_paragraphs
from app.ingest.safe_xml import Broken, Zipped, attribute, local, text_of, texts_of

_ORIGIN: Final = "book metadata"
_PAGES: Final = frozenset({"application/xhtml+xml", "text/html"})
_NO_TEXT: Final = frozenset({"nav", "toc", "cover", "cover-image"})


class EpubReader:
    name = "epub"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        return read_document(stream, hints, self.name, _draft)


def _draft(raw: bytes, hints: Hints) -> Draft:
    zipped = Zipped(raw)
    container = zipped.xml("META-INF/container.xml")
    name = next((attribute(one, "full-path") for one in container.iter() if local(one) == "rootfile"), None)
    if name is None:
        raise Broken("it is damaged: its container names no package")
    package = zipped.xml(name)
    paragraphs: list[Paragraph] = []
    missing: list[str] = []
    for chapter in _spine(package, posixpath.dirname(name)):
        try:
            paragraphs.extend(html_paragraphs(decode_any(zipped.read(chapter))))
        except (Broken, Undecodable):
            missing.append(chapter)
    if missing and not paragraphs:
        raise Broken(f"it is damaged: none of its chapters can be read ({', '.join(missing)[:200]})")
    return titled_draft(tuple(paragraphs), _properties(package), raw, hints, EpubReader.name)


def _spine(package: etree._Element, folder: str) -> Iterator[str]:
    """Names of the files that hold the text, in reading order."""
    files = {
        attribute(item, "id"): posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href") or "")))
        for item in package.iter()
        if local(item) == "item"
        and attribute(item, "media-type") in _PAGES
        and not _NO_TEXT & set((attribute(item, "properties") or "").split())
    }
    for reference in package.iter():
        is_text = local(reference) == "itemref" and attribute(reference, "linear") != "no"
        if is_text and (file := files.get(attribute(reference, "idref"))):
            yield file


def _properties(package: etree._Element) -> Properties:
    return Properties(
        origin=_ORIGIN,
        title=text_of(package, "title"),
        authors=texts_of(package, "creator"),
        dates=[(date[:10], "published") for date in texts_of(package, "date")[:1]],
        topics=texts_of(package, "subject"),
        summary=text_of(package, "description"),
        language=text_of(package, "language"),
        source=text_of(package, "publisher"),
        guid=text_of(package, "identifier"),
    )
