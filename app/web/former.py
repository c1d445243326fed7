"""Addresses at which nothing stands, but that are known to lead somewhere: former addresses of articles, and those that
a mail program or a sentence put its punctuation behind."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request

from app.domain.former import NotAPath, former_path
from app.domain.permalink import without_trailing
from app.store import former
from app.store.database import StoreError
from app.web.dependencies import Archive


def other_address(request: Request) -> str | None:
    """Where the address asked for leads; None where nothing is known of it."""
    archive: Archive = request.app.state.archive
    path: str = request.scope["path"]
    query: str = request.scope["query_string"].decode("latin-1")
    for tried in dict.fromkeys((path, without_trailing(path))):
        for asked in dict.fromkeys((f"{tried}?{query}" if query else tried, tried)):
            if (id := _article(archive, asked)) is not None:
                return f"/a/{id}"
    bare = without_trailing(path)
    if bare != path and bare.strip("/"):
        return quote(bare, errors="replace") + (f"?{query}" if query else "")
    return None


def _article(archive: Archive, asked: str) -> str | None:
    path, mark, query = asked.partition("?")
    try:
        kept = former_path(quote(path, errors="replace") + mark + query)
        return former.article_at(archive.database, kept)
    except (NotAPath, StoreError):
        return None
