"""Feeds that are polled, against real servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.article import Article
from app.ingest.compose import Given
from app.ingest.feeds.parse import NoFeed
from app.ingest.feeds.poll import LEASE, Polled, poll, poll_due
from app.ingest.feeds.subscribe import find_feed
from app.ingest.fetch.addressed import AddressInput
from app.ingest.fetch.failure import FetchFailed
from app.ingest.run import ingest
from app.store import feeds, leases, rejections, runs
from app.store.feeds import Feed
from tests.conftest import Archive
from tests.ingest.fetch.web import Request, Server, answer, fetcher, moved, page, serving

FULL = " ".join(["The council met again to weigh the cost of dredging the harbour before winter sets in."] * 6)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({}) as server:
        yield server


def rss(*items: str, title: str = "Gazette") -> bytes:
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{title}</title>{''.join(items)}</channel></rss>"
    )
    return answer(body, Content_Type="application/rss+xml", ETag=f'"{len(body)}"')


def item(n: int | str, *, full: bool = True, title: str = "") -> str:
    content = f"<content:encoded>&lt;p&gt;Item {n}. {FULL}&lt;/p&gt;</content:encoded>" if full else ""
    return f"<item><title>{title or f'Item {n}'}</title><link>/items/{n}</link><guid>id-{n}</guid>{content}</item>"


class Reader:
    """An archive that follows one feed."""

    def __init__(self, archive: Archive, server: Server, path: str = "/feed", **given: str) -> None:
        self.archive = archive
        self.server = server
        with archive.database.writing() as connection:
            self.id = feeds.add(connection, f"{server.address}{path}", None, given.get("source"), ()).id

    def poll(self) -> Polled:
        told: list[Polled] = []
        assert poll(self.archive.database, fetcher(), [self.feed], told.append) == 1
        self.archive.indexer.catch_up(wait=10)
        return told[0]

    @property
    def feed(self) -> Feed:
        with self.archive.database.reading() as connection:
            feed = feeds.find(connection, self.id)
        assert feed is not None
        return feed

    def rejected(self) -> list[str]:
        with self.archive.database.reading() as connection:
            return [one.reason for one in rejections.rejections(connection, 100)]

    def runs(self) -> int:
        with self.archive.database.reading() as connection:
            return runs.count_runs(connection)


def minutes(until: datetime) -> float:
    return (until - datetime.now(UTC)).total_seconds() / 60


def test_entries_that_say_all_are_stored_as_they_are(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = rss(item(1), item(2))
    reader = Reader(archive, server)
    polled = reader.poll()
    assert polled.counts is not None and polled.counts.added == 2
    assert server.paths == ["/feed"]
    hit = archive.search('"item 1"').hits[0].article
    assert (hit.title, hit.source, hit.url, hit.guid) == ("Item 1", "Gazette", f"{server.address}/items/1", "id-1")
    assert reader.feed.title == "Gazette"
    article = archive.find(archive.ids()[0])
    assert isinstance(article, Article) and article.source is not None and article.source.origin == "feed"


def test_of_others_the_link_is_followed(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": rss(item(1, full=False)), "/items/1": moved("/real"), "/real": page("", "All of it.")}
    reader = Reader(archive, server, source="Harbour Board")
    assert reader.poll().counts is not None
    article = archive.only()
    assert (article.url, article.guid, article.text) == (f"{server.address}/real", "id-1", "All of it.")
    assert (article.title.value, article.title.origin) == ("Item 1", "feed")
    assert article.source is not None
    assert (article.source.value, article.source.origin) == ("Harbour Board", "given")


def test_only_what_is_new_is_dealt_with(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": rss(item(1, full=False)), "/items/1": page(), "/items/2": page("Two", "Second.")}
    reader = Reader(archive, server)
    reader.poll()
    server.answers["/feed"] = rss(item(2, full=False), item(1, full=False))
    counts = reader.poll().counts
    assert counts is not None and (counts.read, counts.added) == (1, 1)
    assert server.paths == ["/feed", "/items/1", "/feed", "/items/2"]
    assert reader.poll().counts is None
    assert reader.runs() == 2


def test_a_changed_entry_is_a_new_version(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = rss(item(1))
    reader = Reader(archive, server)
    reader.poll()
    server.answers["/feed"] = rss(item(1, title="Item 1, corrected"))
    counts = reader.poll().counts
    assert counts is not None and counts.revised == 1


def test_a_feed_that_has_not_changed_is_not_sent_again_and_is_asked_less_often(
    archive: Archive, server: Server
) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        whole = rss(item(1))
        tag = whole.split(b'ETag: "')[1].split(b'"')[0].decode()
        held = request.headers.get("if-none-match") == f'"{tag}"'
        connection.sendall(answer(status="304 Not Modified") if held else whole)

    server.answers["/feed"] = conditional
    reader = Reader(archive, server)
    reader.poll()
    assert reader.feed.interval == 1800
    assert 26 < minutes(reader.feed.next_poll_at) < 34
    for interval in (2700, 4050):
        assert reader.poll().counts is None
        assert reader.feed.interval == interval
    assert reader.feed.etag is not None
    assert archive.search("council").answer.result.total == 1


def test_a_link_that_does_not_answer_is_tried_with_the_next_poll(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": rss(item(1, full=False)), "/items/1": answer(status="503 Service Unavailable")}
    reader = Reader(archive, server)
    reader.poll()
    assert reader.rejected() == ["its site is busy (503 Service Unavailable)"]
    assert reader.feed.etag is None
    reader.poll()
    assert len(reader.rejected()) == 1
    server.answers["/items/1"] = page()
    reader.poll()
    assert (len(archive.ids()), reader.rejected()) == (1, [])


def test_a_link_that_will_never_answer_is_asked_once(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = rss(item(1, full=False))
    reader = Reader(archive, server)
    reader.poll()
    reader.poll()
    assert server.paths == ["/feed", "/items/1", "/feed"]
    assert reader.rejected() == ["its site answered 404 Not Found"]


def test_a_failing_feed_is_asked_ever_less_often_and_says_why(archive: Archive, server: Server) -> None:
    reader = Reader(archive, server)
    waits = []
    for failures in range(1, 4):
        polled = reader.poll()
        assert polled.problem == reader.feed.problem == "its site answered 404 Not Found"
        assert reader.feed.failures == failures
        waits.append(minutes(reader.feed.next_poll_at))
    assert waits[0] * 1.5 < waits[1] and waits[1] * 1.5 < waits[2]
    server.answers["/feed"] = rss(item(1))
    assert reader.poll().problem is None
    assert (reader.feed.failures, reader.feed.problem) == (0, None)


def test_a_site_may_say_when_to_ask_again(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = answer(status="429 Too Many Requests", Retry_After=str(5 * 86400))
    reader = Reader(archive, server)
    reader.poll()
    assert reader.feed.next_poll_at - datetime.now(UTC) > timedelta(days=4)


@pytest.mark.parametrize(("cache", "ttl"), [("max-age=36000", ""), ("", "<ttl>600</ttl>")])
def test_a_publisher_may_say_how_often_to_ask(archive: Archive, server: Server, cache: str, ttl: str) -> None:
    body = f'<rss version="2.0"><channel><title>T</title>{ttl}{item(1)}</channel></rss>'.replace(
        "content:encoded", "description"
    )
    server.answers["/feed"] = answer(body, Cache_Control=cache)
    reader = Reader(archive, server)
    reader.poll()
    assert 9 * 60 < minutes(reader.feed.next_poll_at) < 11 * 60


def test_a_feed_that_has_moved_for_good_is_followed(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": moved("/new"), "/new": moved("/now", "302 Found"), "/now": rss(item(1))}
    reader = Reader(archive, server)
    assert reader.poll().moved_to == f"{server.address}/new"
    assert (reader.feed.address, reader.feed.added_as) == (f"{server.address}/new", f"{server.address}/feed")
    reader.poll()
    assert server.paths[3:] == ["/new", "/now"]


def test_a_feed_that_is_elsewhere_for_now_is_not(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": moved("/now", "307 Temporary Redirect"), "/now": rss(item(1))}
    reader = Reader(archive, server)
    assert reader.poll().moved_to is None
    assert reader.feed.address == f"{server.address}/feed"


def test_a_feed_that_moves_to_where_no_feed_is_stays(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": moved("/"), "/": page("For sale")}
    reader = Reader(archive, server)
    assert "no feed" in str(reader.poll().problem)
    assert reader.feed.address == f"{server.address}/feed"


def test_two_feeds_that_become_one_are_polled_once(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": moved("/new"), "/new": rss(item(1))}
    new = Reader(archive, server, "/new")
    old = Reader(archive, server)
    assert f"feed {new.id} already" in str(old.poll().problem)
    assert old.feed.gone_at is not None


def test_a_feed_that_is_gone_is_not_asked_again(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = answer(status="410 Gone")
    reader = Reader(archive, server)
    assert reader.poll().gone
    assert "gone (410)" in str(reader.feed.problem)
    assert poll_due(archive.database, fetcher(), lambda one: None) == 0


def test_only_what_is_due_is_polled(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = rss(item(1))
    Reader(archive, server)
    told: list[Polled] = []
    assert poll_due(archive.database, fetcher(), told.append) == 1
    assert poll_due(archive.database, fetcher(), told.append) == 0


def test_one_process_polls_at_a_time(archive: Archive, server: Server) -> None:
    Reader(archive, server)
    leases.take(archive.database, LEASE)
    with pytest.raises(leases.Held, match="has been at it since"):
        poll_due(archive.database, fetcher(), lambda one: None)
    leases.release(archive.database, LEASE)
    assert poll_due(archive.database, fetcher(), lambda one: None) == 1
    assert server.paths == ["/feed"]


def test_many_links_are_followed_poll_by_poll(archive: Archive, server: Server) -> None:
    server.answers |= {"/feed": rss(*(item(n, full=False) for n in range(60)))}
    server.answers |= {f"/items/{n}": page(f"Item {n}", f"Text of item {n}.") for n in range(60)}
    reader = Reader(archive, server)
    reader.poll()
    assert len(archive.ids()) == 50
    reader.poll()
    assert len(archive.ids()) == 60
    assert len(server.paths) == 62


def test_a_crash_between_storing_and_noting_loses_and_doubles_nothing(archive: Archive, server: Server) -> None:
    server.answers["/feed"] = rss(item(1))
    reader = Reader(archive, server)
    reader.poll()
    with archive.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM feed_entry")
        feeds.note(connection, reader.id, etag=None)
    counts = reader.poll().counts
    assert counts is not None and counts.unchanged == 1


class TestFinding:
    def test_the_feed_itself(self, server: Server) -> None:
        server.answers |= {"/feed": moved("/new"), "/new": rss(item(1))}
        found = find_feed(f"{server.address}/feed", fetcher())
        assert (found.address, found.title, found.entries) == (f"{server.address}/new", "Gazette", 1)

    def test_the_feed_that_a_page_names(self, server: Server) -> None:
        link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
        server.answers |= {"/": page(head=link), "/feed": rss(item(1))}
        assert find_feed(f"{server.address}/", fetcher()).address == f"{server.address}/feed"

    def test_none(self, server: Server) -> None:
        server.answers["/"] = page()
        with pytest.raises(NoFeed, match="no feed"):
            find_feed(f"{server.address}/", fetcher())
        with pytest.raises(FetchFailed, match="404"):
            find_feed(f"{server.address}/missing", fetcher())


def test_the_address_of_a_feed_can_be_ingested(archive: Archive, server: Server) -> None:

    server.answers |= {
        "/feed": rss(item(1), item(2, full=False), item(3, full=False)),
        "/items/2": page("Two", "Second."),
    }
    counts = ingest(archive.database, [AddressInput(f"{server.address}/feed", fetcher())], Given()).counts
    assert (counts.read, counts.added, counts.rejected) == (3, 2, 1)
