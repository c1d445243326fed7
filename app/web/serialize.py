"""An article as JSON. What is not known is null."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from app.domain.article import Article
from app.domain.passage import fingerprints
from app.domain.record import Stated


def article_json(article: Article, base_url: str) -> dict[str, Any]:
    """base_url: what permalinks begin with, without a final slash."""
    url = base_url + article.path
    version_url = base_url + article.version_path
    published = article.published
    return {
        "id": article.id,
        "guid": article.guid,
        "url": url,
        "version_url": version_url,
        "title": article.title.value,
        "title_origin": article.title.origin,
        "source": _value(article.source),
        "authors": [author.value for author in article.authors],
        "published": None if published is None else str(published.value),
        "precision": None if published is None else published.value.precision.value,
        "topics": [topic.value for topic in article.topics],
        "summary": _value(article.summary),
        "language": _value(article.language),
        "address": article.url,
        "further_addresses": list(article.further_addresses),
        "version": article.version,
        "versions": article.versions,
        "sha256": article.fixity,
        "stored_at": _moment(article.stored_at),
        "first_stored_at": _moment(article.first_stored_at),
        "words": article.words,
        "paragraphs": [
            {
                "number": number,
                "kind": paragraph.kind.value,
                "text": paragraph.text,
                "url": f"{url if article.version == article.current else version_url}#p{number}",
                "lasting_url": f"{base_url}/a/{article.id}/p/{name}",
            }
            for number, (name, paragraph) in enumerate(
                zip(fingerprints(article.paragraphs), article.paragraphs, strict=True), start=1
            )
        ],
        "origins": origins(article),
        "refused": [
            {"field": refused.field, "value": refused.value, "reason": refused.reason} for refused in article.refused
        ],
        "also_at": [
            {
                "id": other.id,
                "url": f"{base_url}/a/{other.id}",
                "title": other.title,
                "source": other.source,
                "address": other.url,
                "published": None if other.published is None else str(other.published),
            }
            for other in article.also_at
        ],
    }


def origins(article: Article) -> dict[str, str]:
    """Where each known field was taken from."""
    stated: dict[str, tuple[Stated[Any] | None, ...]] = {
        "title": (article.title,),
        "source": (article.source,),
        "authors": article.authors,
        "published": (article.published,),
        "topics": article.topics,
        "summary": (article.summary,),
        "language": (article.language,),
    }
    found = {field: dict.fromkeys(value.origin for value in values if value) for field, values in stated.items()}
    return {field: ", ".join(names) for field, names in found.items() if names}


def _value(stated: Stated[str] | None) -> str | None:
    return None if stated is None else stated.value


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def to_json(value: Any) -> str:
    """JSON for people to read and copy."""
    return json.dumps(value, ensure_ascii=False, indent=1)
