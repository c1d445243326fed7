"""The tables, as SQLModel classes and, below, as the Table objects that statements are written with.

Rows are plain; what they mean together is in the modules that read and write them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, kept in UTC: SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class SourceRow(SQLModel, table=True):
    """Who published."""

    __tablename__ = "source"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))


class AuthorRow(SQLModel, table=True):
    __tablename__ = "author"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))


class TopicRow(SQLModel, table=True):
    __tablename__ = "topic"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))


class IngestRunRow(SQLModel, table=True):
    """One `ingest`: what it was given and what became of it.

    given: what was said on the command line about records that do not say it themselves. process: who is at it;
    seen_at: when it last stored something. finished_at is NULL while it runs, or if it was cut off; stopped: why it
    ended before its inputs did.
    """

    __tablename__ = "ingest_run"
    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    inputs: list[str] = Field(sa_column=Column(JSON, nullable=False))
    given: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False, server_default="{}"))
    process: str | None = None
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    stopped: str | None = Field(default=None, sa_column=Column(Text))
    read: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0


class ArticleRow(SQLModel, table=True):
    """One article: its permalink id and where it stands.

    current: number of its current version. represented_by: the article that stands for it, as its exact duplicate.
    merged_into: where the librarian merged it. duplicate_key: of the current version.
    """

    __tablename__ = "article"
    id: str = Field(primary_key=True, max_length=16)
    identity_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    slug: str = Field(sa_column=Column(Text, nullable=False))
    current: int
    duplicate_key: str | None = Field(default=None, index=True)
    represented_by: str | None = Field(default=None, foreign_key="article.id", index=True)
    merged_into: str | None = Field(default=None, foreign_key="article.id", index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    withdrawn_reason: str | None = Field(default=None, sa_column=Column(Text))
    stored_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class VersionRow(SQLModel, table=True):
    """One state of an article's text and metadata, never changed once written. Every value stands beside its origin.

    published_key, _precision, _offset: a PublishedDate. refused: metadata that was given and not believed, with the
    reason. extra: what the record held besides. place: where the record stood.

    fed: what the record itself said where the librarian's words stand in their place; fed_digest: the digest of its
    metadata as fed. correction_id: the correction that made this version, NULL where it was fed.
    """

    __tablename__ = "version"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("article_id", "number"),
        Index("ix_version_published", "published_key", "article_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    article_id: str = Field(foreign_key="article.id")
    number: int
    run_id: int = Field(foreign_key="ingest_run.id", index=True)
    stored_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    place: str = Field(sa_column=Column(Text, nullable=False))
    fixity: str = Field(max_length=64, index=True)
    metadata_digest: str = Field(max_length=64)
    words: int
    title: str = Field(sa_column=Column(Text, nullable=False))
    title_origin: str
    source_id: int | None = Field(default=None, foreign_key="source.id", index=True)
    source_origin: str | None = None
    published_key: int | None = Field(default=None, sa_column=Column(BigInteger))
    published_precision: str | None = None
    published_offset: int | None = None
    published_origin: str | None = None
    summary: str | None = Field(default=None, sa_column=Column(Text))
    summary_origin: str | None = None
    language: str | None = None
    language_origin: str | None = None
    url: str | None = Field(default=None, sa_column=Column(Text))
    guid: str | None = Field(default=None, sa_column=Column(Text))
    refused: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    extra: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    fed: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    fed_digest: str | None = Field(default=None, max_length=64)
    correction_id: int | None = Field(default=None, foreign_key="correction.id")


class CorrectionRow(SQLModel, table=True):
    """What the librarian did to an article, when and why; never changed once written.

    kind: edit, withdrawal or merge. detail: the fields an edit set; where a merge leads. undoes: the correction that
    this one takes back.
    """

    __tablename__ = "correction"
    id: int | None = Field(default=None, primary_key=True)
    article_id: str = Field(foreign_key="article.id", index=True)
    kind: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    undoes: int | None = Field(default=None, foreign_key="correction.id")


class FormerAddressRow(SQLModel, table=True):
    """Where an article stood before it came here: path (and query) on this site, which lead to the article for ever."""

    __tablename__ = "former_address"
    path: str = Field(sa_column=Column(Text, primary_key=True))
    article_id: str = Field(foreign_key="article.id", index=True)
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ParagraphRow(SQLModel, table=True):
    """One paragraph of a version; number counts from 1 and is the `#p` of its address.

    spans: its links and emphasis, each [start, end, kind, target]; NULL where it has none.
    """

    __tablename__ = "paragraph"
    version_id: int = Field(foreign_key="version.id", primary_key=True)
    number: int = Field(primary_key=True)
    kind: str = Field(max_length=16)
    level: int = 0
    text: str = Field(sa_column=Column(Text, nullable=False))
    spans: list[list[Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class VersionAuthorRow(SQLModel, table=True):
    __tablename__ = "version_author"
    version_id: int = Field(foreign_key="version.id", primary_key=True)
    position: int = Field(primary_key=True)
    author_id: int = Field(foreign_key="author.id", index=True)
    origin: str


class VersionTopicRow(SQLModel, table=True):
    __tablename__ = "version_topic"
    version_id: int = Field(foreign_key="version.id", primary_key=True)
    position: int = Field(primary_key=True)
    topic_id: int = Field(foreign_key="topic.id", index=True)
    origin: str


class RejectionRow(SQLModel, table=True):
    """A record that could not be stored. raw: its bytes, at most the first MiB; size: how many there were.

    digest: over place, reason and bytes, so that the same rejection is kept once however often it is fed.
    """

    __tablename__ = "rejection"
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="ingest_run.id", index=True)
    rejected_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    file: str = Field(sa_column=Column(Text, nullable=False, index=True))
    number: int | None = None
    reader: str
    reason: str = Field(sa_column=Column(Text, nullable=False))
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    size: int
    digest: str = Field(max_length=64, unique=True)


class ArticleAddressRow(SQLModel, table=True):
    """A further address at which an article was met: one that redirected to it, or where it stood while its page named
    another."""

    __tablename__ = "article_address"
    __table_args__: ClassVar[Any] = (UniqueConstraint("article_id", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    article_id: str = Field(foreign_key="article.id")
    address: str = Field(sa_column=Column(Text, nullable=False))
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class FeedRow(SQLModel, table=True):
    """A feed that is subscribed to. address: where it is asked for now; added_as: as it was subscribed to.

    etag, last_modified: validators of the last answer. interval: seconds between polls. failures: in a row; problem:
    what the last of them said. gone_at: when its site said that it will not come back.
    """

    __tablename__ = "feed"
    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    added_as: str = Field(sa_column=Column(Text, nullable=False))
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    title: str | None = Field(default=None, sa_column=Column(Text))
    source: str | None = Field(default=None, sa_column=Column(Text))
    topics: list[str] = Field(sa_column=Column(JSON, nullable=False))
    etag: str | None = None
    last_modified: str | None = None
    interval: int
    next_poll_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    polled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    changed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    failures: int = 0
    problem: str | None = Field(default=None, sa_column=Column(Text))
    gone_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class FeedEntryRow(SQLModel, table=True):
    """An entry of a feed that was dealt with, so that what it links to is not fetched again with each poll.

    entry: sha256 of its own id; digest: of what it said. seen_at: the last poll that had it.
    """

    __tablename__ = "feed_entry"
    feed_id: int = Field(foreign_key="feed.id", primary_key=True)
    entry: str = Field(max_length=64, primary_key=True)
    digest: str = Field(max_length=64)
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class LeaseRow(SQLModel, table=True):
    """Work that one process at a time may do, who does it, and until when at the latest."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    holder: str
    taken_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class WatchedFileRow(SQLModel, table=True):
    """A file of a watched folder as it was when it was ingested."""

    __tablename__ = "watched_file"
    path: str = Field(sa_column=Column(Text, primary_key=True))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    modified: int = Field(sa_column=Column(BigInteger, nullable=False))
    ingested_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class OutboxRow(SQLModel, table=True):
    """The note that the index owes a look at an article; written in the transaction that changed it."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True)
    article_id: str = Field(sa_column=Column(ForeignKey("article.id"), nullable=False))


class IndexStateRow(SQLModel, table=True):
    """One row (id 1): which index is live, its generation, and who may write it.

    directory: name of the live index's folder, below the index folder. fence: grows with each lease, so that a holder
    that was thought dead finds out. lease_*: NULL where nobody writes.
    """

    __tablename__ = "index_state"
    id: int = Field(default=1, primary_key=True)
    generation: int = 0
    directory: str | None = None
    fence: int = 0
    lease_holder: str | None = None
    lease_purpose: str | None = None
    lease_taken_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


def _table(row: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(row.__tablename__)]


source = _table(SourceRow)
author = _table(AuthorRow)
topic = _table(TopicRow)
ingest_run = _table(IngestRunRow)
article = _table(ArticleRow)
version = _table(VersionRow)
paragraph = _table(ParagraphRow)
version_author = _table(VersionAuthorRow)
version_topic = _table(VersionTopicRow)
rejection = _table(RejectionRow)
article_address = _table(ArticleAddressRow)
feed = _table(FeedRow)
feed_entry = _table(FeedEntryRow)
lease = _table(LeaseRow)
watched_file = _table(WatchedFileRow)
outbox = _table(OutboxRow)
correction = _table(CorrectionRow)
former_address = _table(FormerAddressRow)
index_state = _table(IndexStateRow)
