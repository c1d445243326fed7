"""Reads articles: where which words stand, and how often which stems occur, as arrays over a whole batch of articles.

Texts repeat their runs, so each distinct run is analysed once and has a number; the rest is arithmetic on arrays. What
becomes of them in the index is left to `batch`.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.analysis import Run, run_of, runs, written_runs
from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.whoosh.codec import spread

PARAGRAPH_GAP: Final = 100
"""Positions left out between paragraphs, so that no phrase reaches from one into the next."""

SUMMARY_START: Final = 0xC000_0000
TITLE_START: Final = 0xE000_0000
"""Where the positions of summary and title begin; the text's begin at 0."""

_LONGEST_FIELD: Final = TITLE_START - SUMMARY_START

_STARTS: Final = np.array([TITLE_START, SUMMARY_START, 0], np.int64)
"""By Part."""

Numbers = npt.NDArray[np.int64]


class Occurrences(NamedTuple):
    """Every token of some articles, one row each: by article, in the order text, summary, title.

    words, stems: the distinct ones; `word` and `stem` are places in these. article: counted from 0. lengths: shape
    (articles, 3), words in title, summary and text. paragraphs: the position at which each paragraph of a text begins,
    those of all articles side by side. together: places in stems and in words of those that are read as one token, some
    of them more than once.
    """

    words: Sequence[str]
    stems: Sequence[str]
    word: Numbers
    stem: Numbers
    article: Numbers
    part: Numbers
    position: Numbers
    lengths: npt.NDArray[np.uint32]
    paragraphs: npt.NDArray[np.uint32]
    together: tuple[Numbers, Numbers]


def read(articles: Sequence[IndexDocument]) -> Occurrences:
    """The words of some articles, with their stems, parts and positions."""
    known = _Runs()
    numbers = array("I")
    sizes, parts, owners = array("I"), array("B"), array("I")
    for owner, article in enumerate(articles):
        # The order gives each word rising positions.
        for part, paragraphs in (
            (Part.TEXT, article.paragraphs),
            (Part.SUMMARY, (article.summary,)),
            (Part.TITLE, (article.title,)),
        ):
            for paragraph in paragraphs:
                found = known.numbers(paragraph)
                numbers.extend(found)
                sizes.append(len(found))
                parts.append(part)
                owners.append(owner)
    return _placed(known, _array(numbers), _array(sizes), _array(parts), _array(owners), len(articles))


class _Runs:
    """The distinct runs of a batch, numbered, and what each holds, side by side."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._decided: dict[tuple[str, bool], int] = {}
        self.words: defaultdict[str, int] = defaultdict(count().__next__)
        self.stems: defaultdict[str, int] = defaultdict(count().__next__)
        self.word, self.stem, self.offset = array("I"), array("I"), array("I")
        self.width, self.held = array("I"), array("I")

    def numbers(self, text: str) -> list[int]:
        """The number of each run of a text."""
        written = written_runs(text)
        known: list[Any] = list(map(self._numbers.get, written))
        if None in known:
            for at, number in enumerate(known):
                if number is None:
                    run = run_of(written[at])
                    if run.shouted is not None:
                        return [self._number(*run) for run in runs(text)]
                    known[at] = self._number(written[at], run, False)
        return known

    def _number(self, written: str, run: Run, shouted: bool) -> int:
        # What holds the same wherever it stands is known by how it is written; else it has to be looked at each time.
        known = self._numbers.get(written) if run.shouted is None else self._decided.get((written, shouted))
        if known is not None:
            return known
        number = len(self.width)
        tokens = run.shouted if shouted and run.shouted is not None else run.tokens
        for token in tokens:
            self.word.append(self.words[token.word])
            self.stem.append(self.stems[token.stem])
            self.offset.append(token.position)
        self.width.append(run.width)
        self.held.append(len(tokens))
        if run.shouted is None:
            self._numbers[written] = number
        else:
            self._decided[written, shouted] = number
        return number


def _placed(
    known: _Runs, numbers: Numbers, sizes: Numbers, parts: Numbers, owners: Numbers, articles: int
) -> Occurrences:
    """sizes, parts, owners: of each paragraph how many runs it has, and of which part of which article it is."""
    reached = np.concatenate([[0], np.cumsum(_array(known.width)[numbers])])
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
    held = _array(known.held)
    first = np.cumsum(held) - held
    own = np.where(np.repeat(counted, sizes), held[numbers], 0)
    token = spread(first[numbers], own)
    word, stem = _array(known.word), _array(known.stem)
    held_somewhere = np.unique(token)
    return Occurrences(
        list(known.words),
        list(known.stems),
        word[token],
        stem[token],
        np.repeat(np.repeat(owners, sizes), own),
        np.repeat(np.repeat(parts, sizes), own),
        np.repeat(starts, own) + _array(known.offset)[token],
        lengths.reshape(articles, len(Part)).astype(np.uint32),
        np.minimum(bases[parts == Part.TEXT], _LONGEST_FIELD).astype(np.uint32),
        (stem[held_somewhere], word[held_somewhere]),
    )


def _array(values: array[int]) -> Numbers:
    return np.frombuffer(values, values.typecode).astype(np.int64)


def to_bytes(term: str) -> bytes:
    """A term as the index keeps it; any string, lone surrogates too."""
    return term.encode("utf-8", "surrogatepass")


def to_text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")
