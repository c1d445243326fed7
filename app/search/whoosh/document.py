"""Reads articles: where which words stand, and how often which stems occur, as arrays over a whole batch of articles.

What stands between two blanks (a group: `Iran’s`, `(U.S.-led`) has a number, and what is known of it is kept from batch
to batch (`known`); the rest is arithmetic on arrays. What becomes of them in the index is left to `batch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.meaning import MOST_PASSAGES, PASSAGE_WORDS
from app.search.whoosh.codec import spread
from app.search.whoosh.codec.terms import Terms
from app.search.whoosh.known import KnownGroups

PARAGRAPH_GAP: Final = 100
"""Positions left out between paragraphs, so that no phrase reaches from one into the next."""

SUMMARY_START: Final = 0xC000_0000
TITLE_START: Final = 0xE000_0000
"""Where the positions of summary and title begin; the text's begin at 0."""

_LONGEST_FIELD: Final = TITLE_START - SUMMARY_START

_STARTS: Final = np.array([TITLE_START, SUMMARY_START, 0], np.int64)
"""By Part."""

_GROUPS_AT_ONCE: Final = 50_000
"""Groups whose text is held besides the articles."""

Numbers = npt.NDArray[np.int64]


class Occurrences(NamedTuple):
    """Every token of some articles, one row each: by article, in the order text, summary, title.

    words, stems: the distinct ones in order; `word` and `stem` are places in these. article: counted from 0. lengths:
    shape (articles, 3), words in title, summary and text. paragraphs: the position at which each paragraph of a text
    begins, those of all articles side by side. together: places in stems and in words of those that are read as one
    token, some of them more than once.
    """

    words: Terms
    stems: Terms
    word: Numbers
    stem: Numbers
    article: Numbers
    part: Numbers
    position: Numbers
    lengths: npt.NDArray[np.uint32]
    paragraphs: npt.NDArray[np.uint32]
    together: tuple[Numbers, Numbers]


class Groups(NamedTuple):
    """The groups of some articles: by article, in the order text, summary, title.

    numbers: of each group. readings: what it is read as. sizes, parts, owners: of each paragraph how many groups it
    has, and of which part of which article it is.
    """

    numbers: Numbers
    readings: Numbers
    sizes: Numbers
    parts: Numbers
    owners: Numbers


def read(known: KnownGroups, articles: Sequence[IndexDocument]) -> Groups:
    """The groups of some articles; what is new in them is learned."""
    texts: list[str] = []
    parts: list[int] = []
    owners: list[int] = []
    for owner, article in enumerate(articles):
        # The order gives each word rising positions.
        texts += article.paragraphs
        texts += (article.summary, article.title)
        count = len(article.paragraphs)
        parts += [Part.TEXT] * count
        parts += (Part.SUMMARY, Part.TITLE)
        owners += [owner] * (count + 2)
    sizes: list[int] = []
    found: list[Numbers] = []
    held: list[str] = []
    for text in texts:
        groups = text.split()
        sizes.append(len(groups))
        held += groups
        if len(held) >= _GROUPS_AT_ONCE:
            found.append(known.numbers(held))
            held = []
    found.append(known.numbers(held))
    numbers = np.concatenate(found)
    return Groups(
        numbers,
        known.readings(numbers, texts, sizes),
        *(np.array(column, np.int64) for column in (sizes, parts, owners)),
    )


def placed(known: KnownGroups, groups: Groups, articles: int) -> Occurrences:
    """Where the words of articles stand, by their groups."""
    _, readings, sizes, parts, owners = groups
    reached = np.concatenate([[0], np.cumsum(known.widths()[readings])])
    ends = np.cumsum(sizes)
    begins = ends - sizes
    widths = reached[ends] - reached[begins]
    # Where each paragraph begins in its part of its article.
    before = np.cumsum(widths + PARAGRAPH_GAP) - (widths + PARAGRAPH_GAP)
    leads = np.ones(len(owners), np.bool_)
    leads[1:] = (owners[1:] != owners[:-1]) | (parts[1:] != parts[:-1])
    bases = before - before[np.flatnonzero(leads)][np.cumsum(leads) - 1]
    counted = bases < _LONGEST_FIELD
    lengths = np.bincount(owners * len(Part) + parts, widths * counted, articles * len(Part))
    starts = np.repeat(_STARTS[parts] + bases - reached[begins], sizes) + reached[:-1]
    held = known.held()
    first = np.cumsum(held) - held
    own = held[readings]
    if not counted.all():
        own = np.where(np.repeat(counted, sizes), own, 0)
    token = spread(first[readings], own)
    paragraph = np.repeat(np.repeat(np.arange(len(sizes)), sizes), own)
    used = np.zeros(len(known.word()), np.bool_)
    used[token] = True
    word, stem = known.word(), known.stem()
    words, word_places = known.words.among(word[used])
    stems, stem_places = known.stems.among(stem[used])
    return Occurrences(
        words,
        stems,
        word_places[word[token]],
        stem_places[stem[token]],
        owners[paragraph],
        parts[paragraph],
        np.repeat(starts, own) + known.offset()[token],
        lengths.reshape(articles, len(Part)).astype(np.uint32),
        np.minimum(bases[parts == Part.TEXT], _LONGEST_FIELD).astype(np.uint32),
        (stem_places[stem[used]], word_places[word[used]]),
    )


def passages_of(groups: Groups, articles: int) -> tuple[Numbers, Numbers, Numbers]:
    """Where passages begin and end, counted in groups, and how many each article has: summary and title as one, then
    those of the text."""
    texts = np.bincount(groups.owners, groups.sizes * (groups.parts == Part.TEXT), articles).astype(np.int64)
    every = np.bincount(groups.owners, groups.sizes, articles).astype(np.int64)
    lasts = np.cumsum(every)
    lengths = np.maximum(PASSAGE_WORDS, -(-texts // MOST_PASSAGES))
    counts = 1 + -(-texts // lengths)
    owners = np.repeat(np.arange(articles), counts)
    nth = spread(np.full(articles, -1, np.int64), counts)
    firsts, middles = (lasts - every)[owners], (lasts - every + texts)[owners]
    starts = np.where(nth < 0, middles, firsts + nth * lengths[owners])
    ends = np.where(nth < 0, lasts[owners], np.minimum(starts + lengths[owners], middles))
    return starts, ends, counts


def to_bytes(term: str) -> bytes:
    """A term as the index keeps it; any string, lone surrogates too."""
    return term.encode("utf-8", "surrogatepass")


def to_text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")
