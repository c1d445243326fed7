"""Feeds (RSS, Atom, RDF, JSON Feed): an entry with its content is an article; one with a teaser is a link to one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import feedparser

from app.domain.canonical import Paragraph, plain_paragraphs
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any
from app.ingest.draft import RAW_BYTES, Draft, Hints, Link
from app.ingest.flow import safe_target
from app.ingest.html_text import html_paragraphs

_ORIGIN: Final = "feed"
_TAG: Final = re.compile(
    r"<(?:p|br|div|a|ul|ol|li|h[1-6]|em|strong|b|i|img|span|table|blockquote)\b[^>]*>|&[a-z#0-9]+;", re.IGNORECASE
)
_TEASER_END: Final = re.compile(
    r"(?:\[?(?:…|\.\.\.|&hellip;)\]?|read more|continue reading|full story|weiterlesen|lire la suite)[\s»→.\])>]*$",
    re.IGNORECASE,
)
_WORDS_OF_AN_ARTICLE: Final = 120
"""A description of fewer words is a teaser."""


class FeedReader:
    name = "feed"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread | Link]:
        raw = stream.read(MOST_BYTES + 1)
        number = 0
        try:
            entries = (
                _json_entries(raw, hints)
                if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
                else _xml_entries(raw, hints)
            )
            for number, (entry, kept) in enumerate(entries, start=1):
                yield _draft_or_link(entry, hints.record(number), kept)
        except (Undecodable, _Broken) as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)
            return
        if number == 0:
            yield Unread(hints.place, "the feed has no entries", raw[:RAW_BYTES], len(raw), self.name)


class _Broken(ValueError):
    """The feed can't be read; the message says why."""


Entry = dict[str, Any]
"""title, address, guid, content, teaser, published (a list), authors, topics, language, source: text, or None."""


def _draft_or_link(entry: Entry, place: Place, raw: bytes) -> Draft | Unread | Link:
    address = safe_target(entry["address"], entry["base"])
    full, teaser = _paragraphs(entry["content"], address), _paragraphs(entry["teaser"], address)
    is_whole = bool(full) and not _is_teaser(full)
    if not is_whole and teaser and not _is_teaser(teaser) and len(teaser) >= len(full):
        full, is_whole = teaser, True
    paragraphs = full or teaser
    dates = [Stated(date, _ORIGIN) for date in entry["published"] if date]
    draft = Draft(
        place=place,
        reader=FeedReader.name,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=paragraphs,
        title=Stated(entry["title"], _ORIGIN) if entry["title"] else None,
        guid=entry["guid"],
        address=address,
        authors=tuple(Stated(name, _ORIGIN) for name in entry["authors"]),
        source=Stated(entry["source"], _ORIGIN) if entry["source"] else None,
        published=dates[0] if dates else None,
        also_published=tuple(dates[1:]),
        topics=tuple(Stated(topic, _ORIGIN) for topic in entry["topics"] if len(topic) <= 60)[:15],
        summary=_summary(teaser) if is_whole and full is not teaser else None,
        language=Stated(entry["language"], _ORIGIN) if entry["language"] else None,
    )
    if address is not None and not is_whole:
        return Link(place, FeedReader.name, address, draft if paragraphs else None)
    if not paragraphs:
        return Unread(place, "the entry has neither content nor an address", raw[:RAW_BYTES], len(raw), FeedReader.name)
    return draft


def _is_teaser(paragraphs: tuple[Paragraph, ...]) -> bool:
    words = sum(len(paragraph.text.split()) for paragraph in paragraphs)
    return bool(_TEASER_END.search(paragraphs[-1].text)) or (words < _WORDS_OF_AN_ARTICLE and len(paragraphs) < 3)


def _paragraphs(content: str | None, base: str | None) -> tuple[Paragraph, ...]:
    if not content or not content.strip():
        return ()
    return html_paragraphs(content, base) if _TAG.search(content) else plain_paragraphs(content)


