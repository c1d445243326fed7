"""Makes one segment of a batch of analysed articles: their words and stems are numbered, and arrays sorted."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np

from app.search.whoosh.codec import ColumnarSegment
from app.search.whoosh.codec.batch import FieldBatch, write_segment
from app.search.whoosh.codec.format import Array
from app.search.whoosh.codec.postings import Values
from app.search.whoosh.document import Prepared, to_bytes
from app.search.whoosh.schema import INDEX_NAME, LENGTHS, NAME_FIELDS, PARTS


def write_batch(storage: Any, articles: Sequence[Prepared]) -> ColumnarSegment:
    """A segment of some articles, in their order. Nobody sees it before a table of contents names it."""
    lengths = np.array([article.lengths for article in articles], np.uint32).reshape(-1, len(LENGTHS))
    fields = {
        "id": _batch(Values.NONE, [[article.id] for article in articles]),
        "words": _batch(Values.POSITIONS, [article.words for article in articles])._replace(
            widths=_numbers(article.widths for article in articles),
            positions=_numbers(article.positions for article in articles),
        ),
        "stems": _batch(Values.FIXED, [article.stems for article in articles])._replace(
            fixed=np.frombuffer(b"".join([article.counts for article in articles]), np.uint8).reshape(-1, PARTS)
        ),
    }
    for name in NAME_FIELDS:
        fields[name] = _batch(Values.NONE, [list(dict.fromkeys(article.names[name])) for article in articles])
    columns: dict[str, Array | Sequence[bytes]] = {
        "permalink": [to_bytes(article.id) for article in articles],
        "date": np.array([-1 if one.date_key is None else one.date_key for one in articles], np.int64),
        **{name: lengths[:, part] for part, name in enumerate(LENGTHS)},
        "terms": [article.terms for article in articles],
        "meaning": [article.meaning for article in articles],
    }
    return write_segment(storage, INDEX_NAME, len(articles), fields, columns)


def _batch(kind: Values, terms: Sequence[list[str]]) -> FieldBatch:
    """terms: of each article, each once."""
    known: defaultdict[str, int] = defaultdict(count().__next__)
    numbers = array("I")
    for own in terms:
        numbers.extend([known[term] for term in own])
    docs = np.repeat(np.arange(len(terms), dtype=np.uint32), [len(own) for own in terms])
    return FieldBatch(kind, list(map(to_bytes, known)), np.frombuffer(numbers, np.uint32), docs)


def _numbers(parts: Iterable[array[int]]) -> Array:
    return np.frombuffer(b"".join(parts), np.uint32)
