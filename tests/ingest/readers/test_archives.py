"""Zip, tar, WARC and ARC, one in another, and what must not come out of them."""

import gzip
import io
import tarfile

import pytest

from app.domain.record import Unread
from app.ingest.draft import Draft
from tests.ingest.readers.files import response, warc, zipped
from tests.ingest.readers.reading import all_in, texts

PAGE = b"<html><head><title>Ports</title></head><body><h1>Ports</h1><p>Ministers met to weigh how the port could be reopened.</p>"


def tarred(*members: tuple[str, bytes], mode: str = "w") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_is_read_like_a_folder(mode: str) -> None:
    raw = tarred(("b/a.txt", b"One."), ("b/.hidden", b"x"), ("pic.png", b"x"), ("c.html", PAGE), mode=mode)
    one, two = all_in(raw, "a.bin")
    assert isinstance(one, Draft) and texts(one) == ["One."] and str(one.place) == "a.bin: b/a.txt"
    assert isinstance(two, Draft) and two.reader == "html"


def test_archives_lie_in_archives_but_not_without_end() -> None:
    one, two = all_in(zipped({"a.jsonl": '{"text": "One."}\n{"text": "Two."}\n', "README.txt": "x"}))
    assert isinstance(one, Draft) and str(one.place) == "a: a.jsonl, record 1" and isinstance(two, Draft)
    inner = zipped({"a.txt": "One."})
    for _ in range(3):
        inner = zipped({"a.zip": inner})
    (deep,) = all_in(inner)
    assert isinstance(deep, Draft)
    for _ in range(3):
        inner = zipped({"a.zip": inner})
    (deeper,) = all_in(inner)
    assert isinstance(deeper, Unread) and "one in another" in deeper.reason


def test_members_that_lead_out_and_links_are_refused() -> None:
    found = all_in(zipped({"../../etc/a.txt": "x", "/abs.txt": "x", "C:\\a.txt": "x", "good.txt": "One."}))
    assert ["leads out" in one.reason if isinstance(one, Unread) else texts(one) for one in found] == [True] * 3 + [
        ["One."]
    ]
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("a.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    found = all_in(written.getvalue())
    assert len(found) == 4 and all(isinstance(one, Unread) and "link or a device" in one.reason for one in found)


def test_a_bomb_is_refused_whatever_packs_it() -> None:
    zeros = b"words " * (14 * 1024 * 1024)
    for raw in (gzip.compress(zeros), gzip.compress(gzip.compress(zeros)), zipped({"a.txt": zeros})):
        (only,) = all_in(raw)
        assert isinstance(only, Unread) and ("unpacks to more than" in only.reason or "larger than" in only.reason)


def test_cut_off_archives_give_what_they_have_and_say_so() -> None:
    raw = tarred(*((f"{n}.txt", f"Number {n}. ".encode() * 200) for n in range(30)), mode="w:gz")
    found = all_in(raw[: len(raw) * 2 // 3])
    assert isinstance(found[-1], Unread)
    whole = zipped({"a.txt": "One." * 100, "b.txt": "Two."})
    (only,) = all_in(whole[:60])
    assert isinstance(only, Unread)
    damaged = bytearray(whole)
    damaged[45] ^= 0xFF
    first, second = all_in(bytes(damaged))
    assert isinstance(first, Unread) and isinstance(second, Draft)


AT = {
    "WARC-Target-URI": "https://e.example/ports",
    "WARC-Date": "2016-07-22T08:00:00Z",
    "Content-Type": "application/http",
}
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (PAGE[:40], PAGE[40:])) + b"0\r\n\r\n"


def test_a_warc_gives_its_pages_at_their_addresses() -> None:
    raw = warc(
        ("warcinfo", {"Content-Type": "application/warc-fields"}, b"software: x\r\n"),
        ("request", AT, b"GET /ports HTTP/1.1\r\n\r\n"),
        ("response", AT, response(PAGE, Content_Type="text/html")),
        ("response", AT, response(CHUNKED, Content_Type="text/html", Transfer_Encoding="chunked")),
        ("response", AT, response(gzip.compress(PAGE), Content_Type="text/html", Content_Encoding="gzip")),
        ("resource", {**AT, "Content-Type": "text/plain"}, b"Plain text."),
        ("response", AT, response(b"gone", "404 Not Found", Content_Type="text/html")),
        (
            "response",
            {**AT, "WARC-Target-URI": "https://e.example/a.png"},
            response(b"\x89PNG", Content_Type="image/png"),
        ),
        ("revisit", AT, response(b"")),
    )
    for whole in (raw, gzip.compress(raw)):
        found = all_in(whole, "a.warc")
        drafts = [one for one in found if isinstance(one, Draft)]
        assert [one.place.number for one in drafts] == [3, 4, 5, 6]
        assert all(one.address == "https://e.example/ports" for one in drafts)
        assert [texts(one)[-1][:14] for one in drafts] == ["Ministers met "] * 3 + ["Plain text."]
        reasons = [one.reason for one in found if isinstance(one, Unread)]
        assert len(reasons) == 2 and "404" in reasons[0] and "revisit" in reasons[1]


def test_an_arc_gives_its_pages_too() -> None:
    body = response(PAGE, Content_Type="text/html")
    info = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    raw = b"filedesc://a.arc 0.0.0.0 20160722080000 text/plain %d\n%s\n" % (
        len(info),
        info,
    ) + b"https://e.example/ports 127.0.0.1 20160722080000 text/html %d\n%s\n" % (len(body), body)
    (only,) = all_in(raw, "a.arc")
    assert isinstance(only, Draft) and only.address == "https://e.example/ports"


def test_a_damaged_warc_keeps_what_came_before() -> None:
    raw = warc(("response", AT, response(PAGE, Content_Type="text/html")))
    found = all_in(raw + b"garbage that is no record\r\n\r\n", "a.warc")
    assert isinstance(found[0], Draft) and len(found) == 2 and isinstance(found[1], Unread)
    cut = all_in(raw[:-40], "a.warc")
    assert len(cut) == 1
