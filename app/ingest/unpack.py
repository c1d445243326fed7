"""Streams that can be looked into, that are unpacked as they are read, and that end before they fill the machine."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tempfile
from typing import BinaryIO, Final, Protocol, cast

from app.ingest.sniff import HEAD, compression

MOST_LAYERS: Final = 3
FREE_BYTES: Final = 64 * 1024 * 1024
MOST_TIMES: Final = 250
"""What unpacks to more than FREE_BYTES, and to more than MOST_TIMES what lay there packed, is a bomb; text packs 20
times."""
MOST_SPOOLED: Final = 4 * 1024 * 1024 * 1024
_IN_MEMORY: Final = 16 * 1024 * 1024


class TooMuch(OSError):
    """A stream holds more than is read of any; the message says what."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Peeked(io.RawIOBase):
    """A stream whose beginning can be looked at before it is read."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._ahead = b""
        self.taken = 0
        """Bytes read from the stream below."""

    def peek(self, size: int = HEAD) -> bytes:
        """The first bytes of what is still to be read. An error in them is raised when they are read, not here."""
        while len(self._ahead) < size:
            try:
                more = self._stream.read(size - len(self._ahead))
            except (OSError, EOFError, ValueError, lzma.LZMAError):
                break
            if not more:
                break
            self.taken += len(more)
            self._ahead += more
        return self._ahead[:size]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if self._ahead:
            chunk, self._ahead = self._ahead[: len(view)], self._ahead[len(view) :]
        else:
            chunk = self._stream.read(len(view))
            self.taken += len(chunk)
        view[: len(chunk)] = chunk
        return len(chunk)


class _Bounded:
    """What a decompressor gives, until it is too much for what was packed."""

    def __init__(self, unpacked: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile, packed: Peeked) -> None:
        self._unpacked = unpacked
        self._packed = packed
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._unpacked.read1(size)  # as much as comes at once: before the place where it is broken, all of it
        self._given += len(chunk)
        if self._given > FREE_BYTES and self._given > MOST_TIMES * max(1, self._packed.taken):
            raise TooMuch(f"it unpacks to more than {MOST_TIMES} times its size, as no text does")
        return chunk


def unpacked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream without the compression it has, if any, and the whole of it, to be read.

    Reading it raises OSError, EOFError or LZMAError where the compressed bytes are broken, TooMuch for a bomb.
    """
    if _is_seekable(stream):
        start = stream.tell()
        head = stream.read(HEAD)
        stream.seek(start)
        if compression(head) is None:
            return head, stream
    packed: Readable = stream
    for _ in range(MOST_LAYERS):
        peeked = Peeked(packed)
        below = io.BufferedReader(peeked, 64 * 1024)
        match compression(peeked.peek(8)):
            case "gzip":
                packed = _Bounded(gzip.GzipFile(fileobj=below), peeked)
            case "bzip2":
                packed = _Bounded(bz2.BZ2File(below), peeked)
            case "xz":
                packed = _Bounded(lzma.LZMAFile(below), peeked)  # noqa: SIM115
            case _:
                return peeked.peek(), below
    peeked = Peeked(packed)
    return peeked.peek(), io.BufferedReader(peeked, 64 * 1024)


def _is_seekable(stream: BinaryIO) -> bool:
    try:
        return stream.seekable()
    except (ValueError, AttributeError):  # closed, or a file in a tar that is itself a stream
        return False


def seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or a temporary copy of it, for formats whose table of contents is at their end. Raises TooMuch."""
    if _is_seekable(stream):
        return stream
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (its reader closes it)
    size = 0
    while chunk := stream.read(1024 * 1024):
        size += len(chunk)
        if size > MOST_SPOOLED:
            copy.close()
            raise TooMuch(f"it is larger than {MOST_SPOOLED // 1024**3} GB")
        copy.write(chunk)
    copy.seek(0)
    return cast(BinaryIO, copy)


def at_most(stream: Readable, size: int) -> tuple[bytes, int]:
    """The first `size` bytes of a stream and how many it has in all, which is read to tell; a decompressor that stops
    in the middle raises."""
    kept: list[bytes] = []
    total = 0
    while chunk := stream.read(1024 * 1024):
        if total < size:
            kept.append(chunk[: size - total])
        total += len(chunk)
    return b"".join(kept), total
