"""Which terms of one field occur together with which of another: from a stem to the words that it was made of.

A segment says so by places, and only where its writer knew it; Whoosh's own writer does not, and Whoosh's own readers
pass it over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, fitting
from app.search.whoosh.codec.postings import steps

Numbers = npt.NDArray[np.int64]


class Pairs(NamedTuple):
    """Terms of two fields that occur together, by their places; equal lengths, in no order, repetitions allowed."""

    first: Numbers
    second: Numbers


class Relation:
    """The terms of a second field for each of a first, as they lie in the file."""

    def __init__(self, starts: Array, places: Array, shares: Array) -> None:
        self._starts = starts
        self._places = places
        self._shares = shares

    def of(self, place: int) -> Array:
        """The places in the second field, rising, of the terms that occur with the first field's term of this place."""
        return self._places[self._starts[place] : self._starts[place + 1]]

    def alone(self, places: Array) -> npt.NDArray[np.bool_]:
        """Which terms of the second field, by their places, occur with one single term of the first, and so always."""
        found: npt.NDArray[np.bool_] = self._shares[places] == 1
        return found

    def pairs(self) -> Pairs:
        return Pairs(np.repeat(np.arange(len(self._starts) - 1), steps(self._starts)), self._places)


def write_relation(file: ArrayFileWriter, names: tuple[str, str], sizes: tuple[int, int], pairs: Pairs) -> None:
    """names, sizes: of the two fields, and how many terms each has."""
    keys = np.unique(pairs.first.astype(np.int64) * max(1, sizes[1]) + pairs.second)
    first, second = np.divmod(keys, max(1, sizes[1]))
    ends = np.cumsum(np.bincount(first, minlength=sizes[0]))
    shares = np.bincount(second, minlength=sizes[1])
    of = _array_of(names)
    file.append(f"{of}/starts", np.concatenate([[0], ends]).astype(fitting(len(keys))))
    file.append(f"{of}/places", second.astype(fitting(max(0, sizes[1] - 1))))
    file.append(f"{of}/shares", shares.astype(fitting(int(shares.max(initial=0)))))


def read_relation(file: ArrayFile, names: tuple[str, str]) -> Relation | None:
    """None where the segment does not say."""
    if list(names) not in file.facts.get("relations", []):
        return None
    of = _array_of(names)
    return Relation(file.array(f"{of}/starts"), file.array(f"{of}/places"), file.array(f"{of}/shares"))


def _array_of(names: tuple[str, str]) -> str:
    return f"{names[0]} to {names[1]}"
