"""From bytes to drafts: tells formats, opens what is packed, and has documents read in processes of their own,
several at once.

`read` is the one way in for everything that has bytes: files, what was fetched, what lies in an archive.
"""

from __future__ import annotations

import lzma
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import BinaryIO, Final, Protocol, TypeVar, cast

from app.domain.record import Unread
from app.ingest.apart import Apart, Task
from app.ingest.decode import MOST_BYTES, too_large
from app.ingest.draft import RAW_BYTES, Draft, Found, Hints, Part, Reader
from app.ingest.inputs import Input
from app.ingest.readers import FORMATS, reader
from app.ingest.sniff import is_plain_text, no_article, other_document, told_format
from app.ingest.unpack import at_most, unpacked

DEEPEST: Final = 4
"""How many archives may lie one in another."""
_READ_AHEAD: Final = 32
"""Documents for each reading process that are handed out before the first of them is done."""
_BYTES_AHEAD: Final = 128 * 1024 * 1024

T = TypeVar("T")


class Unknown(Exception):
    """No reader knows the bytes; the message says what they are, as far as that can be told."""


def read(stream: BinaryIO, hints: Hints, apart: Apart, named: Reader | None = None) -> Iterator[Found]:
    """Everything in a stream, in order. named: the reader to use; where it is None, the content tells.

    What can't be read is yielded as Unread; nothing is raised for what is in the stream.
    """
    for _, one in _in_order(((None, one) for one in _found(stream, hints, apart, named, 0)), apart):
        yield one


class Reading(Protocol):
    """An input that finds what it holds by itself: an address of the web, a feed."""

    @property
    def file(self) -> str:
        """How it is called in places and messages."""
        ...

    def read(self, apart: Apart) -> Iterator[Draft | Unread]: ...


AnyInput = Input | Reading

Opened = Callable[[Input, BinaryIO], None]
"""Told of each file as it is opened, with the stream that tells how far it was read."""


def read_in_order(
    inputs: Iterable[AnyInput], apart: Apart, opened: Opened = lambda _input, _stream: None
) -> Iterator[tuple[AnyInput, Found]]:
    """Everything in the inputs, in order, each with its input. Documents of the inputs that follow are read
    meanwhile."""
    return _in_order(((input, one) for input in inputs for one in _in_input(input, apart, opened)), apart)


def _in_input(input: AnyInput, apart: Apart, opened: Opened) -> Iterator[Found | Task]:
    if not isinstance(input, Input):
        yield from input.read(apart)
        return
    name = input.reader.name if input.reader else "ingest"
    if input.refused is not None:
        yield Unread(input.hints.place, input.refused, b"", 0, name)
        return
    try:
        with input.open() as stream:
            opened(input, stream)
            yield from _found(stream, input.hints, apart, input.reader, 0)
    except OSError as error:
        yield _broken_off(input.hints, name, 0, error.strerror or str(error))


def _in_order(found: Iterable[tuple[T, Found | Task]], apart: Apart) -> Iterator[tuple[T, Found]]:
    """What was found, once it is read; what comes after a document that is being read is looked for meanwhile."""
    ahead: deque[tuple[T, Found | Task]] = deque()
    bytes_ahead = 0
    for origin, one in found:
        ahead.append((origin, one))
        bytes_ahead += _held(one)
        while ahead and (
            _is_done(ahead[0][1]) or len(ahead) > _READ_AHEAD * apart.processes or bytes_ahead > _BYTES_AHEAD
        ):
            origin, first = ahead.popleft()
            bytes_ahead -= _held(first)
            yield from ((origin, finished) for finished in _finished(first))
    for origin, one in ahead:
        yield from ((origin, finished) for finished in _finished(one))


def _held(one: Found | Task) -> int:
    return len(one.raw) if isinstance(one, Task) else 0


def _is_done(one: Found | Task) -> bool:
    return not isinstance(one, Task) or one.done


def _finished(one: Found | Task) -> list[Found]:
    return one.wait() if isinstance(one, Task) else [one]


def _found(stream: BinaryIO, hints: Hints, apart: Apart, named: Reader | None, depth: int) -> Iterator[Found | Task]:
    number = 0
    name = named.name if named else "ingest"
    try:
        head, stream = unpacked(stream)
        chosen = named or _reader_for(head, hints)
        if chosen is None:
            if depth == 0:  # in folders and archives such files lie among articles; here one was named
                yield Unread(hints.place, "it is a picture, a script or the like, and no article", b"", 0, name)
            return
        name = chosen.name
        for one in _read_with(chosen, stream, hints, apart, depth):
            number += 1
            yield one
        if number == 0:
            yield Unread(hints.place, "it is empty" if not head else f"it holds no {_contents(name)}", b"", 0, name)
    except Unknown as error:
        yield Unread(hints.place, str(error), head[:RAW_BYTES], len(head), name)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        yield _broken_off(hints, name, number, getattr(error, "strerror", None) or str(error))
    except Exception as error:  # noqa: BLE001  (a reader's mistake costs its input, not those after it)
        yield _broken_off(hints, name, number, f"its reader failed ({type(error).__name__}: {error})")


def _read_with(chosen: Reader, stream: BinaryIO, hints: Hints, apart: Apart, depth: int) -> Iterator[Found | Task]:
    if chosen.at_home is not None:
        raw, size = at_most(stream, MOST_BYTES)
        if size > MOST_BYTES:
            yield Unread(hints.place, too_large(size), raw[:RAW_BYTES], size, chosen.name)
            return
        if not raw:
            yield Unread(hints.place, "it is empty", b"", 0, chosen.name)
            return
        if size > chosen.at_home and chosen.name in FORMATS:
            yield apart.submit(Task(chosen.name, raw, size, hints))
            return
        stream = cast(BinaryIO, BytesIO(raw))
    for one in chosen.read(stream, hints):
        if not isinstance(one, Part):
            yield one
        elif depth == DEEPEST:
            reason = f"it lies in more than {DEEPEST} archives, one in another"
            yield Unread(one.hints.place, reason, b"", 0, chosen.name)
        else:
            named = reader(one.reader) if one.reader else None
            yield from _found(one.stream, one.hints, apart, named, depth + 1)


def _reader_for(head: bytes, hints: Hints) -> Reader | None:
    """None for what lies among articles and is none. Raises Unknown."""
    if not head:
        return reader("txt")
    name = told_format(head, hints.name, hints.content_type)
    if name is not None:
        return reader(name)
    if what := other_document(head):
        raise Unknown(f"it is {what}")
    if no_article(head, hints.name):
        return None
    if not is_plain_text(head):
        raise Unknown(f"its format is not known; known are {', '.join(FORMATS)}")
    return reader("txt")


def _contents(name: str) -> str:
    return {"feed": "entries", "sitemap": "addresses", "warc": "pages"}.get(name, "articles")


def _broken_off(hints: Hints, name: str, number: int, reason: str) -> Unread:
    what = "it can't be read" if number == 0 else f"it can't be read further than record {number}"
    return Unread(hints.place, f"{what}: {reason}", b"", 0, name)
