"""Files that were made to do harm, or that nobody could have made: refused or bounded, always with a reason."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.record import Unread
from app.ingest.draft import Draft, Link
from app.ingest.readers import FORMATS, reader
from tests.conftest import Archive
from tests.ingest.readers.files import EPUB, ODT, epub, odt, pdf, response, warc, zipped
from tests.ingest.readers.reading import all_in, found_by

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("j")))
    + b"]>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_entities_of_xml_are_never_read(doctype: bytes) -> None:
    for raw in (
        doctype + b"<rss><channel><item><title>&i;&a;</title><link>https://e.example/1</link></item></channel></rss>",
        doctype + b"<urlset><url><loc>https://e.example/&a;</loc></url></urlset>",
        zipped({"content.xml": doctype + b"<a>&i;&a;</a>"}, ODT),
        zipped({"META-INF/container.xml": doctype + b"<a>&a;</a>"}, EPUB),
    ):
        (only,) = all_in(raw)
        assert isinstance(only, Unread) and "ENTITY" in only.reason


def test_documents_that_unpack_to_too_much_are_refused() -> None:
    bomb = b"<p>" + b"words " * (25 * 1024 * 1024) + b"</p>"
    for raw in (zipped({"content.xml": bomb}, ODT), zipped({"word/document.xml": bomb, "[Content_Types].xml": "x"})):
        (only,) = all_in(raw, "a.docx" if b"word/" in raw[:500] else "a.odt")
        assert isinstance(only, Unread) and "unpacks to" in only.reason


def test_a_line_without_end_is_passed_over(archive: Archive) -> None:
    archive.write("a.jsonl", b'{"text": "' + b"a" * (100 * 1024 * 1024) + b'"}\n{"text": "Good."}\n')
    archive.write("b.txt", b"a" * (33 * 1024 * 1024))
    archive.write("c.html", b"<p>" + b"a" * (33 * 1024 * 1024))
    counts = archive.ingest(archive.folder / "input").counts
    assert (counts.read, counts.added, counts.rejected) == (4, 1, 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_links_out_of_a_folder_and_pipes_in_it_are_rejected(archive: Archive, tmp_path: Path) -> None:
    archive.write("a.txt", "Good.")
    folder = archive.folder / "input"
    (folder / "out.txt").symlink_to("/etc/passwd")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    summary = archive.ingest(folder)
    reasons = sorted(summary.reasons)
    assert summary.counts.rejected == 3 and archive.only()
    assert any("leads out of the folder" in reason for reason in reasons)
    assert any("a device, a pipe or a socket" in reason for reason in reasons)


SAMPLES = {
    "html": b"<html><title>T</title><article><h1>T</h1><p>Ministers <b>met</b>.<table><tr><td>a<td>b</table>",
    "pdf": pdf([[(72, 700, 12, "Ministers met."), (72, 680, 12, "They left.")]]),
    "odt": odt("<text:p>Ministers met.</text:p>"),
    "epub": epub({"a": "<p>x</p>"}, ["a"]),
    "eml": b"From: a@e.example\nSubject: =?utf-8?Q?x?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSome text\n--x--\n",
    "mbox": b"From a@e.example Thu Jul 21 08:00:00 2016\nSubject: x\n\nText.\n",
    "csv": b'title,text\nx,"a ""quoted"" one"\n',
    "json": b'[{"text": "a"}]',
    "jsonl": b'{"text": "a"}\n',
    "feed": b"<rss><channel><item><title>x</title><description>y</description></item></channel></rss>",
    "sitemap": b"<urlset><url><loc>https://e.example/1</loc></url></urlset>",
    "warc": warc(
        ("response", {"WARC-Target-URI": "https://e.example/"}, response(b"<p>x</p>", Content_Type="text/html"))
    ),
    "zip": zipped({"a.txt": "Text.", "b.jsonl": '{"text": "b"}'}),
    "txt": b"Headline\n\nBy Ann Other\n\nText.",
    "md": b"---\ntitle: x\n---\n\n# T\n\nText *a* [b](c).\n",
}


@pytest.mark.parametrize("format", SAMPLES)
@given(data=st.data())
def test_damage_anywhere_is_read_over_or_told(format: str, data: st.DataObject) -> None:
    raw = bytearray(SAMPLES[format])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from("change cut repeat drop".split())):
            case "change":
                raw[place] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[max(1, place) :]
            case "repeat":
                raw[place:place] = raw[place : place + 20] * 3
            case _:
                if len(raw) > 5:
                    del raw[place : place + 3]
    if reader(format).at_home is None:
        found = all_in(bytes(raw), f"a.{format}")
        assert found
    else:
        found = found_by(format, bytes(raw))
    assert all(isinstance(one, Draft | Unread | Link) for one in found)


def test_all_formats_are_tried() -> None:
    assert set(SAMPLES) == set(FORMATS) - {"docx", "tar"}
