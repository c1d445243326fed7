"""Makes one segment of a batch of articles. It needs nothing but the articles, so that any process may do it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from app.search.analysis import tokens
from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.function_words import FUNCTION_WORDS
from app.search.meaning import meaning
from app.search.meaning import to_bytes as vectors_to_bytes
from app.search.whoosh.codec import ColumnarSegment, Pairs
from app.search.whoosh.codec.batch import write_segment
from app.search.whoosh.codec.format import Array
from app.search.whoosh.codec.postings import Block, Values
from app.search.whoosh.document import Occurrences, read, to_bytes
from app.search.whoosh.schema import INDEX_NAME, LENGTHS

MOST_TERMS: Final = 100
"""Stems of an article that are kept with it, for learning from the articles that answer best."""

_MOST_COUNTED: Final = 255
_POSITION: Final = np.dtype("<u4")
POSITION_SIZE: Final = _POSITION.itemsize
"""Bytes of a paragraph's position."""

_SHORTEST_TERM: Final = 3

Numbers = npt.NDArray[np.int64]


def write_batch(storage: Any, articles: Sequence[IndexDocument]) -> ColumnarSegment:
    """A segment of some articles, in their order. Nobody sees it before a table of contents names it."""
    found = read(articles)
    stem_order, stem_places = _in_order(found.stems)
    word_order, word_places = _in_order(found.words)
    stems = _stem_postings(found, stem_order, stem_places)
    fields = {
        "id": (Values.NONE, _names([(article.id,) for article in articles])),
        "words": (Values.POSITIONS, _word_postings(found, word_order, word_places)),
        "stems": (Values.FIXED, stems),
    }
    for name, values in (
        ("source", [article.sources for article in articles]),
        ("author", [article.authors for article in articles]),
        ("topic", [article.topics for article in articles]),
    ):
        fields[name] = (Values.NONE, _names(values))
    columns: dict[str, Array | Sequence[bytes]] = {
        "permalink": [to_bytes(article.id) for article in articles],
        "date": np.array([-1 if one.date_key is None else one.date_key for one in articles], np.int64),
        **{name: found.lengths[:, part] for part, name in enumerate(LENGTHS)},
        "paragraphs": _paragraphs(found.paragraphs, [len(article.paragraphs) for article in articles]),
        "terms": list(_terms([found.stems[number] for number in stem_order], stems, len(articles))),
        "meaning": [_meaning(article) for article in articles],
    }
    stem, word = found.together
    relations = {("stems", "words"): Pairs(stem_places[stem], word_places[word])}
    return write_segment(storage, INDEX_NAME, len(articles), fields, columns, relations)


def _word_postings(found: Occurrences, order: Sequence[int], places: Numbers) -> Block:
    terms, articles, positions = _sorted(places[found.word], found.article, found.position)
    first = _changes(terms, articles)
    widths = np.diff(first, append=len(terms))
    return Block(
        [to_bytes(found.words[number]) for number in order],
        np.bincount(terms[first], minlength=len(order)),
        articles[first],
        widths=widths,
        values=positions,
    )


def _stem_postings(found: Occurrences, order: Sequence[int], places: Numbers) -> Block:
    terms, articles, parts = _sorted(places[found.stem], found.article, found.part)
    each = _changes(terms, articles, parts)
    often = np.diff(each, append=len(terms))
    terms, articles, parts = terms[each], articles[each], parts[each]
    first = _changes(terms, articles)
    counts = np.zeros((len(first), len(Part)), np.uint8)
    posting = np.repeat(np.arange(len(first)), np.diff(first, append=len(terms)))
    counts[posting, parts] = np.minimum(often, _MOST_COUNTED)
    return Block(
        [to_bytes(found.stems[number]) for number in order],
        np.bincount(terms[first], minlength=len(order)),
        articles[first],
        fixed=counts,
    )


