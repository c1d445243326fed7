"""When a page's article was published: the places that say so, the most telling first.

Whether a date can be believed is judged by `compose`; what is only readable by guessing (7/5/2016) is passed on to be
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import html

from app.domain.dates import ImpossibleDate, parse_date
from app.domain.record import Stated
from app.ingest.pages.page import JSON_LD, Page, one_line, text_of

_PUBLISHED: Final = (
    "article:published_time article:published og:article:published_time og:published_time og:pubdate"
    " datepublished citation_publication_date citation_online_date citation_date dc.date.issued dcterms.issued"
    " dcterms.created dc.date.created dc.date dcterms.date dc.created prism.publicationdate parsely-pub-date"
    " sailthru.date pubdate publishdate publish-date publish_date publication_date publicationdate published-date"
    " published_date published_time displaydate originalpublicationdate article_date_original article.published"
    " cxenseparse:recs:publishtime bt:pubdate rnews:datepublished ptime pdate date_published datecreated created"
    " creation_date date last-published first_published release_date releasedate"
).split()
_MODIFIED: Final = (
    "article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified dc.modified"
    " last-modified lastmod revised modified updated_time last_updated"
).split()
_DATE: Final = re.compile(
    r"\b(?:(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    r"|\d{1,2}(?:st|nd|rd|th)?(?:\s+of)?\s+(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?,?\s+(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)")
_SCRIPT_DATE: Final = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} \d{1,2}),? (?:(\d{4}) [\d:]+|[\d:]+ (?:[A-Z]{2,5} )?(\d{4}))"
)
_IN_ADDRESS: Final = (
    re.compile(r"/((?:19|20)\d\d)[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)"),
    re.compile(r"/((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"),
    re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])(?=/)"),
)
_SAYS_DATE: Final = (
    "contains(@class, 'publish') or contains(@class, 'pubdate') or contains(@class, 'pub-date') or"
    " contains(@class, 'entry-date') or contains(@class, 'posted') or contains(@class, 'post-date') or"
    " contains(@class, 'postdate') or contains(@class, 'post-meta') or contains(@class, 'date') or"
    " contains(@class, 'byline') or contains(@class, 'timestamp') or contains(@class, 'dateline') or"
    " contains(@class, 'meta') or contains(@id, 'date') or contains(@id, 'byline') or contains(@class,"
    " 'field--name-created') or contains(@class, 'article-info') or contains(@class, 'submitted')"
)
_MODIFIED_WORDS: Final = re.compile(
    r"\b(?:updated|modified|revised|reviewed|retrieved|accessed|copyright)\b|©", re.IGNORECASE
)
_LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)
_NEAR: Final = 40
"""Elements after the headline that are looked at."""
_LONGEST_LINE: Final = 200


def dates_of(page: Page) -> tuple[Stated[str], ...]:
    """Dates that the page names for its article, the most telling first, each once."""
    found: dict[str, Stated[str]] = {}
    for one in _all(page):
        value = _as_read(one.value)
        if value and value not in found:
            found[value] = Stated(value, one.origin)
        if len(found) >= 6:
            break
    if not any(_readable(value) for value in found) and (guess := _by_htmldate(page)):
        found.setdefault(guess, Stated(guess, "page markup"))
    return tuple(found.values())


def _all(page: Page) -> Iterator[Stated[str]]:
    for thing in page.articles:
        for field in ("datePublished", "dateCreated", "uploadDate"):
            if value := text_of(thing.get(field)):
                yield Stated(value, JSON_LD)
    yield from page.meta(*_PUBLISHED)
    yield from _in_markup(page)
    yield from _in_address(page)
    yield from _near_headline(page)
    yield from _in_title(page)
    for thing in page.articles:
        if value := text_of(thing.get("dateModified")):
            yield Stated(value, f"{JSON_LD} dateModified")
    yield from page.meta(*_MODIFIED)


def _in_markup(page: Page) -> Iterator[Stated[str]]:
    """Elements that are marked as the date of publication."""
    for element in page.tree.xpath(
        "//*[contains(@itemprop, 'datePublished') or @pubdate or @property='datePublished']"
    ):
        if element.tag != "meta":
            yield Stated(element.get("datetime") or element.get("content") or one_line(element)[:100], "date in markup")
    times = page.tree.xpath("//time[@datetime and not(ancestor::aside or ancestor::footer or ancestor::nav)]")
    telling = [
        one
        for one in times
        if re.search(r"publish|entry-date|posted|created", f"{one.get('class')} {one.get('itemprop')}")
    ]
    in_article = [one for one in times if any(up.tag in ("article", "main", "header") for up in one.iterancestors())]
    for element in [*telling[:1], *in_article[:1], *(times if len(times) == 1 else [])]:
        around = element.getparent()
        if not _MODIFIED_WORDS.search(one_line(around)[:60] if around is not None else ""):
            yield Stated(str(element.get("datetime")), "time element")


def _in_address(page: Page) -> Iterator[Stated[str]]:
    try:
        path = urlsplit(page.address or "").path
    except ValueError:
        return
    for form in _IN_ADDRESS:
        if found := form.search(path):
            yield Stated("-".join(part.zfill(2) for part in found.groups()), "address")
            return


def _near_headline(page: Page) -> Iterator[Stated[str]]:
    """Dates in short lines below the headline, or in what is named as a byline or a date."""
    heads = page.tree.xpath("//h1")
    if heads:
        for element in _after(heads[-1] if len(heads) < 3 else heads[0]):
            yield from _date_in(element, "byline")
    for element in page.tree.xpath(
        f"//*[({_SAYS_DATE}) and not(ancestor-or-self::footer or ancestor-or-self::aside or self::body)]"
    )[:40]:
        yield from _date_in(element, "byline")
    if heads:
        before = heads[0].xpath("preceding::*[not(*)][position() <= 6]")
        for element in before:
            yield from _date_in(element, "byline")


def _after(head: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for element, _ in zip(head.xpath("following::*"), range(_NEAR), strict=False):
        if element.tag not in ("script", "style", "noscript"):
            yield element


def _date_in(element: html.HtmlElement, origin: str) -> Iterator[Stated[str]]:
    if not isinstance(element.tag, str):
        return
    line = one_line(element)
    if not line or len(line) > _LONGEST_LINE:
        return
    for found in _DATE.finditer(line):
        before = line[max(0, found.start() - 25) : found.start()]
        if not _MODIFIED_WORDS.search(before):
            yield Stated(found[0], origin)
            return


def _in_title(page: Page) -> Iterator[Stated[str]]:
    for element in page.tree.xpath("//head/title")[:1]:
        if found := _DATE.search(one_line(element)):
            yield Stated(found[0], "title element")


def _by_htmldate(page: Page) -> str | None:
    try:
        guess: str | None = find_date(page.tree, extensive_search=False, original_date=True, url=page.address)
    except Exception:  # noqa: BLE001  (a guess that fails is none)
        return None
    return guess


def _as_read(value: str) -> str:
    """The date as `parse_date` takes it, where another form of it leaves nothing to guess."""
    value = " ".join(value.split())
    if (numbers := _NUMBERS.match(value)) and (int(numbers[1]) > 12) != (int(numbers[2]) > 12):
        day, month = (numbers[1], numbers[2]) if int(numbers[1]) > 12 else (numbers[2], numbers[1])
        return f"{numbers[3]}-{month.zfill(2)}-{day.zfill(2)}"
    if script := _SCRIPT_DATE.match(value):
        return f"{script[1]}, {script[2] or script[3]}"
    if not _readable(value) and (found := _DATE.search(value)):
        return found[0]
    if value.isdigit() and len(value) in (10, 13):  # seconds or milliseconds since 1970
        moment = datetime.fromtimestamp(int(value[:10]), UTC)
        return f"{moment:%Y-%m-%dT%H:%MZ}"
    return value


def _readable(value: str) -> bool:
    try:
        parse_date(value, _LATEST)
    except ImpossibleDate:
        return False
    return True
