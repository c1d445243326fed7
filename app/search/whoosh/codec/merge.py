"""Makes one segment of several: their arrays are joined block by block, so that memory doesn't grow with the segments.

Terms and documents keep their order, so every block of the new segment is one stretch of each old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.whoosh.codec.codec import TERMS_EXTENSION, ColumnarSegment, TermsReader
from app.search.whoosh.codec.documents import (
    BYTES,
    DOCUMENTS_EXTENSION,
    DOCUMENTS_FILE,
    NUMBERS,
    BytesReader,
    BytesWriter,
    DocumentsReader,
    put_lengths,
)
from app.search.whoosh.codec.format import Array, ArrayFileWriter, fitting, spread
from app.search.whoosh.codec.postings import (
    EMPTY,
    NO_POSTINGS,
    TERMS_FILE,
    Block,
    FieldPostings,
    FieldPostingsWriter,
    Layout,
    TermPostings,
    Values,
    Weights,
    steps,
)
from app.search.whoosh.codec.relations import Pairs, write_relation
from app.search.whoosh.codec.terms import NO_TERMS, TermDictionary, Terms

POSTINGS_AT_ONCE: Final = 1_000_000
"""Postings joined at a time, about, of terms that have no more each."""

POSTINGS_OF_A_TERM_AT_ONCE: Final = 200_000
"""Postings of one term joined at a time; the most frequent words stand in a text a dozen times."""

TERMS_AT_ONCE: Final = 200_000
"""Terms united at a time, about: those that share their first eight bytes are united in one piece."""

_BYTES_AT_ONCE: Final = 4 << 20
"""Where documents are missing, each byte is looked up by a number of eight."""

Numbers = npt.NDArray[np.int64]

Places = npt.NDArray[np.int32]


def merge_segments(storage: Any, index_name: str, segments: Sequence[Any]) -> ColumnarSegment:
    """A new segment with the documents of several that are not deleted, in their order. The old ones stay as they are.

    Raises ValueError where a column is of a kind that only Whoosh's own merge knows.
    """
    documents = [DocumentsReader(storage, segment) for segment in segments]
    kept = [_kept(segment) for segment in segments]
    merged = ColumnarSegment(index_name)
    total = sum(map(len, kept))
    merged.set_doc_count(total)
    file = ArrayFileWriter(storage, merged.make_filename(DOCUMENTS_EXTENSION), DOCUMENTS_FILE)
    try:
        file.close(_join_documents(file, documents, kept, total))
        file = ArrayFileWriter(storage, merged.make_filename(TERMS_EXTENSION), TERMS_FILE)
        readers = [TermsReader(storage, segment) for segment in segments]
        numbers = _new_numbers(segments, kept)
        names = sorted({name for reader in readers for name in reader.indexed_field_names()})
        facts: dict[str, dict[str, str]] = {}
        places: dict[str, list[Places]] = {}
        for name in names:
            fields = [reader.field(name) for reader in readers]
            facts[name], places[name] = _join_field(file, name, fields, numbers, total)
        file.close({"fields": facts, "relations": _join_relations(file, readers, places)})
    finally:
        file.drop()
    return merged


def _kept(segment: Any) -> Numbers:
    live = np.ones(segment.doc_count_all(), np.bool_)
    live[np.fromiter(segment.deleted_docs(), np.int64)] = False
    return np.flatnonzero(live)


def _new_numbers(segments: Sequence[Any], kept: Sequence[Numbers]) -> list[Numbers]:
    """Of each segment's documents the number in the new one, -1 for those that are deleted."""
    found = []
    first = 0
    for segment, own in zip(segments, kept, strict=True):
        numbers = np.full(segment.doc_count_all(), -1, np.int64)
        numbers[own] = np.arange(first, first + len(own))
        found.append(numbers)
        first += len(own)
    return found


def _join_documents(
    file: ArrayFileWriter, readers: Sequence[DocumentsReader], kept: Sequence[Numbers], total: int
) -> dict[str, Any]:
    forms: dict[str, str] = {}
    for reader in readers:
        forms.update(reader.file.facts["columns"])
    for name, form in forms.items():
        if form not in (NUMBERS, BYTES):
            raise ValueError(f"The column “{name}” is in a form that only Whoosh's own merge can join.")
        if any(not reader.has_column(name) for reader in readers):
            raise ValueError(f"The column “{name}” is not in every segment; only Whoosh's own merge can join them.")
        if form == NUMBERS:
            for reader, own in zip(readers, kept, strict=True):
                file.append(f"column {name}", reader.column_reader(name, None).values[own])
        else:
            columns = [(reader.column_reader(name, None), reader.file.release) for reader in readers]
            _join_bytes(file, f"column {name}", columns, kept)
        for reader in readers:
            reader.file.release()
    _join_bytes(file, "stored", [(reader.stored(), reader.file.release) for reader in readers], kept)
    totals: dict[str, int] = {}
    for name in {name for reader in readers for name in reader.file.facts["lengths"]}:
        found = [reader.lengths(name) for reader in readers]
        lengths = np.concatenate(
            [
                np.zeros(len(own), np.uint8) if lengths is None else lengths[own]
                for lengths, own in zip(found, kept, strict=True)
            ]
        )
        put_lengths(file, name, lengths)
        totals[name] = int(lengths.sum(dtype=np.int64))
    return {"documents": total, "columns": forms, "lengths": totals}


