"""What a segment knows of its documents besides their terms: columns, lengths of fields, stored fields.

Numbers are one array a column; bytes are two, the bytes of all documents and where each one's begin. Whoosh's other
kinds of columns are kept in the bytes that their own classes write. Which documents are deleted is the segment's part.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

import numpy as np
from whoosh import columns
from whoosh.codec import base
from whoosh.filedb.structfile import BufferFile, StructFile

from app.search.whoosh.codec import stored
from app.search.whoosh.codec.format import Array, ArrayFile, ArrayFileWriter, fitting, open_arrays

DOCUMENTS_FILE: Final = "documents"
"""The kind of file that holds what is known of the documents."""

DOCUMENTS_EXTENSION: Final = ".documents.seg"

NUMBERS: Final = "numbers"
BYTES: Final = "bytes"
WHOOSH: Final = "whoosh"
"""The forms of a column: an array of numbers, bytes of any length, or as Whoosh's class writes it."""

_CODES: Final = {"b": "<i1", "B": "<u1", "h": "<i2", "H": "<u2", "i": "<i4", "I": "<u4", "q": "<i8", "Q": "<u8"} | {
    "f": "<f4",
    "d": "<f8",
}


def number_type(column: Any) -> str | None:
    """The type of a column of numbers; None for any other column."""
    return _CODES.get(column._typecode) if type(column) is columns.NumericColumn else None


class BytesWriter:
    """Writes bytes of any length for each document as two arrays. most: what all can take together."""

    def __init__(self, file: ArrayFileWriter, name: str, most: int | None = None) -> None:
        self._file = file
        self._name = name
        self._type = None if most is None else fitting(most)
        self._ends = array("Q", [0])
        file.append_bytes(f"{name}/bytes", b"")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, value: bytes) -> None:
        self._file.append_bytes(f"{self._name}/bytes", value)
        self._ends.append(self._ends[-1] + len(value))

    def add_all(self, letters: Array, widths: Array) -> None:
        """Add many values, side by side, each so wide."""
        self._file.append(f"{self._name}/bytes", letters)
        ends = self._ends[-1] + np.cumsum(widths, dtype=np.uint64)
        self._ends.frombytes(ends.astype(np.uint64).tobytes())

    def finish(self, documents: int) -> None:
        """Fill up with nothing for the last documents."""
        self._ends.extend([self._ends[-1]] * (documents - len(self)))
        ends = np.frombuffer(self._ends, np.uint64)
        self._file.append(f"{self._name}/starts", ends.astype(self._type or fitting(int(ends[-1]))))


