"""Feeds (RSS, Atom, RDF, JSON Feed): an entry with its content is an article; one with a teaser is a link to one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from app.domain.canonical import Paragraph, plain_paragraphs
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES
from app.ingest.draft import RAW_BYTES, Draft, Hints, Link, List
from app.ingest.feeds.parse import Entry, NoFeed, Words, parse_feed
from app.ingest.html_text import html_paragraphs

ORIGIN: Final = "feed"
ORIGIN_OF_CHANGES: Final = "feed, updated"
LEAST_WHOLE_CONTENT: Final = 40
LEAST_WHOLE_TEASER: Final = 120
"""Words from which on it may be the whole text; plain RSS has no other element for it."""
_LEAST_PARAGRAPHS: Final = 3
_LONGEST_TOPIC: Final = 60
_MOST_TOPICS: Final = 15
_MORE: Final = re.compile(
    r"(?:\[?(?:…|\.\.\.|&hellip;)\]?|read more|continue reading|read the (?:full|rest)[^.]{0,60}|full story|weiterlesen"
    r"|lire la suite)[\s»→.\])>]*$",
    re.IGNORECASE,
)


class FeedReader:
    name = "feed"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread | Link | List]:
        raw = stream.read(MOST_BYTES + 1)
        number = 0
        try:
            feed = parse_feed(raw, hints.address, hints.charset)
        except NoFeed as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)
            return
        yield List(hints.place, feed.title, feed.every)
        for number, entry in enumerate(feed.entries, start=1):
            yield draft_or_link(entry, feed.title, hints.record(number))
        if number == 0:
            yield Unread(hints.place, "the feed has no entries", raw[:RAW_BYTES], len(raw), self.name)


def draft_or_link(entry: Entry, source: str | None, place: Place) -> Draft | Unread | Link:
    """What an entry is. source: the feed's title."""
    content, teaser = _paragraphs(entry.content, entry.link), _paragraphs(entry.teaser, entry.link)
    whole = entry.link is None or _says_all(content, LEAST_WHOLE_CONTENT, _LEAST_PARAGRAPHS)
    words, body = (entry.content, content) if content else (entry.teaser, teaser)
    if not whole and _says_all(teaser, LEAST_WHOLE_TEASER):
        whole, words, body = True, entry.teaser, teaser
    summary = " ".join(paragraph.text for paragraph in teaser) if teaser and body is not teaser else None
    raw = _as_record(entry, words, source, summary)
    stated = ((entry.published, ORIGIN), (entry.updated, ORIGIN_OF_CHANGES))
    dates = [Stated(date, origin) for date, origin in stated if date]
    said = Draft(
        place=place,
        reader="jsonl",
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=body,
        title=_stated(entry.title),
        guid=entry.id,
        address=entry.link,
        authors=tuple(Stated(author, ORIGIN) for author in entry.authors),
        source=_stated(source),
        published=dates[0] if dates else None,
        also_published=tuple(dates[1:]),
        topics=tuple(Stated(topic, ORIGIN) for topic in entry.topics if len(topic) <= _LONGEST_TOPIC)[:_MOST_TOPICS],
        summary=_stated(summary),
        language=_stated(entry.language),
    )
    if entry.link is not None and not whole:
        return Link(place, FeedReader.name, entry.link, said)
    if not body:
        reason = "the entry has neither content nor an address"
        return Unread(place, reason, raw[:RAW_BYTES], len(raw), said.reader)
    return said


def _says_all(paragraphs: tuple[Paragraph, ...], least_words: int, least_paragraphs: int | None = None) -> bool:
    if not paragraphs or _MORE.search(paragraphs[-1].text[-200:]):
        return False
    words = sum(len(paragraph.text.split()) for paragraph in paragraphs)
    return words >= least_words or (least_paragraphs is not None and len(paragraphs) >= least_paragraphs)


def _paragraphs(words: Words | None, base: str | None) -> tuple[Paragraph, ...]:
    if words is None:
        return ()
    return html_paragraphs(words.text, base) if words.is_html else plain_paragraphs(words.text)


def _stated(value: str | None) -> Stated[str] | None:
    return Stated(value, ORIGIN) if value else None


def _as_record(entry: Entry, words: Words | None, source: str | None, summary: str | None) -> bytes:
    """The entry as a line of JSON, as a rejection keeps it: it can be read again without the feed."""
    said = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        ("html" if words and words.is_html else "text"): words and words.text,
        "authors": list(entry.authors),
        "source": source,
        "published": entry.published or entry.updated,
        "topics": list(entry.topics),
        "summary": summary,
        "language": entry.language,
    }
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
