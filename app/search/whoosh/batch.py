"""Makes one segment of a batch of articles. It needs nothing but the articles, so that any process may do it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.meaning import meaning, of_passages
from app.search.near_duplicates import marks
from app.search.whoosh.codec import ColumnarSegment, Pairs
from app.search.whoosh.codec.batch import Bytes, write_segment
from app.search.whoosh.codec.format import Array
from app.search.whoosh.codec.postings import Block, Values
from app.search.whoosh.document import Occurrences, passages_of, placed, read, to_bytes
from app.search.whoosh.kept_terms import MOST_COUNTED, kept_terms
from app.search.whoosh.known import KnownGroups, Lexicon
from app.search.whoosh.near import KEPT
from app.search.whoosh.schema import FOREVER, INDEX_NAME, LENGTHS
from app.search.whoosh.sorting import changes, in_order

_POSITION: Final = np.dtype("<u4")
POSITION_SIZE: Final = _POSITION.itemsize
"""Bytes of a paragraph's position."""

_known = KnownGroups()
_reading = Lock()


def write_batch(storage: Any, articles: Sequence[IndexDocument]) -> ColumnarSegment:
    """A segment of some articles, in their order. Nobody sees it before a table of contents names it."""
    with _reading:
        found, vectors = _read(articles)
    stems = _stem_postings(found)
    fields = {
        "id": (Values.NONE, _names([(article.id,) for article in articles])),
        "words": (Values.POSITIONS, _word_postings(found)),
        "stems": (Values.FIXED, stems),
    }
    for name, values in (
        ("source", [article.sources for article in articles]),
        ("author", [article.authors for article in articles]),
        ("topic", [article.topics for article in articles]),
    ):
        fields[name] = (Values.NONE, _names(values))
    columns: dict[str, Array | Bytes] = {
        "permalink": Bytes.of([to_bytes(article.id) for article in articles]),
        "version": np.array([article.version for article in articles], np.int64),
        "since": np.array([article.since for article in articles], np.int64),
        "until": np.array([FOREVER if one.until is None else one.until for one in articles], np.int64),
        "date": np.array([-1 if one.date_key is None else one.date_key for one in articles], np.int64),
        **{name: found.lengths[:, part] for part, name in enumerate(LENGTHS)},
        "paragraphs": _paragraphs(found.paragraphs, [len(article.paragraphs) for article in articles]),
        "terms": kept_terms(stems, len(articles)),
        "meaning": vectors,
        **_marks(articles),
    }
    relations = {("stems", "words"): Pairs(*found.together)}
    return write_segment(storage, INDEX_NAME, len(articles), fields, columns, relations)


def _read(articles: Sequence[IndexDocument]) -> tuple[Occurrences, Bytes]:
    """Where the words of some articles stand, and the vectors of their passages, empty where there are none."""
    global _known
    if _known.full:
        _known = KnownGroups()
    groups = read(_known, articles)
    vectors = meaning()
    if vectors is None:
        passages = Bytes(np.zeros(0, np.uint8), np.zeros(len(articles), np.int64))
    else:
        starts, ends, counts = passages_of(groups, len(articles))
        found = of_passages(_known.sums(vectors), groups.numbers, starts, ends)
        passages = Bytes(found.view(np.uint8).reshape(-1), counts * found.shape[1])
    return placed(_known, groups, len(articles)), passages


def _word_postings(found: Occurrences) -> Block:
    words, articles, positions = in_order(found.word, found.article, found.position)
    first = changes(words, articles)
    return Block(
        found.words,
        np.bincount(words[first], minlength=len(found.words)),
        articles[first],
        widths=np.diff(first, append=len(words)),
        values=positions,
    )


def _stem_postings(found: Occurrences) -> Block:
    stems, articles, parts = in_order(found.stem, found.article, found.part)
    each = changes(stems, articles, parts)
    often = np.diff(each, append=len(stems))
    stems, articles, parts = stems[each], articles[each], parts[each]
    first = changes(stems, articles)
    counts = np.zeros((len(first), len(Part)), np.uint8)
    posting = np.repeat(np.arange(len(first)), np.diff(first, append=len(stems)))
    counts[posting, parts] = np.minimum(often, MOST_COUNTED)
    return Block(
        found.stems,
        np.bincount(stems[first], minlength=len(found.stems)),
        articles[first],
        fixed=counts,
    )


def _marks(articles: Sequence[IndexDocument]) -> dict[str, Array | Bytes]:
    """What near-duplicates are told by."""
    found = [marks(article.paragraphs) for article in articles]
    return {
        "signature": Bytes.of([b"" if one is None else one.signature.tobytes() for one in found]),
        "figures": Bytes.of([b"" if one is None else one.figures.astype(KEPT).tobytes() for one in found]),
        "names": Bytes.of([b"" if one is None else one.names.astype(KEPT).tobytes() for one in found]),
    }


def _names(values: Sequence[Sequence[str]]) -> Block:
    """values: the names of each article."""
    known = Lexicon()
    numbers = [[known.number(name) for name in dict.fromkeys(own)] for own in values]
    every = np.array([number for own in numbers for number in own], np.int64)
    articles = np.repeat(np.arange(len(values)), [len(own) for own in numbers])
    names, places = known.among(every)
    name, articles, _ = in_order(places[every], articles, np.zeros(len(every), np.int64))
    return Block(names, np.bincount(name, minlength=len(names)), articles)


def _paragraphs(begins: npt.NDArray[np.uint32], counts: Sequence[int]) -> Bytes:
    """begins: of the paragraphs of all articles side by side, of which each article has so many."""
    return Bytes(begins.astype(_POSITION).view(np.uint8), np.array(counts, np.int64) * _POSITION.itemsize)


def read_paragraphs(stored: bytes) -> npt.NDArray[np.uint32]:
    """The position at which each paragraph of an article's text begins, in order; the words' positions tell by it
    where they stand. An empty paragraph begins where its first word would be."""
    return np.frombuffer(stored, _POSITION)