class DocumentsWriter(base.PerDocumentWriter):  # type: ignore[misc]  # Whoosh is not typed in every version
    """Whoosh's writer of what belongs to a document. Its file is made when it is closed, if it got a document."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._segment = segment
        self._file = ArrayFileWriter(storage, segment.make_filename(DOCUMENTS_EXTENSION), DOCUMENTS_FILE)
        self._count = 0
        self._forms: dict[str, str] = {}
        self._numbers: dict[str, tuple[Any, str, array[Any]]] = {}
        self._bytes: dict[str, BytesWriter] = {}
        self._whoosh: dict[str, tuple[Any, BytesIO]] = {}
        self._lengths: dict[str, array[int]] = {}
        self._stored = BytesWriter(self._file, "stored")
        self._fields: dict[str, Any] = {}
        self._field_lengths: dict[str, int] = {}
        self._columns: list[tuple[str, Any, Any]] = []
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        if docnum != self._count:
            raise ValueError(f"Document {docnum} was started, but the next one is {self._count}.")
        self._fields, self._field_lengths, self._columns = {}, {}, []

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:  # noqa: ARG002
        if value is not None:
            self._fields[fieldname] = value
        if length:
            self._field_lengths[fieldname] = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        self._columns.append((fieldname, columnobj, value))

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Any) -> None:  # noqa: ARG002
        raise ValueError(f"The field “{fieldname}” has vectors, which this form of index does not keep.")

    def finish_doc(self) -> None:
        number = self._count
        if self._fields:
            held = stored.to_bytes(self._fields)
            self._fill_bytes(self._stored, number)
            self._stored.add(held)
        for name, length in self._field_lengths.items():
            lengths = self._lengths.setdefault(name, array("I"))
            lengths.extend([0] * (number - len(lengths)))
            lengths.append(length)
        for name, column, value in self._columns:
            self._add_to_column(name, column, number, value)
        self._count += 1

    def cancel_doc(self) -> None:
        """What was given of a document before an error is dropped."""

    def close(self) -> None:
        self.is_closed = True
        if not self._count:
            self._file.drop()
            return
        self._stored.finish(self._count)
        for name, (column, type_, values) in self._numbers.items():
            values.extend([column.default_value()] * (self._count - len(values)))
            self._file.append(f"column {name}", np.array(values, type_))
        for bytes_writer in self._bytes.values():
            bytes_writer.finish(self._count)
        for name, (writer, file) in self._whoosh.items():
            writer.finish(self._count)
            self._file.append_bytes(f"column {name}", file.getvalue())
        totals = {}
        for name, lengths in self._lengths.items():
            lengths.extend([0] * (self._count - len(lengths)))
            put_lengths(self._file, name, np.array(lengths, np.uint32))
            totals[name] = sum(lengths)
        self._file.close({"documents": self._count, "columns": self._forms, "lengths": totals})

    def _add_to_column(self, name: str, column: Any, number: int, value: Any) -> None:
        type_ = number_type(column)
        if type_ is not None:
            if name not in self._numbers:
                self._forms[name] = NUMBERS
                self._numbers[name] = (column, type_, array(column._typecode))
            values = self._numbers[name][2]
            values.extend([column.default_value()] * (number - len(values)))
            values.append(value)
        elif type(column) is columns.VarBytesColumn:
            if name not in self._bytes:
                self._forms[name] = BYTES
                self._bytes[name] = BytesWriter(self._file, f"column {name}")
            self._fill_bytes(self._bytes[name], number)
            self._bytes[name].add(value)
        else:
            if name not in self._whoosh:
                self._forms[name] = WHOOSH
                file = BytesIO()
                self._whoosh[name] = (column.writer(StructFile(file)), file)
            self._whoosh[name][0].add(number, value)

    def _fill_bytes(self, writer: BytesWriter, number: int) -> None:
        for _ in range(number - len(writer)):
            writer.add(b"")


def put_lengths(file: ArrayFileWriter, field: str, lengths: Array) -> None:
    file.append(f"length {field}", lengths.astype(fitting(int(lengths.max(initial=0)))))


class NumbersReader(columns.ColumnReader):  # type: ignore[misc]
    """A column of numbers. values: all of them, by document."""

    def __init__(self, values: Array) -> None:
        self.values = values
        self._reverse = False

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, docnum: int) -> Any:
        return self.values[docnum].item()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.tolist())

    def sort_key(self, docnum: int) -> Any:
        return 0 - self[docnum] if self._reverse else self[docnum]

    def load(self) -> list[Any]:
        return list(self)

    def set_reverse(self) -> None:
        self._reverse = True


class BytesReader(columns.ColumnReader):  # type: ignore[misc]
    """A column of bytes. starts: where each document's begin in `letters`, and where the last ones end."""

    def __init__(self, letters: Array, starts: Array) -> None:
        self.letters = letters
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, docnum: int) -> bytes:
        return self.letters[self.starts[docnum] : self.starts[docnum + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        starts = self.starts.tolist()
        letters = self.letters.tobytes()
        return (letters[start:end] for start, end in pairwise(starts))


class DocumentsReader(base.PerDocumentReader):  # type: ignore[misc]
    """Whoosh's reader of what belongs to a document."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._segment = segment
        self.file = open_documents(storage, segment)
        self._lengths: dict[str, Array] = {}

    def close(self) -> None:
        """The map ends with the last array of it that is still used."""

    def doc_count(self) -> int:
        return self.doc_count_all() - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Any:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self.file.facts["columns"]

    def list_columns(self) -> list[str]:
        return list(self.file.facts["columns"])

    def column_reader(self, fieldname: str, column: Any) -> Any:
        form = self.file.facts["columns"][fieldname]
        if form == NUMBERS:
            return NumbersReader(self.file.array(f"column {fieldname}"))
        if form == BYTES:
            return self._bytes(f"column {fieldname}")
        held = self.file.array(f"column {fieldname}").tobytes()
        return column.reader(BufferFile(held), 0, len(held), self.doc_count_all())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return self.doc_field_length_reader(fieldname, default)(docnum)

    def doc_field_length_reader(self, fieldname: str, default: int = 0) -> Callable[[int], int]:
        lengths = self.lengths(fieldname)
        return (lambda _: default) if lengths is None else lambda docnum: int(lengths[docnum])

    def lengths(self, fieldname: str) -> Array | None:
        """The length of a field in every document, None where no document has it."""
        if fieldname not in self._lengths and f"length {fieldname}" in self.file:
            self._lengths[fieldname] = self.file.array(f"length {fieldname}")
        return self._lengths.get(fieldname)

    def field_length(self, fieldname: str) -> int:
        return int(self.file.facts["lengths"].get(fieldname, 0))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self.lengths(fieldname)
        return 0 if lengths is None else int(lengths.min())

    def max_field_length(self, fieldname: str) -> int:
        lengths = self.lengths(fieldname)
        return 0 if lengths is None else int(lengths.max())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return stored.from_bytes(self.stored()[docnum])

    def stored(self) -> BytesReader:
        """The stored fields of every document, in the bytes that the file has."""
        return self._bytes("stored")

    def _bytes(self, name: str) -> BytesReader:
        return BytesReader(self.file.array(f"{name}/bytes"), self.file.array(f"{name}/starts"))


def open_documents(storage: Any, segment: Any) -> ArrayFile:
    return open_arrays(storage, segment.make_filename(DOCUMENTS_EXTENSION), DOCUMENTS_FILE)
