"""Files of named arrays: written once, then read where they lie, by memory map.

A file is a header of 64 bytes, the arrays, and a directory (JSON) that names each with its type, shape, place and
checksum. What the arrays mean is left to `terms`, `postings` and `documents`; docs/index-format.md describes all of it.
"""

from __future__ import annotations

import json
import mmap
import struct
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAGIC: Final = b"ARRAYS\r\n"
"""The line end shows a file that was copied as text."""

VERSION: Final = 1

ALIGNED: Final = 64
"""Every array begins at a multiple of this; what lies between is zero."""

_HEADER: Final = struct.Struct("<8sIIQQQ20xI")
_SUM: Final = struct.Struct("<I")
_TYPES: Final = frozenset({"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"})
_HELD_IN_MEMORY: Final = 4 << 20
_COPIED_AT_ONCE: Final = 1 << 20


class DamagedFile(Exception):
    """A file of the index is not what was written; the message names it and what is wrong."""


def fitting(most: int) -> np.dtype[Any]:
    """The smallest unsigned type that holds numbers up to `most`."""
    return np.dtype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4" if most < 1 << 32 else "<u8")


def spread(starts: npt.NDArray[np.int64], widths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers from each start on, as many as its width says, side by side."""
    ends = np.cumsum(widths)
    found: npt.NDArray[np.int64] = np.arange(int(widths.sum())) + np.repeat(starts - (ends - widths), widths)
    return found


class ArrayFile:
    """An open file. facts: what its writer noted beside the arrays."""

    def __init__(self, name: str, content: Any, kind: str) -> None:
        """content: all bytes of the file, as a map or in memory. Reads header and directory, no array.

        Raises DamagedFile where these are not sound, or the file is not of the kind that is expected.
        """
        self.name = name
        self._content = content
        header = bytes(content[: _HEADER.size])
        if len(header) < _HEADER.size or header[: len(MAGIC)] != MAGIC:
            raise DamagedFile(f"{name} is no file of arrays, or its beginning is damaged.")
        _, version, directory_sum, length, start, size, header_sum = _HEADER.unpack(header)
        if crc32(header[: -_SUM.size]) != header_sum:
            raise DamagedFile(f"The header of {name} is damaged.")
        if version != VERSION:
            raise DamagedFile(f"{name} is of version {version}; this program reads version {VERSION}.")
        if length != len(content):
            raise DamagedFile(f"{name} has {len(content):,} bytes instead of {length:,}.")
        directory = bytes(content[start : start + size])
        if crc32(directory) != directory_sum:
            raise DamagedFile(f"The directory of {name} is damaged.")
        self._end = start
        described: dict[str, Any] = json.loads(directory)
        if described["kind"] != kind:
            raise DamagedFile(f"{name} holds {described['kind']}, not {kind}.")
        self.facts: dict[str, Any] = described["facts"]
        self._arrays: dict[str, dict[str, Any]] = described["arrays"]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def names(self) -> list[str]:
        return list(self._arrays)

    def place(self, name: str) -> tuple[int, int]:
        """At which byte an array begins, and how many bytes it has."""
        return int(self._arrays[name]["at"]), self.array(name).nbytes

    def array(self, name: str) -> Array:
        """One array, as it lies in the file. Raises DamagedFile where there is none of the name."""
        try:
            entry = self._arrays[name]
        except KeyError:
            raise DamagedFile(f"{self.name} lacks the array “{name}”.") from None
        if entry["type"] not in _TYPES:
            raise DamagedFile(f"The array “{name}” of {self.name} is of the unknown type “{entry['type']}”.")
        shape = tuple(entry["shape"])
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self._content, "<" + entry["type"], count, entry["at"]).reshape(shape)

    def release(self) -> None:
        """Let the system take back the memory into which the file is mapped; what is read again is mapped again."""
        if isinstance(self._content, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._content.madvise(mmap.MADV_DONTNEED)

    def verify(self) -> None:
        """Read every byte and compare the checksums. Raises DamagedFile that names the array with the damage."""
        behind = _HEADER.size
        for name, entry in sorted(self._arrays.items(), key=lambda item: item[1]["at"]):
            self._check_gap(behind, entry["at"])
            array = self.array(name)
            if crc32(np.ascontiguousarray(array).view(np.uint8).data if array.size else b"") != entry["crc32"]:
                raise DamagedFile(f"The array “{name}” of {self.name} is damaged: its checksum is another.")
            behind = entry["at"] + array.nbytes
        self._check_gap(behind, self._end)

    def _check_gap(self, start: int, end: int) -> None:
        if any(bytes(self._content[start:end])):
            raise DamagedFile(f"{self.name} is damaged between its arrays, at byte {start:,}.")


def open_arrays(storage: Any, name: str, kind: str) -> ArrayFile:
    """A file of a Whoosh storage: mapped where it lies on a disk, else read.

    The map ends with the last array that was taken from it. Raises DamagedFile, and what the storage raises for a
    file that is not there.
    """
    opened = storage.open_file(name)
    try:
        if not opened.is_real:
            return ArrayFile(name, opened.read(), kind)
        try:
            content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise DamagedFile(f"{name} is empty.") from None
        return ArrayFile(name, content, kind)
    finally:
        opened.close()


class ArrayFileWriter:
    """Writes a file of a Whoosh storage. Nothing is in the storage before close.

    Arrays grow side by side, in any order; what does not fit into memory waits in temporary files.
    """

    def __init__(self, storage: Any, name: str, kind: str) -> None:
        self._storage = storage
        self._name = name
        self._kind = kind
        # Where the index is there is room for it; the system's own folder may be in memory.
        self._folder: str | None = getattr(storage, "folder", None) or None
        self._growing: dict[str, _Growing] = {}

    def append(self, name: str, values: Array) -> None:
        """Add rows to an array; the first ones say its type and the length of a row."""
        known = self._growing.get(name)
        if known is None:
            known = self._growing[name] = _Growing(values, self._folder)
        known.append(values)

    def append_bytes(self, name: str, values: bytes) -> None:
        self.append(name, np.frombuffer(values, np.uint8))

    def close(self, facts: Mapping[str, Any]) -> None:
        """Write the file. facts: anything that JSON can say."""
        file = self._storage.create_file(self._name)
        try:
            file.write(bytes(_HEADER.size))
            at = _HEADER.size
            arrays: dict[str, dict[str, Any]] = {}
            for name, growing in self._growing.items():
                gap = -at % ALIGNED
                file.write(bytes(gap))
                at += gap
                arrays[name] = {"type": growing.type.str[1:], "shape": growing.shape, "at": at, "crc32": growing.sum}
                for piece in growing.pieces():
                    file.write(piece)
                    at += len(piece)
            described = {"kind": self._kind, "facts": facts, "arrays": arrays}
            directory = json.dumps(described, ensure_ascii=True, separators=(",", ":")).encode()
            file.write(directory)
            header = _HEADER.pack(MAGIC, VERSION, crc32(directory), at + len(directory), at, len(directory), 0)
            file.seek(0)
            file.write(header[: -_SUM.size] + _SUM.pack(crc32(header[: -_SUM.size])))
        finally:
            file.close()
            self.drop()

    def drop(self) -> None:
        """Let go of what was written so far."""
        for growing in self._growing.values():
            growing.close()
        self._growing = {}


class _Growing:
    def __init__(self, first: Array, folder: str | None) -> None:
        # One byte has no order, and NumPy says so by another sign.
        self.type = np.dtype("<" + first.dtype.str[1:])
        if self.type.str[1:] not in _TYPES:
            raise TypeError(f"An array of {first.dtype} can't be kept in the index.")
        self._row = first.shape[1:]
        self._rows = 0
        self.sum = 0
        self._folder = folder
        self._file: IO[bytes] | None = None

    @property
    def shape(self) -> list[int]:
        return [self._rows, *self._row]

    def append(self, values: Array) -> None:
        if values.shape[1:] != self._row:
            raise ValueError(f"A row of shape {values.shape[1:]} doesn't fit into an array with rows of {self._row}.")
        if not len(values):
            return
        written = np.ascontiguousarray(values, self.type).view(np.uint8).reshape(-1).data
        self.sum = crc32(written, self.sum)
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(_HELD_IN_MEMORY, dir=self._folder)  # noqa: SIM115  # its writer closes it
        self._file.write(written)
        self._rows += len(values)

    def pieces(self) -> Iterator[bytes]:
        if self._file is not None:
            self._file.seek(0)
            while piece := self._file.read(_COPIED_AT_ONCE):
                yield piece

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