def _names(values: Sequence[Sequence[str]]) -> Block:
    """values: the names of each article."""
    known: defaultdict[str, int] = defaultdict(count().__next__)
    numbers = [[known[name] for name in dict.fromkeys(own)] for own in values]
    names = list(known)
    order, places = _in_order(names)
    articles = np.repeat(np.arange(len(values)), [len(own) for own in numbers])
    terms = places[np.array([number for own in numbers for number in own], np.int64)]
    terms, articles, _ = _sorted(terms, articles, np.zeros(len(terms), np.int64))
    return Block([to_bytes(names[number]) for number in order], np.bincount(terms, minlength=len(names)), articles)


def _in_order(terms: Sequence[str]) -> tuple[list[int], Numbers]:
    """The numbers of terms in alphabetical order, which is that of their bytes, and the place of each."""
    order = sorted(range(len(terms)), key=terms.__getitem__)
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return order, places


def _sorted(first: Numbers, second: Numbers, third: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Three columns sorted by the first, then the second, then the third. None holds negative numbers."""
    bits = [int(column.max(initial=0)).bit_length() for column in (first, second, third)]
    if sum(bits) >= 64:
        order = np.lexsort((third, second, first))
        return first[order], second[order], third[order]
    # Packed into one number, which sorts many times faster.
    keys = np.sort(first << (bits[1] + bits[2]) | second << bits[2] | third)
    return keys >> (bits[1] + bits[2]), keys >> bits[2] & (1 << bits[1]) - 1, keys & (1 << bits[2]) - 1


def _changes(*columns: Numbers) -> Numbers:
    """Where rows begin that differ from the row before."""
    differ = np.zeros(len(columns[0]), np.bool_)
    differ[:1] = True
    for column in columns:
        differ[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(differ)


def _terms(stems: Sequence[str], postings: Block, articles: int) -> Iterator[bytes]:
    """Of each article the stems that say most often what it is about, with how often, as read_terms reads them."""
    wanted = np.fromiter(map(_says_something, stems), np.bool_, len(stems))
    stem = np.repeat(np.arange(len(stems)), postings.counts)
    telling = np.flatnonzero(wanted[stem])
    often = postings.fixed[telling].sum(axis=1, dtype=np.int64)
    most = _MOST_COUNTED * len(Part)
    article, rarely, stem = _sorted(postings.docs[telling], most - often, stem[telling])
    quoted = [json.dumps(one, ensure_ascii=False) for one in stems]
    ends = np.searchsorted(article, np.arange(articles), "right")
    first = 0
    for end in ends.tolist():
        last = min(end, first + MOST_TERMS)
        pairs = zip(stem[first:last].tolist(), (most - rarely[first:last]).tolist(), strict=True)
        yield to_bytes("{" + ",".join([f"{quoted[one]}:{times}" for one, times in pairs]) + "}")
        first = end


def read_terms(stored: bytes) -> dict[str, int]:
    """The stems that an article has most often, with how often."""
    terms: dict[str, int] = json.loads(stored.decode("utf-8", "surrogatepass"))
    return terms


def _paragraphs(begins: npt.NDArray[np.uint32], counts: Sequence[int]) -> list[bytes]:
    """begins: of the paragraphs of all articles side by side, of which each article has so many."""
    letters = begins.astype(_POSITION).tobytes()
    ends = np.cumsum(counts, dtype=np.int64) * _POSITION.itemsize
    return [letters[end - count * _POSITION.itemsize : end] for end, count in zip(ends.tolist(), counts, strict=True)]


def read_paragraphs(stored: bytes) -> npt.NDArray[np.uint32]:
    """The position at which each paragraph of an article's text begins, in order; the words' positions tell by it
    where they stand. An empty paragraph begins where its first word would be."""
    return np.frombuffer(stored, _POSITION)


def _says_something(stem: str) -> bool:
    return len(stem) >= _SHORTEST_TERM and stem.isalpha() and stem not in _function_stems()


@cache
def _function_stems() -> frozenset[str]:
    return frozenset(token.stem for word in FUNCTION_WORDS for token in tokens(word))


def _meaning(article: IndexDocument) -> bytes:
    vectors = meaning()
    return (
        b""
        if vectors is None
        else vectors_to_bytes(vectors.of_article(article.title, article.summary, article.paragraphs))
    )
