"""Addresses as inputs: one is fetched, taken apart by the reader of its format, and its records know where they were
met."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.domain.address import NotAnAddress, normalise_address
from app.domain.record import Place, Unread
from app.ingest.draft import Draft, Reader
from app.ingest.fetch import kind
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.fetch import Fetched, Fetcher
from app.ingest.fetch.page import believed, canonical_of
from app.ingest.fetch.target import without_secrets
from app.ingest.fetch.unpack import read_body
from app.ingest.run import FETCHED

_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class AddressInput:
    """forced: the reader to take, whatever the bytes say."""

    address: str
    fetcher: Fetcher
    forced: Reader | None = None

    @property
    def file(self) -> str:
        return without_secrets(self.address)

    def read(self) -> Iterator[Draft | Unread]:
        """What stands there; one Unread with the reason where it can't be fetched."""
        try:
            fetched = self.fetcher.fetch(self.address)
        except FetchFailed as failed:
            yield Unread(Place(self.file), str(failed), b"", 0, FETCHED)
            return
        if self.forced is None and kind.format_of(fetched) == kind.FEED:
            yield from self._entries(fetched)
        else:
            yield from records_of(fetched, self.address, self.fetcher.limits.most_bytes, self.forced)

    def _entries(self, fetched: Fetched) -> Iterator[Draft | Unread]:
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
        yield from FeedEntries(self.file, parsed.entries, self.fetcher, parsed.title, patient=True).read()


def records_of(fetched: Fetched, asked: str, most_bytes: int, forced: Reader | None = None) -> Iterator[Draft | Unread]:
    """What the reader of its format finds. asked: the address by which it was asked for, which names the places.
    most_bytes: of a file that is packed, once it is unpacked."""
    body = fetched.body or b""
    reader = forced or kind.reader_of(fetched)
    if reader is None:
        named = kind.format_of(fetched) or fetched.media_type or "unknown"
        reason = f"its format ({named}) is none that is read" if body else "it is empty"
        yield Unread(Place(asked), reason, body, len(body), FETCHED)
        return
    text = kind.text_as_utf8(fetched) if kind.is_text(fetched) else body
    if text.startswith(_GZIP):
        try:
            text = read_body([text], "gzip", most_bytes)
        except FetchFailed as failed:
            yield Unread(Place(asked), str(failed), body, len(body), FETCHED)
            return
    for one in reader.read(io.BytesIO(text), asked):
        yield one if isinstance(one, Unread) else _met(one, fetched, asked, body)


def _met(draft: Draft, fetched: Fetched, asked: str, body: bytes) -> Draft:
    """A draft that is all there is at an address is known by that address, or by the one that its page gives."""
    if draft.place != Place(asked):
        return draft
    claimed = canonical_of(body, fetched.address) if kind.format_of(fetched) == kind.HTML else draft.address
    address = claimed if claimed and believed(claimed, fetched.address) else fetched.address
    extra = dict(draft.extra)
    if claimed and address != claimed:
        extra["canonical"] = claimed
    met = (asked, *(hop.address for hop in fetched.hops), fetched.address)
    return replace(
        draft,
        address=address,
        further_addresses=_others(met, address),
        extra=extra,
        raw=body,
        size=len(body),
    )


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
