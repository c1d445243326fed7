"""An article as it is read: what the store gives to pages, forms and the index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.domain.canonical import Paragraph, canonical_text
from app.domain.dates import PublishedDate
from app.domain.record import Refused, Stated


@dataclass(frozen=True, slots=True)
class Address:
    """Where an article was published besides: an exact duplicate, with its own id that leads here."""

    id: str
    title: str
    source: str | None
    url: str | None
    published: PublishedDate | None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One article in a list: a version's metadata, without the text. current: the number of the current version."""

    id: str
    slug: str
    version: int
    current: int
    title: str
    title_origin: str
    source: str | None
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    published: PublishedDate | None
    summary: str | None
    url: str | None
    guid: str | None
    words: int

    @property
    def path(self) -> str:
        return article_path(self.id, self.slug)

    @property
    def lasting_path(self) -> str:
        """Where what is told of it stands for ever: the permalink, or the version where that is not the current one."""
        return self.path if self.version == self.current else version_path(self.id, self.version)


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article, whole: the current one, unless another was asked for.

    url: the address it came from, as given; further_addresses: where it was met besides. versions: how many there are;
    current: the number of the current one. leads_elsewhere: whether the permalink leads to another article now.
    stored_at: when this version was stored; first_stored_at: when the first was. also_at: its exact duplicates.
    fixity: sha256 of the canonical text. refused: metadata that was given and not believed.
    """

    id: str
    slug: str
    version: int
    versions: int
    current: int
    leads_elsewhere: bool
    title: Stated[str]
    source: Stated[str] | None
    authors: tuple[Stated[str], ...]
    topics: tuple[Stated[str], ...]
    published: Stated[PublishedDate] | None
    summary: Stated[str] | None
    language: Stated[str] | None
    url: str | None
    guid: str | None
    paragraphs: tuple[Paragraph, ...]
    fixity: str
    words: int
    stored_at: datetime
    first_stored_at: datetime
    refused: tuple[Refused, ...] = ()
    also_at: tuple[Address, ...] = ()
    further_addresses: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return article_path(self.id, self.slug)

    @property
    def version_path(self) -> str:
        """Where this version stands for ever."""
        return version_path(self.id, self.version)

    @property
    def text(self) -> str:
        return canonical_text(self.paragraphs)


@dataclass(frozen=True, slots=True)
class VersionNote:
    """One version in the list of an article's: its number, when it was stored, and digests of its text and metadata.

    correction: the librarian's, by which it was made; None where it was fed.
    """

    number: int
    stored_at: datetime
    fixity: str
    metadata_digest: str
    words: int
    title: str
    correction: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A permalink that leads to another article: an exact duplicate, or merged by the librarian."""

    id: str
    into: str
    slug: str

    @property
    def path(self) -> str:
        return article_path(self.into, self.slug)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn article: its permalink says why and when."""

    id: str
    reason: str
    withdrawn_at: datetime


def article_path(id: str, slug: str) -> str:
    """The permalink's path."""
    return f"/a/{id}/{quote(slug)}"


def version_path(id: str, number: int) -> str:
    return f"/a/{id}/v/{number}"
