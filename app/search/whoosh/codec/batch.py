"""Writes a whole batch of documents as one segment, from postings that are arrays in order already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
    TERMS_FILE,
    Block,
    FieldPostingsWriter,
    Layout,
    Values,
    Weights,
)
from app.search.whoosh.codec.relations import Pairs, write_relation


class Bytes(NamedTuple):
    """Bytes of any length for each document, side by side, and how many each has."""

    letters: Array
    widths: npt.NDArray[np.int64]

    @classmethod
    def of(cls, values: Sequence[bytes]) -> Bytes:
        return cls(np.frombuffer(b"".join(values), np.uint8), np.fromiter(map(len, values), np.int64, len(values)))


def write_segment(
    storage: Any,
    index_name: str,
    documents: int,
    fields: Mapping[str, tuple[Values, Block]],
    columns: Mapping[str, Array | Bytes],
    relations: Mapping[tuple[str, str], Pairs],
) -> ColumnarSegment:
    """A new segment, not yet in any table of contents.

    fields: the postings of each, with what is kept with them: nothing, fixed bytes or positions. A posting weighs 1, or
    as much as it has positions. columns: of each document a number, or bytes.
    relations: which terms of two fields occur together.
    """
    segment = ColumnarSegment(index_name)
    segment.set_doc_count(documents)
    terms_file = ArrayFileWriter(storage, segment.make_filename(TERMS_EXTENSION), TERMS_FILE)
    documents_file = ArrayFileWriter(storage, segment.make_filename(DOCUMENTS_EXTENSION), DOCUMENTS_FILE)
    try:
        facts = {name: _write_field(terms_file, name, *field, documents) for name, field in fields.items()}
        for names, pairs in relations.items():
            sizes = (len(fields[names[0]][1].terms), len(fields[names[1]][1].terms))
            write_relation(terms_file, names, sizes, pairs)
        terms_file.close({"fields": facts, "relations": [list(names) for names in relations]})
        forms = {name: _write_column(documents_file, name, values) for name, values in columns.items()}
        BytesWriter(documents_file, "stored").finish(documents)
        documents_file.close({"documents": documents, "columns": forms, "lengths": {}})
    finally:
        terms_file.drop()
        documents_file.drop()
    return segment


def _write_field(file: ArrayFileWriter, name: str, values: Values, block: Block, documents: int) -> dict[str, Any]:
    layout = Layout(
        values,
        Weights.OCCURRENCES if values is Values.POSITIONS else Weights.ONES,
        fitting(max(0, documents - 1)).str,
        value_type=fitting(int(block.values.max(initial=0))).str,
        fixed_size=block.fixed.shape[1] if values is Values.FIXED else 0,
        most_bytes=len(block.terms.letters),
        most_postings=len(block.docs),
        most_values=len(block.values),
    )
    writer = FieldPostingsWriter(file, name, layout)
    writer.add(block)
    return writer.facts()


def _write_column(file: ArrayFileWriter, name: str, values: Array | Bytes) -> str:
    if not isinstance(values, Bytes):
        file.append(f"column {name}", values)
        return NUMBERS
    writer = BytesWriter(file, f"column {name}")
    writer.add_all(values.letters, values.widths)
    writer.finish(len(values.widths))
    return BYTES
