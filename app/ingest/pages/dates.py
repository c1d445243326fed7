"""When a page's article was published: the places that say so, the most telling first.

Whether a date can be believed is judged by `compose`; what is only readable by guessing (7/5/2016) is passed on to be
refused.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import html

from app.domain.canonical import Paragraph
from app.domain.dates import ImpossibleDate, parse_date
from app.domain.record import Stated
from app.ingest.pages.page import JSON_LD, Page, one_line, short_line, text_of

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
_SAYS_DATE: Final = re.compile(
    r"publish|pub-?date|date|posted|byline|timestamp|(?:post|entry|article)-?(?:meta|info)|field--name-created|submitted",
    re.IGNORECASE,
)
_MODIFIED_WORDS: Final = re.compile(
    r"\b(?:updated|modified|revised|reviewed|retrieved|accessed|copyright)\b|©", re.IGNORECASE
)
_OTHER_ORDERS: Final = ("en-ca", "en-ph", "fil", "zh", "ja", "ko", "hu", "lt", "sv", "es-us", "es-pr")
"""Languages in which numbers are written otherwise, or both ways."""
_LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)
_BEFORE: Final = 6
_NEAR: Final = 40
"""Elements after the headline that are looked at."""
_LONGEST_LINE: Final = 200
_LONGEST_DATE_LINE: Final = 60


def dates_of(page: Page) -> tuple[Stated[str], ...]:
    """Dates that the page names for its article, the most telling first, each once."""
    found: dict[str, Stated[str]] = {}
    order = _order_of_numbers(page)
    for one in _all(page):
        value = _as_read(one.value, order)
        if value and value not in found:
            found[value] = Stated(value, one.origin)
        if len(found) >= 6:
            break
    if not found and (guess := _by_htmldate(page)):
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
        if around is None or not _MODIFIED_WORDS.search((short_line(around, 1_000) or "")[:60]):
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
    """Dates in short lines below the headline, in what is named as a byline or a date, or just above the headline."""
    heads = page.tree.xpath("//h1")
    head = None if not heads else heads[-1] if len(heads) < 3 else heads[0]
    if head is not None:
        for element in islice(_after(head), _NEAR):
            yield from _date_in(element, "byline")
    before: deque[html.HtmlElement] = deque(maxlen=_BEFORE)
    named = 0
    reached = False
    for element in page.tree.iter():
        reached = reached or element is head
        if not reached and len(element) == 0:
            before.append(element)
        if _SAYS_DATE.search(f"{element.get('class') or ''} {element.get('id') or ''}") and named < _NEAR:
            named += 1
            if element.tag != "body" and not any(up.tag in ("footer", "aside") for up in element.iterancestors()):
                yield from _date_in(element, "byline")
    if head is not None:
        for element in before:
            yield from _date_in(element, "byline")


def dates_in_lines(paragraphs: Sequence[Paragraph]) -> list[Stated[str]]:
    """Dates in short lines at the top of an article's text."""
    found: list[Stated[str]] = []
    for paragraph in paragraphs[:4]:
        for line in paragraph.text.split("\n")[:6]:
            if len(line) <= _LONGEST_DATE_LINE and (date := _DATE.search(line)) and not _MODIFIED_WORDS.search(line):
                found.append(Stated(_as_read(date[0]), "date line"))
    return found


def _after(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The elements that follow one in the page."""
    while element is not None:
        following = element.getnext()
        if following is None:
            element = element.getparent()
            continue
        for one in following.iter():
            if one.tag not in ("script", "style", "noscript"):
                yield one
        element = following


def _date_in(element: html.HtmlElement, origin: str) -> Iterator[Stated[str]]:
    if not isinstance(element.tag, str):
        return
    line = short_line(element, _LONGEST_LINE)
    if not line:
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


def _order_of_numbers(page: Page) -> str | None:
    """Whether numbers like 7/5/2016 begin with the month or the day where the page is from; None where it is not
    told."""
    language = (page.tree.get("lang") or "").lower()
    host = (urlsplit(page.address).hostname or "") if page.address else ""
    if language == "en-us" or host.endswith((".gov", ".mil")):
        return "month first"
    return "day first" if language and language != "en" and not language.startswith(_OTHER_ORDERS) else None


def _as_read(value: str, order: str | None = None) -> str:
    """The date as `parse_date` takes it, where another form of it leaves nothing to guess. order: of month and day."""
    value = " ".join(value.split())
    if numbers := _NUMBERS.match(value):
        first, second = int(numbers[1]), int(numbers[2])
        if first > 12 or (second <= 12 and order == "day first"):
            return f"{numbers[3]}-{second:02d}-{first:02d}"
        return f"{numbers[3]}-{first:02d}-{second:02d}" if second > 12 or order or first == second else value
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
