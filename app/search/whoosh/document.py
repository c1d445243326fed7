"""Turns an article into postings and facts, and back into positions and facts when they are read."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from app.search.analysis import Role, tokens
from app.search.engine import IndexDocument
from app.search.whoosh.schema import IndexItem

PARAGRAPH_GAP = 100
"""Positions left out between paragraphs, so that no phrase reaches from one into the next."""

SUMMARY_START = 0xC000_0000
TITLE_START = 0xE000_0000
"""Where the positions of summary and title begin; the text's begin at 0, because small numbers take little room."""

_LONGEST_FIELD = TITLE_START - SUMMARY_START
_MOST_COUNTED = 255


class Facts(NamedTuple):
    """What the index knows of an article besides its words. Lengths are in words."""

    id: str
    date_key: int | None
    year: int | None
    title_length: int
    summary_length: int
    text_length: int
    sources: Sequence[str]
    authors: Sequence[str]
    topics: Sequence[str]


class Prepared(NamedTuple):
    """An article as the schema's fields take it."""

    words: list[IndexItem]
    stems: list[IndexItem]
    facts: bytes


def prepare(document: IndexDocument) -> Prepared:
    """The postings and facts of an article."""
    positions: dict[str, list[int]] = {}
    counts: dict[str, list[int]] = {}
    # The order gives each word rising positions: text first, title last.
    text_length = _read(document.paragraphs, 0, 2, positions, counts)
    summary_length = _read((document.summary,), SUMMARY_START, 1, positions, counts)
    title_length = _read((document.title,), TITLE_START, 0, positions, counts)
    facts = Facts(
        document.id,
        document.date_key,
        document.year,
        title_length,
        summary_length,
        text_length,
        _once(document.sources),
        _once(document.authors),
        _once(document.topics),
    )
    return Prepared(
        [(to_bytes(word), len(found), float(len(found)), pack_positions(found)) for word, found in positions.items()],
        [(to_bytes(stem), 1, 1.0, bytes(found)) for stem, found in counts.items()],
        json.dumps(facts, separators=(",", ":")).encode(),
    )


def _read(
    paragraphs: Iterable[str], start: int, field: int, positions: dict[str, list[int]], counts: dict[str, list[int]]
) -> int:
    """Add a field's words to positions and its stems to counts (at index `field`); its length in words."""
    length = 0
    base = start
    for paragraph in paragraphs:
        last = -1
        for word, stem, position, _, _, role in tokens(paragraph):
            if base + position - start >= _LONGEST_FIELD:
                return length
            here = base + position
            known = positions.get(word)
            if known is None:
                positions[word] = [here]
            elif known[-1] != here:
                known.append(here)
            count = counts.get(stem)
            if count is None:
                count = counts[stem] = [0, 0, 0]
            if count[field] < _MOST_COUNTED:
                count[field] += 1
            if role is Role.MAIN:
                length += 1
            last = position
        base += last + 1 + PARAGRAPH_GAP
    return length


def read_facts(stored: bytes) -> Facts:
    return Facts(*json.loads(stored))


def pack_positions(positions: list[int]) -> bytes:
    """Rising positions as differences in the fewest bytes that hold the largest; the first byte says how many."""
    steps = [positions[0], *map(sub, positions[1:], positions)]
    largest = max(steps)
    code = "B" if largest < 1 << 8 else "H" if largest < 1 << 16 else "I"
    return code.encode() + array(code, steps).tobytes()


def unpack_positions(stored: bytes) -> list[int]:
    steps = array(chr(stored[0]))
    steps.frombytes(stored[1:])
    return list(accumulate(steps))


def to_bytes(term: str) -> bytes:
    """A term as the index keeps it; any string, lone surrogates too."""
    return term.encode("utf-8", "surrogatepass")


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
