"""Writes an export: JSON lines, or a WARC in which any WARC tool finds each version's text at its address."""

from __future__ import annotations

import gzip
import io
import json
import os
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from warcio.warcwriter import WARCWriter

from app.domain.article import version_path
from app.ingest.exported.form import FORM, MARK, to_json
from app.store.holdings import Holding

FORMATS: Final = ("jsonl", "warc")


def write_export(
    file: Path, format: str, found: Iterable[Holding], base_url: str, told: Callable[[int], None] | None = None
) -> int:
    """Write articles whole; a name that ends in .gz is compressed. The file is there whole, or not at all.

    base_url: what permalinks begin with. told: how many were written, now and then. Returns how many there were.
    Raises OSError.
    """
    unfinished = file.with_name(f".{file.name}.part")
    written = 0
    try:
        with open(unfinished, "wb") as raw:
            put = _WRITERS[format](raw, file.name, base_url)
            for holding in found:
                put(holding)
                written += 1
                if told is not None:
                    told(written)
            put.close()
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


class _JsonLines:
    def __init__(self, raw: BinaryIO, name: str, base_url: str) -> None:
        # No name and no time of its own in the compressed file: the same archive makes the same bytes.
        packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) if name.endswith(".gz") else None
        self._packed = packed
        self._out: Any = packed or raw
        self._line({MARK: FORM, "base_url": base_url})

    def __call__(self, holding: Holding) -> None:
        self._line(to_json(holding))

    def _line(self, said: dict[str, Any]) -> None:
        self._out.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        if self._packed is not None:
            self._packed.close()


class _Warc:
    """A `warcinfo`; for each version a `resource` with its text; for each article a `metadata` with all there is."""

    def __init__(self, raw: BinaryIO, name: str, base_url: str) -> None:
        self._writer = WARCWriter(raw, gzip=name.endswith(".gz"), warc_version="1.1")
        self._base_url = base_url
        info = f"software: policy-archive\r\nformat: WARC File Format 1.1\r\n{MARK}: {FORM}\r\n"
        self._put("warcinfo", "", "warcinfo", "application/warc-fields", info.encode(), _EPOCH)

    def __call__(self, holding: Holding) -> None:
        for version in holding.versions:
            if version.record is None:
                continue
            address = self._base_url + version_path(holding.id, version.number)
            text = version.record.text.encode()
            self._put("resource", address, address, "text/plain; charset=utf-8", text, version.stored_at)
        address = f"{self._base_url}/a/{holding.id}"
        said = json.dumps(to_json(holding), ensure_ascii=False).encode()
        self._put("metadata", address, address, "application/json", said, holding.versions[-1].stored_at)

    def _put(self, kind: str, address: str, name: str, type: str, payload: bytes, at: datetime) -> None:
        headers = {
            # Named after what it is, so that the same archive makes the same file.
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {name}')}>",
            "WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        record = self._writer.create_warc_record(
            address or None,
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_content_type=type,
            warc_headers_dict=headers,
        )
        self._writer.write_record(record)

    def close(self) -> None:
        pass


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WRITERS: Final[dict[str, Callable[[BinaryIO, str, str], Any]]] = {"jsonl": _JsonLines, "warc": _Warc}
