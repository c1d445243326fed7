"""What stands in a feed: RSS, RDF and Atom as feedparser reads them, JSON Feed as it is laid down.

Nothing is fetched here, and nothing decided: what of it is an article is left to the reader, what is new to the poll.
It runs in a reading process, as a feed may be made to do harm.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from app.ingest.compose import clean_line
from app.ingest.decode import Undecodable, decode_any
from app.ingest.flow import safe_target

_MARKUP: Final = re.compile(
    r"<(?:p|br|div|a|ul|ol|li|h[1-6]|em|strong|b|i|img|span|table|blockquote)\b[^>]*>|&[a-z#0-9]+;", re.IGNORECASE
)
_PERIODS: Final = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


class NoFeed(ValueError):
    """What stands there is no feed; the message says what it looks like."""


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. id: its own. content: what its feed gives as its text; teaser: as its summary, which may be all of it.
    updated: when it was changed last."""

    id: str | None
    link: str | None
    title: str | None
    content: Words | None
    teaser: Words | None
    authors: tuple[str, ...]
    published: str | None
    updated: str | None
    topics: tuple[str, ...]
    language: str | None


@dataclass(slots=True)
class Feed:
    """every: seconds that its publisher asks to leave between polls, 0 where it says nothing. entries: made one by one
    as they are asked for."""

    title: str | None
    every: int
    entries: Iterable[Entry]


def parse_feed(body: bytes, address: str | None = None, charset: str | None = None) -> Feed:
    """address: where it stood, which its links are relative to. charset: as a server declared it. Raises NoFeed."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, address, charset)
    return _xml_feed(body, address, charset)


def _xml_feed(body: bytes, address: str | None, charset: str | None) -> Feed:
    if b"<!ENTITY" in body:
        raise NoFeed("it defines entities of its own (<!ENTITY), which no feed needs and which can do harm")
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    try:
        # A stream, as feedparser would take a string for an address or a file. Pages are made safe when they are shown.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001  (whatever it stumbles over came from outside)
        raise NoFeed(f"it can't be read as a feed ({type(error).__name__}: {error})") from None
    if not parsed.get("version") and not parsed.entries:
        raise NoFeed("what stands there is no feed: neither RSS, Atom nor JSON Feed")
    feed = parsed.feed
    base = _whole(_text(feed.get("link")), address) or address
    # In Atom the feed's author is that of entries that name none; in RSS it is who edits the site.
    inherited = _names(feed) if str(parsed.get("version")).startswith("atom") else ()
    language = _text(feed.get("language"))
    entries = (_xml_entry(entry, base, inherited, language) for entry in parsed.entries)
    return Feed(_name(feed.get("title")), _every(feed), entries)


def _xml_entry(entry: dict[str, Any], base: str | None, inherited: tuple[str, ...], language: str | None) -> Entry:
    id = _text(entry.get("id"))
    contents = [value for one in entry.get("content", ()) if (value := _text(one.get("value")))]
    content, teaser = max(contents, key=len, default=None), _text(entry.get("summary"))
    tags = [tag for tag in entry.get("tags", ()) if isinstance(tag, Mapping)]
    return Entry(
        id=id,
        link=_link((entry.get("feedburner_origlink"), entry.get("link")), id, base),
        title=_line(entry.get("title")),
        content=_words(content),
        teaser=_words(teaser) if teaser != content else None,
        authors=_names(entry) or inherited,
        published=_text(dict.get(entry, "published")) or _text(dict.get(entry, "created")),
        updated=_text(dict.get(entry, "updated")),  # its own get would answer with the date of publishing
        topics=_lines(tag.get("label") or tag.get("term") for tag in tags),
        language=_language(entry) or language,
    )


def _names(thing: Mapping[str, Any]) -> tuple[str, ...]:
    authors = [author for author in thing.get("authors", ()) if isinstance(author, Mapping)]
    return _lines(author.get("name") for author in authors) or _lines([thing.get("author")])


def _language(entry: Mapping[str, Any]) -> str | None:
    for detail in (*entry.get("content", ()), entry.get("title_detail") or {}):
        if isinstance(detail, Mapping) and (language := _text(detail.get("language"))):
            return language
    return None


def _every(feed: Mapping[str, Any]) -> int:
    """From RSS's ttl (minutes) and the syndication module's period and frequency."""
    minutes = _number(feed.get("ttl"))
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower(), 0)
    often = max(1, _number(feed.get("sy_updatefrequency")))
    return max(minutes * 60, period // often)


def _json_feed(body: bytes, address: str | None, charset: str | None) -> Feed:
    try:
        said = json.loads(decode_any(body, charset))
    except (ValueError, RecursionError, Undecodable):
        raise NoFeed("what stands there begins like JSON and is none") from None
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(said.get("version")):
        raise NoFeed("what stands there is JSON, but no JSON Feed")
    return Feed(_name(said.get("title")), 0, _json_entries(said, items, address))


def _json_entries(said: Mapping[str, Any], items: list[Any], address: str | None) -> Iterator[Entry]:
    base = _whole(_text(said.get("home_page_url")), address) or address
    inherited, language = _json_names(said), _text(said.get("language"))
    for item in items:
        one = item if isinstance(item, dict) else {}
        id = one.get("id")
        id = _text(str(id)) if isinstance(id, int | float) and not isinstance(id, bool) else _text(id)
        html, plain, teaser = (_text(one.get(name)) for name in ("content_html", "content_text", "summary"))
        tags = one.get("tags")
        yield Entry(
            id=id,
            link=_link((one.get("url"), one.get("external_url")), id, base),
            title=_line(one.get("title")),
            content=Words(html, True) if html else Words(plain, False) if plain else None,
            teaser=Words(teaser, False) if teaser else None,
            authors=_json_names(one) or inherited,
            published=_text(one.get("date_published")),
            updated=_text(one.get("date_modified")),
            topics=_lines(tags if isinstance(tags, list) else ()),
            language=_text(one.get("language")) or language,
        )


def _json_names(thing: Mapping[str, Any]) -> tuple[str, ...]:
    authors = thing.get("authors")
    stated = authors if isinstance(authors, list) else [thing.get("author")]
    return _lines(one.get("name") for one in stated if isinstance(one, dict))


def _link(said: Iterable[object], id: str | None, base: str | None) -> str | None:
    """The first that leads somewhere; else the id, where that is an address."""
    for one in said:
        if found := safe_target(_text(one), base):
            return found
    return safe_target(id) if id and id.startswith(("http://", "https://")) else None


def _whole(link: str | None, address: str | None) -> str | None:
    try:
        return urljoin(address or "", link) if link else None
    except ValueError:
        return None


def _words(value: str | None) -> Words | None:
    return Words(value, bool(_MARKUP.search(value))) if value else None


def _text(value: object) -> str | None:
    """A value that is text and not blank."""
    return value.strip() if isinstance(value, str) and value.strip() else None


def _line(value: object) -> str | None:
    text = _text(value)
    return None if text is None else " ".join(text.split())


def _lines(values: Iterable[object]) -> tuple[str, ...]:
    """Those that are text, each once."""
    return tuple(dict.fromkeys(line for value in values if (line := _line(value))))


def _name(value: object) -> str | None:
    text = _text(value)
    return None if text is None else clean_line(text) or None


def _number(value: object) -> int:
    digits = str(value or "").strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,8}", digits) else 0
