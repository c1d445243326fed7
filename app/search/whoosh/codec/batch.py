"""Writes a whole batch of documents as one segment: postings are put in order by sorting arrays, not one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.search.whoosh.codec.codec import TERMS_EXTENSION, ColumnarSegment
from app.search.whoosh.codec.documents import (
    BYTES,
    DOCUMENTS_EXTENSION,
    DOCUMENTS_FILE,
    NUMBERS,
    BytesWriter,
)
from app.search.whoosh.codec.format import Array, ArrayFileWriter, fitting
from app.search.whoosh.codec.postings import (
    EMPTY,
    TERMS_FILE,
    Block,
    FieldPostingsWriter,
    Layout,
    Values,
    Weights,
    spread,
)


class FieldBatch(NamedTuple):
    """The postings of one field in any order. d postings, v positions.

    kind: NONE, FIXED or POSITIONS. terms: every term once, in any order. numbers: shape (d,), which term, counted from
    0. docs: shape (d,). fixed: shape (d, size), or widths: shape (d,) and positions: shape (v,), those of each posting
    side by side.
    """

    kind: Values
    terms: Sequence[bytes]
    numbers: Array
    docs: Array
    fixed: Array = EMPTY
    widths: Array = EMPTY
    positions: Array = EMPTY


def write_segment(
    storage: Any,
    index_name: str,
    documents: int,
    fields: Mapping[str, FieldBatch],
    columns: Mapping[str, Array | Sequence[bytes]],
) -> ColumnarSegment:
    """A new segment, not yet in any table of contents.

    columns: of each document a number, or bytes. A posting weighs 1, or as much as it has positions.
    """
    segment = ColumnarSegment(index_name)
    segment.set_doc_count(documents)
    terms_file = ArrayFileWriter(storage, segment.make_filename(TERMS_EXTENSION), TERMS_FILE)
    documents_file = ArrayFileWriter(storage, segment.make_filename(DOCUMENTS_EXTENSION), DOCUMENTS_FILE)
    try:
        facts = {name: _write_field(terms_file, name, batch, documents) for name, batch in fields.items()}
        terms_file.close({"fields": facts})
        forms = {name: _write_column(documents_file, name, values) for name, values in columns.items()}
        BytesWriter(documents_file, "stored").finish(documents)
        documents_file.close({"documents": documents, "columns": forms, "lengths": {}})
    finally:
        terms_file.drop()
        documents_file.drop()
    return segment


def _write_field(file: ArrayFileWriter, name: str, batch: FieldBatch, documents: int) -> dict[str, Any]:
    in_order = sorted(range(len(batch.terms)), key=batch.terms.__getitem__)
    places = np.empty(len(in_order), np.uint64)
    places[in_order] = np.arange(len(in_order), dtype=np.uint64)
    order = np.argsort(places[batch.numbers] << np.uint64(32) | batch.docs.astype(np.uint64))
    counts = np.bincount(places[batch.numbers].astype(np.int64), minlength=len(in_order))
    fixed, widths, values = batch.fixed, batch.widths, batch.positions
    kind = batch.kind
    if kind is Values.FIXED:
        fixed = fixed[order]
    elif kind is Values.POSITIONS:
        starts = np.cumsum(widths, dtype=np.int64) - widths
        values = values[spread(starts[order], widths[order].astype(np.int64))]
        widths = widths[order]
    layout = Layout(
        kind,
        Weights.OCCURRENCES if kind is Values.POSITIONS else Weights.ONES,
        fitting(max(0, documents - 1)).str,
        value_type=fitting(int(values.max(initial=0))).str,
        fixed_size=fixed.shape[1] if kind is Values.FIXED else 0,
        most_bytes=sum(map(len, batch.terms)),
        most_postings=len(order),
        most_values=len(values),
    )
    writer = FieldPostingsWriter(file, name, layout)
    terms = [batch.terms[number] for number in in_order]
    writer.add(Block(terms, counts, batch.docs[order], EMPTY, fixed, widths, values))
    return writer.facts()


def _write_column(file: ArrayFileWriter, name: str, values: Array | Sequence[bytes]) -> str:
    if isinstance(values, np.ndarray):
        file.append(f"column {name}", values)
        return NUMBERS
    writer = BytesWriter(file, f"column {name}")
    letters = b"".join(values)
    writer.add_all(np.frombuffer(letters, np.uint8), np.array([len(value) for value in values], np.int64))
    writer.finish(len(values))
    return BYTES
