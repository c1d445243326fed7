"""The words of the index, to find those of a shape or spelt alike.

Whoosh reads its terms one object at a time, so each segment's words are kept beside it as plain text, written once
when the segment is. The file goes with the segment; where it is missing it is made from the terms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.search.analysis.lookups import Shape, Spelt, shape_of
from app.search.whoosh.document import to_bytes

_WILD = re.compile(r"[*?]")
_SUFFIX: Final = ".vocabulary"
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

    def like(self, lookup: Shape | Spelt) -> list[Known]:
        """The words of a shape, or spelt alike; most frequent first."""
        if isinstance(lookup, Spelt):
            places: Iterable[int] = (place for place, _ in self._near(lookup.word, lookup.edits))
        else:
            places = self._of_shape(lookup.pattern)
        found = [Known(self.words[place], int(self.frequencies[place])) for place in places]
        return sorted(found, key=lambda known: (-known.articles, known.word))

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

    def _of_shape(self, pattern: str) -> Iterable[int]:
        beginning = _WILD.split(pattern, maxsplit=1)[0]
        first = bisect_left(self.words, beginning)
        last = bisect_left(self.words, beginning + "\U0010ffff") if beginning else len(self.words)
        matches = shape_of(pattern).fullmatch
        words = self.words
        found: list[int] = [place for place in self._capitals if matches(words[place].lower())]
        if pattern == beginning + "*":
            return [*found, *range(first, last)]
        return [*found, *(place for place in range(first, last) if matches(words[place]))]

    @cached_property
    def _capitals(self) -> list[int]:
        """The acronyms that are kept in capitals, as US; a shape, which has no case, means them too."""
        return [place for place, word in enumerate(self.words) if word.isupper()]

    @cached_property
    def _of_length(self) -> dict[int, tuple[npt.NDArray[np.int32], list[str]]]:
        found: dict[int, tuple[list[int], list[str]]] = {}
        for place, word in enumerate(self.words):
            places, words = found.setdefault(len(word), ([], []))
            places.append(place)
            words.append(word)
        return {length: (np.array(places, np.int32), words) for length, (places, words) in found.items()}


def read_vocabulary(directory: Path, leaves: Iterable[tuple[Any, int]]) -> Vocabulary:
    """The words of all segments together."""
    merged: dict[str, int] = {}
    for leaf, _ in leaves:
        words, frequencies = _read(directory, leaf)
        if not merged:
            merged = dict(zip(words, frequencies, strict=True))
            continue
        before = merged.get
        for word, frequency in zip(words, frequencies, strict=True):
            merged[word] = before(word, 0) + frequency
    ordered = sorted(merged)
    return Vocabulary(ordered, np.fromiter(map(merged.__getitem__, ordered), np.int32, len(ordered)))


def write_vocabulary(directory: Path, leaf: Any) -> None:
    """Keep a segment's words beside it; no harm is done where that fails."""
    words, frequencies = _from_terms(leaf)
    file = _file(directory, leaf)
    draft = file.with_suffix(".draft")
    draft.write_bytes(b"%d\n" % len(words) + np.array(frequencies, "<u4").tobytes() + b"\n".join(map(to_bytes, words)))
    draft.replace(file)


def has_vocabulary(directory: Path, leaf: Any) -> bool:
    return _file(directory, leaf).exists()


def _file(directory: Path, leaf: Any) -> Path:
    return directory / f"{leaf.segment().segment_id()}{_SUFFIX}"


def _read(directory: Path, leaf: Any) -> tuple[list[str], list[int]]:
    try:
        stored = _file(directory, leaf).read_bytes()
        count_line, _, rest = stored.partition(b"\n")
        count = int(count_line)
        frequencies = np.frombuffer(rest, "<u4", count).tolist()
        words = rest[4 * count :].decode("utf-8", "surrogatepass").split("\n") if count else []
        if len(words) != count:
            raise ValueError("the counts don't fit the words")
    except (OSError, ValueError):
        return _from_terms(leaf)
    return words, frequencies


def _from_terms(leaf: Any) -> tuple[list[str], list[int]]:
    words: list[str] = []
    frequencies: list[int] = []
    if "words" in leaf.schema and leaf.doc_count_all():
        for term, info in leaf.iter_field("words"):
            words.append(bytes(term).decode("utf-8", "surrogatepass"))
            frequencies.append(info.doc_frequency())
    return words, frequencies
