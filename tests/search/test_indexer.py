from __future__ import annotations

import shutil
import threading

import pytest

from app.search.engine import IndexUnavailable
from app.search.live import LiveIndex
from app.store import index_state, outbox
from app.store import tables as t
from app.store.index_state import LeaseTaken, release, take_lease
from tests.conftest import Archive


def test_what_is_owed_is_indexed_and_counted_as_one_generation(archive: Archive) -> None:
    archive.add("Ships came.", "Ships went.")
    assert archive.search("ship").result.total == 2
    assert archive.search("ship").result.generation == archive.index.generation()
    with archive.database.reading() as connection:
        assert outbox.count(connection) == 0
    assert archive.indexer.catch_up() == 0


def test_a_revised_article_is_found_by_its_new_text_only(archive: Archive) -> None:
    archive.add("Ships came.", id="1")
    archive.add("Trains came.", id="1")
    assert archive.search("ships").result.total == 0
    assert archive.search("trains").result.total == 1


def test_an_article_that_may_not_be_listed_leaves_the_index(archive: Archive) -> None:
    archive.add("Ships came.", id="1")
    with archive.database.writing() as connection:
        connection.execute(t.article.update().values(withdrawn_at=index_state.datetime.now(index_state.UTC)))
        outbox.owe(connection, archive_ids := [connection.execute(t.article.select()).one().id])
    archive.indexer.catch_up()
    assert archive_ids and archive.search("ships").result.total == 0


def test_a_rebuilt_index_finds_the_same(archive: Archive) -> None:
    archive.add(*(f"Ship number {n} came to port {n % 3}." for n in range(50)))
    before = archive.search("ship port", per_page=100)
    assert archive.indexer.rebuild() == 50
    after = archive.search("ship port", per_page=100)
    assert [hit.article.id for hit in after.hits] == [hit.article.id for hit in before.hits]
    assert after.result.generation > before.result.generation
    assert len(list(archive.settings.index_folder.glob("index-*"))) == 1


def test_searches_are_answered_while_the_index_is_rebuilt(archive: Archive) -> None:
    archive.add(*(f"Ship number {n}." for n in range(60)))
    totals: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            totals.append(archive.search("ship", per_page=1).result.total)

    reader = threading.Thread(target=ask)
    reader.start()
    for _ in range(2):
        archive.indexer.rebuild()
    stop.set()
    reader.join()
    assert len(totals) > 3
    assert set(totals) == {60}


def test_a_search_begun_before_a_rebuild_can_be_ended_after_it(archive: Archive) -> None:
    archive.add(*(f"Ship number {n}." for n in range(20)))
    other = LiveIndex(archive.database, archive.settings.index_folder)
    with other.engine() as engine:
        archive.indexer.rebuild()
        assert engine.document_count() == 20
        assert len(set(engine.document_ids())) == 20
    other.close()


def test_an_index_that_was_deleted_is_made_anew(archive: Archive) -> None:
    archive.add("Ships came.")
    shutil.rmtree(archive.settings.index_folder)
    archive.index.close()
    with pytest.raises(IndexUnavailable, match="reindex"):
        archive.search("ships")
    archive.indexer.catch_up()
    assert archive.search("ships").result.total == 1


# Whoosh leaves the file open in which it found the damage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_is_made_anew_when_something_is_owed(archive: Archive) -> None:
    archive.add("Ships came.")
    for file in archive.settings.index_folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    archive.index.close()
    with pytest.raises(IndexUnavailable, match="reindex"):
        archive.search("ships")
    archive.add("Ships went.")
    assert archive.search("ships").result.total == 2


def test_one_indexer_at_a_time(archive: Archive) -> None:
    archive.add("Ships came.")
    lease = take_lease(archive.database, "testing it")
    with pytest.raises(LeaseTaken, match="testing it"):
        archive.indexer.rebuild()
    release(archive.database, lease)
    assert archive.indexer.rebuild() == 1


def test_an_empty_archive_has_an_index_too(archive: Archive) -> None:
    archive.indexer.catch_up()
    assert archive.search("ships").result.total == 0
    assert archive.search("").result.total == 0


def pieces(archive: Archive) -> int:
    return len(list(archive.settings.index_folder.glob("*/*.terms.seg")))


def test_what_lies_in_many_pieces_is_put_together(archive: Archive) -> None:
    archive.add(*(f"Ship {number} came." for number in range(40)))
    for number in range(8):
        archive.add(f"A later ship, {number}.")
    archive.add("Ship 3 went.", id="gone")
    archive.add("Ship 3 went again.", id="gone")
    before = archive.search("ship", per_page=100)
    lay_in, generation = pieces(archive), archive.index.generation()
    assert archive.indexer.tidy()
    # The first is more than four times as large as all others together; one is of earlier versions.
    assert (lay_in, pieces(archive)) == (11, 2 + 1)
    after = archive.search("ship", per_page=100)
    assert [hit.article.id for hit in after.hits] == [hit.article.id for hit in before.hits]
    assert after.result.facets == before.result.facets
    assert after.result.generation == generation + 1
    assert not archive.indexer.tidy()
    assert archive.index.generation() == generation + 1


def test_of_a_large_index_only_the_small_pieces_are_put_together(archive: Archive) -> None:
    for number in range(3):
        archive.add(*(f"Ship {number} of {all} came." for all in range(30)))
    for number in range(3):
        archive.add(f"A later ship, {number}.")
    assert archive.indexer.tidy(most=10)
    assert pieces(archive) == 3 + 1
    assert archive.indexer.tidy()
    assert pieces(archive) == 1
    assert archive.search("ship").result.total == 93


def test_an_index_that_another_process_writes_is_left_as_it_is(archive: Archive) -> None:
    for number in range(3):
        archive.add(f"Ship {number}.")
    lease = take_lease(archive.database, "something else")
    assert not archive.indexer.tidy()
    release(archive.database, lease)
    assert archive.indexer.tidy()
