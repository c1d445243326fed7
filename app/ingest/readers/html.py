"""HTML: a web page is one article; its text is what the page is about, its metadata what the page says of that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from app.domain.canonical import Kind, Paragraph
from app.domain.record import Stated, Unread
from app.ingest.compose import clean_line
from app.ingest.decode import MOST_BYTES, Undecodable
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.pages.address import believed
from app.ingest.pages.dates import dates_in_lines, dates_of
from app.ingest.pages.main_text import laid_out_text, main_paragraphs
from app.ingest.pages.page import JSON_LD, Page, read_page, text_of
from app.ingest.pages.people import authors_of, sources_of
from app.ingest.pages.titles import title_of
from app.ingest.text_header import dateline, set_headline

_TOPICS: Final = (
    "article:tag",
    "news_keywords",
    "citation_keywords",
    "dc.subject",
    "dcterms.subject",
    "parsely-tags",
    "keywords",
)
_MOST_TOPICS: Final = 15
_LONGEST_TOPIC: Final = 60
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class HtmlReader:
    name = "html"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            yield page_draft(read_page(raw, hints), raw)
        except (Undecodable, ValueError) as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)


def page_draft(page: Page, raw: bytes) -> Draft:
    sources = sources_of(page)
    sites = [source.value for source in sources]
    laid_out = laid_out_text(page.tree)
    title = (set_headline(laid_out.split("\n")) if laid_out else None) or title_of(page, sites)
    paragraphs = _without_title(main_paragraphs(page), title)
    dates = [*dates_of(page), *dateline(paragraphs), *dates_in_lines(paragraphs)]
    return Draft(
        place=page.hints.place,
        reader=HtmlReader.name,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=paragraphs,
        title=title,
        address=page.address,
        authors=authors_of(page, sites),
        source=sources[0] if sources else None,
        published=dates[0] if dates else None,
        also_published=tuple(dates[1:]),
        topics=_topics(page),
        summary=_summary(page),
        language=_language(page),
        extra=_extra(page),
    )


def _extra(page: Page) -> dict[str, Any]:
    """The address that a page claims, where it stood elsewhere and is not believed."""
    claimed, stood = next(iter(page.claimed), None), page.hints.address
    return {"canonical": claimed} if claimed and stood and claimed != stood and not believed(claimed, stood) else {}


def _without_title(paragraphs: tuple[Paragraph, ...], title: Stated[str] | None) -> tuple[Paragraph, ...]:
    """The paragraphs without the headline among the first of them, which the article's title says already."""
    if title is None:
        return paragraphs
    for position, paragraph in enumerate(paragraphs[:3]):
        is_headline = position == 0 or paragraph.kind is Kind.HEADING
        if is_headline and len(paragraphs) > 1 and clean_line(paragraph.text).casefold() == title.value.casefold():
            return paragraphs[:position] + paragraphs[position + 1 :]
    return paragraphs


def _topics(page: Page) -> tuple[Stated[str], ...]:
    """From the first place that names any."""
    for thing in page.articles:
        keywords = thing.get("keywords")
        values = keywords if isinstance(keywords, list) else [keywords]
        if found := _parted([Stated(text, JSON_LD) for value in values if (text := text_of(value))]):
            return found
    for name in _TOPICS:
        if found := _parted(list(page.meta(name))):
            return found
    return ()


def _parted(stated: list[Stated[str]]) -> tuple[Stated[str], ...]:
    found: dict[str, Stated[str]] = {}
    for one in stated:
        for topic in re.split(r"[,;]", clean_line(one.value)):
            topic = topic.strip()
            if topic and len(topic) <= _LONGEST_TOPIC:
                found.setdefault(topic.casefold(), Stated(topic, one.origin))
    return tuple(found.values())[:_MOST_TOPICS]


def _summary(page: Page) -> Stated[str] | None:
    return next(
        iter(page.meta("og:description", "description", "dc.description", "dcterms.abstract", "twitter:description")),
        None,
    )


def _language(page: Page) -> Stated[str] | None:
    for value, origin in (
        (page.tree.get("lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang"), "html lang"),
        *((one.value, one.origin) for one in page.meta("content-language", "og:locale", "dc.language")),
        *((text_of(thing.get("inLanguage")), JSON_LD) for thing in page.articles),
    ):
        if value and _LANGUAGE.fullmatch(value.strip()):
            return Stated(value.strip(), origin)
    return None
