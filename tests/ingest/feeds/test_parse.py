"""Feeds of all kinds, whole and broken, as entries."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.feeds.parse import MOST_BYTES, NoFeed, parse_feed

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


def test_rss() -> None:
    feed = parse_feed(RSS, "https://example.org/feed")
    assert (feed.title, feed.every, len(feed.entries)) == ("Harbour Gazette", 7200, 4)
    full, teaser, whole, loose = feed.entries
    assert (full.id, full.link, full.title, full.authors) == (
        "g1",
        "https://example.org/2016/port",
        "Port & city",
        ("Ann Ferreira",),
    )
    assert (full.published, full.topics, full.language) == ("Thu, 21 Jul 2016 08:00:00 GMT", ("trade",), "en")
    assert full.html == f"<p>{FULL}</p>" and full.summary == "Short."
    assert teaser.html is None and teaser.summary is not None
    assert whole.html == FULL and whole.summary is None
    assert loose.html == "No link, few words." and loose.link is None
    assert len({entry.key for entry in feed.entries}) == 4


def test_atom() -> None:
    feed = parse_feed(
        f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">A &lt;b&gt;feed&lt;/b&gt;</title>
        <entry><id>tag:example.org,2016:1</id><title>One</title><link rel="alternate" href="https://example.org/1"/>
        <author><name>Bo</name></author><author><name>Ann</name></author><published>2016-07-21T08:00:00Z</published>
        <updated>2017-01-01T00:00:00Z</updated><category term="t" label="Trade"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{FULL}</p></div></content></entry></feed>""".encode(),
        "https://example.org/atom",
    )
    (entry,) = feed.entries
    assert (entry.id, entry.link, entry.published) == (
        "tag:example.org,2016:1",
        "https://example.org/1",
        "2016-07-21T08:00:00Z",
    )
    assert (entry.authors, entry.topics) == (("Bo", "Ann"), ("Trade",))
    assert entry.html is not None and FULL in entry.html


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
    feed = parse_feed(b"\xef\xbb\xbf " + json.dumps(said).encode(), "https://example.org/feed.json")
    first, second, third = feed.entries
    assert (first.id, first.link, first.text, first.authors) == ("7", "https://example.org/a", "Words.", ("Ann",))
    assert (first.topics, first.language) == (("trade",), "fr")
    assert (second.link, second.html, second.text, second.summary) == ("https://example.com/b", None, None, "S")
    assert third.id is None


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
        b"<rss" + b" " * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(NoFeed):
        parse_feed(body, "https://example.org/feed")


@pytest.mark.parametrize("cut", [300, 700, 1500, len(RSS) - 20])
def test_a_feed_that_breaks_off_gives_what_it_has(cut: int) -> None:
    assert parse_feed(RSS[:cut], "https://example.org/feed").title == "Harbour Gazette"


def test_entities_neither_explode_nor_read_files() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    bomb = f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel><title>&j;</title></channel></rss>"
    assert len(str(parse_feed(bomb.encode(), "https://example.org/").title)) < 10_000
    outside = (
        b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        b"<rss version='2.0'><channel><title>T&x;</title></channel></rss>"
    )
    assert "root" not in str(parse_feed(outside, "https://example.org/").title)


def test_entries_that_share_an_id_are_told_apart_and_the_same_twice_is_one() -> None:
    item = "<item><guid>x</guid><title>{}</title><link>https://example.org/x</link></item>"
    items = item.format("One") + item.format("Two") + item.format("One")
    feed = parse_feed(
        f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode(), "https://e.example/"
    )
    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert len({entry.key for entry in feed.entries}) == 2


def test_an_entry_is_another_when_it_says_another_thing() -> None:
    def entry(title: str, updated: str, content: str = "") -> str:
        said = f"<content>{content}</content>" if content else ""
        feed = (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>x</id><title>{title}</title>"
            f"<updated>{updated}</updated><link href='https://e.example/x'/>{said}</entry></feed>"
        )
        (one,) = parse_feed(feed.encode(), "https://e.example/").entries
        return one.digest

    assert entry("A", "2016-01-01") == entry("A", "2016-01-01") != entry("B", "2016-01-01")
    assert entry("A", "2016-01-01") != entry("A", "2017-01-01")
    assert entry("A", "2016-01-01", FULL) == entry("A", "2017-01-01", FULL)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_feed_or_none(body: bytes) -> None:
    for wrapped in (body, b"<rss version='2.0'><channel>" + body, b"<feed><entry>" + body + b"</entry></feed>"):
        try:
            feed = parse_feed(wrapped, "https://example.org/feed")
        except NoFeed:
            continue
        assert len({entry.key for entry in feed.entries}) == len(feed.entries)
