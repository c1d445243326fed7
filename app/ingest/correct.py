"""Reads what a librarian says of an article by the same rules as what is fed: cleaned, and refused if it can't be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.domain.canonical import Paragraph, has_words
from app.domain.correction import ORIGIN, Edit
from app.domain.record import Place, Stated
from app.ingest.compose import LONGEST_TITLE, Given, clean_line, compose
from app.ingest.draft import Draft


class WrongEdit(ValueError):
    """A value that can't be believed; the message says which, and why."""


def read_edit(changes: Mapping[str, str | Sequence[str]]) -> Edit:
    """Field -> value, cleaned. Empty values mean: not known. Raises WrongEdit."""

    def one(field: str) -> Stated[str] | None:
        value = changes.get(field)
        return Stated(value, ORIGIN) if isinstance(value, str) and value.strip() else None

    def many(field: str) -> tuple[Stated[str], ...]:
        return tuple(Stated(value, ORIGIN) for value in changes.get(field, ()) if value.strip())

    title = changes.get("title")
    if isinstance(title, str):
        if not has_words(clean_line(title)):
            raise WrongEdit("An article needs a title; --title can't be empty.")
        if len(clean_line(title)) > LONGEST_TITLE:
            raise WrongEdit(f"A title has at most {LONGEST_TITLE} characters; this one has {len(clean_line(title))}.")
    draft = Draft(
        place=Place("edit"),
        reader="edit",
        raw=b"",
        size=0,
        paragraphs=(Paragraph("-"),),
        title=one("title"),
        authors=many("authors"),
        source=one("source"),
        published=one("published"),
        topics=many("topics"),
        summary=one("summary"),
        language=one("language"),
    )
    record = compose(draft, Given(), datetime.now(UTC))
    if record.refused:
        raise WrongEdit("; ".join(f"{refused.field}: {refused.reason}" for refused in record.refused) + ".")
    said = {
        "title": record.title.value,
        "authors": [author.value for author in record.authors],
        "published": str(record.published.value) if record.published else None,
        "source": record.source.value if record.source else None,
        "topics": [topic.value for topic in record.topics],
        "summary": record.summary.value if record.summary else None,
        "language": record.language.value if record.language else None,
    }
    return {field: said[field] for field in changes}
