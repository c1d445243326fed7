"""What is stored is indexed meanwhile by another process; whatever becomes of that one, nothing is lost."""

from __future__ import annotations

import os
import signal
import time

import pytest

from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.alongside import Alongside
from app.store import outbox
from tests.conftest import Archive

SECONDS_TO_WAIT = 60


def store(archive: Archive, *texts: str) -> None:
    """Without indexing them."""
    for number, text in enumerate(texts):
        path = archive.folder / f"{number} {text[:9]}.txt"
        path.write_text(text, encoding="utf-8")
        ingest(archive.database, find_inputs([str(path)], None)[0], Given())


def wait_until_owed(archive: Archive, at_most: int) -> None:
    give_up = time.monotonic() + SECONDS_TO_WAIT
    while time.monotonic() < give_up:
        with archive.database.reading() as connection:
            if outbox.count(connection) <= at_most:
                return
        time.sleep(0.05)
    pytest.fail("the other process has indexed nothing")


def alongside(archive: Archive) -> Alongside:
    return Alongside(archive.database.url, archive.settings.index_folder, worth_it=3, at_least=4)


def test_what_is_stored_is_indexed_meanwhile_and_the_rest_is_left_to_the_end(archive: Archive) -> None:
    with alongside(archive) as other:
        store(archive, *(f"Ship {number} came." for number in range(5)))
        other.stored(2)
        assert other.process is None, "it is not worth it yet"
        other.stored(5)
        wait_until_owed(archive, 0)
        store(archive, *(f"Train {number} came." for number in range(2)))
    assert archive.search("ship").result.total == 5
    assert archive.search("train").result.total == 0
    archive.indexer.catch_up()
    assert archive.search("came").result.total == 7


def test_where_the_other_process_is_killed_the_rest_is_indexed_all_the_same(archive: Archive) -> None:
    with alongside(archive) as other:
        store(archive, *(f"Ship {number} came." for number in range(4)))
        other.stored(4)
        assert other.process is not None
        wait_until_owed(archive, 0)
        os.kill(other.process, signal.SIGKILL)
        store(archive, *(f"Train {number} came." for number in range(6)))
        other.stored(10)
    archive.indexer.catch_up(wait=SECONDS_TO_WAIT)
    assert archive.search("came").result.total == 10
