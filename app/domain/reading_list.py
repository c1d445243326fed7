"""A reading list: articles and passages by their lasting names, in the order in which somebody gave them.

This is what its address holds, and nothing else is: what the names stand for is looked up by whoever shows the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.domain.passage import read_fingerprint
from app.domain.permalink import read_id

MOST_ITEMS: Final = 300
"""An address with so many passages has about 7,000 characters; from 8,000 on, programs between refuse addresses."""

LONGEST_NAME: Final = 200
_LONGEST_UNREAD: Final = 40

_PERMALINK: Final = re.compile(r"/a/(?P<id>[^/.?#\s]+)(?:/p/(?P<mark>[^/?#\s]+))?[^#\s]*(?:#p(?P<number>[0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Item:
    """mark: the fingerprint of a paragraph of the article; None for the article as a whole."""

    id: str
    mark: str | None = None

    def __str__(self) -> str:
        return self.id if self.mark is None else f"{self.id}.{self.mark}"


@dataclass(frozen=True, slots=True)
class ReadItems:
    """items: each once. unread: what was given and can be no item's name. left_out: how many there were beyond
    MOST_ITEMS."""

    items: tuple[Item, ...]
    unread: tuple[str, ...]
    left_out: int


def read_items(text: str) -> ReadItems:
    """Names parted by commas, as `write_items` writes them, or as somebody typed them."""
    found: dict[Item, None] = {}
    unread: list[str] = []
    for part in filter(None, map(str.strip, text.split(","))):
        id, dot, mark = part.partition(".")
        meant, marked = read_id(id), read_fingerprint(mark) if dot else None
        if meant is None or (dot and marked is None):
            unread.append(part[:_LONGEST_UNREAD])
        else:
            found[Item(meant, marked)] = None
    items = tuple(found)
    return ReadItems(items[:MOST_ITEMS], tuple(unread), max(0, len(items) - MOST_ITEMS))


def write_items(items: Iterable[Item]) -> str:
    return ",".join(map(str, items))


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a permalink that somebody pasted points at. number: of a paragraph, as an address ends in `#p12`."""

    item: Item
    number: int | None


def read_permalink(text: str) -> Pointed | None:
    """A permalink, whole or without its beginning, of an article or a passage; or only an item's name. None for
    anything else."""
    if found := _PERMALINK.search(text.strip()):
        id, mark = read_id(found["id"]), found["mark"]
        marked = read_fingerprint(mark) if mark else None
        if id is None or (mark and marked is None):
            return None
        return Pointed(Item(id, marked), int(found["number"]) if found["number"] and not mark else None)
    alone = read_items(text)
    return Pointed(alone.items[0], None) if len(alone.items) == 1 and not alone.unread else None
