"""Zip archives: every file in one is read as if it lay in a folder. Nothing is ever unpacked to the disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from app.domain.record import Unread
from app.ingest.draft import Hints, Part, Yield
from app.ingest.members import MOST_MEMBERS, passed_over, refused_name
from app.ingest.unpack import FREE_BYTES, MOST_TIMES, seekable

_ENCRYPTED: Final = 0x1
_LINK: Final = 0o120000


class ZipReader:
    name = "zip"
    at_home: int | None = None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Yield]:
        try:
            archive = zipfile.ZipFile(seekable(stream))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            yield Unread(hints.place, f"its table of contents can't be read: {error}", b"", 0, self.name)
            return
        with archive:
            for number, member in enumerate(archive.infolist()):
                if number == MOST_MEMBERS:
                    yield Unread(
                        hints.place, f"it holds more than {MOST_MEMBERS:,} files; unpack it", b"", 0, self.name
                    )
                    return
                if not member.is_dir():
                    yield from self._member(archive, member, hints)

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, hints: Hints) -> Iterator[Yield]:
        if passed_over(member.filename):
            return
        inside = hints.member(member.filename)
        if reason := _refused(member):
            yield Unread(inside.place, reason, b"", member.file_size, self.name)
            return
        try:
            with archive.open(member) as stream:
                yield Part(cast(BinaryIO, stream), inside)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            yield Unread(inside.place, f"it can't be unpacked: {error}", b"", member.file_size, self.name)


def _refused(member: zipfile.ZipInfo) -> str | None:
    if reason := refused_name(member.filename):
        return reason
    if member.flag_bits & _ENCRYPTED:
        return "it is locked with a password; unpack it first"
    if (member.external_attr >> 16) & 0o170000 == _LINK:
        return "it is a link, not a file"
    if member.file_size > FREE_BYTES and member.file_size > MOST_TIMES * max(1, member.compress_size):
        return f"it unpacks to more than {MOST_TIMES} times its size, as no text does"
    return None
