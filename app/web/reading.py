"""An article as its page takes it: paragraphs gathered into blocks, markers taken off, metadata with its origins, and,
where it is opened from a search, what that matches marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby, pairwise
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from app.domain.article import Address, Article
from app.domain.canonical import Kind, Paragraph
from app.domain.passage import fingerprints
from app.domain.record import FIRST_LINE
from app.language import _
from app.search.analysis.lookups import Part
from app.search.engine import SearchRequest
from app.store.browse import Shelf
from app.web import fields
from app.web.forms import FORMS, Form
from app.web.inline import cells_html, inline_html, moved
from app.web.matches import Marker, MatchesView, matches_view
from app.web.near import NearlyTheSame
from app.web.present import DateView, Link, date_text, date_view, shelf_link, shortened
from app.web.serialize import origins

LONG_TITLE: Final = 140
"""Characters from which a title is set smaller."""

LONGEST_DESCRIPTION: Final = 160
FEWEST_HEADINGS: Final = 3
"""Headings from which on a text has a table of contents."""

_LINKED: Final = re.compile(r'<a href="([^"]*)" rel="nofollow noopener">')
_RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HEADING_MARKER = re.compile(r"#{1,6}\s+")
_ITEM_MARKER = re.compile(r"(?:[-*•–+]|(\d{1,3})[.)])\s+")
_QUOTE_MARKER = re.compile(r"^[^\S\n]*(?:>[^\S\n]?)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """level: of its heading on the page, or depth of its list item. number_in_list: where the item is numbered.

    fingerprint: its lasting name. matches: of the search. previous, next: the paragraphs before and after it that
    match, where it matches itself.
    cells: of a table's row; level 1 is the table's head.
    """

    number: int
    fingerprint: str
    text: str | Markup
    level: int = 0
    number_in_list: int | None = None
    matches: int = 0
    previous: int | None = None
    next: int | None = None
    cells: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs that belong together: the items of one list, the paragraphs of one quote, the rows of one table; or
    one of any other kind."""

    form: str
    paragraphs: tuple[ParagraphView, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """A field, its value, and where that was taken from."""

    field: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class RefusedView:
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class OtherPlace:
    title: str
    source: str | None
    date: DateView
    address: str | None


@dataclass(frozen=True, slots=True)
class FormLink:
    text: str
    path: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text: the number of its paragraph, and its level on the page."""

    number: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """address: where it came from, as a link that may be followed.

    beside: what the addresses of its passages and citations begin with. forms: the other forms it can be had in.

    language, direction: attributes of the text, None where they are the page's own. matches: what the search matches
    that the article was opened from; title, summary and blocks are marked accordingly. None without one. near: its
    near-duplicates, None where there are none, or where a version is shown.
    """

    id: str
    title: str | Markup
    short_title: str
    long_title: bool
    no_headline: bool
    source: Link | None
    authors: tuple[Link, ...]
    date: DateView
    topics: tuple[Link, ...]
    summary: str | Markup | None
    language: str | None
    direction: str | None
    address: str | None
    blocks: tuple[Block, ...]
    words: int
    paragraphs: int
    version: int
    versions: int
    current: int
    stored: DateView
    sha256: str
    permalink: str
    version_path: str
    versions_path: str
    beside: str
    forms: tuple[FormLink, ...]
    origins: tuple[Origin, ...]
    refused: tuple[RefusedView, ...]
    also_at: tuple[OtherPlace, ...]
    further_addresses: tuple[str, ...]
    near: NearlyTheSame | None = None
    matches: MatchesView | None = None

    @property
    def description(self) -> str:
        """Of the article, for those that list pages: its summary, or how it begins."""
        if self.summary:
            return _without_marks(self.summary)
        first = next((view.text for block in self.blocks for view in block.paragraphs if block.form != "heading"), "")
        return shortened(_without_marks(first), LONGEST_DESCRIPTION)

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of the text, where there are enough of them to find the way by."""
        found = tuple(
            Heading(view.number, view.level, _without_marks(view.text))
            for block in self.blocks
            if block.form == "heading"
            for view in block.paragraphs
        )
        return found if len(found) >= FEWEST_HEADINGS else ()

    @property
    def links(self) -> tuple[str, ...]:
        """Where each link in the text leads, in order: on paper they stand at the end."""
        shown = (part for block in self.blocks for view in block.paragraphs for part in view.cells or (view.text,))
        return tuple(unescape(found[1]) for part in shown for found in _LINKED.finditer(part))


def article_view(
    article: Article, base_url: str, found_by: SearchRequest | None = None, *, near: NearlyTheSame | None = None
) -> ArticleView:
    """found_by: the search that it was opened from, its query widened. near: its near-duplicates."""
    unmarked = replace(_unmarked(article, base_url), near=near)
    if found_by is None:
        return unmarked
    marker = Marker(found_by.query)
    title = marker.mark(Part.TITLE, article.title.value)
    summary = None if article.summary is None else marker.mark(Part.SUMMARY, article.summary.value)
    marked = tuple(blocks(article.paragraphs, marker))
    counts = [(view.number, view.matches) for block in marked for view in block.paragraphs]
    return replace(
        unmarked,
        title=title.html,
        summary=None if summary is None else summary.html,
        blocks=marked,
        matches=matches_view(found_by, title, summary, counts),
    )


def _without_marks(shown: str | Markup) -> str:
    return shown.striptags() if isinstance(shown, Markup) else shown


def _unmarked(article: Article, base_url: str) -> ArticleView:
    language = _language(article)
    return ArticleView(
        id=article.id,
        title=article.title.value,
        short_title=shortened(article.title.value, 120),
        long_title=len(article.title.value) > LONG_TITLE,
        no_headline=article.title.origin == FIRST_LINE,
        source=None if article.source is None else shelf_link(Shelf.SOURCES, article.source.value),
        authors=tuple(shelf_link(Shelf.AUTHORS, author.value) for author in article.authors),
        date=date_view(None if article.published is None else article.published.value),
        topics=tuple(shelf_link(Shelf.TOPICS, topic.value) for topic in article.topics),
        summary=None if article.summary is None else article.summary.value,
        language=language,
        direction=_direction(language, article.title.value),
        address=followable(article.url),
        blocks=tuple(blocks(article.paragraphs)),
        words=article.words,
        paragraphs=len(article.paragraphs),
        version=article.version,
        versions=article.versions,
        current=article.current,
        stored=DateView(date_text(article.stored_at), article.stored_at.date().isoformat()),
        sha256=article.fixity,
        permalink=base_url + article.path,
        version_path=article.version_path,
        versions_path=f"/a/{article.id}/versions",
        beside=f"/a/{article.id}/",
        forms=tuple(_form_link(article, form) for form in FORMS.values() if form.text),
        origins=tuple(_origins(article)),
        refused=tuple(
            RefusedView(fields.heading(refused.field), shortened(refused.value, 200), refused.reason)
            for refused in article.refused
        ),
        also_at=tuple(_other_place(other) for other in article.also_at),
        further_addresses=tuple(one for one in article.further_addresses if followable(one)),
    )


def blocks(paragraphs: Sequence[Paragraph], marker: Marker | None = None) -> Iterator[Block]:
    """Gather the items of a list, the paragraphs of a quote and the rows of a table into one block; every other
    paragraph is a block."""
    levels = _heading_levels(paragraphs)
    names = fingerprints(paragraphs)
    views = [
        _paragraph_view(number, name, one, levels, marker)
        for number, (name, one) in enumerate(zip(names, paragraphs, strict=True), start=1)
    ]
    if marker is not None:
        views = _linked(views)
    for form, group in groupby(zip(paragraphs, views, strict=True), key=lambda pair: _form(pair[0])):
        together = tuple(view for _, view in group)
        if form in ("list", "numbered list", "quote", "row"):
            yield Block(form, together)
        else:
            yield from (Block(form, (view,)) for view in together)


def _linked(views: Sequence[ParagraphView]) -> list[ParagraphView]:
    """The paragraphs that match know the next and the previous one, and the first match of all can be linked to."""
    numbers = [view.number for view in views if view.matches]
    following = dict(pairwise(numbers))
    previous = {after: before for before, after in following.items()}
    linked = []
    for view in views:
        if view.matches:
            if view.number not in previous:
                view = _with_first_match(view)
            view = replace(view, previous=previous.get(view.number), next=following.get(view.number))
        linked.append(view)
    return linked


def _with_first_match(view: ParagraphView) -> ParagraphView:
    cells = list(view.cells)
    for position, cell in enumerate(cells):
        if "<mark>" in cell:
            cells[position] = _first_match(cell)
            break
    return replace(view, text=_first_match(view.text), cells=tuple(cells))


def _first_match(html: str | Markup) -> Markup:
    return Markup(str(html).replace("<mark>", '<mark id="match">', 1))  # noqa: S704 - escaped already


def _form(paragraph: Paragraph) -> str:
    if paragraph.kind is not Kind.ITEM:
        return paragraph.kind.value
    marker = _ITEM_MARKER.match(paragraph.text)
    return "numbered list" if marker and marker[1] else "list"


def _paragraph_view(
    number: int, fingerprint: str, paragraph: Paragraph, levels: dict[int, int], marker: Marker | None
) -> ParagraphView:
    text, number_in_list = _without_marker(paragraph)
    level = levels[number] if paragraph.kind is Kind.HEADING else paragraph.level
    spans = paragraph.spans
    if spans and text is not paragraph.text:
        spans = moved(spans, len(paragraph.text) - len(text)) if paragraph.text.endswith(text) else ()
    # Before lines are joined: the reading of a word may depend on its line.
    marks = [] if marker is None else marker.stretches(Part.TEXT, text)
    shown: str | Markup = inline_html(text, spans, marks) if spans or marks else text
    if paragraph.kind is not Kind.PREFORMATTED:
        shown = shown.replace("\n", " ")
    cells = cells_html(text, spans, marks) if paragraph.kind is Kind.ROW else ()
    return ParagraphView(number, fingerprint, shown, level, number_in_list, len(marks), cells=cells)


def _without_marker(paragraph: Paragraph) -> tuple[str, int | None]:
    """The text as it is shown, and the number of a numbered item: the page shows by its form what the marker says."""
    text = paragraph.text
    match paragraph.kind:
        case Kind.HEADING:
            return _HEADING_MARKER.sub("", text, count=1), None
        case Kind.ITEM:
            marker = _ITEM_MARKER.match(text)
            if marker is None:
                return text, None
            return text[marker.end() :], int(marker[1]) if marker[1] else None
        case Kind.QUOTE:
            return _QUOTE_MARKER.sub("", text), None
        case _:
            return text, None


def _heading_levels(paragraphs: Sequence[Paragraph]) -> dict[int, int]:
    """Paragraph number -> level of its heading on the page: below the title's 1, and never leaving a level out."""
    open_levels: list[int] = []
    found = {}
    for number, paragraph in enumerate(paragraphs, start=1):
        if paragraph.kind is Kind.HEADING:
            while open_levels and open_levels[-1] >= paragraph.level:
                open_levels.pop()
            open_levels.append(paragraph.level)
            found[number] = min(6, 1 + len(open_levels))
    return found


def followable(address: str | None) -> str | None:
    """The address, if it is one that a reader may be sent to: http or https."""
    if address is None:
        return None
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return address.strip() if parts.scheme in ("http", "https") and parts.hostname else None


def _language(article: Article) -> str | None:
    """As `lang` attributes have it; None for English (the page's own), and for what is no language tag."""
    if article.language is None or not _LANGUAGE.fullmatch(article.language.value):
        return None
    tag = article.language.value
    return None if tag.lower().partition("-")[0] in ("en", "eng") else tag


def _direction(language: str | None, title: str) -> str | None:
    """By the language; where it is not known, by the title's first letter."""
    if language is not None:
        return "rtl" if language.lower().partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
    strong = (unicodedata.bidirectional(char) for char in title)
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else None


def _origins(article: Article) -> Iterator[Origin]:
    taken_from = origins(article)
    values = {
        "title": shortened(article.title.value, 200),
        "source": article.source.value if article.source else "",
        "authors": ", ".join(author.value for author in article.authors),
        "published": str(article.published.value) if article.published else "",
        "topics": ", ".join(topic.value for topic in article.topics),
        "summary": shortened(article.summary.value, 200) if article.summary else "",
        "language": article.language.value if article.language else "",
    }
    for field, value in values.items():
        yield Origin(fields.heading(field), value or _("not known"), taken_from.get(field, "—"))


def _other_place(other: Address) -> OtherPlace:
    return OtherPlace(other.title, other.source, date_view(other.published), followable(other.url))


def _form_link(article: Article, form: Form) -> FormLink:
    """An old version's forms are its own."""
    start = f"/a/{article.id}" if article.version == article.current else article.version_path
    return FormLink(_(form.text), f"{start}.{form.name}", form.media_type)
