"""JSON lines: one record a line. Lines end at LF alone: U+2028 and the like occur inside records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from app.domain.canonical import Paragraph, plain_paragraphs
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode, refuse_unkeepable, too_large
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.html_text import html_paragraphs
from app.ingest.inline_markdown import without_marks
from app.ingest.mend import mend

ORIGIN: Final = "record"

_KNOWN: Final = frozenset("id url title text html author authors source published topics summary language".split())


class JsonLinesReader:
    """Reads records whose fields are `id url title text html author authors source published topics summary
    language`."""

    name = "jsonl"
    at_home: int | None = None

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """most_bytes: a longer line is rejected, without being held in memory."""
        self._most_bytes = most_bytes

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        for number, (line, size) in enumerate(_lines(stream, self._most_bytes), start=1):
            place = hints.record(number)
            try:
                if size > self._most_bytes:
                    raise NotARecord(too_large(size))
                yield record_draft(_parse(line), place, line[:RAW_BYTES], size, self.name)
            except (NotARecord, Undecodable) as error:
                yield Unread(place, str(error), line[:RAW_BYTES], size, self.name)


class NotARecord(ValueError):
    """What was read is no record; the message says why."""


def _lines(stream: BinaryIO, most_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Each line that is not blank, without its LF, and its size. A line over most_bytes comes cut, with its true
    size."""
    first = True
    while line := stream.readline(most_bytes + 1):
        size = len(line)
        if size > most_bytes and not line.endswith(b"\n"):
            while more := stream.readline(most_bytes):
                size += len(more)
                if more.endswith(b"\n"):
                    break
        if first:
            first = False
            if line.startswith(b"\xef\xbb\xbf"):
                line, size = line[3:], size - 3
        bare = line.rstrip(b"\r\n")
        if bare.strip():
            yield bare, size - len(line) + len(bare)


def _parse(line: bytes) -> Any:
    text = decode(line)
    try:
        record = json.loads(text, parse_constant=str)
    except json.JSONDecodeError as error:
        raise NotARecord(f"it is not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}") from None
    except RecursionError:
        raise NotARecord("its JSON is nested too deeply") from None
    except ValueError as error:
        raise NotARecord(f"its JSON can't be read: {error}") from None
    if "\\u" in text:
        for string in _strings(record):
            refuse_unkeepable(string)
    return record


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, names of fields included."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as string:
                yield string
            case list() as values:
                waiting.extend(values)
            case dict() as fields:
                waiting.extend(fields)
                waiting.extend(fields.values())


def record_draft(record: Any, place: Place, raw: bytes, size: int, reader: str) -> Draft:
    """A draft of a record's fields. reader: whose draft it is. Raises NotARecord."""
    if not isinstance(record, dict):
        raise NotARecord(f"it is a JSON {_TYPE_NAMES.get(type(record), 'value')}, not an object with fields")
    authors = (*_names(record, "author"), *_names(record, "authors"))
    return Draft(
        place=place,
        reader=reader,
        raw=raw,
        size=size,
        paragraphs=_paragraphs(record),
        title=_stated(record, "title"),
        guid=_text(record, "id"),
        address=_text(record, "url"),
        authors=authors,
        source=_stated(record, "source"),
        published=_stated(record, "published"),
        topics=_names(record, "topics"),
        summary=_stated(record, "summary"),
        language=_stated(record, "language"),
        extra={name: value for name, value in record.items() if name not in _KNOWN},
    )


def _paragraphs(record: dict[str, Any]) -> tuple[Paragraph, ...]:
    """From `text`, else from `html`."""
    if text := _text(record, "text"):
        return without_marks(plain_paragraphs(mend(text)), _text(record, "url"))
    if html := _text(record, "html"):
        return html_paragraphs(mend(html), _text(record, "url"))
    return ()


def _stated(record: dict[str, Any], name: str) -> Stated[str] | None:
    text = _text(record, name)
    return None if text is None else Stated(text, ORIGIN)


def _text(record: dict[str, Any], name: str) -> str | None:
    """A field's text; None where it is missing, null or blank."""
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise NotARecord(f"its {name} is a JSON {_TYPE_NAMES[type(value)]}, not text")
    return value if value.strip() else None


def _names(record: dict[str, Any], field: str) -> tuple[Stated[str], ...]:
    """One name, a list of names, or of objects with a `name`."""
    value = record.get(field)
    values = value if isinstance(value, list) else [value]
    names = [_text(one, "name") if isinstance(one, dict) else _text({field: one}, field) for one in values]
    return tuple(Stated(name, ORIGIN) for name in names if name)


_TYPE_NAMES: Final[dict[type, str]] = {
    bool: "true or false",
    dict: "object",
    list: "list",
    int: "number",
    float: "number",
    str: "string",
    type(None): "null",
}
