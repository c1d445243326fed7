"""Where several things stand near each other: one rule for the index and for marking."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Stretch(NamedTuple):
    """Positions of the first and the last word of something, counted in words."""

    first: int
    last: int


def near(operands: Sequence[Sequence[Stretch]], distance: int) -> Iterator[tuple[Stretch, ...]]:
    """The places where one stretch of every operand stands near the others, in any order and without overlapping.

    Near is: the last begins at most `distance` words after the first ends. Each operand's stretches rise. Every
    stretch is tried as the first, with the nearest of each other operand after it.
    """
    starts = [[stretch.first for stretch in operand] for operand in operands]
    for leading, operand in enumerate(operands):
        for stretch in operand:
            chosen: list[Stretch] = []
            for other, stretches in enumerate(operands):
                if other == leading:
                    chosen.append(stretch)
                    continue
                at = bisect_right(starts[other], stretch.last)
                if at == len(stretches) or stretches[at].first - stretch.last > distance:
                    break
                chosen.append(stretches[at])
            else:
                yield tuple(chosen)
