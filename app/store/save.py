"""Stores records: decides what each is to the archive, and writes a batch with the notes that the index owes it.

A batch is looked up, decided in memory record by record, and written, each with a handful of statements.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from app.domain.canonical import Paragraph
from app.domain.correction import Edit, amended
from app.domain.permalink import LONG_ID_LENGTH, permalink_id, slug
from app.domain.record import Record, Stated
from app.store import outbox
from app.store import tables as t
from app.store.articles import AT_ONCE
from app.store.corrections import standing_edits


class Outcome(StrEnum):
    """What became of a record. DUPLICATE: the archive has the article at another address, or the run held it twice."""

    ADDED = "added"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicates"


@dataclass(frozen=True, slots=True)
class Saved:
    """The article that a record belongs to, and what the record was to it."""

    id: str
    outcome: Outcome


def save(connection: Connection, run_id: int, records: Sequence[Record]) -> list[Saved]:
    """Store records in order, in the caller's transaction.

    A record of an article that is not in the archive adds it. One whose text or metadata no version of its article
    has makes the next version; one that some version has changes nothing, so feeding an input again changes nothing.
    Nothing that is fed changes an article that the librarian withdrew or merged, nor a field that the librarian edited.
    """
    batch = Batch(connection, run_id)
    batch.look_up(records)
    saved = [batch.decide(record) for record in records]
    batch.write()
    return saved


def revise(connection: Connection, run_id: int, article_id: str, record: Record) -> None:
    """Make a record the next version of an article, whatever its identity, in the caller's transaction."""
    batch = Batch(connection, run_id)
    batch.look_up_articles([article_id], {record.duplicate_key})
    batch.revise(article_id, record)
    batch.write()


def set_aside(connection: Connection, article_ids: Sequence[str], **columns: Any) -> None:
    """Close articles, by setting columns of theirs, and take them out of their groups of exact duplicates."""
    batch = Batch(connection, 0)
    batch.look_up_articles(article_ids)
    batch.close(article_ids)
    batch.write()
    connection.execute(update(t.article).where(t.article.c.id.in_(article_ids)).values(**columns))


def write_version(
    connection: Connection, run_id: int, article_id: str, number: int, record: Record, stored_at: datetime
) -> None:
    """Write a version of an article as it was stored elsewhere; the article's row is left to the caller."""
    batch = Batch(connection, run_id, stored_at)
    batch.write_version(article_id, number, record)


def regroup(connection: Connection, article_ids: Sequence[str]) -> None:
    """Find out anew who stands for whom among the exact duplicates of articles, and owe the index a look at them."""
    batch = Batch(connection, 0)
    batch.look_up_articles(article_ids)
    batch.open(article_ids)
    batch.write()


def take_back(connection: Connection, article_ids: Sequence[str], **columns: Any) -> None:
    """Open closed articles again, by setting columns of theirs, and put them back among their exact duplicates."""
    connection.execute(update(t.article).where(t.article.c.id.in_(article_ids)).values(**columns))
    regroup(connection, article_ids)


@dataclass(slots=True)
class _Article:
    """An article's row as this batch leaves it."""

    id: str
    identity_key: str
    slug: str
    current: int
    duplicate_key: str | None
    represented_by: str | None
    closed: bool
    stored: bool
    changed: bool = False


