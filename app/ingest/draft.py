"""A draft: what a reader took out of its input, before anybody judged whether it can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from app.domain.canonical import Paragraph
from app.domain.record import Place, Stated, Unread


@dataclass(frozen=True, slots=True)
class Draft:
    """One would-be article, its values as text and as they stood. raw: its bytes (the first of them, where there are
    many), size: how many there were; a rejection keeps them."""

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


class Reader(Protocol):
    """Takes one format apart. It streams, never raises for what is in its input, and yields in order."""

    name: str

    def read(self, stream: BinaryIO, file: str) -> Iterator[Draft | Unread]:
        """Everything that `stream` holds. file: how the input is called in places and messages."""
        ...