def _summary(paragraphs: tuple[Paragraph, ...]) -> Stated[str] | None:
    return Stated(" ".join(paragraph.text for paragraph in paragraphs), _ORIGIN) if paragraphs else None


def _xml_entries(raw: bytes, hints: Hints) -> Iterator[tuple[Entry, bytes]]:
    if b"<!ENTITY" in raw:
        raise _Broken("it defines entities of its own (<!ENTITY), which no feed needs and which can do harm")
    headers = {"content-type": f"application/xml; charset={hints.charset}"} if hints.charset else {}
    # Pages are made safe when they are shown; here the markup is read for its text only.
    found = feedparser.parse(raw, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not found.entries and found.get("bozo") and not found.get("version"):
        raise _Broken(f"it is no feed that can be read ({found.get('bozo_exception')})")
    feed = found.feed
    base = _text(feed, "link") or hints.address
    for one in found.entries:
        whole = _text(one, "title_detail", "value") or _text(one, "title")
        contents = [part.get("value") or "" for part in one.get("content") or []]
        teaser = _text(one, "summary")
        entry: Entry = {
            "title": whole,
            "address": _text(one, "feedburner_origlink") or _text(one, "link") or _permalink(one),
            "base": base,
            "guid": _text(one, "id"),
            "content": max(contents, key=len, default=None),
            "teaser": teaser,
            "published": [_text(one, name) for name in ("published", "dc_date", "created", "updated")],
            "authors": _names(one) or _names(feed),
            "source": _text(feed, "title"),
            "topics": [term for tag in one.get("tags") or [] if (term := tag.get("label") or tag.get("term"))],
            "language": _text(feed, "language"),
        }
        kept = json.dumps({key: value for key, value in entry.items() if value}, ensure_ascii=False).encode(
            "utf-8", "replace"
        )
        yield entry, kept


def _permalink(entry: Any) -> str | None:
    id = _text(entry, "id") or ""
    return id if id.startswith(("http://", "https://")) else None


def _text(thing: Any, *path: str) -> str | None:
    for name in path:
        thing = thing.get(name) if hasattr(thing, "get") else None
    return thing.strip() or None if isinstance(thing, str) else None


def _names(thing: Any) -> list[str]:
    names = [one.get("name") for one in thing.get("authors") or [] if one]
    return [name for name in names if isinstance(name, str) and name.strip()] or [
        name for name in [_text(thing, "author")] if name
    ]


def _json_entries(raw: bytes, hints: Hints) -> Iterator[tuple[Entry, bytes]]:
    try:
        feed = json.loads(decode_any(raw, hints.charset))
    except (ValueError, RecursionError) as error:
        raise _Broken(f"it is no JSON Feed that can be read ({error})") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise _Broken("it is no JSON Feed: it has no list of items")
    for item in items:
        one = item if isinstance(item, dict) else {}
        text = _text(one, "content_text")
        entry: Entry = {
            "title": _text(one, "title"),
            "address": _text(one, "url") or _text(one, "external_url") or _permalink(one),
            "base": _text(feed, "home_page_url") or hints.address,
            "guid": str(one["id"]) if one.get("id") is not None else None,
            "content": _text(one, "content_html") or text,
            "teaser": _text(one, "summary"),
            "published": [_text(one, "date_published"), _text(one, "date_modified")],
            "authors": _json_names(one) or _json_names(feed),
            "source": _text(feed, "title"),
            "topics": [tag for tag in one.get("tags") or [] if isinstance(tag, str)],
            "language": _text(one, "language") or _text(feed, "language"),
        }
        yield entry, json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")


def _json_names(thing: dict[str, Any]) -> list[str]:
    authors = thing.get("authors")
    stated = authors if isinstance(authors, list) else [thing.get("author")]
    return [name for one in stated if isinstance(one, dict) and (name := _text(one, "name"))]
