"""Addresses as inputs: one is fetched, taken apart by the reader of its format, and its records know where they were
met. Links that it holds instead of articles are followed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from app.domain.address import NotAnAddress, normalise_address
from app.domain.record import Place, Unread
from app.ingest.apart import Apart
from app.ingest.draft import Draft, Hints, Link, Reader
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.fetch import Fetched, Fetcher
from app.ingest.fetch.page import believed, canonical_of
from app.ingest.fetch.target import without_secrets
from app.ingest.read import Found, read
from app.ingest.run import FETCHED
from app.ingest.sniff import told_format

DEEPEST: Final = 3
"""How many lists of links may be reached one through another: a sitemap of sitemaps is two."""
MOST_FOLLOWED: Final = 50_000
"""Links that are followed from one address: as many as a sitemap may hold."""

_HEAD: Final = 4096


@dataclass(frozen=True, slots=True)
class AddressInput:
    """forced: the reader to take, whatever the bytes say."""

    address: str
    fetcher: Fetcher
    forced: Reader | None = None

    @property
    def file(self) -> str:
        return without_secrets(self.address)

    def read(self, apart: Apart) -> Iterator[Draft | Unread]:
        """What stands there; one Unread with the reason where it can't be fetched."""
        try:
            fetched = self.fetcher.fetch(self.address)
        except FetchFailed as failed:
            yield Unread(Place(self.file), str(failed), b"", 0, FETCHED)
            return
        if self.forced is None and _is_feed(fetched):
            yield from self._entries(fetched, apart)
            return
        follow = Follower(self.fetcher)
        for one in records_of(fetched, self.address, apart, self.forced):
            if isinstance(one, Link):
                yield from follow(one, apart)
            else:
                yield one

    def _entries(self, fetched: Fetched, apart: Apart) -> Iterator[Draft | Unread]:
        """Of a feed, every entry: what it says, or what stands behind its link."""
        # A feed's entries are addresses in their turn.
        from app.ingest.feeds.entries import FeedEntries
        from app.ingest.feeds.parse import NoFeed, parse_feed

        body = fetched.body or b""
        try:
            parsed = parse_feed(body, fetched.address, fetched.content_type)
        except NoFeed as error:
            yield Unread(Place(self.file), str(error), body, len(body), FETCHED)
            return
        yield from FeedEntries(self.file, parsed.entries, self.fetcher, parsed.title, patient=True).read(apart)


class Follower:
    """Fetches what links lead to, so many of them."""

    def __init__(self, fetcher: Fetcher, most: int = MOST_FOLLOWED) -> None:
        self._fetcher = fetcher
        self._left = most

    def __call__(self, link: Link, apart: Apart, depth: int = 1) -> Iterator[Draft | Unread]:
        """What stands behind a link. What it does not say of itself, the list does that has the link."""
        if depth > DEEPEST or self._left <= 0:
            why = "too many links lead to it, one from another" if depth > DEEPEST else "there are too many links"
            yield link.stand_in or Unread(Place(without_secrets(link.address)), why, b"", 0, FETCHED)
            return
        self._left -= 1
        try:
            fetched = self._fetcher.fetch(link.address)
        except FetchFailed as failed:
            yield link.stand_in or Unread(Place(without_secrets(link.address)), str(failed), b"", 0, FETCHED)
            return
        for one in records_of(fetched, link.address, apart):
            if isinstance(one, Link):
                yield from self(one, apart, depth + 1)
            elif isinstance(one, Draft) and one.place.number is None and link.stand_in is not None:
                yield completed(one, link.stand_in)
            else:
                yield one


def completed(draft: Draft, said: Draft) -> Draft:
    """What stands at an address, with what the list that has its link says where it says nothing itself."""
    return replace(
        draft,
        guid=draft.guid or said.guid,
        title=draft.title or said.title,
        authors=draft.authors or said.authors,
        source=draft.source or said.source,
        published=draft.published or said.published,
        also_published=(*draft.also_published, *((said.published,) if draft.published and said.published else ())),
        topics=draft.topics or said.topics,
        summary=draft.summary or said.summary,
        language=draft.language or said.language,
    )


def records_of(fetched: Fetched, asked: str, apart: Apart, forced: Reader | None = None) -> Iterator[Found]:
    """What the reader of its format finds. asked: the address by which it was asked for, which names the places."""
    body = fetched.body or b""
    hints = Hints(
        Place(asked),
        name=unquote(PurePosixPath(urlsplit(fetched.address).path).name),
        content_type=fetched.media_type or None,
        charset=fetched.charset,
        address=fetched.address,
    )
    for one in read(io.BytesIO(body), hints, apart, forced):
        yield _met(one, fetched, asked, body) if isinstance(one, Draft) else one


def _is_feed(fetched: Fetched) -> bool:
    head = (fetched.body or b"")[:_HEAD]
    return bool(head) and told_format(head, urlsplit(fetched.address).path, fetched.media_type or None) == "feed"


def _met(draft: Draft, fetched: Fetched, asked: str, body: bytes) -> Draft:
    """A draft that is all there is at an address is known by that address, or by the one that its page gives."""
    if draft.place != Place(asked):
        return draft
    claimed = canonical_of(body, fetched.address) if draft.reader == "html" else draft.address
    address = claimed if claimed and believed(claimed, fetched.address) else fetched.address
    extra = dict(draft.extra)
    if claimed and address != claimed:
        extra["canonical"] = claimed
    met = (asked, *(hop.address for hop in fetched.hops), fetched.address)
    return replace(draft, address=address, further_addresses=_others(met, address), extra=extra, size=len(body))


def _others(met: tuple[str, ...], address: str) -> tuple[str, ...]:
    """Of the addresses, those that are not merely another spelling of this one or of each other."""
    known = {_normal(address)}
    others: list[str] = []
    for one in met:
        if _normal(one) not in known:
            known.add(_normal(one))
            others.append(one)
    return tuple(others)


def _normal(address: str) -> str:
    try:
        return normalise_address(address)
    except NotAnAddress:
        return address
