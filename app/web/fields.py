"""What pages call the fields of an article."""

from __future__ import annotations

from typing import Final

from app.language import _, noted


def heading(field: str) -> str:
    """field: as the domain names it; what came from another archive may have others, which are shown as they are."""
    return _(_HEADINGS[field]) if field in _HEADINGS else field.capitalize()


def within_a_sentence(field: str) -> str:
    """The same, where it does not begin a line."""
    return _(_WITHIN[field]) if field in _WITHIN else field


_HEADINGS: Final = {
    "title": noted("Title"),
    "source": noted("Source"),
    "author": noted("Author"),
    "authors": noted("Authors"),
    "published": noted("Published"),
    "topic": noted("Topic"),
    "topics": noted("Topics"),
    "summary": noted("Summary"),
    "language": noted("Language"),
    "address": noted("Address"),
    "url": noted("Address"),
}
_WITHIN: Final = {
    "title": noted("title"),
    "source": noted("source"),
    "author": noted("author"),
    "authors": noted("authors"),
    "published": noted("published"),
    "topic": noted("topic"),
    "topics": noted("topics"),
    "summary": noted("summary"),
    "language": noted("language"),
    "text": noted("text"),
}
