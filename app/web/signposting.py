"""Signposting: how programs find their way from an article to its metadata, its text and its citations.

Relations: cite-as (RFC 8574), describedby, type, author, item, linkset (RFC 9264). No licence is known, none is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.article import Article
from app.store.browse import Shelf
from app.web.links import WebLink
from app.web.present import shelf_path

TYPES: Final = ("https://schema.org/NewsArticle", "https://schema.org/AboutPage")
MOST_AUTHORS: Final = 10
"""In a header; the linkset names them all."""
_DESCRIBE: Final = ("json", "ris", "bib", "csl.json")
_ITEMS: Final = ("txt", "md")


def article_links(article: Article, base_url: str, form_types: Mapping[str, str]) -> list[WebLink]:
    """What the article's page says in its Link header."""
    links = _links(article, base_url, form_types)
    authors = [link for link in links if link.rel == "author"]
    return [link for link in links if link not in authors[MOST_AUTHORS:]]


def landing_links(article: Article, base_url: str) -> list[WebLink]:
    """What a form of the article says in its Link header: which page it describes or is a part of."""
    page = base_url + article.path
    return [
        WebLink(page, "cite-as"),
        WebLink(page, "describes", (("type", "text/html"),)),
        WebLink(page, "collection", (("type", "text/html"),)),
        WebLink(page, "canonical"),
    ]


def linkset_links(article: Article, base_url: str, form_types: Mapping[str, str]) -> dict[str, list[WebLink]]:
    """Anchor -> its links, for the article's page and each of its forms."""
    page = WebLink(base_url + article.path, "describes", (("type", "text/html"),))
    anchors = {page.target: [link for link in _links(article, base_url, form_types) if link.rel != "linkset"]}
    for name in _DESCRIBE:
        anchors[f"{base_url}/a/{article.id}.{name}"] = [page]
    for name in _ITEMS:
        anchors[f"{base_url}/a/{article.id}.{name}"] = [WebLink(page.target, "collection", page.attributes)]
    return anchors


def _links(article: Article, base_url: str, form_types: Mapping[str, str]) -> list[WebLink]:
    def form(name: str, rel: str) -> WebLink:
        return WebLink(f"{base_url}/a/{article.id}.{name}", rel, (("type", form_types[name]),))

    return [
        WebLink(base_url + article.path, "cite-as"),
        *(WebLink(type, "type") for type in TYPES),
        *(WebLink(base_url + shelf_path(Shelf.AUTHORS, author.value), "author") for author in article.authors),
        *(form(name, "describedby") for name in _DESCRIBE),
        *(form(name, "item") for name in _ITEMS),
        form("linkset.json", "linkset"),
    ]
