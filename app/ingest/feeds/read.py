"""A feed that was fetched, as its reader finds it, in a process of its own; its entries told apart from each other and
from what they said before."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.domain.record import Unread
from app.ingest.apart import Apart
from app.ingest.draft import Draft, Link, List
from app.ingest.feeds.parse import NoFeed
from app.ingest.fetch.addressed import hints_of
from app.ingest.fetch.fetch import Fetched
from app.ingest.read import read
from app.ingest.readers import reader
from app.ingest.readers.feed import ORIGIN_OF_CHANGES

MOST_ENTRIES: Final = 5_000
"""Of a feed, the first; feeds list what is new on top."""


@dataclass(frozen=True, slots=True)
class Entry:
    """key: tells it from the other entries of its feed. digest: of all it says. found: what it is to an ingest."""

    key: str
    digest: str
    found: Draft | Unread | Link


@dataclass(frozen=True, slots=True)
class Feed:
    """every: seconds that its publisher asks to leave between polls, 0 where it says nothing."""

    title: str | None
    every: int
    entries: tuple[Entry, ...]


def read_feed(fetched: Fetched, asked: str, apart: Apart) -> Feed:
    """asked: the address by which it was asked for. Raises NoFeed."""
    about: List | None = None
    entries: list[Draft | Unread | Link] = []
    for one in read(io.BytesIO(fetched.body or b""), hints_of(fetched, asked), apart, reader("feed")):
        if isinstance(one, List):
            about = one
        elif about is None:
            raise NoFeed(one.reason if isinstance(one, Unread) else "it is no feed")
        elif one.place.number is not None and len(entries) < MOST_ENTRIES:
            entries.append(one)
    if about is None:
        raise NoFeed("it is no feed")
    return Feed(about.title, about.every, tuple(_told_apart(map(_entry, entries))))


def _entry(found: Draft | Unread | Link) -> Entry:
    if isinstance(found, Unread):
        digest = hashlib.sha256(found.raw).hexdigest()
        return Entry(digest, digest, found)
    said = found.said if isinstance(found, Link) else found
    id, link = said and said.guid, found.address
    digest = _sha256(link, *(_said(said, linked=isinstance(found, Link)) if said else ()))
    return Entry(_sha256(id) if id else _sha256("link", link) if link else digest, digest, found)


def _said(said: Draft, *, linked: bool) -> Iterator[str | None]:
    """All that an entry says. linked: its link has its text, and that may have changed where the entry says that it was
    updated; of others the text itself tells."""
    yield said.guid
    yield from (None if one is None else one.value for one in (said.title, said.summary, said.language))
    for several in ([one.value for one in said.authors], [one.value for one in said.topics]):
        yield from (*several, "|")
    dates = [said.published, *said.also_published] if said.published else []
    yield from (date.value for date in dates if date and (linked or date.origin != ORIGIN_OF_CHANGES))
    yield from (paragraph.text for paragraph in said.paragraphs)


def _told_apart(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries that share an id though they say different things are different ones; the same twice is one."""
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.key in seen:
            if seen[entry.key] == entry.digest:
                continue
            entry = replace(entry, key=_sha256(entry.key, entry.digest))
            if entry.key in seen:
                continue
        seen[entry.key] = entry.digest
        yield entry


def _sha256(*parts: str | None) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
