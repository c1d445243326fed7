"""Our codec, through Whoosh's own extension point: stock writers, readers, queries and merges work on it.

It puts the parts together: a segment is a file of terms and a file of documents (`postings`, `documents`). Writing
whole batches and merging without Whoosh's one call per posting is left to `batch` and `merge`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh import formats
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from app.search.whoosh.codec.documents import DocumentsReader, DocumentsWriter, open_documents
from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, fitting, open_arrays
from app.search.whoosh.codec.matcher import PostingsMatcher
from app.search.whoosh.codec.postings import (
    EMPTY,
    NO_POSTINGS,
    TERMS_FILE,
    Block,
    FieldPostings,
    FieldPostingsWriter,
    Layout,
    Values,
    Weights,
    read_field,
    steps,
)
from app.search.whoosh.codec.relations import Relation, read_relation
from app.search.whoosh.codec.terms import Terms

TERMS_EXTENSION = ".terms.seg"


class ColumnarCodec(base.Codec):  # type: ignore[misc]  # Whoosh is not typed in every version
    """Whoosh's codec over files of arrays."""

    # Lengths are in the file of documents; nothing is kept of them with the terms.
    length_stats = False

    def per_document_writer(self, storage: Any, segment: Any) -> DocumentsWriter:
        return DocumentsWriter(storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> TermsWriter:
        return TermsWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> TermsReader:
        return TermsReader(storage, segment)

    def per_document_reader(self, storage: Any, segment: Any) -> DocumentsReader:
        return DocumentsReader(storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:  # noqa: ARG002
        return ColumnarSegment(indexname)


class ColumnarSegment(base.Segment):  # type: ignore[misc]
    """Whoosh's record of a segment, which it pickles into its table of contents: name, size, deletions."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._documents = 0
        self._deleted: set[int] = set()

    def codec(self) -> ColumnarCodec:
        return ColumnarCodec()

    def set_doc_count(self, doccount: int) -> None:
        self._documents = doccount

    def doc_count_all(self) -> int:
        return self._documents

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def should_assemble(self) -> bool:
        """No: two files are few enough, and to copy them into one would only take time."""
        return False


def open_terms(storage: Any, segment: Any) -> ArrayFile:
    return open_arrays(storage, segment.make_filename(TERMS_EXTENSION), TERMS_FILE)


def verify_segment(storage: Any, segment: Any) -> None:
    """Read all of a segment's files and compare their checksums. Raises DamagedFile that names what is damaged."""
    open_terms(storage, segment).verify()
    open_documents(storage, segment).verify()


def values_of(format: Any) -> Values:
    """What the postings of a field of this format are kept as."""
    if type(format) is formats.Positions:
        return Values.POSITIONS
    size = format.fixed_value_size()
    return Values.BYTES if size is None else Values.FIXED if size else Values.NONE


class TermsWriter(base.FieldWriter):  # type: ignore[misc]
    """Whoosh's writer of terms, which gets one call a posting; a field is written when it is finished."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._file = ArrayFileWriter(storage, segment.make_filename(TERMS_EXTENSION), TERMS_FILE)
        self._facts: dict[str, dict[str, Any]] = {}
        self._asked = False
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        self._asked = True
        super().add_postings(schema, lengths, items)

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        self._name = fieldname
        self._format = fieldobj.format
        self._kind = values_of(fieldobj.format)
        self._terms: list[bytes] = []
        self._firsts = array("Q")
        self._docs = array("I")
        self._weights = array("f")
        self._widths = array("I")
        self._positions = array("Q")
        self._bytes = bytearray()

    def start_term(self, text: bytes) -> None:
        self._terms.append(text)
        self._firsts.append(len(self._docs))

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:  # noqa: ARG002
        self._docs.append(docnum)
        self._weights.append(weight)
        if self._kind is Values.POSITIONS:
            positions = self._format.decode_positions(vbytes)
            self._widths.append(len(positions))
            self._positions.extend(positions)
        elif self._kind is not Values.NONE:
            self._widths.append(len(vbytes))
            self._bytes += vbytes

    def finish_term(self) -> None:
        """The next term, or the end of the field, says where this one ends."""

    def finish_field(self) -> None:
        docs = np.array(self._docs, np.uint32)
        counts = steps(np.array([*self._firsts, len(docs)], np.int64))
        weights = np.array(self._weights, np.float32)
        values: Array = np.frombuffer(bytes(self._bytes), np.uint8)
        widths: Array = EMPTY
        fixed: Array = EMPTY
        if self._kind is Values.POSITIONS:
            values = np.array(self._positions, np.uint64)
        if self._kind is Values.FIXED:
            fixed, values = values.reshape(len(docs), -1), EMPTY
        elif self._kind is not Values.NONE:
            widths = np.array(self._widths, np.uint32)
        weight_kind, weight_type = weights_of(weights, widths if self._kind is Values.POSITIONS else None)
        layout = Layout(
            self._kind,
            weight_kind,
            fitting(int(docs.max(initial=0))).str,
            weight_type,
            fitting(int(values.max(initial=0))).str,
            fixed.shape[1] if self._kind is Values.FIXED else 0,
            sum(map(len, self._terms)),
            len(docs),
            len(values),
        )
        writer = FieldPostingsWriter(self._file, self._name, layout)
        writer.add(Block(Terms.of(self._terms), counts, docs, weights, fixed, widths, values))
        self._facts[self._name] = writer.facts()

    def close(self) -> None:
        self.is_closed = True
        if self._asked:
            self._file.close({"fields": self._facts})
        else:
            self._file.drop()


def weights_of(weights: Array, occurrences: Array | None) -> tuple[Weights, str]:
    """How some weights are kept, and in which type. occurrences: the number of positions, where there are any."""
    if (weights == 1).all():
        return Weights.ONES, "|u1"
    if occurrences is not None and np.array_equal(weights, occurrences):
        return Weights.OCCURRENCES, "|u1"
    whole = (weights >= 0).all() and (weights == np.floor(weights)).all() and weights.max() < 1 << 24
    return Weights.KEPT, fitting(int(weights.max())).str if whole else "<f4"


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Whoosh's reader of terms and postings."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage = storage
        self._segment = segment
        self._file = open_terms(storage, segment)
        self._documents: DocumentsReader | None = None
        self._fields: dict[str, FieldPostings] = {}

    def field(self, name: str) -> FieldPostings:
        """The postings of a field; none where the segment has none."""
        known = self._fields.get(name)
        if known is None:
            facts = self._file.facts["fields"].get(name)
            known = self._fields[name] = NO_POSTINGS if facts is None else read_field(self._file, name, facts)
        return known

    def relations(self) -> list[tuple[str, str]]:
        """The pairs of fields of which the segment says which terms occur together."""
        return [(first, second) for first, second in self._file.facts.get("relations", [])]

    def relation(self, first: str, second: str) -> Relation | None:
        """Which terms of the second field occur with each of the first; None where the segment does not say."""
        return read_relation(self._file, (first, second))

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return self.field(name).dictionary.find(text) is not None

    def indexed_field_names(self) -> list[str]:
        return sorted(self._file.facts["fields"])

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        return TermCursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            yield from self._terms_of(name, 0)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        names = self.indexed_field_names()
        if fieldname in names:
            yield from self._terms_of(fieldname, self.field(fieldname).dictionary.place(prefix))
            for name in names[names.index(fieldname) + 1 :]:
                yield from self._terms_of(name, 0)

    def _terms_of(self, name: str, first: int) -> Iterator[tuple[str, bytes]]:
        dictionary = self.field(name).dictionary
        return ((name, dictionary.term(place)) for place in range(first, len(dictionary)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> Any:
        place = self.field(fieldname).dictionary.find(text)
        if place is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self.info_at(fieldname, place)

    def info_at(self, name: str, place: int) -> Any:
        postings = self.field(name).at(place)
        docs, weights = postings.docs, postings.weights
        shortest, longest = self._bounds(name, docs)
        return TermInfo(
            weight=float(weights.sum(dtype=np.float64)),
            df=len(docs),
            minlength=shortest,
            maxlength=longest,
            maxweight=float(weights.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self._postings(fieldname, text).weights.sum(dtype=np.float64))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return len(self._postings(fieldname, text))

    def _postings(self, name: str, text: bytes) -> Any:
        postings = self.field(name).find(text)
        if postings is None:
            raise KeyError((name, text))
        return postings

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> PostingsMatcher:
        field = self.field(fieldname)
        postings = field.find(text)
        if postings is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return PostingsMatcher(
            postings,
            field.values,
            format_,
            (fieldname, text),
            lambda: self._bounds(fieldname, postings.docs),
            scorer,
        )

    def close(self) -> None:
        """The map ends with the last array of it that is still used."""

    def _bounds(self, name: str, docs: Array) -> tuple[int, int]:
        if self._documents is None:
            self._documents = DocumentsReader(self._storage, self._segment)
        lengths = self._documents.lengths(name)
        if lengths is None:
            return 0, 0
        own = lengths[docs]
        return int(own.min()), int(own.max())


class TermCursor(base.FieldCursor):  # type: ignore[misc]
    """Walks the terms of a field. postings: all of the field's, as arrays."""

    def __init__(self, reader: TermsReader, name: str, field: Any) -> None:
        self._reader = reader
        self._name = name
        self._field = field
        self.postings = reader.field(name)
        self._place = 0

    def relation(self, name: str) -> Relation | None:
        """Which terms of another field occur with each of this one; None where the segment does not say."""
        return self._reader.relation(self._name, name)

    def first(self) -> Any:
        self._place = 0
        return self.text()

    def find(self, string: Any) -> Any:
        term = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._place = self.postings.dictionary.place(term)
        return self.text()

    def next(self) -> Any:
        self._place += 1
        return self.text()

    def text(self) -> Any:
        return self._field.from_bytes(self.postings.dictionary.term(self._place)) if self.is_valid() else None

    def term(self) -> Any:
        return self.text()

    def term_info(self) -> Any:
        return self._reader.info_at(self._name, self._place) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._place < len(self.postings.dictionary)
