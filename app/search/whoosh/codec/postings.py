"""The postings of a field: per term the documents that hold it, with weights and either positions or a few bytes.

Every term's postings lie side by side in the order of the terms, so a term is a slice of each array. Which of the
arrays a field has is its layout; where the weights say nothing new they are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, DamagedFile, fitting, spread
from app.search.whoosh.codec.terms import DictionaryWriter, TermDictionary, Terms, empty_dictionary, read_dictionary

TERMS_FILE: Final = "terms"
"""The kind of file that holds the postings of all fields."""


EMPTY: Final = np.zeros(0, np.uint8)


class Values(Enum):
    """What is kept with a posting: nothing, so many bytes each, bytes of any length, or positions."""

    NONE = "none"
    FIXED = "fixed"
    BYTES = "bytes"
    POSITIONS = "positions"


class Weights(Enum):
    """All 1, the number of positions, or kept."""

    ONES = "ones"
    OCCURRENCES = "occurrences"
    KEPT = "kept"


class Block(NamedTuple):
    """Postings of consecutive terms. n terms, d postings in all, v values (positions, or bytes of any length).

    counts: shape (n,), postings of each term. docs: shape (d,), rising within a term. weights: shape (d,), where the
    layout keeps them. fixed: shape (d, size), and widths: shape (d,), how many of `values` belong to each posting,
    where the layout has them.
    """

    terms: Terms
    counts: npt.NDArray[np.int64]
    docs: Array
    weights: Array = EMPTY
    fixed: Array = EMPTY
    widths: Array = EMPTY
    values: Array = EMPTY


@dataclass(frozen=True, slots=True)
class Layout:
    """Which arrays a field has. sizes: the types of document numbers, weights and values, as NumPy names them.

    most_bytes, most_postings, most_values: bounds that the field won't exceed.
    """

    values: Values
    weights: Weights
    doc_type: str
    weight_type: str = "<f4"
    value_type: str = "|u1"
    fixed_size: int = 0
    most_bytes: int = 0
    most_postings: int = 0
    most_values: int = 0


class FieldPostingsWriter:
    """Writes a field's arrays, the terms in blocks and in order."""

    def __init__(self, file: ArrayFileWriter, name: str, layout: Layout) -> None:
        self._file = file
        self._name = name
        self._layout = layout
        self._dictionary = DictionaryWriter(file, name, layout.most_bytes)
        self._start_type = fitting(layout.most_postings)
        self._value_start_type = fitting(layout.most_values)
        self._postings = 0
        self._values = 0
        self._append("starts", np.zeros(1, self._start_type))
        self._append("docs", np.zeros(0, layout.doc_type))
        if layout.weights is Weights.KEPT:
            self._append("weights", np.zeros(0, layout.weight_type))
        if layout.values is Values.FIXED:
            self._append("fixed", np.zeros((0, layout.fixed_size), np.uint8))
        elif layout.values is not Values.NONE:
            self._append("value starts", np.zeros(1, self._value_start_type))
            self._append("values", np.zeros(0, layout.value_type))

    def add(self, block: Block) -> None:
        self.add_postings(block)
        self.add_terms(block.terms, block.counts)

    def add_terms(self, terms: Terms, counts: npt.NDArray[np.int64]) -> None:
        """Terms whose postings were added, so many of each."""
        self._dictionary.add(terms)
        ends = self._postings + np.cumsum(counts, dtype=np.int64)
        self._postings += int(counts.sum())
        self._append("starts", ends.astype(self._start_type))

    def add_postings(self, block: Block) -> None:
        """The postings of a block, whose terms are added when all of theirs are."""
        layout = self._layout
        self._append("docs", block.docs.astype(layout.doc_type))
        if layout.weights is Weights.KEPT:
            self._append("weights", block.weights.astype(layout.weight_type))
        if layout.values is Values.FIXED:
            self._append("fixed", block.fixed)
        elif layout.values is not Values.NONE:
            value_ends = self._values + np.cumsum(block.widths, dtype=np.int64)
            self._values += len(block.values)
            self._append("value starts", value_ends.astype(self._value_start_type))
            self._append("values", block.values.astype(layout.value_type))

    def facts(self) -> dict[str, Any]:
        """What a reader must know besides the arrays."""
        return {"values": self._layout.values.value, "weights": self._layout.weights.value}

    def _append(self, array: str, values: Array) -> None:
        self._file.append(f"{self._name}/{array}", values)


