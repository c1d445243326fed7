"""What programs read in an article's page: Highwire's citation_* as Zotero reads them, and JSON-LD (schema.org).

What is not known is left out. There are no COinS and no unAPI, which Zotero would take first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from markupsafe import Markup

from app.domain.article import Article
from app.domain.dates import PublishedDate
from app.domain.names import read_name


@dataclass(frozen=True, slots=True)
class Metadata:
    """tags: name and content of <meta> elements. json_ld: the inside of a script element, safe as it stands."""

    tags: tuple[tuple[str, str], ...]
    json_ld: Markup


def article_metadata(article: Article, base_url: str) -> Metadata:
    return Metadata(tuple(_tags(article, base_url)), _script(_news_article(article, base_url)))


def _tags(article: Article, base_url: str) -> Iterator[tuple[str, str]]:
    yield "z:itemType", "newspaperArticle"
    yield "citation_title", article.title.value
    for author in article.authors:
        yield "citation_author", author.value
    if article.published:
        yield "citation_publication_date", _slashed(article.published.value)
    if article.source:
        yield "citation_publisher", article.source.value
        yield "prism.publicationName", article.source.value
    if article.language:
        yield "citation_language", article.language.value
    yield "citation_public_url", base_url + article.path
    for topic in article.topics:
        yield "citation_keywords", topic.value


def _slashed(published: PublishedDate) -> str:
    """YYYY/MM/DD, as far as it is known."""
    parts = [part for part in (published.month, published.day) if part is not None]
    return "/".join([f"{published.year:04d}", *(f"{part:02d}" for part in parts)])


def _news_article(article: Article, base_url: str) -> dict[str, Any]:
    url = base_url + article.path
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "headline": article.title.value,
        "author": [_author(author.value) for author in article.authors],
        "datePublished": str(article.published.value) if article.published else None,
        # Only what the archive itself saw change: when it was changed where it was published is not known.
        "dateModified": article.stored_at.astimezone(UTC).isoformat(timespec="seconds")
        if article.version > 1
        else None,
        "publisher": {"@type": "Organization", "name": article.source.value} if article.source else None,
        "description": article.summary.value if article.summary else None,
        "keywords": [topic.value for topic in article.topics],
        "inLanguage": article.language.value if article.language else None,
        "wordCount": article.words,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "permalink", "value": article.id},
            {"@type": "PropertyValue", "propertyID": "sha256", "value": article.fixity},
        ],
        "version": article.version,
        "isBasedOn": article.url,
        "mainEntityOfPage": url,
    }
    return {name: value for name, value in said.items() if value not in (None, [])}


def _author(text: str) -> dict[str, str]:
    """A person where the name is plainly one; else no more is said than the name."""
    return {"@type": "Person", "name": text} if read_name(text).family else {"name": text}


def _script(said: dict[str, Any]) -> Markup:
    """JSON inside a script element: nothing in it can end the element, or begin another."""
    text = json.dumps(said, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - escaped as said
