from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event, update

from app.domain.article import Article
from app.settings import Settings
from app.store import outbox, tables
from app.store.database import Database
from app.store.index_state import take_lease
from app.store.migrate import migrate
from app.web import caching
from app.web.app import create_app
from tests.conftest import LONG_ENOUGH, Archive
from tests.web.conftest import Site

STRONG = ["/browse", "/browse/sources", "/browse/sources/Board", "/browse/2020?page=2", "/about", "/opensearch.xml"]
WEAK = ["/", "/help/search", "/search?q=port", "/search.json?q=port", "/search?q=zzyzx&sort=newest"]


def ask(site: Site, path: str, tag: str | None = None, *, gzip: bool = True, **headers: str) -> Response:
    sent = {"Accept-Encoding": "gzip" if gzip else "identity", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if tag is not None:
        sent["If-None-Match"] = tag
    return site.client.get(path, headers=sent)


def port(site: Site) -> Article:
    found = site.archive.find(site.json("/search.json", q="dredging")["hits"][0]["id"])
    assert isinstance(found, Article)
    return found


def article_paths(site: Site) -> list[str]:
    article = port(site)
    return [article.path, f"{article.path}?q=port", f"/a/{article.id}.json"]


@pytest.fixture(scope="module")
def pages(library: Site) -> list[str]:
    return [*article_paths(library), *STRONG, *WEAK]


def test_a_page_that_has_not_changed_is_not_sent_again(library: Site, pages: list[str]) -> None:
    for path in pages:
        first = ask(library, path)
        assert first.status_code == 200, path
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["vary"].startswith("Accept-Encoding")
        again = ask(library, path, first.headers["etag"])
        assert (again.status_code, again.content) == (304, b""), path
        for name in ("etag", "cache-control", "vary", "content-security-policy"):
            assert again.headers[name] == first.headers[name]
        assert not {"content-type", "content-length", "content-encoding", "last-modified"} & set(again.headers)


def test_the_same_strong_tag_means_the_same_bytes(library: Site, pages: list[str]) -> None:
    bytes_of: dict[str, bytes] = {}
    for path in pages:
        for gzip in (True, False):
            for _ in range(2):
                with library.client.stream(
                    "GET", path, headers={"Accept-Encoding": "gzip" if gzip else "identity"}
                ) as it:
                    body = b"".join(it.iter_raw())
                    tag = it.headers["etag"]
                assert tag.startswith("W/") == (path in WEAK), path
                if not tag.startswith("W/"):
                    assert bytes_of.setdefault(tag, body) == body, path
    assert len(set(bytes_of.values())) == len(bytes_of)


def test_a_site_started_anew_answers_with_the_same_tags_and_pages(library: Site, pages: list[str]) -> None:
    with TestClient(create_app(library.archive.settings), base_url="http://archive.test") as another:
        for path in pages:
            here, there = library.client.get(path), another.get(path)
            assert here.headers["etag"] == there.headers["etag"], path
            if path not in WEAK:
                assert here.text == there.text


def test_gzip_has_a_tag_of_its_own_and_either_is_known(library: Site) -> None:
    path = port(library).path
    packed, plain = ask(library, path), ask(library, path, gzip=False)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers["etag"] == f'{plain.headers["etag"][:-1]}-gzip"'
    for tag in (packed.headers["etag"], plain.headers["etag"]):
        for gzip in (True, False):
            again = ask(library, path, tag, gzip=gzip)
            assert (again.status_code, again.headers["etag"]) == (304, tag)


def test_one_of_several_tags_is_enough_and_weakness_does_not_matter(library: Site, pages: list[str]) -> None:
    for path in pages:
        tag = ask(library, path).headers["etag"]
        opaque = tag.removeprefix("W/")
        for asked in (f'"x", {tag}', f'W/"a,b" ,{tag},"c"', f"W/{opaque}", opaque, "*", " * "):
            assert ask(library, path, asked).status_code == 304, (path, asked)
        for asked in ('"x"', "", "x", opaque.strip('"'), f'"{opaque[1:9]}"', '"*"', f"{opaque[:-1]}x{opaque[-1]}"):
            assert ask(library, path, asked).status_code == 200, (path, asked)


def test_a_tag_belongs_to_one_address(library: Site, pages: list[str]) -> None:
    tags = [ask(library, path).headers["etag"] for path in pages]
    assert len(set(tags)) == len(tags)


def test_only_pages_that_are_there_have_a_tag(library: Site) -> None:
    article = port(library)
    for path in (
        "/nowhere",
        "/a/000000000000/x",
        f"/a/{article.id}",
        "/browse/sources/None",
        f"/a/{article.id}/x.json",
    ):
        answer = ask(library, path, "*")
        assert answer.status_code in (301, 404), path
        assert "etag" not in answer.headers


def test_head_has_the_headers_of_get(library: Site, pages: list[str]) -> None:
    for path in pages:
        get, head = library.client.get(path), library.client.head(path)
        assert head.headers["etag"] == get.headers["etag"]
        again = library.client.head(path, headers={"If-None-Match": get.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


# When what was stored


def test_an_article_says_when_it_was_stored_and_a_date_alone_is_enough(library: Site) -> None:
    article = port(library)
    for path in (article.path, f"/a/{article.id}.json"):
        told = ask(library, path).headers["last-modified"]
        assert parsedate_to_datetime(told) == article.stored_at.replace(microsecond=0)
        assert ask(library, path, If_Modified_Since=told).status_code == 304
        assert ask(library, path, If_Modified_Since=_date(article, 3600)).status_code == 304
        assert ask(library, path, If_Modified_Since=_date(article, -3600)).status_code == 200
        for nonsense in ("yesterday", "2020-01-01", "", "Thu, 99 Foo 2026 99:99:99 GMT"):
            assert ask(library, path, If_Modified_Since=nonsense).status_code == 200


def test_a_tag_counts_more_than_a_date(library: Site) -> None:
    article = port(library)
    answer = ask(library, article.path, '"another"', If_Modified_Since=_date(article, 3600))
    assert answer.status_code == 200


def test_no_date_is_told_where_more_than_the_article_decides(library: Site) -> None:
    article = port(library)
    for path in [f"{article.path}?q=port", *STRONG, *WEAK]:
        assert "last-modified" not in ask(library, path).headers
    assert ask(library, f"{article.path}?q=port", If_Modified_Since=_date(article, 3600)).status_code == 200


def _date(article: Article, seconds: int) -> str:
    return format_datetime(article.stored_at + timedelta(seconds=seconds), usegmt=True)


# What changes a page


def _stays(site: Site, path: str, tag: str) -> bool:
    answer = ask(site, path, tag)
    assert answer.status_code in (200, 304)
    return answer.status_code == 304


def test_a_new_version_changes_the_article_and_no_other(site: Site) -> None:
    site.archive.add({"id": "a", "text": "One text."}, {"id": "b", "text": "Another text."})
    tags = {hit["url"]: ask(site, hit["url"]).headers["etag"] for hit in site.json("/search.json", q="text")["hits"]}
    site.archive.add({"id": "a", "text": "One text.", "author": "Ann Ferreira"})
    changed = [url for url, tag in tags.items() if not _stays(site, url, tag)]
    assert len(changed) == 1
    assert "version 2 of 2" in site.get(changed[0]).text
    assert "Ann Ferreira" in site.get(changed[0]).text


def test_a_duplicate_that_joins_or_leaves_changes_the_article_it_stands_beside(site: Site) -> None:
    # Which of two duplicates stands for both is decided by their ids, so what joins is the one with the greater id.
    for name in ("first", "second"):
        site.archive.add({"id": name, "title": "Port", "text": LONG_ENOUGH, "source": name})
    article = site.archive.only()
    page = ask(site, article.path)
    assert "Also published" in page.text
    assert "last-modified" not in page.headers
    joined = page.headers["etag"]
    duplicate = {"first": "second", "second": "first"}[article.source.value if article.source else ""]
    site.archive.add({"id": duplicate, "title": "Port", "text": f"Not the same. {LONG_ENOUGH}", "source": duplicate})
    parted = ask(site, article.path, joined)
    assert parted.status_code == 200
    assert "Also published" not in parted.text


def test_what_is_withdrawn_is_gone_whatever_the_browser_holds(site: Site) -> None:
    site.archive.add("A text that nobody wants any more.")
    article = site.archive.only()
    tags = {path: ask(site, path).headers["etag"] for path in (article.path, f"/a/{article.id}.json", "/", "/browse")}
    with site.archive.database.writing() as connection:
        connection.execute(update(tables.article).values(withdrawn_at=article.stored_at, withdrawn_reason="A mistake."))
        outbox.owe(connection, [article.id])
    assert [ask(site, path, tag).status_code for path, tag in tags.items()] == [410, 410, 200, 200]
    site.archive.indexer.catch_up(wait=10)
    assert ask(site, "/search?q=text", "*").status_code == 304
    assert site.json("/search.json", q="text")["total"] == 0


def test_pages_of_the_archive_change_with_every_article_even_before_it_is_indexed(site: Site) -> None:
    site.archive.add("The first article.")
    paths = ["/", "/browse", "/about", "/search?q=article", "/search.json?q=article", "/help/search"]
    before = {path: ask(site, path).headers["etag"] for path in paths}
    assert all(_stays(site, path, tag) for path, tag in before.items())
    path = site.archive.write("more.jsonl", '{"text": "The second article."}\n')
    with _nobody_indexes(site.archive):
        site.archive.ingest(path)
    owed = {path: ask(site, path).headers["etag"] for path in paths}
    assert set(owed.values()).isdisjoint(before.values())
    assert "Search 2 articles" in site.get("/").text


@contextmanager
def _nobody_indexes(archive: Archive) -> Iterator[None]:
    indexer, archive.indexer = archive.indexer, _Idle()  # type: ignore[assignment]
    yield
    archive.indexer = indexer


class _Idle:
    def catch_up(self, **_how: Any) -> int:
        return 0


def test_the_thesaurus_changes_searches_and_what_is_opened_from_them(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    thesaurus = archive.write("names.txt", "Port, Harbour\n")
    archive.settings.thesaurus = thesaurus
    archive.add("The harbour stays shut.")
    article = archive.only()
    site = Site(archive)
    with site.client:
        paths = [f"{article.path}?q=port", "/search?q=port", "/help/search", article.path, "/browse"]
        tags = [ask(site, path).headers["etag"] for path in paths]
        assert "<mark" in site.get(paths[0]).text
        thesaurus.write_text("Port, Haven, Anchorage\n")
        assert [_stays(site, path, tag) for path, tag in zip(paths, tags, strict=True)] == [
            False,
            False,
            False,
            True,
            True,
        ]
        assert "<mark" not in site.get(paths[0]).text
    archive.close()


def test_another_title_or_address_of_the_site_changes_every_page(library: Site, pages: list[str]) -> None:
    for changed in ({"title": "Another name"}, {"base_url": "http://elsewhere.test"}):
        settings = library.archive.settings.model_copy(update=changed)
        with TestClient(create_app(settings), base_url="http://archive.test") as another:
            for path in pages:
                assert another.get(path).headers["etag"] != library.client.get(path).headers["etag"]


def test_another_archive_with_the_same_numbers_has_other_tags(archive: Archive, another_archive: Archive) -> None:
    tags = []
    for one in (archive, another_archive):
        one.add("The same text.")
        site = Site(one)
        with site.client:
            tags.append(
                [ask(site, path).headers["etag"] for path in (one.only().path, "/", "/browse", "/search?q=same")]
            )
    assert set(tags[0]).isdisjoint(tags[1])


def test_what_changes_while_a_page_is_made_is_not_taken_for_what_was_asked_for(site: Site) -> None:
    """A page made from a state in between must not be kept under the tag of either."""
    site.archive.add({"id": "a", "title": "A title", "text": "One text."})
    article = site.archive.only()

    @event.listens_for(site.app.state.archive.database.engine, "before_cursor_execute")
    def revise(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM article" in statement and not revised:
            revised.append(statement)
            site.archive.add({"id": "a", "title": "A title", "text": "Another text."})

    revised: list[str] = []
    in_between = ask(site, article.path)
    assert revised
    event.remove(site.app.state.archive.database.engine, "before_cursor_execute", revise)
    assert (in_between.status_code, "etag" in in_between.headers) == (200, False)
    assert "Another text." in ask(site, article.path).text


def test_while_there_is_no_index_nothing_is_said_of_the_pages_that_show_what_it_finds(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, base_url="http://archive.test", _env_file=None)
    database = Database(settings.database)
    migrate(database)
    take_lease(database, "keeping the site from making the index")
    with TestClient(create_app(settings)) as client:
        for path in ("/", "/help/search", "/search?q=x"):
            assert "etag" not in client.get(path).headers
        assert "etag" in client.get("/browse").headers
    database.close()


# What is kept


def test_what_was_not_asked_for_longest_makes_room(library: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(create_app(library.archive.settings), base_url="http://archive.test") as client:
        paths = [hit["url"] for hit in client.get("/search.json?q=tolls&per_page=10").json()["hits"]]
        room = 3 * max(len(client.get(path, headers={"Accept-Encoding": "gzip"}).content) for path in paths)
    monkeypatch.setattr(caching, "MOST_KEPT", room)
    with TestClient(create_app(library.archive.settings), base_url="http://archive.test") as client:

        def is_made(path: str) -> bool:
            with statements(client.app.state.archive.database) as asked:  # type: ignore[attr-defined]
                assert client.get(path, headers={"Accept-Encoding": "identity"}).status_code == 200
            return bool(asked)

        assert all(is_made(path) for path in paths[:3])
        assert not is_made(paths[0])
        assert is_made(paths[3])
        assert [is_made(path) for path in (paths[3], paths[2], paths[0])] == [False, False, False]
        assert is_made(paths[1])


# Statements


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What pages ask of the database; not where transactions begin, nor what the upkeep asks meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement != "BEGIN" and threading.current_thread().name != "upkeep":
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/search?q=port", 4),
        ("/search.json?q=port", 4),
        ("/search?q=port&page=9", 5),
        ("/search?q=", 4),
        ("/help/search", 1),
        ("/suggest?q=port", 3),
        ("/", 9),
        ("/about", 5),
        ("/browse", 4),
        ("/browse/sources", 1),
        ("/browse/sources/Board", 3),
        ("/browse/2020", 4),
        ("/browse/2020/01", 3),
        ("/browse/undated", 3),
        ("/opensearch.xml", 0),
        ("/nowhere", 0),
    ],
)
def test_a_page_asks_no_more_of_the_database_than_this(library: Site, path: str, most: int) -> None:
    with TestClient(create_app(library.archive.settings), base_url="http://archive.test") as client:
        client.get("/help/search")  # what its examples find is counted once a generation
        client.get("/search?q=warm")
        with statements(client.app.state.archive.database) as asked:  # type: ignore[attr-defined]
            client.get(path)
        assert len(asked) <= most, "\n".join(asked)


def test_an_article_asks_four_things_and_nothing_the_second_time(library: Site) -> None:
    article = port(library)
    with TestClient(create_app(library.archive.settings), base_url="http://archive.test") as client:
        with statements(client.app.state.archive.database) as asked:  # type: ignore[attr-defined]
            tag = client.get(article.path).headers["etag"]
            first = len(asked)
            client.get(article.path)
            client.get(article.path, headers={"If-None-Match": tag})
        assert (first, len(asked)) == (4, 4)
        with statements(client.app.state.archive.database) as asked:  # type: ignore[attr-defined]
            client.get(f"{article.path}?q=port")
        assert len(asked) == 4
