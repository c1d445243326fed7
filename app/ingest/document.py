"""What word processors' documents, books and PDFs have in common: one article a file; and properties that say who, when
and what, beside their text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from app.domain.canonical import Kind, Paragraph
from app.domain.record import Stated, Unread
from app.ingest.compose import clean_line
from app.ingest.decode import MOST_BYTES, too_large
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.safe_xml import Broken
from app.ingest.text_header import lines_above

_FIRST_HEADING: Final = "first heading"
_NO_TITLES: Final = re.compile(
    r"(?:untitled|microsoft word\b.*|document\s*\d*|doc\d*|title|new document|word document"
    r"|\S+\.(?:docx?|odt|rtf|epub))$",
    re.IGNORECASE,
)
_NO_NAMES: Final = frozenset("python-docx author user admin administrator microsoft owner unknown home".split())


@dataclass(frozen=True, slots=True)
class Properties:
    """As the document states them; origin: how that is called. dates: the most telling first."""

    origin: str
    title: str | None = None
    authors: Sequence[str] = ()
    dates: Sequence[tuple[str, str]] = ()
    topics: Sequence[str] = ()
    summary: str | None = None
    language: str | None = None
    source: str | None = None
    guid: str | None = None


def read_document(
    stream: BinaryIO, hints: Hints, reader: str, draft: Callable[[bytes, Hints], Draft]
) -> Iterator[Draft | Unread]:
    """The one article of a document. draft: makes it, or raises Broken."""
    raw = stream.read(MOST_BYTES + 1)
    try:
        if len(raw) > MOST_BYTES:
            raise Broken(too_large(len(raw)))
        yield draft(raw, hints)
    except Broken as error:
        yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), reader)


def titled_draft(
    paragraphs: tuple[Paragraph, ...], properties: Properties, raw: bytes, hints: Hints, reader: str
) -> Draft:
    """A draft of a document: titled by its properties, unless a program wrote them, else by the heading it begins
    with.

    The headline, and a byline and a date that stand below it, are not repeated in the text. What a document shows goes
    before when and by whom its file was made.
    """
    title = _title(properties, paragraphs)
    if (
        title is not None
        and len(paragraphs) > 1
        and clean_line(paragraphs[0].text).casefold() == title.value.casefold()
    ):
        paragraphs = paragraphs[1:]
    authors, shown, paragraphs = lines_above(paragraphs)
    said = [(Stated(value, f"{properties.origin} ({of})"), of) for value, of in properties.dates if value]
    dates = [
        *(date for date, of in said if of == "published"),
        *shown,
        *(date for date, of in said if of != "published"),
    ]
    return Draft(
        place=hints.place,
        reader=reader,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=paragraphs,
        title=title,
        guid=properties.guid,
        address=hints.address,
        authors=authors or tuple(_people(properties)),
        source=Stated(properties.source, properties.origin) if properties.source else None,
        published=dates[0] if dates else None,
        also_published=tuple(dates[1:]),
        topics=tuple(Stated(topic, properties.origin) for topic in properties.topics if 0 < len(topic) <= 60)[:15],
        summary=Stated(properties.summary, properties.origin) if properties.summary else None,
        language=Stated(properties.language, properties.origin) if properties.language else None,
    )


def parted(text: str | None) -> list[str]:
    """Names or keywords in one line."""
    return [part.strip() for part in re.split(r"[;,]", text or "") if part.strip()]


def _title(properties: Properties, paragraphs: tuple[Paragraph, ...]) -> Stated[str] | None:
    stated = clean_line(properties.title or "")
    if len(stated) > 2 and not _NO_TITLES.match(stated):
        return Stated(stated, properties.origin)
    for paragraph in paragraphs[:2]:
        if paragraph.kind is Kind.HEADING and len(paragraphs) > 1:
            return Stated(clean_line(paragraph.text), _FIRST_HEADING)
    return None


def _people(properties: Properties) -> Iterable[Stated[str]]:
    for name in properties.authors:
        cleaned = clean_line(name)
        if cleaned and cleaned.casefold() not in _NO_NAMES and len(cleaned) <= 100:
            yield Stated(cleaned, properties.origin)
