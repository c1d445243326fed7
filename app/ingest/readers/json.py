"""JSON: one record, or a list of records, with the fields of a JSON line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from app.domain.record import Place, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any, refuse_unkeepable
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.readers.jsonl import NotARecord, record_draft

_LISTS: Final = ("articles", "records", "items", "results", "data", "docs")
"""Fields that hold a list of records, where that is what the file is for."""


class JsonReader:
    name = "json"
    at_home: int | None = 4 * 1024 * 1024

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            found = json.loads(decode_any(raw, hints.charset), parse_constant=str)
        except Undecodable as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)
            return
        except (ValueError, RecursionError) as error:
            yield Unread(hints.place, f"it is not JSON: {error}", raw[:RAW_BYTES], len(raw), self.name)
            return
        if isinstance(found, dict) and not {"text", "html"} & set(found):
            found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), found)
        if not isinstance(found, list):
            yield self._one(found, hints.place, raw[:RAW_BYTES], len(raw))
            return
        for number, record in enumerate(found, start=1):
            line = json.dumps(record, ensure_ascii=True).encode()
            yield self._one(record, hints.record(number), line[:RAW_BYTES], len(line))

    def _one(self, record: object, place: Place, raw: bytes, size: int) -> Draft | Unread:
        try:
            refuse_unkeepable(json.dumps(record, ensure_ascii=False))
            return record_draft(record, place, raw, size, self.name)
        except (NotARecord, Undecodable) as error:
            return Unread(place, str(error), raw, size, self.name)
