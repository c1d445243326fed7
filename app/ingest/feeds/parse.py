"""What stands in a feed: RSS and Atom as feedparser reads them, JSON Feed as it is laid down.

Nothing is fetched here, and nothing decided: which entries are new, and which links are followed, is left to the poll.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from app.ingest.compose import clean_line

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of a feed; feeds list what is new, and are parsed in the serving process."""
MOST_ENTRIES: Final = 5_000
LEAST_FULL_SUMMARY: Final = 120
"""Words from which on a summary may be the whole text; plain RSS has no other element for it."""
LEAST_FULL_CONTENT: Final = 40

_TEASER: Final = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\]|read more|continue reading|read the (?:full|rest)[^.]{0,60})\W{0,5}$",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"<[^<>]*>")
_PERIODS: Final = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


class NoFeed(ValueError):
    """What stands there is no feed; the message says what it looks like."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. html or text: what it says, where that is all of it; None where only its link has it.

    id: its own. key: tells it from the other entries of its feed. digest: of all it says.
    """

    key: str
    digest: str
    id: str | None
    link: str | None
    title: str | None
    html: str | None
    text: str | None
    summary: str | None
    authors: tuple[str, ...]
    published: str | None
    topics: tuple[str, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """every: seconds that its publisher asks to leave between polls, 0 where it says nothing."""

    title: str | None
    every: int
    entries: tuple[Entry, ...]


def parse_feed(body: bytes, address: str, content_type: str = "") -> Feed:
    """address: where it stood, which its links are relative to. Raises NoFeed."""
    if len(body) > MOST_BYTES:
        raise NoFeed(f"it is larger than the {MOST_BYTES // 1024 // 1024} MB of a feed that are read")
    bare = body.removeprefix(codecs.BOM_UTF8).lstrip()
    feed = _json_feed(bare, address) if bare.startswith(b"{") else _xml_feed(body, address, content_type)
    return Feed(feed.title, feed.every, tuple(_told_apart(feed.entries)))


def _xml_feed(body: bytes, address: str, content_type: str) -> Feed:
    headers = {"content-type": content_type} if content_type else {}
    try:
        # A stream, as feedparser would take a string for an address or a file.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001  (whatever it stumbles over came from outside)
        raise NoFeed(f"it can't be read as a feed ({type(error).__name__}: {error})") from None
    if not parsed.get("version") and not parsed.entries:
        raise NoFeed("what stands there is no feed: neither RSS, Atom nor JSON Feed")
    language = _text(parsed.feed.get("language"))
    entries = (_xml_entry(entry, address, language) for entry in parsed.entries[:MOST_ENTRIES])
    return Feed(_name(parsed.feed.get("title")), _every(parsed.feed), tuple(entries))


def _xml_entry(entry: dict[str, Any], address: str, language: str | None) -> Entry:
    link = _text(entry.get("feedburner_origlink")) or _text(entry.get("link"))
    html, summary = _full(entry, followed=link is not None)
    authors = [_line(author.get("name")) for author in entry.get("authors", ()) if isinstance(author, Mapping)]
    tags = [tag for tag in entry.get("tags", ()) if isinstance(tag, Mapping)]
    return _entry(
        id=_text(entry.get("id")),
        link=_whole(link, address),
        title=_line(entry.get("title")),
        html=html,
        text=None,
        summary=summary,
        authors=authors or [_line(entry.get("author"))],
        published=_text(entry.get("published")),
        updated=_text(dict.get(entry, "updated")),  # its own get would answer with the date of publishing
        topics=[_line(tag.get("label") or tag.get("term")) for tag in tags],
        language=_language(entry) or language,
    )


def _full(entry: Mapping[str, Any], *, followed: bool) -> tuple[str | None, str | None]:
    """The whole text as HTML, or None where it has to be looked for behind the link; and the summary."""
    contents = [one for one in entry.get("content", ()) if _text(one.get("value"))]
    content = max((one["value"] for one in contents), key=len, default=None)
    summary = _text(entry.get("summary"))
    if content is not None and (not followed or _says_all(content, LEAST_FULL_CONTENT)):
        return content, summary if summary != content else None
    if summary is not None and (not followed or _says_all(summary, LEAST_FULL_SUMMARY)):
        return summary, None
    return None, summary


def _says_all(html: str, least_words: int) -> bool:
    text = _TAG.sub(" ", html).strip()
    return len(text.split()) >= least_words and not _TEASER.search(text[-200:])


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


def _json_feed(body: bytes, address: str) -> Feed:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NoFeed("what stands there begins like JSON and is none") from None
    if not isinstance(said, dict) or "jsonfeed.org" not in str(said.get("version")):
        raise NoFeed("what stands there is JSON, but no JSON Feed")
    items = said.get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    language = _text(said.get("language"))
    entries = (_json_entry(item, address, language) for item in found[:MOST_ENTRIES])
    return Feed(_name(said.get("title")), 0, tuple(entries))


def _json_entry(item: Mapping[str, Any], address: str, language: str | None) -> Entry:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags")
    id = item.get("id")
    return _entry(
        id=_text(str(id)) if isinstance(id, int | float) and not isinstance(id, bool) else _text(id),
        link=_whole(_text(item.get("url")) or _text(item.get("external_url")), address),
        title=_line(item.get("title")),
        html=_text(item.get("content_html")),
        text=_text(item.get("content_text")),
        summary=_text(item.get("summary")),
        authors=[_line(one.get("name")) for one in authors or () if isinstance(one, dict)],
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        topics=[_line(tag) for tag in tags] if isinstance(tags, list) else [],
        language=_text(item.get("language")) or language,
    )


def _entry(
    *,
    id: str | None,
    link: str | None,
    title: str | None,
    html: str | None,
    text: str | None,
    summary: str | None,
    authors: Iterable[str | None],
    published: str | None,
    updated: str | None,
    topics: Iterable[str | None],
    language: str | None,
) -> Entry:
    names = tuple(dict.fromkeys(name for name in authors if name))
    labels = tuple(dict.fromkeys(label for label in topics if label))
    # What only its link has may have changed where the entry says that it was updated; what it says itself tells.
    when = None if html or text else updated
    digest = _sha256(id, link, title, html, text, summary, *names, "|", *labels, published, when)
    key = _sha256(id) if id else _sha256("link", link) if link else digest
    return Entry(key, digest, id, link, title, html, text, summary, names, published, labels, language)


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


def _whole(link: str | None, address: str) -> str | None:
    if link is None:
        return None
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _text(value: object) -> str | None:
    """A value that is text and not blank."""
    return value.strip() if isinstance(value, str) and value.strip() else None


def _line(value: object) -> str | None:
    text = _text(value)
    return None if text is None else " ".join(text.split())


def _name(value: object) -> str | None:
    text = _text(value)
    return None if text is None else clean_line(text) or None


def _number(value: object) -> int:
    digits = str(value or "").strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,8}", digits) else 0


def _sha256(*parts: str | None) -> str:
    said = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()
