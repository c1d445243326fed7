"""Plain text: one article a file, with a headline, byline, date line and dateline where they plainly stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from app.domain.canonical import canonical_characters, plain_paragraphs
from app.domain.record import Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.text_header import dateline, header


class TextReader:
    name = "txt"
    at_home: int | None = 4 * 1024 * 1024

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            text = decode_any(raw, hints.charset)
            yield text_draft(canonical_characters(text), hints, raw, self.name)
        except Undecodable as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)


def text_draft(text: str, hints: Hints, raw: bytes, reader: str) -> Draft:
    """An article of plain text: what its first lines say of it, and the rest as its text. reader: whose draft it is."""
    lines = text.strip("\n").split("\n")
    title, authors, published, rest = header(lines)
    if not "".join(rest).strip():
        title, authors, published, rest = None, (), None, lines
    paragraphs = plain_paragraphs("\n".join(rest))
    if published is None:
        published = next(iter(dateline(paragraphs)), None)
    return Draft(
        place=hints.place,
        reader=reader,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        address=hints.address,
        paragraphs=paragraphs,
        title=title,
        authors=authors,
        published=published,
    )
