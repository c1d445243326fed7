"""A record: what a reader yields, one would-be article, with every value's origin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from app.domain.address import NotAnAddress, names_an_article, normalise_address
from app.domain.canonical import Paragraph, canonical_text, fixity
from app.domain.dates import PublishedDate
from app.domain.duplicates import duplicate_key

T = TypeVar("T")

GIVEN: Final = "given"
"""Origin of what the librarian said on the command line."""
FIRST_LINE: Final = "first line"
"""Origin of a title made from the text's beginning because the article has none."""


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and its origin: where in the input it was taken from."""

    value: T
    origin: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stood: the file (or `-`), and its number in there from 1, None for a whole file."""

    file: str
    number: int | None = None

    def __str__(self) -> str:
        name = "standard input" if self.file == "-" else self.file
        return name if self.number is None else f"{name}, record {self.number}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that was given but can't be believed: kept, and never used."""

    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Amended:
    """What a record said itself, where the librarian's words stand in their place.

    fed: field -> value and origin, as they were fed. digest: of the metadata as it was fed, None where it is the
    same. correction: the one by which it became a version, None where it was fed.
    """

    fed: Mapping[str, Any]
    digest: str | None
    correction: int | None = None


@dataclass(frozen=True)
class Record:
    """One would-be article as read: text and metadata, each with its origin. What is not known is None or empty.

    guid: the record's own id. address: as it came; further_addresses: where it was met besides. extra: what the record
    held besides, as it came.
    """

    paragraphs: tuple[Paragraph, ...]
    title: Stated[str]
    place: Place
    guid: str | None = None
    address: str | None = None
    authors: tuple[Stated[str], ...] = ()
    source: Stated[str] | None = None
    published: Stated[PublishedDate] | None = None
    topics: tuple[Stated[str], ...] = ()
    summary: Stated[str] | None = None
    language: Stated[str] | None = None
    refused: tuple[Refused, ...] = ()
    further_addresses: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    amended: Amended | None = None

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return canonical_text(self.paragraphs)

    @cached_property
    def fixity(self) -> str:
        """sha256 of the canonical text."""
        return fixity(self.text)

    @cached_property
    def identity_key(self) -> str:
        """What the permalink is derived from: the normalised address, else source and guid, else the text's sha256.

        An address that can't be read, or that names a whole site, is passed over.
        """
        if self.address:
            try:
                normalised = normalise_address(self.address)
            except NotAnAddress:
                normalised = ""
            if normalised and names_an_article(normalised):
                return normalised
        if self.guid:
            return f"{self.source.value if self.source else ''}\n{self.guid}"
        return self.fixity

    @cached_property
    def duplicate_key(self) -> str | None:
        """What its exact duplicates share; None where the text says too little to tell."""
        return duplicate_key(self.title.value, self.text)

    @cached_property
    def metadata_digest(self) -> str:
        """sha256 over the metadata's values (not their origins): tells whether a version says anything new."""
        said = {
            "title": self.title.value,
            "authors": [author.value for author in self.authors],
            "source": self.source.value if self.source else None,
            "published": str(self.published.value) if self.published else None,
            "topics": sorted({topic.value for topic in self.topics}),
            "summary": self.summary.value if self.summary else None,
            "language": self.language.value if self.language else None,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Unstorable(Exception):
    """A record that can't become an article. The message is the reason, a sentence for the librarian."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read or stored: where it stood, why, and its bytes.

    raw: the first bytes, where there are many; size: how many there were. reader: which reader found it.
    """

    place: Place
    reason: str
    raw: bytes
    size: int
    reader: str
