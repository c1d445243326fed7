import json

import pytest

from app.domain.record import Unread
from app.ingest.draft import Draft, Link
from tests.ingest.readers.reading import all_in, drafted_by, found_by, texts

MAIL = b"""From: =?utf-8?Q?Zo=C3=AB_Other?= <zoe@e.example>
Subject: Re: =?iso-8859-1?Q?Caf=E9?= prices
Date: Thu, 21 Jul 2016 08:00:00 -0500
Message-ID: <abc@e.example>
List-Id: Ports list <ports.e.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

The caf=E9 prices rose again this week, as a sh=
ort note on coffee says.

--=20
Zoe
--x
Content-Type: text/html

<p>The caf&eacute;</p>
--x--
"""


def test_a_mail_is_an_article() -> None:
    draft = drafted_by("eml", MAIL)
    assert draft.title is not None and (draft.title.value, draft.title.origin) == ("Café prices", "mail header")
    assert [author.value for author in draft.authors] == ["Zoë Other"]
    assert draft.published is not None and draft.published.value == "2016-07-21T08:00-05:00"
    assert draft.source is not None and draft.source.value == "Ports list"
    assert texts(draft) == ["The café prices rose again this week, as a short note on coffee says."]


def test_a_mailbox_holds_mails() -> None:
    box = (
        b"From a@e.example Thu Jul 21 08:00:00 2016\nFrom: a@e.example\nSubject: One\n\nFirst.\n>From the start.\n\n"
        b"From b@e.example Fri Jul 22 08:00:00 2016\nSubject: Two\nDate: nonsense\n\nSecond.\n"
    )
    one, two = all_in(box)
    assert isinstance(one, Draft) and texts(one) == ["First.", "From the start."]
    assert isinstance(two, Draft) and two.place.number == 2 and two.title is not None and two.title.value == "Two"


@pytest.mark.parametrize(
    "headers",
    [b"", b"\xff\xfe\xfd", b"Subject: =?bogus?Q?=ZZ?=\nDate: \x00\n", b"Content-Type: multipart/mixed; boundary=\n", b"Content-Type: text/plain; charset=no-such\n"],
)  # fmt: skip
def test_broken_mails_are_read_or_rejected(headers: bytes) -> None:
    (only,) = found_by("eml", headers + b"\nSome text.\n")
    assert isinstance(only, Draft | Unread)


def test_a_table_in_any_dialect() -> None:
    for raw in (
        b'id,Title,Body,Date,Tags\n1,"Ports, a count","Twelve\nships.",2016-07-21,ports;ships\n2,Two,Text two,,\n',
        b"\xef\xbb\xbfid;title;text;published;topics\r\n1;Ports, a count;Twelve ships.;2016-07-21;ports|ships\r\n2;Two;Text two;;\r\n",
        b"id\ttitle\ttext\tpublished\ttopics\n1\tPorts, a count\tTwelve ships.\t2016-07-21\tports\n2\tTwo\tText two\t\t\n",
        'id,title,text,published,topics\n1,"Ports, a count",Twelve ships.,2016-07-21,ports\n2,Two,Text two,,\n'.encode(
            "utf-16"
        ),
    ):
        one, two = found_by("csv", raw)
        assert isinstance(one, Draft) and one.title is not None and one.title.value == "Ports, a count"
        assert one.published is not None and one.published.value == "2016-07-21" and one.topics[0].value == "ports"
        assert isinstance(two, Draft) and two.guid == "2"


def test_rows_that_are_no_records_are_rejected_one_by_one() -> None:
    one, two, three = found_by("csv", b"title,text\na,b\na,b,c\nd,e\n")
    assert isinstance(one, Draft) and isinstance(two, Unread) and "3 cells" in two.reason and isinstance(three, Draft)
    (only,) = found_by("csv", b"name,age\nx,7\n")
    assert isinstance(only, Unread) and "no column `text`" in only.reason


def test_json_files_hold_one_record_or_a_list() -> None:
    assert texts(drafted_by("json", b'{\n "text": "One."\n}')) == ["One."]
    one, two = found_by("json", json.dumps({"articles": [{"text": "One."}, 7]}).encode())
    assert isinstance(one, Draft) and isinstance(two, Unread)


RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Ports daily</title><link>https://e.example/</link><language>en</language>
<item><title>Full &amp;amp; more</title><link>https://e.example/1</link><guid>g1</guid><pubDate>Thu, 21 Jul 2016 08:00:00 GMT</pubDate>
<description>Teaser.</description><content:encoded><![CDATA[<p>First, <a href="/x">linked</a>.</p><p>Second.</p><p>Third.</p>]]></content:encoded></item>
<item><title>Teaser</title><link>https://e.example/2</link><description>Only a teaser&#8230; Read more</description></item>
<item><title>Link</title><link>https://e.example/3</link></item><item><title>Nothing</title></item></channel></rss>"""


def test_a_feed_gives_articles_where_it_holds_them_and_links_where_it_does_not() -> None:
    full, teaser, link, nothing = all_in(RSS)
    assert isinstance(full, Draft) and texts(full) == ["First, linked.", "Second.", "Third."]
    assert full.paragraphs[0].spans[0].target == "https://e.example/x"
    assert full.source is not None and full.source.value == "Ports daily" and full.guid == "g1"
    assert isinstance(teaser, Link) and teaser.address == "https://e.example/2"
    assert teaser.stand_in is not None and texts(teaser.stand_in) == ["Only a teaser… Read more"]
    assert isinstance(link, Link) and link.stand_in is None
    assert isinstance(nothing, Unread) and nothing.place.number == 4


def test_other_feeds() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A & B</title><entry><title>One</title><id>urn:x:1</id>
    <updated>2016-07-21T08:00:00Z</updated><content type="html">&lt;p&gt;A.&lt;/p&gt;&lt;p&gt;B.&lt;/p&gt;&lt;p&gt;C.&lt;/p&gt;</content></entry>"""
    json_feed = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": 1, "content_html": "<p>A.</p><p>B.</p><p>C.</p>"}, 5],
        }
    )
    one = all_in(atom)[0]
    assert isinstance(one, Draft) and texts(one) == ["A.", "B.", "C."] and one.guid == "urn:x:1"
    first, second = all_in(json_feed.encode())
    assert isinstance(first, Draft) and texts(first) == ["A.", "B.", "C."] and isinstance(second, Unread)


@pytest.mark.parametrize("cut", [30, 120, 300, 500, 700])
def test_feeds_that_break_off_give_what_they_have(cut: int) -> None:
    found = all_in(RSS[:cut], "a.rss")
    assert found and all(isinstance(one, Draft | Unread | Link) for one in found)


def test_a_sitemap_holds_links() -> None:
    sitemap = (
        b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://e.example/1'
        b"</loc></url><url><loc>nonsense</loc></url></urlset>"
    )
    one, two = all_in(sitemap)
    assert isinstance(one, Link) and one.address == "https://e.example/1"
    assert isinstance(two, Unread) and "no address" in two.reason
