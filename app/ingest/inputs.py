"""What a librarian names on the command line, as streams of bytes: files, folders of them, standard input."""

from __future__ import annotations

import gzip
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from app.ingest.draft import Reader
from app.ingest.readers import FORMATS, READERS, reader_for

STDIN: Final = "-"


class WrongInput(Exception):
    """Something named on the command line can't be ingested; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Input:
    """One stream to read. file: how it is called in places and messages."""

    path: Path | None
    reader: Reader
    compressed: bool
    file: str

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Raises OSError."""
        if self.path is None:
            yield gzip.GzipFile(fileobj=sys.stdin.buffer) if self.compressed else sys.stdin.buffer  # type: ignore[misc]
            return
        with open(self.path, "rb") as plain:
            yield gzip.GzipFile(fileobj=plain) if self.compressed else plain  # type: ignore[misc]

    @property
    def size(self) -> int | None:
        """Bytes as they lie on the disk; None where that is not known."""
        try:
            return None if self.path is None else self.path.stat().st_size
        except OSError:
            return None


def find_inputs(named: Sequence[str], format: str | None) -> tuple[list[Input], list[WrongInput]]:
    """Everything to read, in the order of the names, folders in the order of their paths; and what can't be read.

    In folders, files whose names no reader knows are passed over, as are hidden ones, READMEs, and links that lead
    outside or in circles.
    """
    inputs: list[Input] = []
    wrong: list[WrongInput] = []
    forced = FORMATS[format] if format else None
    for name in named:
        try:
            inputs.extend(_find(name, forced))
        except WrongInput as error:
            wrong.append(error)
    return inputs, wrong


def _find(name: str, forced: Reader | None) -> list[Input]:
    if name == STDIN:
        return [Input(None, forced or READERS[".jsonl"], False, STDIN)]
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise WrongInput(f"{shown(name)}: there is no such file or folder. Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WrongInput(f"{shown(name)}: it can't be looked at ({reason}).") from None
    if stat.S_ISDIR(mode):
        found = [_input(file, forced) for file in _files(path)]
        inputs = [one for one in found if one is not None]
        if not inputs:
            raise WrongInput(f"{shown(name)}: the folder holds no file that can be read ({_known()}).")
        return inputs
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise WrongInput(f"{shown(name)}: it is no file (a device or socket).")
    one = _input(path, forced)
    if one is None:
        raise WrongInput(
            f"{shown(name)}: its name does not tell its format. Known are {_known()}; say which with --format."
        )
    return [one]


def _files(folder: Path) -> Iterator[Path]:
    """The regular files below a folder, by path."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in files:
            path = Path(parent, file)
            if not file.startswith(".") and not file.upper().startswith("README") and path.is_file():
                found.append(path)
    return iter(sorted(found, key=lambda path: os.fsencode(path)))


def _input(path: Path, forced: Reader | None) -> Input | None:
    reader = forced or reader_for(path.name)
    return None if reader is None else Input(path, reader, path.name.lower().endswith(".gz"), shown(path))


def shown(path: str | Path) -> str:
    """A path as text that can be stored and printed, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _known() -> str:
    return ", ".join(READERS) + ", each also as .gz"
