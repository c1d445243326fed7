"""Tar archives, whatever compressed them: every file in one is read as if it lay in a folder."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from app.domain.record import Unread
from app.ingest.draft import Hints, Part, Yield
from app.ingest.members import MOST_MEMBERS, passed_over, refused_name


class TarReader:
    name = "tar"
    at_home: int | None = None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Yield]:
        number = 0
        try:
            with tarfile.open(fileobj=stream, mode="r|", errors="replace") as archive:
                for member in archive:
                    number += 1
                    if number > MOST_MEMBERS:
                        yield Unread(
                            hints.place, f"it holds more than {MOST_MEMBERS:,} files; unpack it", b"", 0, self.name
                        )
                        return
                    yield from self._member(archive, member, hints)
                    archive.members = []  # type: ignore[attr-defined] # else they are all kept
        except (tarfile.TarError, EOFError, ValueError) as error:
            yield Unread(hints.place, f"it can't be read further than its file {number}: {error}", b"", 0, self.name)

    def _member(self, archive: tarfile.TarFile, member: tarfile.TarInfo, hints: Hints) -> Iterator[Yield]:
        if member.isdir() or passed_over(member.name):
            return
        inside = hints.member(member.name)
        if reason := refused_name(member.name):
            yield Unread(inside.place, reason, b"", member.size, self.name)
        elif not member.isreg():
            yield Unread(inside.place, "it is a link or a device, not a file", b"", 0, self.name)
        elif (content := archive.extractfile(member)) is not None:
            yield Part(cast(BinaryIO, content), inside)