class Batch:
    """Records on their way into the archive: looked up, decided one by one, and written together."""

    def __init__(self, connection: Connection, run_id: int, now: datetime | None = None) -> None:
        self._connection = connection
        self._run_id = run_id
        self._now = now or datetime.now(UTC)
        self._by_key: dict[str, _Article] = {}
        self._by_id: dict[str, _Article] = {}
        self._versions: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        self._groups: dict[str, dict[str, _Article]] = defaultdict(dict)
        self._new_versions: list[tuple[_Article, int, Record]] = []
        self._owed: dict[str, None] = {}
        self._edits: dict[str, list[Edit]] = {}

    def look_up(self, records: Sequence[Record]) -> None:
        """Everything in the archive that these records could touch."""
        self._load(t.article.c.identity_key, {record.identity_key for record in records})
        self._load(t.article.c.id, {permalink_id(record.identity_key) for record in records})
        known = [self._by_key[key].id for key in {record.identity_key for record in records} if key in self._by_key]
        for part in _parts(known):
            query = select(
                t.version.c.article_id,
                t.version.c.fixity,
                t.version.c.metadata_digest,
                t.version.c.fed_digest,
                t.version.c.run_id,
            ).where(t.version.c.article_id.in_(part))
            for article_id, fixity, digest, fed_digest, run_id in self._connection.execute(query):
                self._versions[article_id][fixity, digest] = run_id
                if fed_digest is not None:
                    self._versions[article_id][fixity, fed_digest] = run_id
        self._edits = standing_edits(self._connection, known)
        self._look_up_groups({record.duplicate_key for record in records})

    def look_up_articles(self, article_ids: Sequence[str], duplicate_keys: Iterable[str | None] = ()) -> None:
        """These articles, and the groups that they are in or will be in."""
        self._load(t.article.c.id, article_ids)
        self._look_up_groups(set(duplicate_keys))

    def decide(self, record: Record) -> Saved:
        article = self._by_key.get(record.identity_key)
        if article is None:
            return self._add(record)
        if article.closed:
            return Saved(article.id, Outcome.UNCHANGED)
        seen_in = self._seen_in(article, record)
        if seen_in is None and article.id in self._edits:
            record = amended(record, self._edits[article.id])
            seen_in = self._seen_in(article, record)
        if seen_in is None:
            return self._revise(record, article)
        return Saved(article.id, Outcome.DUPLICATE if seen_in == self._run_id else Outcome.UNCHANGED)

    def revise(self, article_id: str, record: Record) -> None:
        self._revise(record, self._by_id[article_id])

    def close(self, article_ids: Iterable[str]) -> None:
        for article in [self._by_id[id] for id in article_ids]:
            if article.duplicate_key is not None:
                self._groups[article.duplicate_key].pop(article.id, None)
            article.closed, article.represented_by, article.changed = True, None, True
            self._owed[article.id] = None
        self._regroup_all(article_ids)

    def open(self, article_ids: Iterable[str]) -> None:
        for id in article_ids:
            self._owed[id] = None
        self._regroup_all(article_ids)

    def write(self) -> None:
        self._write_articles()
        self._write_versions()
        outbox.owe(self._connection, self._owed)

    def forget_what_to_write(self) -> None:
        """What was decided counts as stored from now on, though it was not."""
        self._new_versions.clear()
        self._owed.clear()
        for article in self._by_id.values():
            article.stored, article.changed = True, False

    def write_version(self, article_id: str, number: int, record: Record) -> None:
        self._load(t.article.c.id, [article_id])
        self._new_versions.append((self._by_id[article_id], number, record))
        self._write_versions()

    def _look_up_groups(self, duplicate_keys: set[str | None]) -> None:
        groups = duplicate_keys | {article.duplicate_key for article in self._by_key.values()}
        self._load(t.article.c.duplicate_key, {key for key in groups if key is not None})

    def _seen_in(self, article: _Article, record: Record) -> int | None:
        """The run in which a version of the article came to say what the record says."""
        return self._versions[article.id].get((record.fixity, record.metadata_digest))

    def _load(self, column: Any, values: Iterable[str]) -> None:
        for part in _parts(sorted(values)):
            for row in self._connection.execute(select(t.article).where(column.in_(part))):
                if row.id not in self._by_id:
                    self._remember(
                        _Article(
                            id=row.id,
                            identity_key=row.identity_key,
                            slug=row.slug,
                            current=row.current,
                            duplicate_key=row.duplicate_key,
                            represented_by=row.represented_by,
                            closed=row.withdrawn_at is not None or row.merged_into is not None,
                            stored=True,
                        )
                    )

    def _remember(self, article: _Article) -> None:
        self._by_id[article.id] = self._by_key[article.identity_key] = article
        if article.duplicate_key is not None and not article.closed:
            self._groups[article.duplicate_key][article.id] = article

    def _add(self, record: Record) -> Saved:
        id = permalink_id(record.identity_key)
        if id in self._by_id:
            id = permalink_id(record.identity_key, LONG_ID_LENGTH)
        article = _Article(
            id=id,
            identity_key=record.identity_key,
            slug=slug(record.title.value),
            current=1,
            duplicate_key=record.duplicate_key,
            represented_by=None,
            closed=False,
            stored=False,
        )
        self._remember(article)
        self._note_version(article, record)
        shared = self._regroup(article.duplicate_key)
        return Saved(id, Outcome.DUPLICATE if shared else Outcome.ADDED)

    def _revise(self, record: Record, article: _Article) -> Saved:
        before = article.duplicate_key
        if before is not None:
            self._groups[before].pop(article.id, None)
        article.current += 1
        article.slug = slug(record.title.value)
        article.duplicate_key = record.duplicate_key
        article.represented_by = None
        article.changed = True
        self._remember(article)
        self._note_version(article, record)
        self._regroup(article.duplicate_key)
        if before != article.duplicate_key:
            self._regroup(before)
        return Saved(article.id, Outcome.REVISED)

    def _note_version(self, article: _Article, record: Record) -> None:
        self._versions[article.id][record.fixity, record.metadata_digest] = self._run_id
        if record.amended is not None and record.amended.digest is not None:
            self._versions[article.id][record.fixity, record.amended.digest] = self._run_id
        self._new_versions.append((article, article.current, record))
        self._owed[article.id] = None

    def _regroup(self, duplicate: str | None) -> bool:
        """Let the smallest id of a group of exact duplicates stand for it. Whether there are at least two."""
        members = self._groups.get(duplicate, {}) if duplicate is not None else {}
        if not members:
            return False
        first = min(members)
        for id, member in members.items():
            represented_by = None if id == first else first
            if member.represented_by != represented_by:
                member.represented_by = represented_by
                member.changed = True
                self._owed[id] = None
        self._owed[first] = None  # it shows its duplicates' addresses, and is found under their sources
        return len(members) > 1

    def _regroup_all(self, article_ids: Iterable[str]) -> None:
        for key in sorted({self._by_id[id].duplicate_key or "" for id in article_ids} - {""}):
            self._regroup(key)

    def _write_articles(self) -> None:
        new = [article for article in self._by_id.values() if not article.stored]
        if new:
            # Who stands for whom is written afterwards, when every row that may be named is there.
            self._connection.execute(
                insert(t.article),
                [
                    {
                        "id": article.id,
                        "identity_key": article.identity_key,
                        "slug": article.slug,
                        "current": article.current,
                        "duplicate_key": article.duplicate_key,
                        "stored_at": self._now,
                    }
                    for article in new
                ],
            )
        changed = [article for article in self._by_id.values() if article.changed]
        if changed:
            self._connection.execute(
                update(t.article).where(t.article.c.id == bindparam("the_id")),
                [
                    {
                        "the_id": article.id,
                        "slug": article.slug,
                        "current": article.current,
                        "duplicate_key": article.duplicate_key,
                        "represented_by": article.represented_by,
                    }
                    for article in changed
                ],
            )

    def _write_versions(self) -> None:
        if not self._new_versions:
            return
        source_id = self._names(
            t.source, (record.source.value for _, _, record in self._new_versions if record.source is not None)
        )
        ids = self._connection.execute(
            insert(t.version).returning(t.version.c.id, sort_by_parameter_order=True),
            [self._version_row(article, number, record, source_id) for article, number, record in self._new_versions],
        ).scalars()
        versions = list(zip(ids, (record for _, _, record in self._new_versions), strict=True))
        _insert(
            self._connection,
            t.paragraph,
            [
                (id, number, paragraph.kind.value, paragraph.level, paragraph.text, _spans(paragraph))
                for id, record in versions
                for number, paragraph in enumerate(record.paragraphs, start=1)
            ],
        )
        self._link(t.version_author, t.author, versions, lambda record: record.authors)
        self._link(t.version_topic, t.topic, versions, lambda record: record.topics)

    def _version_row(self, article: _Article, number: int, record: Record, source_id: dict[str, int]) -> dict[str, Any]:
        published = record.published
        return {
            "article_id": article.id,
            "number": number,
            "run_id": self._run_id,
            "stored_at": self._now,
            "place": str(record.place),
            "fixity": record.fixity,
            "metadata_digest": record.metadata_digest,
            "words": sum(len(paragraph.text.split()) for paragraph in record.paragraphs),
            "title": record.title.value,
            "title_origin": record.title.origin,
            "source_id": source_id[record.source.value] if record.source else None,
            "source_origin": _origin(record.source),
            "published_key": published.value.key if published else None,
            "published_precision": published.value.precision.value if published else None,
            "published_offset": published.value.offset if published else None,
            "published_origin": _origin(published),
            "summary": record.summary.value if record.summary else None,
            "summary_origin": _origin(record.summary),
            "language": record.language.value if record.language else None,
            "language_origin": _origin(record.language),
            "url": record.address,
            "guid": record.guid,
            "refused": [{"field": r.field, "value": r.value, "reason": r.reason} for r in record.refused],
            "extra": dict(record.extra),
            "fed": dict(record.amended.fed) or None if record.amended else None,
            "fed_digest": record.amended.digest if record.amended else None,
            "correction_id": record.amended.correction if record.amended else None,
        }

    def _link(
        self,
        link: Table,
        named: Table,
        versions: Sequence[tuple[int, Record]],
        names_of: Callable[[Record], tuple[Stated[str], ...]],
    ) -> None:
        ids = self._names(named, (name.value for _, record in versions for name in names_of(record)))
        rows = [
            (id, position, ids[name.value], name.origin)
            for id, record in versions
            for position, name in enumerate(names_of(record))
        ]
        _insert(self._connection, link, rows)

    def _names(self, table: Table, names: Iterable[str]) -> dict[str, int]:
        """name -> id of sources, authors or topics; new ones are made, in the order in which they come."""
        wanted = list(dict.fromkeys(names))
        found: dict[str, int] = {}
        for part in _parts(wanted):
            query = select(table.c.name, table.c.id).where(table.c.name.in_(part))
            found.update((name, id) for name, id in self._connection.execute(query))
        new = [name for name in wanted if name not in found]
        if new:
            made = self._connection.execute(
                insert(table).returning(table.c.id, sort_by_parameter_order=True), [{"name": name} for name in new]
            ).scalars()
            found.update(zip(new, made, strict=True))
        return found


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[int | str | None, ...]]) -> None:
    """Rows of plain values, in the order of the table's columns, handed to the driver as they are: to look at each
    value on the way costs more than to write it."""
    if rows:
        statement = insert(table).compile(dialect=connection.dialect, column_keys=table.columns.keys())
        connection.exec_driver_sql(str(statement), rows)


def _origin(stated: Stated[Any] | None) -> str | None:
    return None if stated is None else stated.origin


def _spans(paragraph: Paragraph) -> str | None:
    """Links and emphasis as the JSON that the column holds."""
    if not paragraph.spans:
        return None
    return json.dumps([[span.start, span.end, span.kind.value, span.target] for span in paragraph.spans])


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
