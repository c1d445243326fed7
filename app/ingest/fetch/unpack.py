"""Bodies as they were before they were compressed for the way, never more of them than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final, Protocol

from app.ingest.fetch.failure import FetchFailed, Why

ACCEPTED: Final = "gzip, deflate"
_MOST_LAYERS: Final = 2
_PIECE: Final = 64 * 1024


class _Layer(Protocol):
    def feed(self, data: bytes) -> Iterable[bytes]:
        """What the data unpacks to, in pieces of bounded size."""
        ...

    def ended(self) -> bool:
        """Whether the data ended where it says it does."""
        ...


def read_body(pieces: Iterable[bytes], encodings: str, most_bytes: int, *, cut: bool = False) -> bytes:
    """The whole body. encodings: the Content-Encoding header. cut: of more than most_bytes, the first of them.

    Raises FetchFailed for more than most_bytes, packed or unpacked, and for data that can't be unpacked.
    """
    layers = _layers(encodings)
    body = bytearray()
    packed = 0
    for piece in pieces:
        packed += len(piece)
        if packed > most_bytes and not cut:
            raise too_large(most_bytes)
        for part in _through(layers, piece):
            body += part
            if len(body) > most_bytes:
                if cut:
                    return bytes(body[:most_bytes])
                raise too_large(most_bytes)
    if packed and not all(layer.ended() for layer in layers):
        raise FetchFailed(Why.BROKEN, "its compressed body breaks off")
    return bytes(body)


def too_large(most_bytes: int) -> FetchFailed:
    return FetchFailed(Why.TOO_LARGE, f"it is larger than the {most_bytes / 1024 / 1024:g} MB that are fetched")


def _layers(encodings: str) -> list[_Layer]:
    """In the order in which they are taken off."""
    layers: list[_Layer] = []
    for name in reversed([one.strip().lower() for one in encodings.split(",")]):
        if name in ("", "identity"):
            continue
        if name in ("gzip", "x-gzip"):
            layers.append(_Gzip())
        elif name == "deflate":
            layers.append(_Deflate())
        else:
            raise FetchFailed(Why.BROKEN, f"it came in the encoding “{name[:40]}”, which was not asked for")
    if len(layers) > _MOST_LAYERS:
        raise FetchFailed(Why.BROKEN, f"it is compressed {len(layers)} times over")
    return layers


def _through(layers: list[_Layer], data: bytes) -> Iterable[bytes]:
    if not layers:
        yield data
        return
    for part in layers[0].feed(data):
        yield from _through(layers[1:], part)


class _Gzip:
    """Members one after another; what follows the last and is none is passed over, as gzip does."""

    def __init__(self) -> None:
        self._member: Any = zlib.decompressobj(wbits=31)
        self._members = 0
        self._begun = False
        self._over = False

    def feed(self, data: bytes) -> Iterable[bytes]:
        full = False
        while (data or full) and not self._over:
            try:
                part = self._member.decompress(data, _PIECE)
            except zlib.error as error:
                if self._members:
                    self._over = True
                    return
                raise FetchFailed(Why.BROKEN, f"its gzip can't be unpacked ({error})") from None
            self._begun = True
            if part:
                yield part
            full = len(part) == _PIECE
            data = self._member.unconsumed_tail
            if self._member.eof:
                data, full = self._member.unused_data, False
                self._member = zlib.decompressobj(wbits=31)
                self._members += 1
                self._begun = False

    def ended(self) -> bool:
        return self._over or (self._members > 0 and not self._begun)


class _Deflate:
    """zlib's format, or, as some servers send, bare deflate."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: Any = None

    def feed(self, data: bytes) -> Iterable[bytes]:
        if self._stream is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            wrapped = data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
            self._stream = zlib.decompressobj(wbits=15 if wrapped else -15)
        full = False
        while (data or full) and not self._stream.eof:
            try:
                part = self._stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise FetchFailed(Why.BROKEN, f"its deflate can't be unpacked ({error})") from None
            if part:
                yield part
            full = len(part) == _PIECE
            data = self._stream.unconsumed_tail

    def ended(self) -> bool:
        return self._stream is not None and bool(self._stream.eof)
