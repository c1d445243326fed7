"""What decides an article's page, and the pages that show the archive as a whole: asked in one small statement that
reads no text, so that a page that has not changed need not be made again.

Whether and how a reader is told so is left to the web.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.store.database import Database

# A version never changes once it is stored, so when it was stored stands for all that it holds.
_ARTICLE: Final = """
SELECT
    a.id, a.slug, a.current, a.stored_at,
    (SELECT max(id) FROM article_address WHERE article_id = a.id),
    (SELECT max(id) FROM correction WHERE article_id = a.id),
    a.represented_by, a.merged_into, a.withdrawn_at, v.number, v.stored_at
FROM article AS a JOIN version AS v ON v.article_id = a.id
WHERE a.id = :id OR a.represented_by = :id
ORDER BY a.id, v.number
"""

# A change leaves a note in the outbox; taking notes away makes a generation of the index. The newest run tells apart
# two archives that came to the same numbers.
_ARCHIVE: Final = """
SELECT
    (SELECT generation FROM index_state),
    (SELECT directory FROM index_state),
    (SELECT max(id) FROM outbox),
    (SELECT id || ' ' || started_at FROM ingest_run ORDER BY id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class ArticleStamp:
    """value: another one wherever an article, its versions, its duplicates or what the librarian did to it are others.

    slug: None where the permalink does not answer with the article itself. modified: when what is shown was stored,
    None where that is not known for certain: articles or addresses may have joined it, or have left it.
    """

    value: str
    slug: str | None
    modified: datetime | None


def article_stamp(database: Database, id: str) -> ArticleStamp | None:
    """None for an id that no article has, and where the database does not answer at once."""
    rows = database.glimpse(_ARTICLE, id=id)
    own = [row for row in rows or () if row[0] == id]
    if not rows or not own:
        return None
    _, slug, current, _, further, _, *elsewhere, _, _ = own[0]
    stands = not any(elsewhere)
    stored = {number: stored_at for *_, number, stored_at in own}
    certain = stands and len(own) == len(rows) and further is None
    modified = datetime.fromisoformat(stored[current]).replace(tzinfo=UTC) if certain else None
    return ArticleStamp(repr(rows), slug if stands else None, modified)


def archive_stamp(database: Database) -> str | None:
    """Another one after each change of any article or of the index; None where the database does not answer at once."""
    rows = database.glimpse(_ARCHIVE)
    return None if rows is None else repr(rows)
