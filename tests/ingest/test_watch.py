"""A watched folder, with a real thread that watches it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.ingest.compose import Given
from app.ingest.watch import Told, Watch
from app.store.database import Database
from tests.conftest import Archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@contextmanager
def watching(archive: Archive, folder: Path, settled_after: float = 0.05) -> Iterator[list[Told]]:
    told: list[Told] = []
    stop = threading.Event()
    database = Database(archive.settings.database)
    watch = Watch(database, folder, Given(), told.append, stop, settled_after=settled_after)
    thread = threading.Thread(target=watch.run, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(10)
        database.close()


def until(happens: Callable[[], object]) -> None:
    give_up = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.01)


def test_what_is_dropped_is_ingested_once(archive: Archive, folder: Path) -> None:
    (folder / "first.txt").write_text("There already.")
    with watching(archive, folder) as told:
        until(lambda: len(told) == 1)
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "second.md").write_text("# Head\n\nDropped later.")
        until(lambda: len(told) == 2)
        time.sleep(0.2)
    assert [one.summary.counts.added for one in told if one.summary] == [1, 1]
    with watching(archive, folder) as told:
        time.sleep(0.3)
    assert told == []


def test_what_changes_is_read_again(archive: Archive, folder: Path) -> None:
    path = folder / "a.jsonl"
    path.write_text('{"text": "One.", "id": "1"}\n')
    with watching(archive, folder) as told:
        until(lambda: len(told) == 1)
        path.write_text('{"text": "One.", "id": "1"}\n{"text": "Two.", "id": "2"}\n')
        until(lambda: len(told) == 2)
    assert told[1].summary is not None
    assert (told[1].summary.counts.added, told[1].summary.counts.unchanged) == (1, 1)


def test_a_file_is_waited_for_until_it_is_whole(archive: Archive, folder: Path) -> None:
    with watching(archive, folder, settled_after=1.5) as told:
        with (folder / "a.jsonl").open("w") as growing:
            for n in range(10):
                growing.write(f'{{"text": "Record {n}.", "id": "{n}"}}\n')
                growing.flush()
                time.sleep(0.02)
                assert told == []
        until(lambda: told)
    assert told[0].summary is not None and told[0].summary.counts.added == 10


def test_unfinished_hidden_and_odd_files_are_passed_over(archive: Archive, folder: Path, tmp_path: Path) -> None:
    for name in (".hidden.txt", "a.txt.part", "b.txt.crdownload", "c.txt~", "~lock.txt", "d.tmp", "README.txt"):
        (folder / name).write_text("Not to be read.")
    (tmp_path / "outside.txt").write_text("Outside.")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    os.mkfifo(folder / "pipe.txt")
    with watching(archive, folder) as told:
        (folder / "z.txt").write_text("To be read.")
        until(lambda: told)
        time.sleep(0.1)
    assert [Path(one.file).name for one in told] == ["z.txt"]


def test_a_file_that_cannot_be_read_is_told_once_and_the_watch_goes_on(archive: Archive, folder: Path) -> None:
    (folder / "a.xyz").write_bytes(b"\x00\x01\x02 of a format that nobody knows")
    (folder / "b.txt").write_bytes(b"no\x00text")
    (folder / "c.txt").write_text("Good.")
    with watching(archive, folder) as told:
        until(lambda: len(told) == 3)
        time.sleep(0.2)
    assert [one.summary.counts.rejected for one in told if one.summary] == [1, 1, 0]


def test_a_file_that_is_taken_away_and_a_folder_that_goes_are_no_trouble(archive: Archive, folder: Path) -> None:
    with watching(archive, folder, settled_after=0.2) as told:
        (folder / "a.txt").write_text("Soon gone.")
        time.sleep(0.05)
        (folder / "a.txt").unlink()
        folder.rmdir()
        time.sleep(0.1)
        folder.mkdir()
        (folder / "b.txt").write_text("There again.")
        until(lambda: told)
    assert [Path(one.file).name for one in told] == ["b.txt"]
