"""An article as Markdown: front matter with what is known of it, and its text, as `ingest` reads both back."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from app.domain.article import Article
from app.domain.canonical import Kind, Paragraph

_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|~])")
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_AT_LINE_START: Final = re.compile(r"^(\s*)([#+=-])", re.MULTILINE)
_NUMBERED: Final = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_HEADING_MARKER: Final = re.compile(r"#{1,6}\s+")
_ITEM_MARKER: Final = re.compile(r"(?:[-*•–+]|(\d{1,3})[.)])\s+")
_QUOTE_MARKER: Final = re.compile(r"^[^\S\n]*(?:>[^\S\n]?)+", re.MULTILINE)


def article_markdown(article: Article, base_url: str) -> str:
    return f"---\n{_front_matter(article, base_url)}---\n\n{text_markdown(article.paragraphs)}\n"


def text_markdown(paragraphs: tuple[Paragraph, ...]) -> str:
    """The paragraphs as CommonMark that says the same; every sign of it that is part of the text is escaped."""
    return "\n\n".join(_paragraph(paragraph) for paragraph in paragraphs)


def _front_matter(article: Article, base_url: str) -> str:
    fields: dict[str, Any] = {
        "title": article.title.value,
        "author": [author.value for author in article.authors],
        "source": article.source and article.source.value,
        "published": article.published and str(article.published.value),
        "topics": [topic.value for topic in article.topics],
        "summary": article.summary and article.summary.value,
        "language": article.language and article.language.value,
        "url": article.url,
        "id": article.guid,
        "permalink": base_url + article.path,
        "version": article.version,
        "sha256": article.fixity,
    }
    known = {name: value for name, value in fields.items() if value}
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=10_000)


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text
    match paragraph.kind:
        case Kind.HEADING:
            line = " ".join(_escaped(_HEADING_MARKER.sub("", text, count=1)).split())
            return f"{'#' * max(1, min(6, paragraph.level))} {line}"
        case Kind.ITEM:
            marker = _ITEM_MARKER.match(text)
            lead = f"{marker[1]}. " if marker and marker[1] else "- "
            inside = _escaped(text[marker.end() :] if marker else text)
            depth = " " * 2 * (max(1, paragraph.level) - 1)
            return depth + lead + inside.replace("\n", "\n" + depth + " " * len(lead))
        case Kind.QUOTE:
            return "> " + _escaped(_QUOTE_MARKER.sub("", text)).replace("\n", "\n> ")
        case Kind.PREFORMATTED:
            fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}"
        case _:
            return _escaped(text)


def _escaped(text: str) -> str:
    escaped = _ENTITY.sub(r"\\&", _SIGNS.sub(r"\\\1", text))
    return _NUMBERED.sub(r"\1\\\2", _AT_LINE_START.sub(r"\1\\\2", escaped))
