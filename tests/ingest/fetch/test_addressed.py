"""Addresses as inputs of a run: the right reader, the right address, and a rejection where there is nothing."""

from __future__ import annotations

import gzip
import json

import pytest

from app.ingest.compose import Given
from app.ingest.fetch.addressed import AddressInput
from app.ingest.pages.address import believed, claimed_addresses
from app.ingest.readers import FORMATS
from app.ingest.run import Summary, ingest
from app.store import rejections as rejections_of
from tests.conftest import Archive
from tests.ingest.fetch.web import Server, answer, fetcher, moved, page


def fetched_into(archive: Archive, *named: str, private: bool = True) -> Summary:
    one = fetcher(private=private)
    summary = ingest(archive.database, [AddressInput(address, one) for address in named], Given())
    archive.indexer.catch_up(wait=10)
    return summary


def rejected(archive: Archive) -> list[rejections_of.Rejection]:
    with archive.database.reading() as connection:
        return rejections_of.rejections(connection, 100)


def further(archive: Archive) -> list[str]:
    return list(archive.only().further_addresses)


def test_a_page_is_known_by_the_address_that_answered(archive: Archive, server: Server) -> None:
    server.answers |= {"/old": moved("/new?utm_source=x"), "/new?utm_source=x": page("Ports reopen")}
    assert fetched_into(archive, f"{server.address}/old").counts.added == 1
    article = archive.only()
    assert (article.title.value, article.url) == ("Ports reopen", f"{server.address}/new?utm_source=x")
    assert further(archive) == [f"{server.address}/old"]
    assert archive.titles("council") == ["Ports reopen"]


def test_a_page_may_give_another_address_of_its_site_as_its_own(archive: Archive, server: Server) -> None:
    server.answers["/a?page=all"] = page(head='<base href="/x/"><link rel="canonical" href="../a">')
    fetched_into(archive, f"{server.address}/a?page=all")
    assert archive.only().url == f"{server.address}/a"
    assert further(archive) == [f"{server.address}/a?page=all"]


def test_a_page_can_not_pass_for_the_article_of_another_site(archive: Archive, server: Server) -> None:
    server.answers["/a"] = page(head='<link rel="canonical" href="https://news.example/2016/report">')
    fetched_into(archive, f"{server.address}/a")
    assert archive.only().url == f"{server.address}/a"


@pytest.mark.parametrize(
    ("claimed", "address", "is_believed"),
    [
        ("https://example.org/a", "http://www.example.org/a?x=1", True),
        ("https://www.example.org/a", "https://m.example.org/a", True),
        ("https://example.org/a", "https://amp.example.org/a", True),
        ("https://example.org/", "https://example.org/a", False),
        ("https://example.org/a", "https://example.com/a", False),
        ("https://example.github.io/a", "https://github.io/a", False),
        ("https://example.org:8080/a", "https://example.org/a", False),
        ("javascript:alert(1)", "https://example.org/a", False),
    ],
)
def test_which_addresses_a_page_may_claim(claimed: str, address: str, is_believed: bool) -> None:
    assert believed(claimed, address) is is_believed


def test_only_the_head_of_a_page_says_what_its_address_is() -> None:
    comment = '<html><head><title>T</title></head><body><link rel=canonical href="/evil"></body>'
    assert claimed_addresses(comment, "https://example.org/a") == []
    script = "<head><script>write('<body>')</script><noscript><img src=x></noscript>" + " " * 20_000
    named = script + "<meta property=og:url content=/c><link rel='alternate canonical' href=' /b '>"
    assert claimed_addresses(named, "https://example.org/a") == ["https://example.org/b"]


def test_a_page_of_which_nobody_knows_where_it_stood_says_it_itself() -> None:
    page = (
        "<head><meta property='og:url' content='https://example.org/c'><link rel=canonical href='https://example.org/'>"
    )
    assert claimed_addresses(page, None) == ["https://example.org/", "https://example.org/c"]
    assert [one for one in claimed_addresses(page, None) if believed(one, None)] == ["https://example.org/c"]


