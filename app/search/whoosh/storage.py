"""Whoosh's directory, made durable: an index that was committed is on the disk before the commit is seen."""

from __future__ import annotations

import os
from pathlib import Path

from whoosh.filedb.filestore import FileStorage


class DurableStorage(FileStorage):  # type: ignore[misc]  # Whoosh is not typed in every version
    """Flushes to the disk what a new table of contents names, before it takes the place of the old one.

    Whoosh ends a commit by renaming the new table of contents, which is the moment readers see it.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory))
        self._flushed: set[str] = set()

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        names = {name for name in self.list() if os.path.isfile(os.path.join(self.folder, name))}
        for name in names - self._flushed:
            _flush(os.path.join(self.folder, name))
        self._flushed = names - {oldname}
        super().rename_file(oldname, newname, safe=safe)
        _flush(self.folder)


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
