"""Feeds of all kinds, whole and broken, as entries."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.record import Unread
from app.ingest.apart import Apart, Limits
from app.ingest.draft import Draft, Hints, Link
from app.ingest.feeds.parse import Entry, Feed, NoFeed, parse_feed
from app.ingest.feeds.read import Feed as Read
from app.ingest.feeds.read import read_feed
from app.ingest.fetch.fetch import Fetched, Known
from app.ingest.readers.jsonl import JsonLinesReader

FULL = " ".join(["The council met again to weigh the cost of dredging the harbour before winter sets in."] * 12)

RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour  Gazette</title><link>https://example.org/</link><language>en</language><ttl>120</ttl>
<item><title>Port &amp; city</title><link>/2016/port</link><guid isPermaLink="false">g1</guid>
<pubDate>Thu, 21 Jul 2016 08:00:00 GMT</pubDate><dc:creator>Ann Ferreira</dc:creator><category>trade</category>
<description>Short.</description><content:encoded><![CDATA[<p>{FULL}</p>]]></content:encoded></item>
<item><title>Teaser</title><link>https://example.org/teaser</link><description>{FULL} Read more…</description></item>
<item><title>Whole summary</title><link>https://example.org/whole</link><description>{FULL}</description></item>
<item><description>No link, few words.</description></item>
</channel></rss>""".encode()


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart(processes=1) as apart:
        yield apart


def parsed(body: bytes, address: str = "https://example.org/feed") -> tuple[Feed, list[Entry]]:
    feed = parse_feed(body, address)
    return feed, list(feed.entries)


def told(body: bytes, apart: Apart) -> Read:
    address = "https://example.org/feed"
    return read_feed(Fetched(address, (), body, "", None, Known(), None), address, apart)


def test_rss() -> None:
    feed, entries = parsed(RSS)
    assert (feed.title, feed.every, len(entries)) == ("Harbour Gazette", 7200, 4)
    full, teaser, whole, loose = entries
    assert (full.id, full.link, full.title, full.authors) == (
        "g1",
        "https://example.org/2016/port",
        "Port & city",
        ("Ann Ferreira",),
    )
    assert (full.published, full.topics, full.language) == ("Thu, 21 Jul 2016 08:00:00 GMT", ("trade",), "en")
    assert full.content is not None and full.content.text == f"<p>{FULL}</p>"
    assert full.teaser is not None and full.teaser.text == "Short."
    assert teaser.content is None and teaser.teaser is not None
    assert whole.teaser is not None and (whole.teaser.text, whole.teaser.is_html) == (FULL, False)
    assert loose.link is None


def test_what_is_whole_is_an_article_and_the_rest_a_link(apart: Apart) -> None:
    feed = told(RSS, apart)
    full, teaser, whole, loose = (entry.found for entry in feed.entries)
    assert (feed.title, feed.every) == ("Harbour Gazette", 7200)
    assert isinstance(full, Draft) and full.summary is not None and full.summary.value == "Short."
    assert isinstance(teaser, Link) and teaser.stand_in is not None
    assert isinstance(whole, Draft) and whole.summary is None
    assert isinstance(loose, Draft) and loose.address is None
    assert len({entry.key for entry in feed.entries}) == 4


def test_an_entry_can_be_read_again_without_its_feed(apart: Apart) -> None:
    full = told(RSS, apart).entries[0].found
    assert isinstance(full, Draft) and full.reader == "jsonl"
    (again,) = JsonLinesReader().read(io.BytesIO(full.raw), Hints.of("-"))
    assert isinstance(again, Draft)
    for name in ("guid", "address", "paragraphs"):
        assert getattr(again, name) == getattr(full, name)
    for name in ("title", "published", "source", "language"):
        assert getattr(again, name).value == getattr(full, name).value


def test_atom() -> None:
    _, (entry, other) = parsed(
        f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">A &lt;b&gt;feed&lt;/b&gt;</title>
        <author><name>Cy</name></author>
        <entry><id>tag:example.org,2016:1</id><title>One</title><link rel="alternate" href="https://example.org/1"/>
        <author><name>Bo</name></author><author><name>Ann</name></author><published>2016-07-21T08:00:00Z</published>
        <updated>2017-01-01T00:00:00Z</updated><category term="t" label="Trade"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{FULL}</p></div></content></entry>
        <entry><id>https://example.org/2</id><title>Two</title></entry></feed>""".encode(),
    )
    assert (entry.id, entry.link, entry.published, entry.updated) == (
        "tag:example.org,2016:1",
        "https://example.org/1",
        "2016-07-21T08:00:00Z",
        "2017-01-01T00:00:00Z",
    )
    assert (entry.authors, entry.topics) == (("Bo", "Ann"), ("Trade",))
    assert entry.content is not None and entry.content.is_html and FULL in entry.content.text
    assert (other.link, other.authors) == ("https://example.org/2", ("Cy",))


