"""WARC and ARC, the archives that web crawlers write: every page in one is an article, at the address it was fetched
from."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from typing import Any, BinaryIO, Final, cast
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from app.domain.record import Unread
from app.ingest.decode import MOST_BYTES, too_large
from app.ingest.draft import RAW_BYTES, Hints, Part, Yield
from app.ingest.sniff import no_article

_HOLDING: Final = frozenset({"response", "resource", "conversion"})
_SILENT: Final = frozenset("image audio video font".split())
_NO_ARTICLES: Final = frozenset(
    "text/css text/javascript application/javascript application/x-javascript application/ecmascript text/dns"
    " text/calendar application/font-woff application/x-shockwave-flash application/wasm application/manifest+json"
    " application/opensearchdescription+xml application/x-font-ttf application/vnd.ms-fontobject"
    " application/warc-fields".split()
)
logging.getLogger("warcio").addHandler(logging.NullHandler())

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_REMAINDER: Final = re.compile(r"Remainder: (.*\w{4}.*)")
"""What warcio writes on standard error of bytes between records that it passes over."""
_JSON: Final = frozenset({"application/json", "text/json", "application/ld+json"})
_PACKED: Final = frozenset({"br", "zstd", "compress"})


class WarcReader:
    name = "warc"
    at_home: int | None = None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Yield]:
        number = 0
        records = _Records(stream, arc2warc=True)
        while True:
            try:
                told = StringIO()
                with redirect_stderr(told):
                    record = next(records, None)
                if lost := _REMAINDER.search(told.getvalue()):
                    reason = f"something that is no record follows it, and was passed over ({lost[1][:100]})"
                    yield Unread(hints.record(number), reason, lost[1].encode(), len(lost[1]), self.name)
                if record is None:
                    if records.lost:
                        reason = "what follows is no record, so the file can't be read from here on"
                        yield Unread(hints.record(number + 1), reason, records.lost, len(records.lost), self.name)
                    return
            except (
                ArchiveLoadFailed,
                EOFError,
                OSError,
                zlib.error,
                ValueError,
                KeyError,
                AttributeError,
                TypeError,
            ) as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                place = hints.record(number + 1)
                yield Unread(place, f"the file can't be read from here on: {reason[:300]}", b"", 0, self.name)
                return
            number += 1
            try:
                yield from self._record(record, hints, number)
            except (ArchiveLoadFailed, EOFError, OSError, zlib.error, ValueError, UnicodeError) as error:
                yield Unread(hints.record(number), f"its content can't be read: {error}", b"", 0, self.name)

    def _record(self, record: Any, hints: Hints, number: int) -> Iterator[Yield]:
        place = hints.record(number)
        if record.rec_type == "revisit":
            reason = "it only says that the page was the same as before (revisit)"
            yield Unread(place, reason, b"", 0, self.name)
            return
        if record.rec_type not in _HOLDING:
            return
        address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip().strip("<>").replace(" ", "%20")
        declared = str(record.content_type or "")
        encoding = ""
        if record.http_headers is not None:
            status = str(record.http_headers.get_statuscode() or "").strip()
            if status and not status.startswith("2"):
                if not _is_side_file(address, record.http_headers.get_header("Content-Type") or ""):
                    yield Unread(place, _status(status), address.encode(), 0, self.name)
                return
            declared = record.http_headers.get_header("Content-Type") or ""
            encoding = (record.http_headers.get_header("Content-Encoding") or "").lower().strip()
        if not _SCHEME.match(address):
            reason = f"“{address[:200]}”, where it says it is from, is no address"
            yield Unread(place, reason, address.encode(), 0, self.name)
            return
        if not address.startswith(("http:", "https:", "ftp:", "file:", "urn:")) or _is_side_file(address, declared):
            return
        if encoding in _PACKED:
            yield Unread(place, f"its content is packed in a way that is not read ({encoding})", b"", 0, self.name)
            return
        raw = _content(record)
        if declared.partition(";")[0].strip().lower() in _JSON and b"jsonfeed.org" not in raw[:4096]:
            return  # what a page's scripts asked for
        if len(raw) > MOST_BYTES:
            yield Unread(place, too_large(len(raw)), raw[:RAW_BYTES], len(raw), self.name)
            return
        followed = address if address.startswith(("http:", "https:")) else None
        crawled = (record.rec_headers.get_header("WARC-Date") or "")[:10] or None
        inside = Hints(place, _file_name(address), declared or None, _charset(declared), followed, crawled)
        yield Part(cast(BinaryIO, BytesIO(raw)), inside)


class _Records(ArchiveIterator):  # type: ignore[misc]
    """lost: the line at which it ended, where that was no end."""

    lost = b""

    def _next_record(self, next_line: bytes | None) -> Any:
        try:
            return super()._next_record(next_line)
        except EOFError:
            self.lost = (next_line or b"").strip()
            raise


def _content(record: Any) -> bytes:
    """What was sent, without chunks and compression; as it came where those are not what was declared."""
    parts: list[bytes] = []
    size = 0
    stream = record.content_stream()
    while size <= MOST_BYTES and (chunk := stream.read(1024 * 1024)):
        parts.append(chunk)
        size += len(chunk)
    return b"".join(parts)


def _is_side_file(address: str, content_type: str) -> bool:
    """Whether it is a picture, a style sheet, or another thing that belongs to pages and is none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.partition("/")[0] in _SILENT or kind in _NO_ARTICLES:
        return True
    path = _file_name(address)
    return (no_article(b"", path) and kind not in ("text/html", "application/xhtml+xml")) or path == "robots.txt"


def _file_name(address: str) -> str:
    try:
        return urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return ""


def _charset(content_type: str) -> str | None:
    _, found, charset = content_type.partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None


def _status(status: str) -> str:
    if status.startswith("3"):
        return f"it is no page but leads to another address (status {status})"
    return f"the server answered with an error (status {status[:20]}) instead of the page"
