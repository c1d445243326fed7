"""What readers take and what they yield: drafts, before anybody judged whether they can be believed; rejections; parts
for other readers; links that could be followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, Protocol

from app.domain.canonical import Paragraph
from app.domain.record import Place, Stated, Unread

RAW_BYTES: Final = 1024 * 1024
"""How many of a record's bytes a draft carries, for a rejection to keep."""

FILE_NAME: Final = "file name"


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of some bytes beside themselves; nothing of it need be true.

    place: how they are called in rejections and messages. name: of the file, which may tell format and date.
    content_type, charset: as a server or a mail declared them. address: where they were published.
    crawled: the day they were fetched, as YYYY-MM-DD; nothing in them can be newer.
    """

    place: Place
    name: str = ""
    content_type: str | None = None
    charset: str | None = None
    address: str | None = None
    crawled: str | None = None

    @classmethod
    def of(cls, file: str) -> Hints:
        """For a file, or `-`."""
        return cls(Place(file), file)

    def record(self, number: int) -> Place:
        """The place of a record in these bytes."""
        return Place(str(self.place) if self.place.number is not None else self.place.file, number)

    def member(self, name: str) -> Hints:
        """For a file in these bytes."""
        return Hints(Place(f"{self.place}: {name}"), name)


@dataclass(frozen=True, slots=True)
class Draft:
    """One would-be article, its values as text and as they stood. raw: its first bytes, size: how many there were; a
    rejection keeps them.

    also_published: further dates that the record names, in order, for when `published` can't be believed.
    """

    place: Place
    reader: str
    raw: bytes
    size: int
    paragraphs: tuple[Paragraph, ...]
    title: Stated[str] | None = None
    guid: str | None = None
    address: str | None = None
    authors: tuple[Stated[str], ...] = ()
    source: Stated[str] | None = None
    published: Stated[str] | None = None
    topics: tuple[Stated[str], ...] = ()
    summary: Stated[str] | None = None
    language: Stated[str] | None = None
    further_addresses: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    also_published: tuple[Stated[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes inside other bytes, for whichever reader knows them. The stream must be read before the next part is asked
    for. reader: the name of the reader that is to read it; None where its content is to tell."""

    stream: BinaryIO
    hints: Hints
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where an article can be fetched, as a feed or a sitemap lists it.

    said: what the list itself says of the article (title, date, a teaser), for what its page does not say.
    """

    place: Place
    reader: str
    address: str
    said: Draft | None = None

    @property
    def stand_in(self) -> Draft | None:
        """What is stored where the link is not followed; None where the list says nothing that could be read."""
        return self.said if self.said is not None and self.said.paragraphs else None


@dataclass(frozen=True, slots=True)
class List:
    """What a list of articles says of itself, before all it holds. every: seconds that its publisher asks to leave
    before it is looked at again; 0 where it says nothing."""

    place: Place
    title: str | None
    every: int = 0


Found = Draft | Unread | Link | List
"""What is found in bytes once their parts are read as well."""
Yield = Found | Part


class Reader(Protocol):
    """Takes one format apart. It never raises for what is in its input, and yields in order.

    at_home: how many bytes it may be trusted with in the process that stores. A longer input is read in a process of
    its own, which has a memory limit and a deadline; None: any number, as it takes a stream apart piece by piece.
    """

    name: str
    at_home: int | None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Yield]:
        """Everything that `stream` holds."""
        ...
