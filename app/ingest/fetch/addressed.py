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
from app.domain.record import Place, Stated, Unread
from app.ingest.apart import Apart
from app.ingest.draft import Draft, Hints, Link, List, Reader
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.fetch import Fetched, Fetcher
from app.ingest.fetch.target import without_secrets
from app.ingest.pages.address import believed
from app.ingest.read import read
from app.ingest.run import FETCHED

DEEPEST: Final = 3
"""How many lists of links may be reached one through another: a sitemap of sitemaps is two."""
MOST_FOLLOWED: Final = 50_000
"""Links that are followed from one address: as many as a sitemap may hold."""


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
            yield unfetched(self.address, str(failed))
            return
        follow = Follower(self.fetcher, self.address)
        for one in records_of(fetched, self.address, apart, self.forced):
            if isinstance(one, Link):
                yield from follow(one, apart)
            else:
                yield one


class Follower:
    """Fetches what links lead to, so many of them, and each address once."""

    def __init__(self, fetcher: Fetcher, *fetched: str, most: int = MOST_FOLLOWED) -> None:
        """fetched: addresses that were fetched already."""
        self._fetcher = fetcher
        self._left = most
        self._followed = {_normal(address) for address in fetched}
        self._left_out: set[str] = set()

    def __call__(self, link: Link, apart: Apart, depth: int = 1) -> Iterator[Draft | Unread]:
        """What stands behind a link, and behind those that it leads to."""
        address = _normal(link.address)
        if address in self._followed:
            return
        if depth > DEEPEST or self._left <= 0:
            if address in self._left_out:
                return
            self._left_out.add(address)
            why = "too many links lead to it, one from another" if depth > DEEPEST else "there are too many links"
            yield unfetched(link.address, why)
            return
        self._followed.add(address)
        self._left -= 1
        try:
            fetched = self._fetcher.fetch(link.address)
        except FetchFailed as failed:
            yield unfetched(link.address, str(failed))
            return
        for one in behind(link, fetched, apart):
            if isinstance(one, Link):
                yield from self(one, apart, depth + 1)
            else:
                yield one


def unfetched(address: str, reason: str) -> Unread:
    return Unread(Place(without_secrets(address)), reason, b"", 0, FETCHED)


def behind(link: Link, fetched: Fetched, apart: Apart) -> Iterator[Draft | Unread | Link]:
    """What stands behind a link. What it does not say of itself, the list does that has the link."""
    for one in records_of(fetched, link.address, apart):
        alone = isinstance(one, Draft) and one.place.number is None
        yield completed(one, link.said) if isinstance(one, Draft) and alone and link.said else one


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
        summary=draft.summary or said.summary or _in_short(said),
        language=draft.language or said.language,
    )


def _in_short(said: Draft) -> Stated[str] | None:
    """The teaser that a list has of an article."""
    text = " ".join(paragraph.text for paragraph in said.paragraphs)
    return Stated(text, said.title.origin if said.title else "feed") if text else None


def records_of(
    fetched: Fetched, asked: str, apart: Apart, forced: Reader | None = None
) -> Iterator[Draft | Unread | Link]:
    """What the reader of its format finds. asked: the address by which it was asked for, which names the places."""
    body = fetched.body or b""
    for one in read(io.BytesIO(body), hints_of(fetched, asked), apart, forced):
        if isinstance(one, Draft):
            yield _met(one, fetched, asked, body)
        elif not isinstance(one, List):
            yield one


def hints_of(fetched: Fetched, asked: str) -> Hints:
    """What is known of a body beside itself. asked: the address by which it was asked for."""
    return Hints(
        Place(asked),
        name=unquote(PurePosixPath(urlsplit(fetched.address).path).name),
        content_type=fetched.media_type or None,
        charset=fetched.charset,
        address=fetched.address,
    )


def _met(draft: Draft, fetched: Fetched, asked: str, body: bytes) -> Draft:
    """A draft that is all there is at an address is known by that address, or by the one that its page gives."""
    if draft.place != Place(asked):
        return draft
    claimed = draft.address
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
