import bz2
import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from app.domain.canonical import plain_paragraphs
from app.domain.record import Unread
from app.ingest.compose import Given
from app.ingest.draft import Draft, Hints
from app.ingest.inputs import Input
from app.ingest.run import ingest
from app.store import rejections as store
from app.store import runs
from tests.conftest import Archive


def rejections(archive: Archive) -> list[store.Rejection]:
    with archive.database.reading() as connection:
        return store.rejections(connection, 1000)


def test_good_records_around_a_bad_one_are_stored(archive: Archive) -> None:
    path = archive.write("a.jsonl", '{"text": "one", "id": "1"}\n{"text": \n{"text": ""}\n{"text": "two", "id": "2"}\n')
    summary = archive.ingest(path)
    assert (summary.counts.read, summary.counts.added, summary.counts.rejected) == (4, 2, 2)
    assert [sentence.split("a.jsonl, ")[1] for sentence in summary.problems] == [
        "record 2: rejected: it is not JSON: Expecting value at character 10.",
        "record 3: rejected: it has no text.",
    ]


def test_a_rejection_keeps_place_reason_and_bytes_and_is_kept_once(archive: Archive) -> None:
    path = archive.write("a.jsonl", b'{"text": "caf\xe9"}\n')
    for _ in range(2):
        archive.ingest(path)
    (only,) = rejections(archive)
    assert (only.place.file, only.place.number, only.raw, only.size) == (str(path), 1, b'{"text": "caf\xe9"}', 16)
    assert only.reader == "jsonl" and "0xE9" in only.reason


def test_a_compressed_file_that_is_cut_off_gives_what_it_has(archive: Archive) -> None:
    lines = "".join(json.dumps({"text": f"Article number {n} " * 50, "id": str(n)}) + "\n" for n in range(2000))
    whole = gzip.compress(lines.encode())
    summary = archive.ingest(archive.write("a.jsonl.gz", whole[: len(whole) // 2]))
    assert summary.counts.added > 100
    assert summary.counts.rejected >= 1
    assert "can't be read further than record" in summary.problems[-1]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_small_compressed_file_without_its_end_gives_its_whole_records(
    archive: Archive, pack: Callable[[bytes], bytes]
) -> None:
    lines = "".join(json.dumps({"text": f"Number {n}."}) + "\n" for n in range(50))
    counts = archive.ingest(archive.write("a.jsonl.packed", pack(lines.encode())[:-4])).counts
    assert (counts.added, counts.rejected) == (50, 1)


def test_a_gz_that_is_none_is_read_as_what_it_is(archive: Archive) -> None:
    assert archive.ingest(archive.write("a.txt.gz", b"plain")).counts.added == 1


class DyingReader:
    """A reader that yields one record and then makes a mistake."""

    name = "dying"

    at_home: int | None = None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        yield Draft(hints.place, self.name, b"", 0, plain_paragraphs(stream.read().decode()))
        raise ZeroDivisionError("a mistake")


def test_a_reader_that_fails_costs_its_input_and_not_the_next(archive: Archive) -> None:
    inputs = [
        Input(archive.write("a.txt", "One."), "a.txt", DyingReader()),
        Input(archive.write("b.txt", "Two."), "b.txt"),
    ]
    summary = ingest(archive.database, inputs, Given())
    assert (summary.counts.added, summary.counts.rejected) == (2, 1)
    assert summary.problems == [
        "a.txt: rejected: it can't be read further than record 1: its reader failed (ZeroDivisionError: a mistake)."
    ]


def test_a_picture_that_is_named_is_told(archive: Archive) -> None:
    summary = archive.ingest(archive.write("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100)))
    assert "no article" in summary.problems[0] and summary.counts.rejected == 1


def test_empty_files_are_rejected(archive: Archive) -> None:
    paths = [archive.write(name, b"") for name in ("a.txt", "b.md", "c.jsonl")]
    assert archive.ingest(*paths).counts.rejected == 3


def test_an_impossible_date_is_told_and_loses_nothing_else(archive: Archive) -> None:
    summary = archive.add({"text": "One.", "published": "2016-02-31", "title": "T"})
    assert summary.counts.added == 1
    (sentence,) = summary.problems
    assert "record 1: stored without its published: “2016-02-31” is not a day in the calendar" in sentence
    article = archive.only()
    assert article.published is None and article.refused[0].value == "2016-02-31"


def test_a_record_that_the_database_does_not_take_costs_only_itself(archive: Archive) -> None:
    summary = archive.add(
        {"text": "good", "id": "1"}, {"text": "bad", "id": "2", "n": float("nan")}, {"text": "good too", "id": "3"}
    )
    assert summary.counts.read == summary.counts.added + summary.counts.rejected == 3
    assert summary.counts.added >= 2


def test_a_run_is_written_down(archive: Archive) -> None:
    archive.add("One.", "Two.")
    with archive.database.reading() as connection:
        run = connection.execute(runs.t.ingest_run.select()).one()
    assert (run.read, run.added, run.finished_at is not None) == (2, 2, True)


def test_two_archives_fed_in_different_order_have_the_same_permalinks(
    archive: Archive, another_archive: Archive
) -> None:
    records = [
        {
            "text": f"Article {n % 30} on the cost of ports and ships.",
            **({"id": str(n)} if n % 2 else {}),
            **({"url": f"https://e.example/{n // 2}"} if n % 3 == 0 else {}),
            "source": f"S{n % 2}",
        }
        for n in range(60)
    ]
    archive.add(*records)
    for record in reversed(records):
        another_archive.add(record)
    assert archive.ids() == another_archive.ids()


def test_the_seed_article(archive: Archive, shared_data: Path) -> None:
    archive.ingest(shared_data / "seed-article.txt")
    article = archive.only()
    text = (shared_data / "seed-article.txt").read_text()
    assert article.title.origin == "first line"
    assert article.title.value.startswith("Defense and foreign ministers attended a flurry of meetings in Washington")
    assert len(article.title.value) <= 101
    assert article.published is None and article.source is None and article.authors == ()
    assert [paragraph.text for paragraph in article.paragraphs] == [line for line in text.split("\n") if line.strip()]


REAL = ("18f-blog", "congressional-record", "digitalgov", "executive-orders", "factbook-2000-2004", "hsg")


def a_few(path: Path) -> bytes:
    """Records of a file that is there: the shorter ones among the first sixty."""
    with gzip.open(path) as lines:
        return b"".join(line for line, _ in zip(lines, range(60), strict=False) if len(line) < 4_000)


def test_real_articles_settle_and_their_order_does_not_matter(
    archive: Archive, another_archive: Archive, shared_data: Path
) -> None:
    files = [archive.write(f"{name}.jsonl", a_few(shared_data / f"{name}.jsonl.gz")) for name in REAL]
    first = archive.ingest(*files).counts
    again = archive.ingest(*files[::-1]).counts
    assert first.added > 100
    assert first.added + first.duplicates + first.rejected == first.read
    assert (again.unchanged, again.rejected) == (first.added + first.duplicates, first.rejected)
    another_archive.ingest(*files[::-1])
    assert archive.ids() == another_archive.ids()
