"""Rejections that are tried again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.record import Place, Unread
from app.ingest.compose import Given
from app.ingest.fetch.addressed import AddressInput
from app.ingest.retry import Retried, retry
from app.ingest.run import AnyInput, Summary, ingest
from app.store import rejections, runs
from app.store.rejections import ALL, Chosen, Rejection
from tests.conftest import Archive
from tests.ingest.fetch.web import Server, fetcher, page, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({}) as server:
        yield server


def kept(archive: Archive, chosen: Chosen = ALL) -> list[Rejection]:
    with archive.database.reading() as connection:
        return rejections.rejections(connection, 1000, chosen=chosen)


def tried(archive: Archive, chosen: Chosen = ALL) -> tuple[Summary, list[Retried]]:
    with archive.database.reading() as connection:
        ids = rejections.chosen_ids(connection, chosen)
    one = fetcher()
    done: list[Retried] = []

    def fetch(address: str) -> AnyInput:
        return AddressInput(address, one)

    return retry(archive.database, ids, fetch, done.append), done


def as_if_refused(archive: Archive, line: bytes, file: str, number: int | None = 1, size: int | None = None) -> None:
    """A rejection that a program of another time, which could not read the line, left behind."""
    with archive.database.writing() as connection:
        run = runs.start_run(connection, [file], {"source": "Gazette", "topics": ["ports"]})
        unread = Unread(Place(file, number), "a fault of old", line, len(line) if size is None else size, "jsonl")
        rejections.reject(connection, run, [unread])


def test_what_can_be_read_now_is_stored_as_it_was_given_and_is_no_rejection(archive: Archive) -> None:
    as_if_refused(archive, b'{"text": "Readable after all."}', "/gone/a.jsonl", 7)
    summary, done = tried(archive)
    assert (summary.counts.added, summary.counts.rejected) == (1, 0)
    assert [(str(one.place), one.reason) for one in done] == [("/gone/a.jsonl, record 7", None)]
    assert kept(archive) == []
    article = archive.only()
    assert article.source is not None and article.source.value == "Gazette"
    assert [topic.value for topic in article.topics] == ["ports"]
    archive.indexer.catch_up(wait=10)
    assert archive.titles("readable") == ["Readable after all"]


def test_what_fails_again_keeps_its_place_and_gets_the_reason_of_today(archive: Archive) -> None:
    as_if_refused(archive, b"no json", "/gone/a.jsonl", 7)
    (before,) = kept(archive)
    summary, done = tried(archive)
    (after,) = kept(archive)
    assert (after.id, after.place, after.raw, after.run_id) == (before.id, before.place, before.raw, before.run_id)
    assert after.reason == done[0].reason == "it is not JSON: Expecting value at character 1"
    assert (summary.counts.read, summary.counts.rejected) == (1, 1)
    tried(archive)
    assert len(kept(archive)) == 1


def test_a_mended_file_is_read_again(archive: Archive) -> None:
    latin = archive.write("a.txt", b"Caf\x00\x01\x02 society met.")
    lines = archive.write("b.jsonl", '{"text": "One."}\nbroken\n{"text": ""}\n')
    archive.ingest(latin, lines)
    assert len(kept(archive)) == 3
    archive.write("a.txt", "Café society met.")
    archive.write("b.jsonl", '{"text": "One."}\n{"text": "Mended."}\n{"text": ""}\n')
    _, done = tried(archive)
    assert sorted((one.place.file, one.place.number, one.reason) for one in done if one.reason is None) == [
        (str(latin), None, None),
        (str(lines), 2, None),
    ]
    assert [one.reason for one in kept(archive)] == ["it has no text"]


def test_a_file_that_broke_off_is_read_to_its_end(archive: Archive) -> None:
    lines = "".join(json.dumps({"text": f"Article number {n}.", "id": str(n)}) + "\n" for n in range(600))
    whole = gzip.compress(lines.encode())
    path = archive.write("a.jsonl.gz", whole[: len(whole) // 2])
    stored = archive.ingest(path).counts.added
    (broken,) = [one for one in kept(archive) if one.place.number is None]
    path.write_bytes(whole)
    summary, _ = tried(archive, Chosen(ids=(broken.id,)))
    assert summary.counts.added + stored == 600
    assert summary.counts.unchanged == stored


def test_bytes_beyond_a_megabyte_are_cut_and_said(archive: Archive) -> None:
    path = archive.write("a.txt", b"x\0y" + b"x" * 2_999_998)
    archive.ingest(path)
    (only,) = kept(archive)
    assert (len(only.raw), only.size, only.whole) == (1024 * 1024, 3_000_001, False)
    path.unlink()
    _, done = tried(archive)
    assert done[0].reason == only.reason
    assert kept(archive) == [only]


def test_an_address_is_fetched_again(archive: Archive, server: Server) -> None:
    ingest(archive.database, [AddressInput(f"{server.address}/a", fetcher())], Given(source="Gazette"))
    (only,) = kept(archive)
    assert only.reason == "its site answered 404 Not Found"
    _, done = tried(archive)
    assert done[0].reason == only.reason
    server.answers["/a"] = page("Ports reopen")
    _, done = tried(archive)
    assert done[0].reason is None
    assert kept(archive) == []
    assert archive.only().title.value == "Ports reopen"
    source = archive.only().source
    assert source is not None and source.value == "Gazette"


def test_rejections_that_become_the_same_are_one(archive: Archive) -> None:
    as_if_refused(archive, b"no json", "/gone/a.jsonl", 7)
    tried(archive)
    as_if_refused(archive, b"no json", "/gone/a.jsonl", 7)
    assert len(kept(archive)) == 2
    tried(archive)
    assert len(kept(archive)) == 1


def test_they_are_chosen_by_number_run_and_reason(archive: Archive) -> None:
    first = archive.add({"text": ""}).run
    archive.ingest(archive.write("b.jsonl", "no json\n{nor this\n100%_\n"))
    assert len(kept(archive)) == 4
    assert [one.reason for one in kept(archive, Chosen(run=first))] == ["it has no text"]
    assert len(kept(archive, Chosen(reason="NOT json"))) == 3
    assert len(kept(archive, Chosen(reason="100%"))) == 0
    assert [one.id for one in kept(archive, Chosen(ids=(2, 3), reason="expecting value"))] == [2]
    with archive.database.reading() as connection:
        kinds = rejections.by_reason(connection)
    assert kinds["it is not JSON: Expecting value at character …"] == 1
    assert kinds["it has no text"] == 1


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("byte 17 (0xE9) is not UTF-8; save it as UTF-8", "byte … (…) is not UTF-8; save it as UTF-8"),
        ("its site answered 404 Not Found", "its site answered 404 Not Found"),
        ("“2016-02-31” is not a day in the calendar", "… is not a day in the calendar"),
        ("it has no text", "it has no text"),
    ],
)
def test_reasons_are_counted_by_kind(reason: str, kind: str) -> None:
    assert rejections.kind_of(reason) == kind


def test_a_crash_between_leaves_either_the_rejection_or_the_article(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_if_refused(archive, b'{"text": "Readable after all."}', "/gone/a.jsonl")

    def fail(*_: object) -> int:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(rejections, "drop", fail)
        with pytest.raises(RuntimeError):
            tried(archive)
    assert archive.ids() == [] and len(kept(archive)) == 1
    tried(archive)
    assert len(archive.ids()) == 1 and kept(archive) == []


def test_files_named_like_a_folder_are_not_swept_in(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "input" / "folder"
    archive.write("folder/a.txt", "Text of a file that nobody asked for.")
    as_if_refused(archive, b"\xff", str(folder), None)
    tried(archive)
    assert archive.ids() == []


def test_a_link_that_was_refused_in_a_folder_is_not_read_when_tried_again(archive: Archive, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("Words that nobody meant to publish.")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Words of an article.")
    (folder / "b.txt").symlink_to(outside)
    assert archive.ingest(folder).counts.rejected == 1
    summary, (done,) = tried(archive)
    assert summary.counts.added == 0
    assert done.reason is not None and "leads out of the folder" in done.reason
