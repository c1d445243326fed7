"""What a process knows of the groups it has met in articles: as which words and stems each is read, and its vector.

A group is what stands between two blanks (`Iran’s`, `(U.S.-led`). Texts repeat their groups, so each is analysed once;
from then on a text is an array of numbers. Where in an article its groups stand is left to `document`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from itertools import islice, repeat
from typing import Final

import numpy as np
import numpy.typing as npt

from app.search.analysis import Run, Token, read_run, runs
from app.search.meaning import SIZE, Meaning, Sums
from app.search.whoosh.codec.terms import Terms

MOST_KNOWN: Final = 300_000
"""Groups that are remembered; about 500 bytes each, the vector included. When there are more, all are forgotten."""

_UNDECIDED: Final = 0xFFFF_FFFF
"""The reading of a group that depends on the words around it."""

_AROUND: Final = ".,;:!?()[]{}<>\"“”‘’'…—–-*"
"""Characters of which a run neither begins nor ends with one."""

_GROUP: Final = re.compile(r"\S+")

Numbers = npt.NDArray[np.int64]


class Lexicon:
    """Distinct terms, numbered in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms: list[bytes] = []

    def number(self, term: str) -> int:
        known = self._numbers.get(term)
        if known is None:
            known = self._numbers[term] = len(self._terms)
            self._terms.append(term.encode("utf-8", "surrogatepass"))
        return known

    def among(self, numbers: Numbers) -> tuple[Terms, Numbers]:
        """The terms of some numbers, each once and in order, and the place there of each number, -1 for the others."""
        used = np.zeros(len(self._terms), np.bool_)
        used[numbers] = True
        which = np.flatnonzero(used)
        terms = Terms.of([self._terms[number] for number in which.tolist()])
        order, _ = terms.in_order()
        places = np.full(len(self._terms), -1, np.int64)
        places[which[order]] = np.arange(len(order))
        return terms.at(order), places


class KnownGroups:
    """Groups by number, and the readings that they have: a reading is some tokens, several groups may share one."""

    def __init__(self) -> None:
        self.words, self.stems = Lexicon(), Lexicon()
        self._runs: dict[str, int] = {}
        self._decided: dict[tuple[tuple[str, bool], ...], int] = {}
        self._widths, self._held = array("I"), array("I")
        self._word, self._stem, self._offset = array("I"), array("I"), array("I")
        # The first group is none: its sum of vectors is zero.
        self._groups: dict[str, int] = {"": 0}
        self._readings = array("I", [self._made(())])
        self._sums: Sums = np.zeros((1, SIZE), np.float32)
        self._summed = 1

    @property
    def full(self) -> bool:
        return len(self._groups) > MOST_KNOWN

    def numbers(self, groups: Sequence[str]) -> Numbers:
        """The number of each group; new ones get one."""
        found = np.fromiter(map(self._groups.get, groups, repeat(-1)), np.int64, len(groups))
        new = np.flatnonzero(found < 0)
        found[new] = [self._number(groups[at]) for at in new.tolist()]
        return found

    def readings(self, numbers: Numbers, texts: Sequence[str], sizes: Sequence[int]) -> Numbers:
        """The reading of each group. texts, sizes: where they stand, so many in each."""
        found = _array(self._readings)[numbers]
        undecided = np.flatnonzero(found == _UNDECIDED)
        ends = np.cumsum(sizes)
        owners = np.searchsorted(ends, undecided, "right")
        spans: list[tuple[int, int]] = []
        last = -1
        for at, owner in zip(undecided.tolist(), owners.tolist(), strict=True):
            if owner != last:
                spans = [match.span() for match in _GROUP.finditer(texts[owner])]
                last = owner
            found[at] = self._decide(texts[owner], *spans[at - int(ends[owner]) + sizes[owner]])
        return found

    def widths(self) -> Numbers:
        """How many positions each reading takes."""
        return _array(self._widths)

    def held(self) -> Numbers:
        """How many tokens each reading has; those of all readings lie side by side."""
        return _array(self._held)

    def word(self) -> Numbers:
        """The word of each token, by its number in `words`."""
        return _array(self._word)

    def stem(self) -> Numbers:
        """The stem of each token, by its number in `stems`."""
        return _array(self._stem)

    def offset(self) -> Numbers:
        """The position of each token, counted from the beginning of its reading; rising within a reading."""
        return _array(self._offset)

    def sums(self, vectors: Meaning) -> Sums:
        """The sum of the vectors of each group's pieces."""
        count = len(self._groups)
        if count > len(self._sums):
            grown = np.zeros((max(count, min(2 * count, MOST_KNOWN)), SIZE), np.float32)
            grown[: self._summed] = self._sums[: self._summed]
            self._sums = grown
        if count > self._summed:
            self._sums[self._summed : count] = vectors.sums(list(islice(self._groups, self._summed, None)))
            self._summed = count
        return self._sums[:count]

    def _number(self, group: str) -> int:
        known = self._groups.get(group)
        if known is None:
            known = self._groups[group] = len(self._readings)
            self._readings.append(self._reading(group))
        return known

    def _reading(self, group: str) -> int:
        core = group.strip(_AROUND)
        known = self._runs.get(core)
        if known is not None:
            return known
        if core.isascii() and core.isalnum():
            found = [read_run(core)]
            written = core
        else:
            several = runs(core)
            found = [run for _, run, _ in several]
            written = several[0][0] if several else ""
        if len(found) != 1:
            return _UNDECIDED if any(run.shouted is not None for run in found) else self._made(found)
        known = self._runs.get(written)
        if known is None:
            known = self._runs[written] = _UNDECIDED if found[0].shouted is not None else self._made(found)
        return known

    def _decide(self, text: str, start: int, end: int) -> int:
        found = runs(text, start, end)
        key = tuple((written, shouted) for written, _, shouted in found)
        known = self._decided.get(key)
        if known is None:
            known = self._decided[key] = self._made(
                [
                    run._replace(tokens=run.shouted) if shouted and run.shouted is not None else run
                    for _, run, shouted in found
                ]
            )
        return known

    def _made(self, found: Iterable[Run]) -> int:
        """A new reading of these runs."""
        width = held = 0
        for run in found:
            # A run that is shouted has its other readings at the end.
            for token in sorted(run.tokens, key=_position) if len(run.tokens) > 1 else run.tokens:
                self._word.append(self.words.number(token.word))
                self._stem.append(self.stems.number(token.stem))
                self._offset.append(width + token.position)
            width += run.width
            held += len(run.tokens)
        self._widths.append(width)
        self._held.append(held)
        return len(self._widths) - 1


def _position(token: Token) -> int:
    return token.position


def _array(values: array[int]) -> Numbers:
    return np.frombuffer(values, values.typecode).astype(np.int64)
