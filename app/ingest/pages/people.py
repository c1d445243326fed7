"""Who wrote a page's article and who published it, as the page says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from app.domain.record import Stated
from app.ingest.compose import clean_line
from app.ingest.pages.page import JSON_LD, Page, one_line, short_line, text_of

_META: Final = (
    "citation_author dc.creator dcterms.creator author article:author byl parsely-author sailthru.author dc.contributor"
    " article.author rbauthors twitter:data1"
).split()
_BY: Final = re.compile(r"^\s*(?:written |posted |story |reported )?by\b[:\s]+", re.IGNORECASE)
_AND: Final = re.compile(r"\s*(?:;|,|\||&|\band\b|\bwith\b|\u2022)\s*", re.IGNORECASE)
_NO_NAME: Final = re.compile(
    r"https?:|www\.|@|\d{3}|\b(?:admin|staff|editor|newsroom|webmaster|guest|unknown|author|minutes?)\b", re.I
)
_NAME: Final = re.compile(r"[^\W\d_][\w.’'\-]*(?:\s+[\w.’'\-()]+){1,5}")
_LONGEST: Final = 80
_MOST: Final = 20


def authors_of(page: Page, sites: Iterable[str]) -> tuple[Stated[str], ...]:
    """The authors, from the first place that names any. sites: names of the site, which is no author."""
    site_names = {site.casefold() for site in sites}
    for place in (_in_json_ld(page), _in_meta(page), _in_markup(page), _in_byline(page)):
        found: dict[str, Stated[str]] = {}
        for one in place:
            name = _BY.sub("", clean_line(one.value)).strip(" ,;")
            if name and len(name) <= _LONGEST and name.casefold() not in site_names and not _NO_NAME.search(name):
                found.setdefault(name.casefold(), Stated(name, one.origin))
        if found:
            return tuple(found.values())[:_MOST]
    return ()


def sources_of(page: Page) -> list[Stated[str]]:
    """Names of who published the page, the surest first."""
    found = list(page.meta("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher"))
    for thing in page.articles:
        if name := text_of(thing.get("publisher")):
            found.append(Stated(name, JSON_LD))
    found.extend(
        Stated(name, JSON_LD)
        for thing in page.things
        if "WebSite" in str(thing.get("@type")) and (name := text_of(thing.get("name")))
    )
    found.extend(page.meta("application-name", "apple-mobile-web-app-title", "copyright", "twitter:app:name:iphone"))
    cleaned = [Stated(clean_line(one.value), one.origin) for one in found]
    return [one for one in cleaned if one.value and len(one.value) <= 150 and not one.value.startswith(("http", "@"))]


def _in_json_ld(page: Page) -> Iterator[Stated[str]]:
    for thing in page.articles:
        for name in _names(thing.get("author") or thing.get("creator"), page.things):
            yield Stated(name, JSON_LD)


def _names(value: Any, things: list[dict[str, Any]]) -> Iterator[str]:
    match value:
        case list() as values:
            for one in values[:_MOST]:
                yield from _names(one, things)
        case {"name": _} as person:
            yield from _names(person["name"], things)
        case {"@id": str() as id}:
            named = (text_of(thing.get("name")) for thing in things if thing.get("@id") == id)
            yield from (name for name in [next((name for name in named if name), None)] if name)
        case str() as name:
            yield name


def _in_meta(page: Page) -> Iterator[Stated[str]]:
    for name in _META:
        values = list(page.meta(name))
        for one in values:
            if name == "twitter:data1" and "Written by" not in page.metas.get("twitter:label1", []):
                continue
            # Several names in one value are parted by commas, but "Last, First" is one.
            parts = _AND.split(_BY.sub("", one.value)) if name not in ("citation_author", "dc.creator") else [one.value]
            whole = all(" " in part.strip() for part in parts)
            yield from (Stated(part, one.origin) for part in (parts if whole else [one.value]))
        if values:
            return


def _in_markup(page: Page) -> Iterator[Stated[str]]:
    paths = (
        "//*[@itemprop='author']//*[@itemprop='name']",
        "//*[@itemprop='author' and not(.//*[@itemprop='name'])]",
        "//a[contains(concat(' ', @rel, ' '), ' author ')]",
    )
    for path in paths:
        for element in page.tree.xpath(path)[:_MOST]:
            yield Stated(element.get("content") or one_line(element)[: _LONGEST + 1], "byline")


def _in_byline(page: Page) -> Iterator[Stated[str]]:
    path = (
        "//*[contains(@class, 'byline') or contains(@class, 'author') or contains(@class, 'by-line')"
        " or contains(@id, 'byline')]"
    )
    for element in page.tree.xpath(path)[:10]:
        line = short_line(element, 200) or ""
        if _BY.match(line):
            line = re.split(r"\s[|•·–—]\s|\bon\b|\d", _BY.sub("", line))[0]
            names = [name.strip() for name in _AND.split(line) if name.strip()]
            if names and all(_NAME.fullmatch(name) for name in names):
                yield from (Stated(name, "byline") for name in names)
                return
    for element in page.tree.xpath("//p[not(*) or a or strong or em]")[:12]:
        line = short_line(element, 100) or ""
        if _BY.match(line) and not line.endswith((".", ":")):
            names = [name.strip() for name in _AND.split(_BY.sub("", line)) if name.strip()]
            if names and all(_NAME.fullmatch(name) and name[:1].isupper() for name in names):
                yield from (Stated(name, "byline") for name in names)
                return
