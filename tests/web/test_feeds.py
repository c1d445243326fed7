"""The page of feeds."""

from __future__ import annotations

from datetime import UTC, datetime

from app.store import feeds
from tests.web.conftest import Site


def test_an_archive_that_follows_nothing_says_so(site: Site) -> None:
    assert "follows no feeds" in site.get("/about/feeds").text
    assert "/about/feeds" in site.get("/about").html.links().values()


def test_feeds_are_listed_with_what_is_wrong_with_them(site: Site) -> None:
    now = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    with site.archive.database.writing() as connection:
        feeds.add(connection, "https://example.org/a", "Well <b>enough</b>", None, ())
        failing = feeds.add(connection, "https://example.org/b", None, None, ())
        gone = feeds.add(connection, "https://example.org/c", "Gone", None, ())
        feeds.note(connection, failing.id, failures=3, problem="its site answered <404>", polled_at=now)
        feeds.note(connection, gone.id, gone_at=now, problem="it is gone (410)")
    page = site.get("/about/feeds")
    assert "Well &lt;b&gt;enough&lt;/b&gt;" in page.text
    assert "Failed 3 times in a row: its site answered &lt;404&gt;." in page.text
    assert "Not followed any more: it is gone (410)." in page.text
    assert "follows 3 feeds" in page.text and "2 feeds do not fare well" in page.text
    assert "1 March 2026, 12:30 UTC" in page.text
    assert page.html.links()["https://example.org/b"] == "https://example.org/b"
