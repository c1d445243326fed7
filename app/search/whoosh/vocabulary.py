"""The words of the index, to find those of a shape or spelt alike: the segments' own dictionaries of terms."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.search.analysis.lookups import Shape, Spelt, shape_of
from app.search.whoosh.document import to_text
from app.search.whoosh.segments import Segment

_WILD = re.compile(r"[*?]")
_NOWHERE: Final = np.zeros(0, np.int32)


class Known(NamedTuple):
    """A word of the index, and in how many articles it stands."""

    word: str
    articles: int


class Vocabulary:
    """The words of one generation, in alphabetical order. frequencies: articles with the word, deleted ones too."""

    def __init__(self, words: list[str], frequencies: npt.NDArray[np.int32]) -> None:
        self.words = words
        self.frequencies = frequencies

    def like(self, lookup: Shape | Spelt, most: int, most_articles: int) -> tuple[tuple[str, ...], int]:
        """The words of a shape, or spelt alike, most frequent first, and how many more there are than are told.

        most: words that are told. most_articles: they stand in so many articles together, unless one alone is in more.
        """
        if isinstance(lookup, Spelt):
            places = np.array([place for place, _ in self._near(lookup.word, lookup.edits)], np.int64)
        else:
            places = self._of_shape(lookup.pattern)
        articles = self.frequencies[places]
        order = np.lexsort((places, -articles))[:most]
        told = max(1, int(np.searchsorted(np.cumsum(articles[order], dtype=np.int64), most_articles, "right")))
        return tuple(self.words[place] for place in places[order[:told]].tolist()), max(0, len(places) - told)

    def misspelt(self, word: str, edits: int, least: int) -> list[Known]:
        """Words at most so many letters away that stand in at least so many articles; nearest first, then most
        frequent."""
        near = [
            (distance, -int(self.frequencies[place]), self.words[place]) for place, distance in self._near(word, edits)
        ]
        return [
            Known(found, -frequency) for distance, frequency, found in sorted(near) if distance and -frequency >= least
        ]

    def _near(self, word: str, edits: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for length in range(max(1, len(word) - edits), len(word) + edits + 1):
            places, words = self._of_length.get(length, (_NOWHERE, []))
            for _, distance, at in process.extract(
                word, words, scorer=OSA.distance, score_cutoff=edits, limit=None, processor=None
            ):
                found.append((int(places[at]), int(distance)))
        return found

    def _of_shape(self, pattern: str) -> npt.NDArray[np.int64]:
        beginning = _WILD.split(pattern, maxsplit=1)[0]
        first = bisect_left(self.words, beginning)
        last = bisect_left(self.words, beginning + "\U0010ffff") if beginning else len(self.words)
        capitals = self._capitals
        own = capitals[bisect_left(capitals, (beginning, 0)) : bisect_left(capitals, (beginning + "\U0010ffff", 0))]
        if pattern == beginning + "*":
            return np.union1d([place for _, place in own], np.arange(first, last)).astype(np.int64)
        matches, words = shape_of(pattern).fullmatch, self.words
        found = {place for lower, place in own if matches(lower)}
        found.update(place for place in range(first, last) if matches(words[place]))
        return np.array(sorted(found), np.int64)

    @cached_property
    def _capitals(self) -> list[tuple[str, int]]:
        """The acronyms that are kept in capitals, as US, but in small letters, with their places; in order. A shape,
        which has no case, means them too."""
        return sorted((word.lower(), place) for place, word in enumerate(self.words) if word.isupper())

    @cached_property
    def _of_length(self) -> dict[int, tuple[npt.NDArray[np.int32], list[str]]]:
        found: dict[int, tuple[list[int], list[str]]] = {}
        for place, word in enumerate(self.words):
            places, words = found.setdefault(len(word), ([], []))
            places.append(place)
            words.append(word)
        return {length: (np.array(places, np.int32), words) for length, (places, words) in found.items()}


def read_vocabulary(segments: Sequence[Segment]) -> Vocabulary:
    """The words of all segments together: their dictionaries, which lie in order, and how many articles have each."""
    fields = [segment.words for segment in segments]
    terms = [[to_text(term) for term in field.dictionary.terms()] for field in fields]
    if len(fields) == 1:
        return Vocabulary(terms[0], fields[0].counts().astype(np.int32))
    ordered = sorted(set().union(*terms))
    places = {word: place for place, word in enumerate(ordered)}
    frequencies = np.zeros(len(ordered), np.int32)
    for own, field in zip(terms, fields, strict=True):
        frequencies[np.fromiter(map(places.__getitem__, own), np.int64, len(own))] += field.counts()
    return Vocabulary(ordered, frequencies)
