"""Sets of articles: what several have in common, what any has, what one lacks.

A set is either the articles' numbers, rising, or a mask over all articles; each operation takes the way that costs
least. Numbers are compared through marks on a scratch mask, or looked for one by one where one set is much smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Articles = npt.NDArray[np.int64]
"""Numbers of articles, rising. As wide as NumPy's own indices, which others are made into each time they are used."""

Mask = npt.NDArray[np.bool_]
"""Which articles, by number."""

Set = npt.NDArray[Any]
"""Either of these."""

NOBODY: Final[Articles] = np.zeros(0, np.int64)

_MUCH_LONGER: Final = 32
_FEW: Final = 16


class Scratch:
    """Arrays over all articles that one search at a time works on. Whoever writes in them leaves them all zero."""

    def __init__(self, size: int) -> None:
        self.marks: Mask = np.zeros(size, np.bool_)
        self.scores: npt.NDArray[np.float32] = np.zeros(size, np.float32)


class Scratches:
    """Scratch arrays of one generation, made when they are needed and used again: as many as searches ran at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: list[Scratch] = []

    @contextmanager
    def borrow(self) -> Iterator[Scratch]:
        """What was borrowed is given back only after a search that ended well, since it may else not be zero."""
        try:
            scratch = self._free.pop()
        except IndexError:
            scratch = Scratch(self._size)
        yield scratch
        self._free.append(scratch)


def is_mask(found: Set) -> bool:
    return found.dtype == np.bool_


def numbers(found: Set) -> Articles:
    """A set as numbers."""
    rising: Articles = np.flatnonzero(found) if is_mask(found) else found
    return rising


def size(found: Set) -> int:
    return int(np.count_nonzero(found)) if is_mask(found) else len(found)


def all_of(sets: Iterable[Set], scratch: Scratch) -> Set:
    """What is in every one of some sets, of which there is at least one."""
    # The smallest first: the others are then looked at only where it has articles.
    first, *others = sorted(sets, key=lambda one: (is_mask(one), len(one)))
    for other in others:
        first = _both(first, other, scratch.marks)
    return first


def any_of(sets: Sequence[Set], scratch: Scratch) -> Set:
    """What is in any of some sets."""
    if len(sets) < 2:
        return sets[0] if sets else NOBODY
    masks = [one for one in sets if is_mask(one)]
    lists = [one for one in sets if not is_mask(one)]
    if masks:
        found: Mask = masks[0].copy()
        for mask in masks[1:]:
            found |= mask
        for own in lists:
            found[own] = True
        return found
    marks = scratch.marks
    if sum(map(len, lists)) * _FEW < len(marks):
        return np.unique(np.concatenate(lists))
    for own in lists:
        marks[own] = True
    united = np.flatnonzero(marks)
    marks[united] = False
    return united


def without(found: Set, excluded: Set, scratch: Scratch) -> Set:
    """What is in one set and not in another."""
    if is_mask(excluded):
        kept: Set = found & ~excluded if is_mask(found) else found[~excluded[found]]
        return kept
    if is_mask(found):
        left: Mask = found.copy()
        left[excluded] = False
        return left
    marks = scratch.marks
    marks[excluded] = True
    rest: Articles = found[~marks[found]]
    marks[excluded] = False
    return rest


def _both(one: Set, other: Set, marks: Mask) -> Set:
    """one: the shorter, where both are numbers; numbers, where one is a mask."""
    if is_mask(other):
        common: Set = one & other if is_mask(one) else one[other[one]]
        return common
    if len(one) * _MUCH_LONGER < len(other):
        return one[holds(other, one)]
    marks[other] = True
    found: Articles = one[marks[one]]
    marks[other] = False
    return found


def holds(many: npt.NDArray[Any], few: npt.NDArray[Any]) -> Mask:
    """Which of a few numbers are among many, which rise."""
    if not len(many):
        return np.zeros(len(few), np.bool_)
    found: Mask = many[places_of(many, few)] == few
    return found


def places_of(many: npt.NDArray[Any], few: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where in many numbers, which rise and are not none, each of a few stands, if it is there."""
    places: npt.NDArray[np.intp] = np.searchsorted(many, few.astype(many.dtype, copy=False))
    places[places == len(many)] = len(many) - 1
    return places
