"""Watches a folder: ingests what is dropped there once it has stopped changing, and once only unless it changes.

It looks at the folder every so often, so it works on every file system, network ones too. What was ingested is written
down in the database: a watch that is started again goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from app.ingest.compose import Given
from app.ingest.inputs import Input, WrongInput, find_inputs, shown
from app.ingest.run import Summary, ingest
from app.store import watched
from app.store.database import Database
from app.store.watched import State

SECONDS_BETWEEN: Final = 1.0
SETTLED_AFTER: Final = 3.0
"""Seconds for which a file must not have changed; who copies a large one pauses for less."""
TOLD_TO_STOP: Final = "told to stop"

_UNFINISHED: Final = (
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".filepart",
    ".swp",
    ".lock",
    "~",
)
"""What copying programs, browsers and editors append to names of files that are not whole yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a file. problem: why it was not read; None where a run says what it held."""

    file: str
    summary: Summary | None
    problem: str | None = None


class Watch:
    """stop: set, it ends the watch after the batch that is being stored."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        given: Given,
        tell: Callable[[Told], None],
        stop: Event,
        *,
        settled_after: float = SETTLED_AFTER,
    ) -> None:
        self._database = database
        self._folder = folder
        self._given = given
        self._tell = tell
        self._stop = stop
        self._settled_after = settled_after
        self._seen: dict[Path, tuple[State, float]] = {}
        self._passed_over: dict[Path, State] = {}

    def run(self, seconds_between: float = SECONDS_BETWEEN) -> None:
        """Until told to stop. Raises StoreError; a folder that goes away is waited for."""
        while not self._stop.is_set():
            for path, state in self._ready():
                if self._stop.is_set():
                    return
                self._take(path, state)
            self._stop.wait(seconds_between)

    def _ready(self) -> list[tuple[Path, State]]:
        """The files that have been as they are for long enough, and were not read like that. By path."""
        now = time.monotonic()
        seen: dict[Path, tuple[State, float]] = {}
        settled: list[tuple[Path, State]] = []
        for path, state in _files(self._folder):
            before = self._seen.get(path)
            since = before[1] if before is not None and before[0] == state else now
            seen[path] = (state, since)
            if now - since >= self._settled_after and self._passed_over.get(path) != state:
                settled.append((path, state))
        self._seen = seen
        self._passed_over = {path: state for path, state in self._passed_over.items() if path in seen}
        known = watched.known(self._database, [_name(path) for path, _ in settled])
        return sorted((path, state) for path, state in settled if known.get(_name(path)) != state)

    def _take(self, path: Path, state: State) -> None:
        input = self._input(path, state)
        if input is None:
            return
        summary = ingest(
            self._database, [input], self._given, stop=lambda: TOLD_TO_STOP if self._stop.is_set() else None
        )
        if summary.stopped is None:
            watched.note(self._database, _name(path), state)
        self._tell(Told(shown(path), summary))

    def _input(self, path: Path, state: State) -> Input | None:
        """None for a file that can't be read; it is told once, and looked at again when it changes."""
        try:
            if _state(path) != state:
                return None  # it has changed since it was looked at
            inputs, wrong = find_inputs([str(path)], None)
        except OSError:
            return None  # it is gone
        if len(inputs) == 1:
            return inputs[0]
        self._passed_over[path] = state
        problem = wrong[0] if wrong else WrongInput(f"{shown(path)}: it can't be read.")
        self._tell(Told(shown(path), None, str(problem)))
        return None


def _files(folder: Path) -> Iterator[tuple[Path, State]]:
    """The regular files below a folder whose names do not say that they are unfinished, hidden, or about the others."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for file in files:
            if file.startswith((".", "~")) or file.lower().endswith(_UNFINISHED) or file.upper().startswith("README"):
                continue
            path = Path(parent, file)
            try:
                if path.is_file() and not path.is_symlink():
                    yield path, _state(path)
            except OSError:
                continue  # it was taken away meanwhile


def _state(path: Path) -> State:
    found = path.stat()
    return State(found.st_size, found.st_mtime_ns)


def _name(path: Path) -> str:
    return shown(path.absolute())
