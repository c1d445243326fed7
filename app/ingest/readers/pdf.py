"""PDF: one article a file. PDFium tells characters and where they stand; what they make together is told here by
`printed_lines`."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pypdfium2
from pypdfium2 import raw as pdfium

from app.domain.canonical import Kind, Paragraph
from app.domain.record import Stated, Unread
from app.ingest.compose import clean_line
from app.ingest.document import read_document
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.mend import mend
from app.ingest.printed_lines import Line, paragraphs_of_pages
from app.ingest.safe_xml import Broken
from app.ingest.text_header import lines_above

_MOST_PAGES: Final = 5_000
_DATE: Final = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_NO_TITLE: Final = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b|untitled|\S+\.(?:docx?|pdf|indd|qxd|rtf|pptx?|xlsx?)$|slide 1$"
    r"|document\d*$|print$)",
    re.I,
)
_HYPHENS: Final = frozenset({"\ufffe", "\x02", "\xad"})
"""How PDFium gives a hyphen that parts a word at the end of a line."""


class PdfReader:
    name = "pdf"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        return read_document(stream, hints, self.name, _draft)


def _draft(raw: bytes, hints: Hints) -> Draft:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Broken("it is locked with a password; save it without one") from None
        raise Broken(f"it is no PDF that can be read ({error})") from None
    try:
        if len(document) > _MOST_PAGES:
            raise Broken(f"it has {len(document):,} pages, more than the {_MOST_PAGES:,} that are read; split it")
        pages = [_lines(document, number) for number in range(len(document))]
        properties = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    paragraphs = paragraphs_of_pages(pages)
    if not paragraphs:
        raise Broken("its pages hold no text, only pictures of it perhaps; have the text recognised (OCR) first")
    title = _title(properties.get("Title"), paragraphs)
    if title is not None and len(paragraphs) > 1:
        said = clean_line(paragraphs[0].text).casefold()
        if said == clean_line(title.value).casefold():
            paragraphs = paragraphs[1:]
    authors, shown, paragraphs = lines_above(paragraphs)
    dates = [*shown, *_dates(properties)]
    return Draft(
        place=hints.place,
        reader=PdfReader.name,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=paragraphs,
        title=title,
        address=hints.address,
        authors=authors or _authors(properties.get("Author")),
        published=dates[0] if dates else None,
        also_published=tuple(dates[1:]),
        topics=tuple(
            Stated(topic.strip(), "PDF properties")
            for topic in re.split(r"[;,]", properties.get("Keywords", ""))[:15]
            if 0 < len(topic.strip()) <= 60
        ),
        summary=Stated(properties["Subject"], "PDF properties") if len(properties.get("Subject", "")) > 20 else None,
    )


def _title(stated: str | None, paragraphs: tuple[Paragraph, ...]) -> Stated[str] | None:
    """The title in the properties, unless a program made it; else the heading that the text begins with."""
    cleaned = clean_line(mend(stated)) if stated else ""
    if len(cleaned) > 3 and not _NO_TITLE.match(cleaned) and " " in cleaned:
        return Stated(cleaned, "PDF properties")
    for paragraph in paragraphs[:3]:
        if paragraph.kind is Kind.HEADING and len(paragraph.text) > 3:
            return Stated(paragraph.text, "first heading")
    return None


def _authors(stated: str | None) -> tuple[Stated[str], ...]:
    """Only what looks like names of people: programs write logins and companies here."""
    names = [name.strip() for name in re.split(r";| and |&|,(?=\s*\S+\s)", clean_line(stated or "")) if name.strip()]
    plausible = [name for name in names if " " in name and len(name) <= 80 and not any(char.isdigit() for char in name)]
    return tuple(Stated(name, "PDF properties") for name in plausible)


def _dates(properties: dict[str, str]) -> list[Stated[str]]:
    found = _DATE.match(properties.get("CreationDate", ""))
    return [Stated("-".join(part for part in found.groups() if part), "PDF properties (made)")] if found else []


def _lines(document: Any, number: int) -> list[Line]:
    """The lines of a page in its own order; none for a page that can't be read."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        text_page = page.get_textpage()
        try:
            return list(_page_lines(text_page.raw, page.get_height()))
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return []
    finally:
        page.close()


def _page_lines(page: Any, height: float) -> Iterator[Line]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    chars: list[str] = []
    box: list[float] | None = None
    size = 0.0
    for index in range(pdfium.FPDFText_CountChars(page)):
        code = pdfium.FPDFText_GetUnicode(page, index)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in "\r\n":
            if line := _line(chars, box, size, height):
                yield line
            chars, box, size = [], None, 0.0
            continue
        chars.append("-\u00ad" if char in _HYPHENS else char)
        if not char.isspace() and pdfium.FPDFText_GetCharBox(page, index, left, right, bottom, top):
            if box is None:
                box = [left.value, right.value, bottom.value, top.value]
                size = pdfium.FPDFText_GetFontSize(page, index)
                size = size if size > 1.5 else top.value - bottom.value
            else:
                box = [
                    min(box[0], left.value),
                    max(box[1], right.value),
                    min(box[2], bottom.value),
                    max(box[3], top.value),
                ]
    if line := _line(chars, box, size, height):
        yield line


def _line(chars: list[str], box: list[float] | None, size: float, height: float) -> Line | None:
    text = "".join(chars)
    if box is None or not text.strip():
        return None
    text = mend("".join(char for char in text if not 0xD800 <= ord(char) <= 0xDFFF and char != "\0"))
    return Line(" ".join(text.split()), box[0], box[1], height - box[3], height - box[2], size, height)
