"""An archive made from an export is the same archive: permalinks, versions, hashes, tombstones and merges."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from app.domain.article import Article, Moved, Tombstone
from app.domain.canonical import Paragraph
from app.ingest.correct import read_edit
from app.ingest.exported import is_export, restore, write_export
from app.ingest.exported.form import to_json
from app.ingest.exported.manifest import write_manifest
from app.store import former, librarian
from app.store.holdings import holdings, ids_in_order
from app.store.librarian import NotPossible
from app.store.proof import database_problems
from tests.conftest import LONG_ENOUGH, Archive

RECORDS: list[dict[str, Any]] = [
    {
        "url": "https://wire.example/ships",
        "title": "Ships",
        "text": "# A heading\n\nTwelve ships.\n\n- one\n- two",
        "source": "Wire",
        "views": 3,
    },
    {"id": "bare", "text": "Nobody signed this."},
    {"id": "dated", "text": "Dated to the minute.", "published": "2016-07-05 8:00:00 -0500", "author": "Ann Ferreira"},
    {"id": "wrong", "text": "Its date is wrong.", "published": "7/5/2016", "topics": ["a", "b"], "language": "en"},
    {"url": "https://north.example/port", "title": "Port", "text": LONG_ENOUGH, "source": "north"},
    {"url": "https://south.example/port", "title": "Port", "text": LONG_ENOUGH, "source": "south"},
    {"id": "gone", "title": "A title nobody may see", "text": "A text nobody may see.", "author": "Bo Lindqvist"},
    *({"id": name, "title": name, "text": f"The text of {name}."} for name in ("first", "second", "third")),
]


def full(archive: Archive) -> dict[str, str]:
    """An archive in which everything occurs that can; title -> id."""
    archive.add(*RECORDS)
    ids = {found.title.value: id for id in archive.ids() if isinstance(found := archive.find(id), Article)}
    archive.add({**RECORDS[0], "text": "Fourteen ships."})
    with archive.database.writing() as connection:
        librarian.edit(connection, ids["Ships"], read_edit({"title": "Many ships", "authors": ["Ann"]}), "As printed")
    archive.add({**RECORDS[0], "text": "Sixteen ships.", "source": "Cable"})
    with archive.database.writing() as connection:
        librarian.edit(connection, ids["Ships"], read_edit({"topics": ["ports"]}), None)
        librarian.undo_edit(connection, ids["Ships"], "No")
        librarian.edit(connection, ids["A title nobody may see"], read_edit({"title": "Nor this one"}), None)
        librarian.withdraw(connection, ids["A title nobody may see"], "They asked")
        # So that whatever order ids are in, one that is merged comes before the one it leads to.
        librarian.merge(connection, ids["first"], ids["second"], "the same")
        librarian.merge(connection, ids["second"], ids["third"], None)
        former.keep(connection, {"/old/ships?x=1": ids["Ships"]})
    archive.indexer.catch_up(wait=10)
    return ids


def export(archive: Archive, name: str) -> Path:
    format = "warc" if ".warc" in name else "jsonl"
    with archive.database.reading() as connection:
        found = holdings(connection, list(ids_in_order(connection)))
        write_export(archive.folder / name, format, found, "http://archive.test")
    return archive.folder / name


def manifest(archive: Archive, name: str = "manifest") -> dict[str, bytes]:
    place = archive.folder / name
    with archive.database.reading() as connection:
        write_manifest(place, holdings(connection, sorted(ids_in_order(connection))))
    return {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz", "all.warc", "all.warc.gz"])
def test_an_archive_made_from_an_export_has_the_same_manifest(
    archive: Archive, another_archive: Archive, name: str
) -> None:
    ids = full(archive)
    file = export(archive, name)
    assert is_export(str(file))
    counts = restore(another_archive.database, [str(file)]).counts
    assert (counts.added, counts.rejected) == (10, 0)
    another_archive.indexer.catch_up(wait=10)
    assert manifest(another_archive) == manifest(archive)
    for id in ids.values():
        here, there = archive.find(id), another_archive.find(id)
        assert here == there
    assert isinstance(another_archive.find(ids["first"]), Moved)
    assert isinstance(another_archive.find(ids["A title nobody may see"]), Tombstone)
    assert another_archive.titles("ships") == archive.titles("ships") == ["Many ships"]
    assert another_archive.titles("port") == archive.titles("port") == ["Port"]
    with another_archive.database.reading() as connection:
        assert list(database_problems(connection)) == []
        assert former.former_addresses(connection) == {"/old/ships?x=1": ids["Ships"]}
    again = restore(another_archive.database, [str(file)]).counts
    assert (again.read, again.unchanged) == (10, 10)
    assert export(another_archive, name).read_bytes() == file.read_bytes()


def test_the_archive_goes_on_from_there(archive: Archive, another_archive: Archive) -> None:
    """What was fed is known again, edits still stand and can be undone, merges can be parted."""
    ids = full(archive)
    restore(another_archive.database, [str(export(archive, "all.jsonl"))])
    for record in (RECORDS[0], {**RECORDS[0], "text": "Sixteen ships.", "source": "Cable"}):
        assert another_archive.add(record).counts.unchanged == 1
    assert another_archive.add({**RECORDS[0], "text": "Eighteen ships."}).counts.revised == 1
    found = another_archive.find(ids["Ships"])
    assert isinstance(found, Article)
    assert found.title.value == "Many ships"
    with another_archive.database.writing() as connection:
        librarian.undo_edit(connection, ids["Ships"], None)
        librarian.unmerge(connection, ids["second"], None)
    found = another_archive.find(ids["Ships"])
    assert isinstance(found, Article)
    assert found.title.value == "Ships"
    assert isinstance(another_archive.find(ids["second"]), Article)


def test_the_text_of_withdrawn_articles_stays_where_it_is(archive: Archive, another_archive: Archive) -> None:
    ids = full(archive)
    for name in ("all.jsonl", "all.warc"):
        content = export(archive, name).read_text("utf-8")
        for words in ("nobody may see", "Nor this one", "Lindqvist", "a-title-nobody"):
            assert words not in content
        assert "They asked" in content
    assert not any(b"nobody may see" in content for content in manifest(archive).values())
    restore(another_archive.database, [str(archive.folder / "all.jsonl")])
    with another_archive.database.writing() as connection, pytest.raises(NotPossible, match="not in this archive"):
        librarian.restore(connection, ids["A title nobody may see"], None)


def test_what_came_since_is_added_and_another_history_is_refused(archive: Archive, another_archive: Archive) -> None:
    archive.add({"id": "1", "text": "One."})
    restore(another_archive.database, [str(export(archive, "a.jsonl"))])
    archive.add({"id": "1", "text": "Two."})
    counts = restore(another_archive.database, [str(export(archive, "b.jsonl"))]).counts
    assert (counts.revised, counts.unchanged) == (1, 0)
    assert manifest(another_archive) == manifest(archive)
    assert restore(another_archive.database, [str(archive.folder / "a.jsonl")]).counts.unchanged == 1
    another_archive.add({"id": "1", "text": "Another third."})
    archive.add({"id": "1", "text": "A third."})
    summary = restore(another_archive.database, [str(export(archive, "c.jsonl"))])
    assert summary.counts.rejected == 1
    assert "version 3 of" in summary.problems[0]
    assert another_archive.only().text == "Another third."


def _damaged(line: bytes, **changes: Any) -> bytes:
    return json.dumps({**json.loads(line), **changes}).encode()


def test_what_is_not_what_its_sha256_says_is_rejected_and_the_rest_put_in(
    archive: Archive, another_archive: Archive
) -> None:
    archive.add({"id": "1", "text": "One."}, {"id": "2", "text": "Two."}, {"id": "3", "text": "Three."})
    head, *lines = export(archive, "a.jsonl").read_bytes().splitlines()
    tampered = lines[0].replace(b'"text": "', b'"text": "Not ')
    cut = lines[1][:-20]
    file = another_archive.folder / "a.jsonl"
    file.write_bytes(b"\n".join([head, tampered, cut, lines[2], _damaged(lines[0], id="000000000000"), b"[]", b"{}"]))
    summary = restore(another_archive.database, [str(file)])
    assert (summary.counts.added, summary.counts.rejected) == (1, 5)
    told = " ".join(summary.problems)
    for words in ("is not the one its sha256 is of", "it is not JSON", "does not follow from its identity"):
        assert words in told
    file.write_bytes(b"\n".join([head, _damaged(lines[1], merged_into=json.loads(lines[0])["id"])]))
    assert restore(another_archive.database, [str(file)]).counts.rejected == 1


def test_a_file_that_breaks_off_says_so(archive: Archive, another_archive: Archive) -> None:
    archive.add(*[{"id": str(number), "text": f"Article {number}. " * 50} for number in range(30)])
    for name in ("a.jsonl.gz", "a.warc.gz"):
        whole = export(archive, name).read_bytes()
        file = another_archive.folder / name
        file.write_bytes(whole[: len(whole) // 2])
        summary = restore(another_archive.database, [str(file)])
        assert summary.counts.rejected >= 1, name
    assert restore(another_archive.database, [str(archive.folder / "a.warc.gz")]).counts.rejected == 0
    assert manifest(another_archive) == manifest(archive)


def test_a_newer_form_is_not_guessed_at(archive: Archive) -> None:
    file = archive.folder / "a.jsonl"
    file.write_text('{"policy-archive-export": 99}\n{}\n')
    summary = restore(archive.database, [str(file)])
    assert "use the newer program" in summary.problems[0]


def test_what_is_no_export_is_none(archive: Archive) -> None:
    for name, content in (
        ("a.jsonl", b'{"text": "One."}\n'),
        ("b.warc", b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\nsoftware: another\r\n"),
        ("c.gz", b"\x1f\x8b damaged"),
        ("d", b""),
    ):
        assert not is_export(str(archive.write(name, content)))
    assert not is_export(str(archive.folder))
    assert not is_export("-")
    assert not is_export("\0")


def test_a_warc_holds_each_versions_text_at_its_address(archive: Archive) -> None:
    full(archive)
    file = export(archive, "all.warc.gz")
    texts = manifest(archive)
    with gzip.open(file) as stream:
        assert stream.read(8) == b"WARC/1.1"
    with open(file, "rb") as stream:
        records = {
            record.rec_headers["WARC-Target-URI"]: record.content_stream().read()
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.rec_type == "resource"
        }
    assert records
    wanted = {name: content for name, content in texts.items() if name.endswith(".txt")}
    assert {uri.removeprefix("http://archive.test/") + ".txt": text for uri, text in records.items()} == wanted


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
@pytest.mark.parametrize("name", ["folder", "list.sha256"])
def test_a_manifest_is_checked_with_no_archive_at_hand(archive: Archive, name: str) -> None:
    full(archive)
    place = archive.folder / "kept" / name
    with archive.database.reading() as connection:
        written = write_manifest(place, holdings(connection, sorted(ids_in_order(connection))))
    command = ["sha256sum", "--strict", "--quiet", "-c", written.list.name]
    assert subprocess.run(command, cwd=written.list.parent, capture_output=True).returncode == 0
    text = next(written.list.parent.rglob("1.txt"))
    text.write_bytes(text.read_bytes() + b" ")
    assert subprocess.run(command, cwd=written.list.parent, capture_output=True).returncode == 1
    table = next(written.list.parent.rglob("permalinks.tsv")).read_text().splitlines()
    assert len(table) - 1 == written.versions
    states = {line.split("\t")[5] for line in table[1:]}
    assert states == {"current", "earlier", "withdrawn", "merged", "duplicate"}


def test_an_export_keeps_every_field_of_a_paragraph() -> None:
    """A new field has to be written by `form._paragraph` and read back, or it is lost on the way."""
    assert [field.name for field in fields(Paragraph)] == ["text", "kind", "level", "spans"]


def test_the_json_of_an_article_is_plain_json(archive: Archive) -> None:
    full(archive)
    with archive.database.reading() as connection:
        for holding in holdings(connection, list(ids_in_order(connection))):
            said = to_json(holding)
            assert json.loads(json.dumps(said)) == said