def _join_bytes(
    file: ArrayFileWriter,
    name: str,
    readers: Sequence[tuple[BytesReader, Callable[[], None]]],
    kept: Sequence[Numbers],
) -> None:
    """readers: each with what lets the system take back the memory into which its file is mapped."""
    writer = BytesWriter(file, name)
    for (reader, release), own in zip(readers, kept, strict=True):
        widths = steps(reader.starts)[own]
        first = 0
        for last in _ends(np.cumsum(widths), _BYTES_AT_ONCE):
            some = own[first:last]
            if some[-1] - some[0] == len(some) - 1:
                letters = reader.letters[int(reader.starts[some[0]]) : int(reader.starts[some[-1] + 1])]
            else:
                letters = reader.letters[spread(reader.starts[some].astype(np.int64), widths[first:last])]
            writer.add_all(letters, widths[first:last])
            release()
            first = last
    writer.finish(len(writer))


def _ends(sums: Numbers, most: int) -> Iterator[int]:
    """Where to cut a sequence, so that pieces weigh about `most` at most. sums: what all up to each weigh."""
    first = 0
    while first < len(sums):
        before = int(sums[first - 1]) if first else 0
        first = max(first + 1, int(np.searchsorted(sums, before + most, "right")))
        yield first


def _join_field(
    file: ArrayFileWriter, name: str, fields: Sequence[FieldPostings], numbers: Sequence[Numbers], total: int
) -> tuple[dict[str, str], list[Places]]:
    """What a reader must know of the field, and of each old field's terms the place in the new one, -1 for none."""
    layout = _layout(fields, total)
    writer = FieldPostingsWriter(file, name, layout)
    dictionaries = [field.dictionary for field in fields]
    new_places = [np.full(len(own), -1, np.int32) for own in dictionaries]
    written = 0
    for stretches in _alike(dictionaries):
        terms, places = _united([own.between(*ends) for own, ends in zip(dictionaries, stretches, strict=True)])
        parts = [
            _Part(field, first, steps(field.starts[first : last + 1]), own, new_numbers)
            for field, (first, last), own, new_numbers in zip(fields, stretches, places, numbers, strict=True)
        ]
        counts = np.zeros(len(terms), np.int64)
        for part in parts:
            counts[part.places] += part.counts
        kept = np.full(len(terms), -1, np.int32)
        first = 0
        for last in _ends(np.cumsum(counts), POSTINGS_AT_ONCE):
            if last == first + 1 and counts[first] > POSTINGS_OF_A_TERM_AT_ONCE:
                present = np.full(int(_write_long(writer, parts, terms, first, layout)), first)
            else:
                block, present = _block(parts, terms, first, last, layout)
                writer.add(block)
            for field in fields:
                field.release()
            kept[present] = np.arange(written, written + len(present))
            written += len(present)
            first = last
        for found, (start, end), own in zip(new_places, stretches, places, strict=True):
            found[start:end] = kept[own]
    return writer.facts(), new_places


