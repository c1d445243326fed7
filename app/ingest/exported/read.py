"""Reads an export back: tells one from any other input by its beginning, and yields its articles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from app.domain.record import Place, Unread
from app.ingest.exported.form import FORM, MARK, NotWhole, from_json
from app.store.holdings import Holding

READER: Final = "export"
_RAW: Final = 64 * 1024
_HEAD: Final = 1024
"""Bytes by which an export is told from other inputs."""


@dataclass(frozen=True, slots=True)
class Found:
    """One article, and where it stood; raw: its bytes, size: how many there were."""

    holding: Holding
    place: Place
    raw: bytes
    size: int


def export_in(head: bytes) -> str | None:
    """The form of the export that begins with these bytes, uncompressed; None for any other input."""
    first = head.lstrip(b"\xef\xbb\xbf \r\n")[:_HEAD]
    if first.startswith(b'{"' + MARK.encode() + b'"'):
        return "jsonl"
    if first.startswith(b"WARC/1.") and f"\r\n{MARK}: ".encode() in first:
        return "warc"
    return None


def read_export(stream: BinaryIO, form: str, file: str) -> Iterator[Found | Unread]:
    """Every article of an export, in order; what is damaged, with the reason."""
    yield from (_read_lines if form == "jsonl" else _read_warc)(stream, file)


def _read_lines(stream: BinaryIO, file: str) -> Iterator[Found | Unread]:
    for number, line in enumerate(stream):
        if number == 0:
            if (unknown := _unknown_form(json.loads(line).get(MARK))) is not None:
                yield Unread(Place(file), unknown, line[:_RAW], len(line), READER)
                return
        elif line.strip():
            yield _found(line, Place(file, number))


def _read_warc(stream: BinaryIO, file: str) -> Iterator[Found | Unread]:
    number = 0
    try:
        for record in ArchiveIterator(stream):
            if record.rec_type != "metadata":
                continue
            number += 1
            yield _found(record.content_stream().read(), Place(file, number))
    except (ArchiveLoadFailed, ValueError) as error:
        yield Unread(Place(file), f"it can't be read further than article {number}: {error}", b"", 0, READER)


def _found(raw: bytes, place: Place) -> Found | Unread:
    try:
        return Found(from_json(json.loads(raw)), place, raw[:_RAW], len(raw))
    except NotWhole as error:
        return Unread(place, str(error), raw[:_RAW], len(raw), READER)
    except (ValueError, RecursionError) as error:
        return Unread(place, f"it is not JSON: {error}", raw[:_RAW], len(raw), READER)


def _unknown_form(form: object) -> str | None:
    if isinstance(form, int) and 1 <= form <= FORM:
        return None
    return f"it is an export of the form {form!r}, this program reads forms up to {FORM}; use the newer program"
