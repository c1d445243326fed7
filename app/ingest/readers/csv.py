"""Tables (CSV, TSV, semicolons): one record a row, fields named by the first row as those of a JSON record."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import BinaryIO, Final

from app.domain.record import Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any, refuse_unkeepable
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.readers.jsonl import NotARecord, record_draft

_ALSO: Final = {
    "body": "text",
    "content": "text",
    "article": "text",
    "fulltext": "text",
    "full_text": "text",
    "full text": "text",
    "headline": "title",
    "date": "published",
    "pubdate": "published",
    "publication date": "published",
    "published_at": "published",
    "date published": "published",
    "link": "url",
    "address": "url",
    "byline": "author",
    "publisher": "source",
    "publication": "source",
    "tags": "topics",
    "keywords": "topics",
    "topic": "topics",
    "abstract": "summary",
    "description": "summary",
    "lang": "language",
    "guid": "id",
}
"""What columns are called elsewhere -> the field that is meant."""
_LISTED: Final = ("authors", "topics")


class CsvReader:
    name = "csv"
    at_home: int | None = 4 * 1024 * 1024

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            text = decode_any(raw, hints.charset)
        except Undecodable as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)
            return
        csv.field_size_limit(MOST_BYTES)
        rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
        columns: list[str] | None = None
        number = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Unread(hints.record(number + 1), f"its rows can't be told apart: {error}", b"", 0, self.name)
                return
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = [_field(cell) for cell in row]
                if not {"text", "html"} & set(columns):
                    reason = "its first row names no column `text` or `html`"
                    yield Unread(hints.place, reason, raw[:RAW_BYTES], len(raw), self.name)
                    return
                continue
            number += 1
            yield self._record(columns, row, hints, number)

    def _record(self, columns: list[str], row: list[str], hints: Hints, number: int) -> Draft | Unread:
        place = hints.record(number)
        line = _delimited(row)
        if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
            reason = f"it has {len(row)} cells, but the first row names {len(columns)} columns"
            return Unread(place, reason, line[:RAW_BYTES], len(line), self.name)
        record: dict[str, object] = {}
        for column, cell in zip(columns, row, strict=False):
            if cell.strip() and column:
                record.setdefault(column, _listed(cell) if column in _LISTED else cell)
        try:
            refuse_unkeepable("".join(row))
            return record_draft(record, place, line[:RAW_BYTES], len(line), self.name)
        except (NotARecord, Undecodable) as error:
            return Unread(place, str(error), line[:RAW_BYTES], len(line), self.name)


def _field(cell: str) -> str:
    name = " ".join(cell.strip().lower().split())
    return _ALSO.get(name, name)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("|", ";").split(";") if part.strip()]


def _delimiter(text: str) -> str:
    """What parts the cells of the first row."""
    first = text.lstrip("\n").split("\n", 1)[0]
    return max(",\t;|", key=first.count)


def _delimited(row: list[str]) -> bytes:
    written = StringIO()
    csv.writer(written).writerow(row)
    return written.getvalue().encode("utf-8", "replace")