class FieldPostings:
    """A field's postings as they lie in the file."""

    def __init__(
        self,
        dictionary: TermDictionary,
        starts: Array,
        docs: Array,
        values: Values = Values.NONE,
        weight_kind: Weights = Weights.ONES,
        weights: Array = EMPTY,
        fixed: Array = EMPTY,
        value_starts: Array = EMPTY,
        value_items: Array = EMPTY,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """release: lets the system take back the memory into which what was read so far is mapped."""
        self.release = release
        self.dictionary = dictionary
        self.starts = starts
        self.docs = docs
        self.values = values
        self.weight_kind = weight_kind
        self.kept_weights = weights
        self.fixed = fixed
        self.value_starts = value_starts
        self.value_items = value_items

    def find(self, term: bytes) -> TermPostings | None:
        """The postings of a term, None where there are none."""
        place = self.dictionary.find(term)
        return None if place is None else self.at(place)

    def at(self, place: int) -> TermPostings:
        return self.between(place, place + 1)

    def between(self, first: int, last: int) -> TermPostings:
        """The postings of all terms from one place up to another, side by side."""
        return TermPostings(self, int(self.starts[first]), int(self.starts[last]))

    @property
    def weight_type(self) -> np.dtype[Any]:
        """A type that holds every posting's weight."""
        match self.weight_kind:
            case Weights.ONES:
                return np.dtype("<u1")
            case Weights.OCCURRENCES:
                return np.dtype("<u4")
            case Weights.KEPT:
                return self.kept_weights.dtype

    def counts(self) -> npt.NDArray[np.int64]:
        """In how many documents each term is."""
        return steps(self.starts)


class TermPostings:
    """The postings of one term: slices of the field's arrays."""

    __slots__ = ("_field", "first", "last")

    def __init__(self, field: FieldPostings, first: int, last: int) -> None:
        self._field = field
        self.first = first
        self.last = last

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def docs(self) -> Array:
        return self._field.docs[self.first : self.last]

    @property
    def weights(self) -> Array:
        match self._field.weight_kind:
            case Weights.ONES:
                return np.ones(len(self), np.uint8)
            case Weights.OCCURRENCES:
                starts = self.value_starts
                return starts[1:] - starts[:-1]
            case Weights.KEPT:
                return self._field.kept_weights[self.first : self.last]

    @property
    def fixed(self) -> Array:
        """The bytes of each posting; shape (postings, size)."""
        return self._field.fixed[self.first : self.last]

    @property
    def value_starts(self) -> Array:
        """Where each posting's values begin in the field's, and where the last one's end; shape (postings + 1,)."""
        return self._field.value_starts[self.first : self.last + 1]

    def value_items(self, start: int, end: int) -> Array:
        """A part of the field's values, by the numbers of `value_starts`."""
        return self._field.value_items[start:end]

    def positions(self) -> tuple[Array, npt.NDArray[np.int64]]:
        """The positions of all postings side by side, and how many each has."""
        starts = self.value_starts
        widths = steps(starts)
        _check(starts, widths, len(self._field.value_items))
        return self.value_items(int(starts[0]), int(starts[-1])), widths

    def positions_of(self, postings: npt.NDArray[np.int64]) -> tuple[Array, npt.NDArray[np.int64]]:
        """The same of some postings only, which are counted from the term's first."""
        starts = self.value_starts[postings].astype(np.int64)
        widths = self.value_starts[postings + 1].astype(np.int64) - starts
        _check(starts, widths, len(self._field.value_items))
        return self._field.value_items[spread(starts, widths)], widths


NO_POSTINGS: Final = FieldPostings(empty_dictionary(), np.zeros(1, np.uint8), EMPTY)


def steps(starts: Array) -> npt.NDArray[np.int64]:
    """How far it is from each start to the next."""
    found: npt.NDArray[np.int64] = starts[1:].astype(np.int64) - starts[:-1]
    return found


def _check(starts: Array, widths: npt.NDArray[np.int64], most: int) -> None:
    """What was altered on the disk must not make arrays without bound."""
    if len(widths) and (int(widths.min()) < 0 or int(starts.max()) > most or int(widths.max()) > most):
        raise DamagedFile("the values of a posting lie outside of their array.")


def read_field(file: ArrayFile, name: str, facts: dict[str, str]) -> FieldPostings:
    def array(of: str) -> Array:
        return file.array(f"{name}/{of}") if f"{name}/{of}" in file else EMPTY

    return FieldPostings(
        read_dictionary(file, name),
        file.array(f"{name}/starts"),
        file.array(f"{name}/docs"),
        Values(facts["values"]),
        Weights(facts["weights"]),
        array("weights"),
        array("fixed"),
        array("value starts"),
        array("values"),
        file.release,
    )
