"""A sorted dictionary of terms in three arrays: the bytes of all, where each begins, and the first eight of each.

The eight bytes as one number find the neighbourhood of a term among millions in one search over an array; the terms
themselves tell within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, DamagedFile, fitting, spread

_HEAD: Final = 8
_NOUGHT: Final = np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Some terms side by side. starts: where each begins in the letters, and where the last one ends; from 0 on."""

    letters: Array
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, terms: Sequence[bytes]) -> Terms:
        widths = np.fromiter(map(len, terms), np.int64, len(terms))
        return cls(np.frombuffer(b"".join(terms), np.uint8), np.concatenate([_NOUGHT, np.cumsum(widths)]))

    @classmethod
    def joined(cls, several: Sequence[Terms]) -> Terms:
        """The terms of the first, then those of the second, and so on."""
        ends = np.cumsum([len(one.letters) for one in several])
        starts = [one.starts[1:] + end - len(one.letters) for one, end in zip(several, ends.tolist(), strict=True)]
        return cls(np.concatenate([one.letters for one in several]), np.concatenate([_NOUGHT, *starts]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def widths(self) -> npt.NDArray[np.int64]:
        return np.subtract(self.starts[1:], self.starts[:-1])

    def at(self, places: npt.NDArray[np.int64]) -> Terms:
        """Those at some places, in the order of these."""
        widths = self.widths()[places]
        letters = self.letters[spread(self.starts[places], widths)]
        return Terms(letters, np.concatenate([_NOUGHT, np.cumsum(widths)]))

    def to_list(self) -> list[bytes]:
        letters = self.letters.tobytes()
        return [letters[start:end] for start, end in pairwise(self.starts.tolist())]

    def heads(self, first: int = 0) -> npt.NDArray[np.uint64]:
        """Eight bytes of each, from one on, as a number: the order of the numbers is that of the bytes. What is short
        ends in zeros."""
        widths = self.widths() - first
        bytes_ = np.zeros((len(self), _HEAD), np.uint8)
        for column in range(_HEAD):
            long = np.flatnonzero(widths > column)
            bytes_[long, column] = self.letters[self.starts[long] + (first + column)]
        return bytes_.view(">u8").reshape(-1).astype("<u8")

    def in_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """The places of all in the order of their bytes, equal ones as they come; and which of these is not equal to
        the one before."""
        keys = (self.heads(), self.heads(_HEAD), np.minimum(self.widths(), 2 * _HEAD + 1))
        order = np.lexsort(keys[::-1])
        differs = np.ones(len(self), np.bool_)
        differs[1:] = False
        for key in keys:
            differs[1:] |= key[order[1:]] != key[order[:-1]]
        # Sixteen bytes and the length tell all but long ones that begin alike, which are compared whole.
        alike = np.flatnonzero(~differs & (keys[2][order] > 2 * _HEAD))
        gaps = np.flatnonzero(np.diff(alike) > 1)
        for first, last in zip(
            alike[np.r_[0, gaps + 1]].tolist() if len(alike) else [],
            alike[np.r_[gaps, len(alike) - 1]].tolist() if len(alike) else [],
            strict=True,
        ):
            places = order[first - 1 : last + 1].tolist()
            terms = {place: self.letters[self.starts[place] : self.starts[place + 1]].tobytes() for place in places}
            places.sort(key=terms.__getitem__)
            order[first - 1 : last + 1] = places
            differs[first : last + 1] = [terms[one] != terms[other] for one, other in pairwise(places)]
        return order, differs


NO_TERMS: Final = Terms(np.zeros(0, np.uint8), _NOUGHT)


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
        return self.between(first, len(self) if last is None else last).to_list()

    def between(self, first: int, last: int) -> Terms:
        starts = self._starts[min(first, len(self)) : last + 1].astype(np.int64)
        if starts[-1] > len(self.letters) or (starts[1:] < starts[:-1]).any():
            # What was altered on the disk must not make arrays without bound.
            raise DamagedFile("the terms of a field lie outside of their array.")
        return Terms(self.letters[starts[0] : starts[-1]], starts - starts[0])

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

    def add(self, terms: Terms) -> None:
        ends = self._end + terms.starts[1:]
        self._end += len(terms.letters)
        self._file.append(f"{self._name}/terms", terms.letters)
        self._file.append(f"{self._name}/term starts", ends.astype(self._type))
        self._file.append(f"{self._name}/term heads", terms.heads())


def empty_dictionary() -> TermDictionary:
    return TermDictionary(np.zeros(0, np.uint8), np.zeros(1, np.uint8), np.zeros(0, np.uint64))
