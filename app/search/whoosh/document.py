"""Turns an article into postings and facts, and back into positions and facts when they are read."""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from operator import sub
from typing import NamedTuple

from app.search.analysis import runs, tokens
from app.search.engine import IndexDocument
from app.search.function_words import FUNCTION_WORDS
from app.search.meaning import meaning
from app.search.meaning import to_bytes as vectors_to_bytes
from app.search.whoosh.schema import IndexItem

PARAGRAPH_GAP = 100
"""Positions left out between paragraphs, so that no phrase reaches from one into the next."""

SUMMARY_START = 0xC000_0000
TITLE_START = 0xE000_0000
"""Where the positions of summary and title begin; the text's begin at 0, because small numbers take little room."""

_LONGEST_FIELD = TITLE_START - SUMMARY_START
_MOST_COUNTED = 255
_SHORTEST_TERM = 3

MOST_TERMS = 100
"""Stems of an article that are kept with it, for learning from the articles that answer best."""


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
    meaning: bytes
    terms: bytes


def prepare(document: IndexDocument) -> Prepared:
    """The postings, facts and vectors of an article."""
    vectors = meaning()
    words: defaultdict[str, list[int]] = defaultdict(list)
    stems: dict[str, bytearray] = {}
    # The order gives each word rising positions: text first, title last.
    text_length = _read(document.paragraphs, 0, 2, words, stems)
    summary_length = _read((document.summary,), SUMMARY_START, 1, words, stems)
    title_length = _read((document.title,), TITLE_START, 0, words, stems)
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
        [(to_bytes(word), len(found), float(len(found)), pack_positions(found)) for word, found in words.items()],
        [(to_bytes(stem), 1, 1.0, bytes(found)) for stem, found in stems.items()],
        json.dumps(facts, separators=(",", ":")).encode(),
        b""
        if vectors is None
        else vectors_to_bytes(vectors.of_article(document.title, document.summary, document.paragraphs)),
        _terms(stems),
    )


def _terms(stems: dict[str, bytearray]) -> bytes:
    """The stems that say most often what an article is about, with how often."""
    content = {
        stem: sum(counts)
        for stem, counts in stems.items()
        if len(stem) >= _SHORTEST_TERM and stem.isalpha() and stem not in _function_stems()
    }
    most = sorted(content.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    return json.dumps(dict(most), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def read_terms(stored: bytes) -> dict[str, int]:
    """The stems that an article has most often, with how often."""
    terms: dict[str, int] = json.loads(stored.decode("utf-8", "surrogatepass"))
    return terms


@cache
def _function_stems() -> frozenset[str]:
    return frozenset(token.stem for word in FUNCTION_WORDS for token in tokens(word))


def _read(
    paragraphs: Iterable[str], start: int, field: int, words: defaultdict[str, list[int]], stems: dict[str, bytearray]
) -> int:
    """Add a field's words with their positions, and its stems' counts (at index `field`); its length in words."""
    length = 0
    base = start
    seen: Counter[str] = Counter()
    for paragraph in paragraphs:
        if base - start >= _LONGEST_FIELD:
            break
        width = 0
        found = runs(paragraph)
        if found is None:
            for word, stem, position, _, _, _ in tokens(paragraph):
                words[word].append(base + position)
                seen[stem] += 1
                width = position + 1
        else:
            for run in found:
                for word, stem, offset, _, _, _ in run.tokens:
                    words[word].append(base + width + offset)
                    seen[stem] += 1
                width += run.width
        length += width
        base += width + PARAGRAPH_GAP
    for stem, count in seen.items():
        if stem not in stems:
            stems[stem] = bytearray(3)
        stems[stem][field] = min(count, _MOST_COUNTED)
    return length


def read_facts(stored: bytes) -> Facts:
    return Facts(*json.loads(stored))


def pack_positions(positions: list[int]) -> bytes:
    """Rising positions as differences in the fewest bytes that hold the largest; the first byte says how many."""
    steps = [positions[0], *map(sub, positions[1:], positions)]
    largest = max(steps)
    code = "B" if largest < 1 << 8 else "H" if largest < 1 << 16 else "I"
    return code.encode() + array(code, steps).tobytes()


def to_bytes(term: str) -> bytes:
    """A term as the index keeps it; any string, lone surrogates too."""
    return term.encode("utf-8", "surrogatepass")


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
