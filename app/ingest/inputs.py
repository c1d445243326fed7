"""What a librarian names on the command line, as streams of bytes: files, folders of them, standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from app.ingest.draft import Hints, Reader
from app.ingest.readers import ENDINGS, reader
from app.ingest.sniff import HEAD, ending, no_article, other_document, told_format
from app.ingest.unpack import unpacked

STDIN: Final = "-"


class WrongInput(Exception):
    """Something named on the command line can't be ingested; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Input:
    """One stream to read. file: how it is called in places and messages. reader: that was asked for; None where the
    content tells. refused: why it is not opened, where that is so."""

    path: Path | None
    file: str
    reader: Reader | None = None
    refused: str | None = None

    @property
    def hints(self) -> Hints:
        return Hints.of(self.file)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Raises OSError."""
        if self.path is None:
            yield sys.stdin.buffer
            return
        with open(self.path, "rb") as stream:
            yield stream

    @property
    def size(self) -> int | None:
        """Bytes as they lie on the disk; None where that is not known."""
        try:
            return None if self.path is None else self.path.stat().st_size
        except OSError:
            return None


def find_inputs(named: Sequence[str], format: str | None) -> tuple[list[Input], list[WrongInput]]:
    """Everything to read, in the order of the names, folders in the order of their paths; and what can't be read.

    In folders, files that neither name nor content tell to be an article are passed over, as are hidden ones, READMEs,
    and links to folders. Links that lead out of the folder, devices and pipes in it are refused.
    """
    inputs: list[Input] = []
    wrong: list[WrongInput] = []
    forced = reader(format) if format else None
    for name in named:
        try:
            inputs.extend(_find(name, forced))
        except WrongInput as error:
            wrong.append(error)
    return inputs, wrong


def _find(name: str, forced: Reader | None) -> list[Input]:
    if name == STDIN:
        return [Input(None, STDIN, forced)]
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise WrongInput(f"{shown(name)}: there is no such file or folder. Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WrongInput(f"{shown(name)}: it can't be looked at ({reason}).") from None
    if stat.S_ISDIR(mode):
        inputs = list(_in_folder(path, forced))
        if not inputs:
            raise WrongInput(f"{shown(name)}: the folder holds no file that can be read ({', '.join(ENDINGS)}).")
        return inputs
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise WrongInput(f"{shown(name)}: it is no file (a device or socket).")
    return [Input(path, shown(path), forced)]


def _in_folder(folder: Path, forced: Reader | None) -> Iterator[Input]:
    """The files below a folder that hold articles, by path."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        found.extend(
            Path(parent, file) for file in files if not file.startswith(".") and not file.upper().startswith("README")
        )
    top = folder.resolve()
    for path in sorted(found, key=os.fsencode):
        refused = _refused(path, top)
        if refused is None and (forced is not None or _holds_articles(path)):
            yield Input(path, shown(path), forced)
        elif refused:
            yield Input(path, shown(path), forced, refused)


def _refused(path: Path, top: Path) -> str | None:
    """Why a file that a folder holds is not opened; empty where it is no file at all."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return "it is a device, a pipe or a socket, which may never end; name it on the command line to read it"
        if path.is_symlink() and not path.resolve().is_relative_to(top):
            return "it is a link that leads out of the folder; name the file itself to read it"
    except OSError as error:
        return f"it can't be looked at ({error.strerror})" if path.is_symlink() else ""
    return None


def _holds_articles(path: Path) -> bool:
    """By its name; where that tells nothing, by its beginning."""
    if ending(path.name) in ENDINGS:
        return True
    if no_article(b"", path.name):
        return False
    try:
        with open(path, "rb") as stream:
            head, _ = unpacked(stream)
    except OSError:
        return True  # reading it says what is wrong
    return told_format(head[:HEAD]) is not None or other_document(head) is not None


def shown(path: str | Path) -> str:
    """A path as text that can be stored and printed, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")
