"""The stems that an article has most often, kept with it: what it is about, for learning from what answers best.

Of n stems: one byte says how many, two bytes each how often, most often first; then the stems, with a blank after each.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from app.search.analysis import tokens
from app.search.analysis.lookups import Part
from app.search.function_words import FUNCTION_WORDS
from app.search.whoosh.codec import spread
from app.search.whoosh.codec.batch import Bytes
from app.search.whoosh.codec.postings import Block
from app.search.whoosh.codec.terms import Terms
from app.search.whoosh.sorting import in_order

MOST_TERMS: Final = 100
"""Stems of an article that are kept."""

MOST_COUNTED: Final = 255
"""Occurrences in a part of an article; more count as so many."""

_SHORTEST_TERM: Final = 3
_OFTEN: Final = np.dtype("<u2")


def kept_terms(stems: Block, articles: int) -> Bytes:
    """The kept stems of each article, by the postings of all stems."""
    texts = [term.decode("utf-8", "surrogatepass") for term in stems.terms.to_list()]
    wanted = np.fromiter(map(_says_something, texts), np.bool_, len(texts))
    stem = np.repeat(np.arange(len(texts)), stems.counts)
    telling = np.flatnonzero(wanted[stem])
    fixed = stems.fixed[telling]
    often = fixed[:, 0].astype(np.int64)
    for part in range(1, len(Part)):
        often += fixed[:, part]
    most = MOST_COUNTED * len(Part)
    article, rarely, stem = in_order(stems.docs[telling], most - often, stem[telling])
    every = np.bincount(article, minlength=articles)
    counts = np.minimum(every, MOST_TERMS)
    kept = spread(np.cumsum(every) - every, counts)
    stem = stem[kept]
    # Each article's bytes: its count, how often, and its stems, which are put where they belong.
    ended = Terms.of([text.encode("utf-8", "surrogatepass") + b" " for text in texts])
    letters, widths = ended.letters, ended.widths()[stem]
    owners = np.repeat(np.arange(articles), counts)
    sizes = 1 + counts * _OFTEN.itemsize + np.bincount(owners, widths, articles).astype(np.int64)
    begins = np.cumsum(sizes) - sizes
    found = np.empty(int(sizes.sum()), np.uint8)
    found[begins] = counts
    numbers = (most - rarely[kept]).astype(_OFTEN).view(np.uint8)
    found[spread(begins + 1, counts * _OFTEN.itemsize)] = numbers
    found[spread(begins + 1 + counts * _OFTEN.itemsize, sizes - 1 - counts * _OFTEN.itemsize)] = letters[
        spread(ended.starts[stem], widths)
    ]
    return Bytes(found, sizes)


def read_terms(stored: bytes) -> dict[str, int]:
    """The stems that an article has most often, with how often."""
    count = stored[0]
    often = np.frombuffer(stored, _OFTEN, count, 1).tolist()
    stems = stored[1 + count * _OFTEN.itemsize :].decode("utf-8", "surrogatepass").split(" ")[:-1]
    return dict(zip(stems, often, strict=True))


@cache
def _function_stems() -> frozenset[str]:
    return frozenset(token.stem for word in FUNCTION_WORDS for token in tokens(word))


def _says_something(stem: str) -> bool:
    return len(stem) >= _SHORTEST_TERM and stem.isalpha() and stem not in _function_stems()
