"""Links that feeds and sitemaps hold, followed by a run."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.domain.article import Article
from app.ingest.compose import Given
from app.ingest.fetch.addressed import AddressInput, Follower
from app.ingest.inputs import find_inputs
from app.ingest.run import Follow, Summary, ingest
from app.store import rejections as rejections_of
from tests.conftest import Archive
from tests.ingest.fetch.web import Server, answer, fetcher, page

FULL = " ".join(["The council met again to weigh the cost of dredging the harbour before winter sets in."] * 6)


def urlset(*addresses: str, root: str = "urlset", each: str = "url") -> bytes:
    listed = "".join(f"<{each}><loc>{one}</loc></{each}>" for one in addresses)
    return answer(f"<{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</{root}>")


def feed(server: Server) -> str:
    return (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Gazette</title>"
        f"<item><title>Whole</title><guid>w</guid><content:encoded>{FULL}</content:encoded></item>"
        f"<item><title>Told in short</title><link>{server.address}/short</link><guid>s</guid>"
        f"<description>In a few words.</description></item>"
        f"<item><title>Gone</title><link>{server.address}/gone</link><description>A teaser.</description></item>"
        f"<item><title>A mere link</title><link>{server.address}/mere</link></item></channel></rss>"
    )


def from_address(archive: Archive, address: str) -> Summary:
    return ingest(archive.database, [AddressInput(address, fetcher())], Given())


def from_file(archive: Archive, path: Path, follow: Follow | None = None) -> Summary:
    inputs, wrong = find_inputs([str(path)], None)
    assert not wrong
    return ingest(archive.database, inputs, Given(), follow=follow)


def articles(archive: Archive) -> list[Article]:
    return [one for one in map(archive.find, archive.ids()) if isinstance(one, Article)]


def titles(archive: Archive) -> list[str]:
    return sorted(one.title.value for one in articles(archive))


def rejected(archive: Archive) -> list[tuple[str, str]]:
    with archive.database.reading() as connection:
        found = rejections_of.rejections(connection, 100)
    return [(str(one.place), one.reason) for one in reversed(found)]


def test_an_index_of_sitemaps_is_followed_to_its_pages(archive: Archive, server: Server) -> None:
    at = server.address
    server.answers |= {
        "/index.xml": urlset(f"{at}/one.xml", f"{at}/two.xml", root="sitemapindex", each="sitemap"),
        "/one.xml": urlset(f"{at}/a", f"{at}/b"),
        "/two.xml": urlset(f"{at}/b", f"{at}/missing"),
        "/a": page("First"),
        "/b": page("Second", "It met on Tuesday."),
    }
    counts = from_address(archive, f"{at}/index.xml").counts
    assert (counts.added, counts.rejected) == (2, 1)
    assert titles(archive) == ["First", "Second"]
    assert server.paths.count("/b") == 1
    assert rejected(archive) == [(f"{at}/missing", "its site answered 404 Not Found")]


def test_sitemaps_that_lead_to_each_other_come_to_an_end(archive: Archive, server: Server) -> None:
    at = server.address
    server.answers |= {
        f"/{n}.xml": urlset(*(f"{at}/{m}.xml" for m in range(9)), root="sitemapindex", each="sitemap") for n in range(9)
    }
    from_address(archive, f"{at}/0.xml")
    assert sorted(server.paths) == [f"/{n}.xml" for n in range(9)]


def test_sitemaps_behind_sitemaps_are_followed_so_far_only(archive: Archive, server: Server) -> None:
    at = server.address
    server.answers |= {f"/{n}.xml": urlset(f"{at}/{n + 1}.xml", root="sitemapindex", each="sitemap") for n in range(9)}
    from_address(archive, f"{at}/0.xml")
    assert server.paths == ["/0.xml", "/1.xml", "/2.xml", "/3.xml"]
    assert rejected(archive) == [(f"{at}/4.xml", "too many links lead to it, one from another")]


def test_so_many_links_are_followed(archive: Archive, server: Server, tmp_path: Path) -> None:
    listed = tmp_path / "sitemap.xml"
    listed.write_bytes(urlset(*(f"{server.address}/{n}" for n in range(5))).split(b"\r\n\r\n")[1])
    server.answers |= {f"/{n}": page(f"Page {n}", f"Words of page {n}.") for n in range(5)}
    counts = from_file(archive, listed, Follower(fetcher(), most=3)).counts
    assert (counts.added, counts.rejected) == (3, 2)


def test_of_a_feed_by_its_address_links_are_followed_and_completed(archive: Archive, server: Server) -> None:
    server.answers |= {
        "/feed": answer(feed(server)),
        "/short": answer("<!doctype html><p>All of what was told in short.</p>", Content_Type="text/html"),
        "/mere": page("Its own title", "Behind a mere link."),
    }
    counts = from_address(archive, f"{server.address}/feed").counts
    assert (counts.added, counts.rejected) == (3, 1)
    assert titles(archive) == ["Its own title", "Told in short", "Whole"]
    (short,) = (one for one in articles(archive) if one.title.value == "Told in short")
    assert short.source is not None and short.summary is not None
    assert (short.source.value, short.guid, short.summary.value) == ("Gazette", "s", "In a few words.")
    assert rejected(archive) == [(f"{server.address}/gone", "its site answered 404 Not Found")]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_feed_in_a_file_is_read_without_the_network_unless_told(
    archive: Archive, server: Server, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"feed.xml{ending}"
    path.write_bytes(gzip.compress(feed(server).encode()) if ending else feed(server).encode())
    counts = from_file(archive, path).counts
    assert (counts.added, counts.rejected, server.paths) == (3, 1, [])
    assert titles(archive) == ["Gone", "Told in short", "Whole"]
    ((place, reason),) = rejected(archive)
    assert place.endswith("4") and f"{server.address}/mere" in reason and "--follow" in reason
    server.answers |= {"/mere": page("Its own title", "Behind a mere link."), "/gone": page("", "Here at last.")}
    from_file(archive, path, Follower(fetcher()))
    assert "Its own title" in titles(archive)