def test_the_same_address_again_changes_nothing(archive: Archive, server: Server) -> None:
    server.answers["/a"] = page()
    fetched_into(archive, f"{server.address}/a")
    assert fetched_into(archive, f"{server.address}/a").counts.unchanged == 1
    server.answers["/a"] = page(text="The council met on Tuesday.")
    assert fetched_into(archive, f"{server.address}/a").counts.revised == 1


def test_other_formats_than_pages(archive: Archive, server: Server) -> None:
    lines = json.dumps({"text": "One of two.", "url": "https://example.org/1"}) + "\n" + json.dumps({"text": "Two."})
    server.answers |= {
        "/a.txt": answer("Text.\n", Content_Type="text/plain"),
        "/a.md": answer("# Head\n\nMarked.\n", Content_Type="text/plain"),
        "/a.jsonl": answer(lines, Content_Type="application/octet-stream"),
        "/b.jsonl.gz": answer(gzip.compress(b'{"text": "Packed."}'), Content_Type="application/octet-stream"),
        "/latin": answer("Café".encode("latin-1"), Content_Type="text/plain; charset=ISO-8859-1"),
    }
    names = ("a.txt", "a.md", "a.jsonl", "b.jsonl.gz", "latin")
    counts = fetched_into(archive, *(f"{server.address}/{name}" for name in names)).counts
    assert (counts.added, counts.rejected) == (6, 0)
    assert len(archive.titles("café")) == 1
    assert len(archive.titles("head marked")) == 1


def test_what_cannot_be_fetched_is_a_rejection_with_its_reason(archive: Archive, server: Server) -> None:
    server.answers |= {
        "/robots.txt": answer("User-agent: *\nDisallow: /private"),
        "/binary": answer(b"\x00\x01\x02", Content_Type="application/x-thing"),
        "/empty": answer(b""),
        "/bomb.jsonl.gz": answer(gzip.compress(bytes(40_000_000))),
        "/cut.txt.gz": answer(gzip.compress(b"words")[:-4]),
    }
    paths = ("missing", "private/a", "binary", "empty", "bomb.jsonl.gz", "cut.txt.gz")
    named = [f"{server.address}/{path}" for path in paths]
    summary = fetched_into(archive, *named, "http://user:pw@example.org/", "ftp://example.org/")
    assert (summary.counts.read, summary.counts.rejected) == (8, 8)
    assert [(one.place.file, one.reader, one.reason) for one in reversed(rejected(archive))] == [
        (named[0], "fetch", "its site answered 404 Not Found"),
        (named[1], "fetch", "its site's robots.txt asks programs to stay away from it"),
        (named[2], "ingest", f"its format is not known; known are {', '.join(FORMATS)}"),
        (named[3], "txt", "it is empty"),
        (named[4], "jsonl", "a record of 38 MB is larger than the 32 MB that are read; split it"),
        (named[5], "txt", "it can't be read: Compressed file ended before the end-of-stream marker was reached"),
        ("http://…@example.org/", "fetch", "the address has a user name or password in it; take it out"),
        ("ftp://example.org/", "fetch", "“ftp” is not http or https, and nothing else is fetched"),
    ]
    assert rejected(archive)[5].raw == b"\x00\x01\x02"


def test_an_address_that_answers_at_last_is_no_rejection_any_more(archive: Archive, server: Server) -> None:
    fetched_into(archive, f"{server.address}/a")
    assert len(rejected(archive)) == 1
    server.answers["/a"] = page()
    assert fetched_into(archive, f"{server.address}/a").counts.added == 1
    assert rejected(archive) == []


def test_addresses_inside_are_rejected_and_the_run_goes_on(archive: Archive, server: Server) -> None:
    summary = fetched_into(archive, "http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", private=False)
    assert summary.counts.rejected == 2
    assert all("not on the open web" in problem for problem in summary.problems)
