"""Finds the feed that somebody meant: the one at an address, or the one that the page there names."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from app.ingest.apart import Apart
from app.ingest.decode import Undecodable, decode_any
from app.ingest.feeds.parse import NoFeed
from app.ingest.feeds.read import read_feed
from app.ingest.fetch.fetch import Fetched, Fetcher
from app.ingest.pages.page import declared_charset

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_HEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that can be subscribed to. address: where it has moved for good, if it has."""

    address: str
    title: str | None
    entries: int


def find_feed(address: str, fetcher: Fetcher) -> Found:
    """Raises FetchFailed, and NoFeed where neither the address nor its page leads to one."""
    fetched = fetcher.fetch(address)
    with Apart(processes=1) as apart:
        try:
            return _found(address, fetched, apart)
        except NoFeed:
            named = _named(fetched)
            if named is None:
                raise
        return _found(named, fetcher.fetch(named), apart)


def _found(address: str, fetched: Fetched, apart: Apart) -> Found:
    parsed = read_feed(fetched, address, apart)
    return Found(fetched.moved_to or address, parsed.title, len(parsed.entries))


def _named(fetched: Fetched) -> str | None:
    """The first feed that a page names in its head."""
    links = _Links()
    head = (fetched.body or b"")[:_HEAD]
    try:
        links.feed(decode_any(head, fetched.charset or declared_charset(head), drop_nul=True))
    except Undecodable:
        return None
    return urljoin(fetched.address, links.feeds[0]) if links.feeds else None


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        rels = said.get("rel", "").lower().split()
        if (
            tag == "link"
            and "alternate" in rels
            and said.get("type", "").strip().lower() in _TYPES
            and said.get("href")
        ):
            self.feeds.append(said["href"].strip())