def test_who_edits_an_rss_feed_is_not_the_author_of_its_entries() -> None:
    _, (entry,) = parsed(
        b"<rss version='2.0'><channel><title>T</title><managingEditor>ed@example.org (Ed Example)</managingEditor>"
        b"<item><title>One</title></item></channel></rss>"
    )
    assert entry.authors == ()


def test_rdf_gives_its_only_date(apart: Apart) -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel><item rdf:about="https://e.example/1">
    <title>One</title><link>https://e.example/1</link><dc:date>2016-07-21</dc:date></item></rdf:RDF>"""
    found = told(body, apart).entries[0].found
    assert isinstance(found, Link) and found.said is not None and found.said.published is not None
    assert (found.said.published.value, found.stand_in) == ("2016-07-21", None)


def test_json_feed() -> None:
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Gazette",
        "language": "fr",
        "items": [
            {"id": 7, "url": "a", "title": "T", "content_text": "Words.", "authors": [{"name": "Ann"}, {"url": "x"}, 3],
             "date_published": "2016-07-21T08:00:00Z", "tags": ["trade", 3, ""]},
            {"id": "8", "external_url": "https://example.com/b", "summary": "S"},
            {"id": True, "content_html": None, "tags": "no list"},
            "no item",
        ],
    }  # fmt: skip
    _, (first, second, third, nothing) = parsed(b"\xef\xbb\xbf " + json.dumps(said).encode())
    assert (first.id, first.link, first.authors) == ("7", "https://example.org/a", ("Ann",))
    assert first.content is not None and (first.content.text, first.content.is_html) == ("Words.", False)
    assert (first.topics, first.language) == (("trade",), "fr")
    assert (second.link, second.content) == ("https://example.com/b", None)
    assert second.teaser is not None and second.teaser.text == "S"
    assert third.id is None and nothing.title is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Page</title><p>Words.",
        b"{",
        b'{"version": "1"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"plain words",
        b"\x00\x01\x02",
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel><title>&x;</title></channel></rss>',
    ],
)
def test_what_is_no_feed_says_so(body: bytes, apart: Apart) -> None:
    with pytest.raises(NoFeed):
        parse_feed(body, "https://example.org/feed")
    with pytest.raises(NoFeed):
        told(body, apart)


def test_a_feed_without_entries_is_a_feed(apart: Apart) -> None:
    feed = told(b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>", apart)
    assert (feed.title, feed.entries) == ("Quiet", ())


def test_a_feed_that_takes_too_long_is_given_up() -> None:
    items = "".join(f"<item><title>{n}</title></item>" for n in range(100_000))
    with Apart(Limits(seconds=0.5), processes=1) as apart, pytest.raises(NoFeed, match="was not done after"):
        told(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), apart)


@pytest.mark.parametrize("cut", [300, 700, 1500, len(RSS) - 20])
def test_a_feed_that_breaks_off_gives_what_it_has(cut: int) -> None:
    assert parsed(RSS[:cut])[0].title == "Harbour Gazette"


def test_entries_that_share_an_id_are_told_apart_and_the_same_twice_is_one(apart: Apart) -> None:
    item = "<item><guid>x</guid><title>{}</title><link>https://example.org/x</link></item>"
    items = item.format("One") + item.format("Two") + item.format("One")
    feed = told(f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode(), apart)
    links = [entry.found for entry in feed.entries]
    assert [link.said.title.value for link in links if isinstance(link, Link) and link.said and link.said.title] == [
        "One",
        "Two",
    ]
    assert len({entry.key for entry in feed.entries}) == 2


def test_an_entry_is_another_when_it_says_another_thing(apart: Apart) -> None:
    def entry(title: str, updated: str, content: str = "") -> str:
        said = f"<content>{content}</content>" if content else ""
        feed = (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>x</id><title>{title}</title>"
            f"<updated>{updated}</updated><link href='https://e.example/x'/>{said}</entry></feed>"
        )
        (one,) = told(feed.encode(), apart).entries
        return one.digest

    assert entry("A", "2016-01-01") == entry("A", "2016-01-01") != entry("B", "2016-01-01")
    assert entry("A", "2016-01-01") != entry("A", "2017-01-01")
    assert entry("A", "2016-01-01", FULL) == entry("A", "2017-01-01", FULL)
    assert entry("A", "2016-01-01", FULL) != entry("A", "2016-01-01", f"{FULL} More.")


@given(body=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_feed_or_none(body: bytes, apart: Apart) -> None:
    for wrapped in (body, b"<rss version='2.0'><channel>" + body, b"<feed><entry>" + body + b"</entry></feed>"):
        try:
            feed = told(wrapped, apart)
        except NoFeed:
            continue
        assert len({entry.key for entry in feed.entries}) == len(feed.entries)
        assert all(isinstance(entry.found, Draft | Link | Unread) for entry in feed.entries)