def _alike(dictionaries: Sequence[TermDictionary]) -> Iterator[list[tuple[int, int]]]:
    """Stretches of some dictionaries that hold the same part of the alphabet, one of each: its first place and the one
    behind its last."""
    reached = [0] * len(dictionaries)
    step = max(1, TERMS_AT_ONCE // len(dictionaries))
    while any(at < len(own) for at, own in zip(reached, dictionaries, strict=True)):
        head = min(
            own.heads[min(at + step, len(own)) - 1]
            for at, own in zip(reached, dictionaries, strict=True)
            if at < len(own)
        )
        ends = [int(np.searchsorted(own.heads, head, "right")) for own in dictionaries]
        yield list(zip(reached, ends, strict=True))
        reached = ends


def _join_relations(
    file: ArrayFileWriter, readers: Sequence[TermsReader], places: dict[str, list[Places]]
) -> list[list[str]]:
    """The relations that every segment has. places: by field, of each segment's terms the place in the new one.

    A pair stays while both its terms do: where a term occurs with several, one of these may have been with it in
    deleted documents only.
    """
    joined = []
    for first, second in readers[0].relations():
        relations = [reader.relation(first, second) for reader in readers]
        known = [relation.pairs() for relation in relations if relation is not None]
        if len(known) < len(relations):
            continue
        one = np.concatenate([own[pairs.first] for own, pairs in zip(places[first], known, strict=True)])
        other = np.concatenate([own[pairs.second] for own, pairs in zip(places[second], known, strict=True)])
        both = (one >= 0) & (other >= 0)
        sizes = (_size(places[first]), _size(places[second]))
        write_relation(file, (first, second), sizes, Pairs(one[both].astype(np.int64), other[both].astype(np.int64)))
        joined.append([first, second])
    return joined


def _size(places: Sequence[Places]) -> int:
    """How many terms there are, if these are the places of all."""
    return max((int(own.max(initial=-1)) for own in places), default=-1) + 1


def _layout(fields: Sequence[FieldPostings], total: int) -> Layout:
    used = [field for field in fields if field is not NO_POSTINGS]
    (values,) = {field.values for field in used}
    kinds = {field.weight_kind for field in used}
    weights = kinds.pop() if len(kinds) == 1 else Weights.KEPT
    weight_type = np.result_type(*(field.weight_type for field in used))
    return Layout(
        values,
        weights,
        fitting(max(0, total - 1)).str,
        "<f4" if weight_type.itemsize > 4 else weight_type.str,
        np.result_type(*(field.value_items.dtype for field in used), np.uint8).str,
        used[0].fixed.shape[1] if values is Values.FIXED else 0,
        sum(len(field.dictionary.letters) for field in fields),
        sum(len(field.docs) for field in fields),
        sum(len(field.value_items) for field in fields),
    )


def _united(several: Sequence[Terms]) -> tuple[Terms, list[Numbers]]:
    """All terms in order, each once, and where those of each are among them."""
    every = Terms.joined(several)
    order, differs = every.in_order()
    places = np.empty(len(order), np.int64)
    places[order] = np.cumsum(differs) - 1
    return every.at(order[differs]), np.split(places, np.cumsum([len(own) for own in several])[:-1])


class _Part(NamedTuple):
    """A stretch of an old field. first: the place of its first term. counts: postings of each. places: of each in the
    united stretch. numbers: of the old documents in the new segment."""

    field: FieldPostings
    first: int
    counts: Numbers
    places: Numbers
    numbers: Numbers


def _block(parts: Sequence[_Part], terms: Terms, first: int, last: int, layout: Layout) -> tuple[Block, Numbers]:
    """The postings of the terms from one place up to another, and the places of the terms that have any.

    Terms that only deleted documents had are left out.
    """
    every_place: list[Numbers] = []
    slices: list[Block] = []
    for part in parts:
        start, end = np.searchsorted(part.places, [first, last])
        found, living = _living(part, part.field.between(part.first + int(start), part.first + int(end)), layout)
        every_place.append(np.repeat(part.places[start:end], part.counts[start:end])[living])
        slices.append(found)
    places = np.concatenate(every_place)
    order = np.argsort(places, kind="stable")
    present, counts = np.unique(places, return_counts=True)
    docs, weights, fixed, widths, values = (
        np.concatenate(own) for own in zip(*(one[2:] for one in slices), strict=True)
    )
    if layout.values not in (Values.NONE, Values.FIXED):
        begins = np.cumsum(widths, dtype=np.int64) - widths
        widths = widths[order].astype(np.int64)
        values = values[spread(begins[order], widths)]
    block = Block(
        terms.at(present),
        counts.astype(np.int64),
        docs[order],
        weights[order] if layout.weights is Weights.KEPT else EMPTY,
        fixed[order] if layout.values is Values.FIXED else EMPTY,
        widths,
        values,
    )
    return block, present


def _write_long(writer: FieldPostingsWriter, parts: Sequence[_Part], terms: Terms, place: int, layout: Layout) -> bool:
    """Write a term with many postings slice by slice; whether any of them are left.

    Documents keep their order, so the slices of the old segments are side by side in the new one.
    """
    count = 0
    for part in parts:
        start, end = np.searchsorted(part.places, [place, place + 1])
        whole = part.field.between(part.first + int(start), part.first + int(end))
        for first in range(whole.first, whole.last, POSTINGS_OF_A_TERM_AT_ONCE):
            postings = TermPostings(part.field, first, min(first + POSTINGS_OF_A_TERM_AT_ONCE, whole.last))
            found, living = _living(part, postings, layout)
            writer.add_postings(found)
            count += len(living)
    if count:
        writer.add_terms(terms.at(np.array([place])), np.array([count], np.int64))
    return count > 0


def _living(part: _Part, postings: TermPostings, layout: Layout) -> tuple[Block, Numbers]:
    """The postings whose documents are not deleted, as a block without terms, and which these are."""
    docs = part.numbers[postings.docs]
    living = np.flatnonzero(docs >= 0)
    widths, values = np.zeros(0, np.int64), EMPTY
    if layout.values not in (Values.NONE, Values.FIXED) and len(postings):
        starts = postings.value_starts.astype(np.int64)
        widths = steps(starts)[living]
        values = part.field.value_items[spread(starts[:-1][living], widths)]
    found = Block(
        NO_TERMS,
        np.zeros(0, np.int64),
        docs[living],
        postings.weights[living] if layout.weights is Weights.KEPT else EMPTY,
        postings.fixed[living] if layout.values is Values.FIXED and len(postings) else _none_fixed(layout),
        widths,
        values,
    )
    return found, living


def _none_fixed(layout: Layout) -> Array:
    return np.zeros((0, layout.fixed_size), np.uint8)
