"""One module a format. A new reader is a file here and a line in READERS."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from app.ingest.draft import Reader
from app.ingest.readers.jsonl import JsonLinesReader
from app.ingest.readers.markdown import MarkdownReader
from app.ingest.readers.text import TextReader

READERS: Final[dict[str, Reader]] = {
    ".txt": TextReader(),
    ".md": MarkdownReader(),
    ".jsonl": JsonLinesReader(),
}
"""File name ending -> reader. Each may be followed by .gz."""

FORMATS: Final[dict[str, Reader]] = {reader.name: reader for reader in READERS.values()}
"""What `--format` takes."""


def reader_for(file: str) -> Reader | None:
    """The reader for a file by its name; None where no reader knows it."""
    path = PurePath(file.lower())
    return READERS.get(PurePath(path.stem).suffix if path.suffix == ".gz" else path.suffix)
