"""The title of a page's article, without the site's name: of what is stated in several places, what most agree on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from lxml import html

from app.domain.record import Stated
from app.ingest.compose import clean_line
from app.ingest.pages.page import JSON_LD, Page, one_line, short_line, text_of

_PARTING: Final = re.compile(r"\s+[|\-–—•·»«:~/>]+\s+|\s*[|»«•]\s*|\s*::\s*|:\s+")
_LONGEST: Final = 300
_NOT_HEADLINES: Final = re.compile(
    r"(?:^|[\s_-])(?:logo|site|brand|masthead|navbar|banner|widget|sr-only|screen-reader)", re.I
)
_EMPTY: Final = frozenset("home homepage untitled index news article blog document page welcome".split())


def title_of(page: Page, sites: Iterable[str]) -> Stated[str] | None:
    """sites: names of the site, which are cut off."""
    names = {_key(site) for site in sites if _key(site)} | set(_host_names(page.address))
    heads = [head for head in _headings(page) if not _is_site(head.value, names)]
    stated = [one for one in _stated(page) if one.value]
    cleaned = [Stated(_without_site(one.value, names, heads), one.origin) for one in stated]
    cleaned = [one for one in cleaned if not _is_site(one.value, names)]
    if head := _agreed(heads, cleaned):
        return head
    for one in cleaned:
        if one.origin == "title element" and (part := _part_that_the_page_shows(page, one.value)):
            return Stated(part, one.origin)
        return one
    return heads[0] if heads else None


def _part_that_the_page_shows(page: Page, title: str) -> str | None:
    """The part of a title in parts that stands on the page by itself, where one alone does: others name the site."""
    parts = [part for part in _PARTING.split(title) if len(part.split()) > 1]
    if len(parts) < 2 and not _PARTING.search(title):
        return None
    lines = {
        _key(line)
        for element in page.tree.iter("b", "strong", "font", "p", "div", "span", "td", "h2", "h3", "big", "center")
        if (line := short_line(element, _LONGEST))
    }
    shown = [part for part in parts if _key(part) in lines]
    return shown[0] if len(shown) == 1 else None


def _stated(page: Page) -> Iterator[Stated[str]]:
    names = (
        "citation_title",
        "dc.title",
        "dcterms.title",
        "og:title",
        "twitter:title",
        "parsely-title",
        "sailthru.title",
    )
    for thing in page.articles:
        if headline := text_of(thing.get("headline")):
            yield Stated(clean_line(headline)[:_LONGEST], JSON_LD)
    for one in page.meta(*names):
        yield Stated(clean_line(one.value)[:_LONGEST], one.origin)
    for element in page.tree.xpath("//head/title | /html/body/title"):
        yield Stated(clean_line(one_line(element))[:_LONGEST], "title element")
        break


def _headings(page: Page) -> list[Stated[str]]:
    """What stands as a headline on the page: marked as one, in the article, or anywhere."""
    found: list[Stated[str]] = []
    for path in (
        "//*[@itemprop='headline' or @itemprop='name headline'][self::h1 or self::h2]",
        "//article//h1 | //main//h1 | //*[@role='main']//h1",
        "//h1",
        "//h2[contains(@class, 'title') or contains(@class, 'headline')]",
    ):
        for element in page.tree.xpath(path)[:5]:
            if not _stands_in_site_parts(element):
                text = clean_line(one_line(element))
                if text and len(text) <= _LONGEST and all(text != one.value for one in found):
                    found.append(Stated(text, "headline"))
    return found


def _stands_in_site_parts(element: html.HtmlElement) -> bool:
    for one in (element, *list(element.iterancestors())[:3]):
        if one.tag in ("nav", "footer", "aside") or _NOT_HEADLINES.search(
            f"{one.get('class') or ''} {one.get('id') or ''}"
        ):
            return one.tag not in ("body", "html", "main", "article")
    return False


def _agreed(heads: list[Stated[str]], stated: list[Stated[str]]) -> Stated[str] | None:
    """The headline on the page that what is stated elsewhere agrees with, at least in most words."""
    for head in heads:
        key = _key(head.value)
        if any(_key(one.value).startswith(key) or _key(one.value).endswith(key) for one in stated if len(key) > 3):
            return head
    best = [(max((_shared(head.value, one.value) for one in stated), default=0.0), head) for head in heads]
    best = [pair for pair in best if pair[0] >= 0.5]
    return max(best, key=lambda pair: pair[0])[1] if best else None


def _shared(one: str, other: str) -> float:
    """The share of words that two titles have in common."""
    words, others = set(_words(one)), set(_words(other))
    return len(words & others) / max(1, len(words | others))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _without_site(title: str, names: set[str], heads: list[Stated[str]]) -> str:
    """The title without the parts at its ends that name the site, or that a headline on the page does not have."""
    for head in heads:
        key, whole = _key(head.value), _key(title)
        if len(key) > 10 and key != whole and (whole.startswith(key) or whole.endswith(key)) and _PARTING.search(title):
            return head.value
    changed = True
    while changed:
        changed = False
        places = list(_PARTING.finditer(title))
        if not places:
            break
        first, last = places[0], places[-1]
        if _is_site(title[last.end() :], names) and _key(title[: last.start()]):
            title, changed = title[: last.start()].strip(), True
        elif _is_site(title[: first.start()], names) and _key(title[first.end() :]):
            title, changed = title[first.end() :].strip(), True
    return title


def _is_site(text: str, names: set[str]) -> bool:
    key = _key(text)
    return not key or key in _EMPTY or any(key in (name, f"the{name}") or f"the{key}" == name for name in names)


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if char.isalnum())


def _host_names(address: str | None) -> Iterator[str]:
    """What a site may be called by its address: www.gao.gov -> gao, gaogov, wwwgaogov."""
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return
    if not host:
        return
    labels = host.split(".")
    if labels[0] in ("www", "m", "amp"):
        labels = labels[1:]
    yield _key(host)
    yield _key("".join(labels))
    for label in labels[:-1]:
        if len(label) > 2:
            yield _key(label)
