"""A sorted dictionary of terms in three arrays: the bytes of all, where each begins, and the first eight of each.

The eight bytes as one number find the neighbourhood of a term among millions in one search over an array; the terms
themselves tell within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, fitting

_HEAD = 8


class TermDictionary:
    """Terms by their place in the order of their bytes. starts: one more than there are terms; shape (terms + 1,)."""

    def __init__(self, letters: Array, starts: Array, heads: Array) -> None:
        self.letters = letters
        self._starts = starts
        self.heads = heads

    def __len__(self) -> int:
        return len(self._starts) - 1

    def term(self, place: int) -> bytes:
        return self.letters[self._starts[place] : self._starts[place + 1]].tobytes()

    def terms(self, first: int = 0, last: int | None = None) -> list[bytes]:
        """The terms from one place up to another, which is left out."""
        last = len(self) if last is None else last
        ends = self._starts[first : last + 1].tolist()
        base = ends[0] if ends else 0
        letters = self.letters[base : ends[-1] if ends else 0].tobytes()
        return [letters[start - base : end - base] for start, end in pairwise(ends)]

    def find(self, term: bytes) -> int | None:
        """The place of a term, None where it is not here."""
        place = self.place(term)
        return place if place < len(self) and self.term(place) == term else None

    def place(self, term: bytes) -> int:
        """The place of the first term that is not before this one."""
        head = np.uint64(int.from_bytes(term[:_HEAD].ljust(_HEAD, b"\0"), "big"))
        first = int(self.heads.searchsorted(head))
        if first == len(self) or self.heads[first] != head:
            return first
        last = int(self.heads.searchsorted(head, "right"))
        while first < last:
            middle = (first + last) // 2
            if self.term(middle) < term:
                first = middle + 1
            else:
                last = middle
        return first

    def find_all(self, terms: Sequence[bytes]) -> Iterator[tuple[int, int]]:
        """Those of the terms that are here: which of them (counted from 0), and their place."""
        heads = heads_of(terms)
        first = np.searchsorted(self.heads, heads, "left")
        last = np.searchsorted(self.heads, heads, "right")
        for number in np.flatnonzero(first < last).tolist():
            place = self.find(terms[number])
            if place is not None:
                yield number, place


def heads_of(terms: Iterable[bytes]) -> npt.NDArray[np.uint64]:
    """The first eight bytes of each as a number, in their order; short ones end in zeros."""
    heads = b"".join([term[:_HEAD].ljust(_HEAD, b"\0") for term in terms])
    return np.frombuffer(heads, ">u8").astype("<u8")


def in_order(values: Sequence[Iterable[bytes]]) -> npt.NDArray[np.int64]:
    """The numbers of values, counted through all the sequences, in the order of their bytes; equal ones keep theirs."""
    heads = heads_of(value for own in values for value in own)
    order = np.argsort(heads, kind="stable")
    same = np.flatnonzero(heads[order[1:]] == heads[order[:-1]])
    if len(same):
        # Only those that begin alike are compared whole.
        every = [value for own in values for value in own]
        ends = np.flatnonzero(np.diff(same) > 1)
        for first, last in zip(same[np.r_[0, ends + 1]], same[np.r_[ends, len(same) - 1]], strict=True):
            alike = order[first : last + 2]
            order[first : last + 2] = sorted(alike.tolist(), key=every.__getitem__)
    return order


def read_dictionary(file: ArrayFile, name: str) -> TermDictionary:
    return TermDictionary(
        file.array(f"{name}/terms"), file.array(f"{name}/term starts"), file.array(f"{name}/term heads")
    )


class DictionaryWriter:
    """Writes a dictionary, its terms in blocks and in order. most_bytes: that all terms can take together."""

    def __init__(self, file: ArrayFileWriter, name: str, most_bytes: int) -> None:
        self._file = file
        self._name = name
        self._type = fitting(most_bytes)
        self._end = 0
        file.append_bytes(f"{name}/terms", b"")
        file.append(f"{name}/term starts", np.zeros(1, self._type))
        file.append(f"{name}/term heads", np.zeros(0, "<u8"))

    def add(self, terms: Sequence[bytes]) -> None:
        ends = self._end + np.cumsum([len(term) for term in terms], dtype=np.int64)
        if len(ends):
            self._end = int(ends[-1])
        self._file.append_bytes(f"{self._name}/terms", b"".join(terms))
        self._file.append(f"{self._name}/term starts", ends.astype(self._type))
        self._file.append(f"{self._name}/term heads", heads_of(terms))


def empty_dictionary() -> TermDictionary:
    return TermDictionary(np.zeros(0, np.uint8), np.zeros(1, np.uint8), np.zeros(0, np.uint64))
