"""Analyses an article: its words with their positions, its stems with their counts, and what else the index has of it.

How many articles become a segment is left to `batch`.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple

from app.search.analysis import runs, tokens
from app.search.engine import IndexDocument
from app.search.function_words import FUNCTION_WORDS
from app.search.meaning import meaning
from app.search.meaning import to_bytes as vectors_to_bytes

PARAGRAPH_GAP = 100
"""Positions left out between paragraphs, so that no phrase reaches from one into the next."""

SUMMARY_START = 0xC000_0000
TITLE_START = 0xE000_0000
"""Where the positions of summary and title begin; the text's begin at 0."""

_LONGEST_FIELD = TITLE_START - SUMMARY_START
_MOST_COUNTED = 255
_SHORTEST_TERM = 3

MOST_TERMS = 100
"""Stems of an article that are kept with it, for learning from the articles that answer best."""


class Prepared(NamedTuple):
    """An article analysed: all that the index will hold of it. Its values are plain, so another process may make it.

    words: each exact word once; widths: how often it occurs; positions: where, those of each word side by side and
    rising. stems: each stem once; counts: occurrences in title, summary and text, three bytes a stem. lengths: words in
    title, summary and text. terms: stems that the article has most often, see read_terms. meaning: its vectors.
    """

    id: str
    words: list[str]
    widths: array[int]
    positions: array[int]
    stems: list[str]
    counts: bytes
    lengths: tuple[int, int, int]
    date_key: int | None
    names: dict[str, tuple[str, ...]]
    terms: bytes
    meaning: bytes


def prepare(document: IndexDocument) -> Prepared:
    """The words, stems and vectors of an article."""
    vectors = meaning()
    words: defaultdict[str, list[int]] = defaultdict(list)
    stems: dict[str, bytearray] = {}
    # The order gives each word rising positions: text first, title last.
    text_length = _read(document.paragraphs, 0, 2, words, stems)
    summary_length = _read((document.summary,), SUMMARY_START, 1, words, stems)
    title_length = _read((document.title,), TITLE_START, 0, words, stems)
    return Prepared(
        id=document.id,
        words=list(words),
        widths=array("I", map(len, words.values())),
        positions=array("I", chain.from_iterable(words.values())),
        stems=list(stems),
        counts=b"".join(stems.values()),
        lengths=(title_length, summary_length, text_length),
        date_key=document.date_key,
        names={"source": document.sources, "author": document.authors, "topic": document.topics},
        terms=_terms(stems),
        meaning=b""
        if vectors is None
        else vectors_to_bytes(vectors.of_article(document.title, document.summary, document.paragraphs)),
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


def to_bytes(term: str) -> bytes:
    """A term as the index keeps it; any string, lone surrogates too."""
    return term.encode("utf-8", "surrogatepass")


def to_text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")
