"""Sorts rows of whole numbers that lie in columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def in_order(first: Numbers, second: Numbers, third: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Three columns sorted by the first, then the second, then the third. None holds negative numbers."""
    bits = [int(column.max(initial=0)).bit_length() for column in (first, second, third)]
    if sum(bits) >= 64:
        order = np.lexsort((third, second, first))
        return first[order], second[order], third[order]
    # Packed into one number, which sorts many times faster; the smaller, the faster.
    keys = first << (bits[1] + bits[2]) | second << bits[2] | third
    keys = np.sort(keys.astype(np.uint32)).astype(np.int64) if sum(bits) <= 32 else np.sort(keys)
    return keys >> (bits[1] + bits[2]), keys >> bits[2] & (1 << bits[1]) - 1, keys & (1 << bits[2]) - 1


def changes(*columns: Numbers) -> Numbers:
    """Where rows begin that differ from the row before."""
    differ = np.zeros(len(columns[0]), np.bool_)
    differ[:1] = True
    for column in columns:
        differ[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(differ)
