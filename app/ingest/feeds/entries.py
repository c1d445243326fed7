"""New entries of a feed as an input of a run: those that say all are records, of the others the link is followed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.canonical import Paragraph, plain_paragraphs
from app.domain.record import Place, Stated, Unread
from app.ingest.apart import Apart
from app.ingest.draft import Draft
from app.ingest.feeds.parse import Entry
from app.ingest.fetch.addressed import completed, records_of
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.fetch import Fetcher
from app.ingest.fetch.target import without_secrets
from app.ingest.html_text import html_paragraphs
from app.ingest.run import FETCHED

ORIGIN: Final = "feed"
MOST_FOLLOWED: Final = 50
SECONDS_OF_FOLLOWING: Final = 600
"""Links that one poll follows, and for how long at most; the others wait for the next."""


@dataclass(slots=True)
class FeedEntries:
    """source: who publishes entries, and pages behind them, that do not say so. patient: every link is followed,
    however many there are and however long it takes.

    go_on: asked before each link is followed. later: keys of the entries that are to be looked at again with the next
    poll, as their links did not answer, or were too many.
    """

    file: str
    entries: Sequence[Entry]
    fetcher: Fetcher
    source: str | None = None
    go_on: Callable[[], bool] = lambda: True
    patient: bool = False
    later: set[str] = field(default_factory=set)

    def read(self, apart: Apart) -> Iterator[Draft | Unread]:
        followed = 0
        give_up = time.monotonic() + SECONDS_OF_FOLLOWING
        for number, entry in enumerate(self.entries, start=1):
            draft = replace(draft_of(entry, Place(self.file, number)), source=_stated(self.source))
            enough = followed >= MOST_FOLLOWED or time.monotonic() > give_up
            if draft.paragraphs or entry.link is None:
                yield draft
            elif (enough and not self.patient) or not self.go_on():
                self.later.add(entry.key)
            else:
                followed += 1
                try:
                    yield from self._behind(entry.link, draft, apart)
                except FetchFailed as failed:
                    if failed.passing:
                        self.later.add(entry.key)
                    yield Unread(Place(without_secrets(entry.link)), str(failed), b"", 0, FETCHED)

    def _behind(self, link: str, said: Draft, apart: Apart) -> Iterator[Draft | Unread]:
        """What stands behind an entry's link. Raises FetchFailed."""
        fetched = self.fetcher.fetch(link, patience=None if self.patient else 0)
        for one in records_of(fetched, link, apart):
            if isinstance(one, Draft):
                yield completed(one, said) if one.place.number is None else one
            elif isinstance(one, Unread):
                yield one


def draft_of(entry: Entry, place: Place) -> Draft:
    """What an entry says; without paragraphs where only its link has the text."""
    raw = _as_record(entry)
    return Draft(
        place=place,
        reader="jsonl",
        raw=raw,
        size=len(raw),
        paragraphs=_paragraphs(entry),
        title=_stated(entry.title),
        guid=entry.id,
        address=entry.link or (entry.id if entry.id and entry.id.startswith(("http://", "https://")) else None),
        authors=tuple(Stated(author, ORIGIN) for author in entry.authors),
        published=_stated(entry.published),
        topics=tuple(Stated(topic, ORIGIN) for topic in entry.topics),
        summary=_stated(entry.summary),
        language=_stated(entry.language),
    )


def _paragraphs(entry: Entry) -> tuple[Paragraph, ...]:
    if entry.html:
        return html_paragraphs(entry.html)
    return plain_paragraphs(entry.text) if entry.text else ()


def _stated(value: str | None) -> Stated[str] | None:
    return None if value is None else Stated(value, ORIGIN)


def _as_record(entry: Entry) -> bytes:
    """The entry as a line of JSON, as a rejection keeps it: it can be read again without the feed."""
    said = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "html": entry.html,
        "text": entry.text,
        "authors": list(entry.authors),
        "published": entry.published,
        "topics": list(entry.topics),
        "summary": entry.summary,
        "language": entry.language,
    }
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
