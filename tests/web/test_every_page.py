from __future__ import annotations

import itertools
import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.domain.permalink import permalink_id
from app.settings import Settings
from app.store.database import Database
from app.store.index_state import take_lease
from app.store.migrate import migrate
from app.web.app import create_app
from tests.conftest import Archive
from tests.web.conftest import PLAIN_PAGES, Html, Site

PORT = f"/a/{permalink_id('https://example.org/port')}"

PAGES = [
    *PLAIN_PAGES,
    "/search?q=port",
    "/search?q=zzyzx",
    "/search?q=port+zzyzx",
    "/search?q=port+OR+tolls&explain=1&source=Board&from=2020&to=2020-12",
    "/search?q=&year=2016",
    "/browse/topics",
    "/browse/authors",
    "/browse/sources/Board",
    "/browse/2020",
    "/browse/2020/01",
    f"{PORT}/reopening-the-port-before-winter",
    f"{PORT}?as_of=2040",
    f"{PORT}/v/1",
    f"{PORT}/versions",
    f"{PORT}/diff/1/1",
    f"{PORT}/cite",
    f"{PORT}/cite?p=2&quote=eight+weeks",
    f"/related/{PORT[3:]}",
    f"/list?items={PORT[3:]},000000000000&name=Ports",
    "/browse?as_of=2040",
    "/browse/sources?as_of=2040",
    "/browse/2020?as_of=2040",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(library: Site, path: str) -> None:
    page = library.get(path)
    html = page.html
    assert html.unclosed == []
    assert len(html.all("h1")) == 1
    assert html.one("title").text.strip()
    assert (html.one("link", rel="canonical").attributes["href"] or "").startswith("http://archive.test/")
    assert len(html.all("main")) == 1
    assert html.one("a", class_="skip").attributes["href"] == "#main"
    ids = [element.attributes["id"] for element in html.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    labelled = {element.attributes.get("for") for element in html.all("label")}
    boxes = [box for box in html.all("input") if box.attributes["type"] != "hidden"]
    assert all(box.attributes["id"] in labelled for box in boxes)
    assert not [e for e in html.elements if "style" in e.attributes or e.tag == "style"]
    for script in html.all("script"):
        # A page runs no script of its own: what is inside is data, or it is the file of a module.
        assert script.attributes["type"] == ("module" if not script.text else "application/ld+json")
    levels = [int(e.tag[1]) for e in html.elements if e.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_anything_of_another_host(library: Site, path: str) -> None:
    for element in library.get(path).html.elements:
        loaded = element.attributes.get("src") or (element.attributes.get("href") if element.tag == "link" else None)
        assert loaded is None or loaded.startswith(("/", "http://archive.test/"))


@pytest.mark.parametrize(
    "path",
    [*PAGES, "/healthz", "/readyz", "/search.json?q=port", "/suggest?q=port", "/opensearch.xml", "/static/style.css"],
)
def test_head_is_get_without_the_body(library: Site, path: str) -> None:
    get, head = library.client.get(path), library.client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-security-policy"].startswith("default-src 'self'")
    assert head.headers["x-content-type-options"] == "nosniff"


def test_home_tells_what_is_in_here(library: Site) -> None:
    page = library.get("/")
    assert page.html.one("h1").text == "Search 64 articles"
    assert page.html.one("a", aria_label="2020: 60 articles").attributes["href"] == "/browse/2020"
    links = page.html.links()
    assert links["Board"] == "/browse/sources/Board"
    assert links["trade"] == "/browse/topics/trade"
    for example in page.html.all("p", class_="examples"):
        assert example.text


def test_an_empty_archive_says_so(site: Site) -> None:
    assert "Nothing is in here yet" in site.get("/").text
    assert site.get("/about").status == site.get("/browse").status == site.get("/browse/sources").status == 200


def test_examples_find_something(site: Site) -> None:
    site.archive.add("The election was close.", title="Election")
    links = site.get("/").html.links()
    assert site.get(links["election"]).html.one("h1").text.startswith("1 article")


def test_alive_and_ready(library: Site) -> None:
    assert library.client.get("/healthz").text == "ok"
    assert library.json("/readyz") == {"ready": True, "database": "ok", "index": "ok"}


def test_without_an_index_articles_can_be_read_and_search_says_what_is_wrong(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, base_url="http://archive.test", _env_file=None)
    database = Database(settings.database)
    migrate(database)
    take_lease(database, "keeping the site from making the index")
    database.close()
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        page = client.get("/search?q=x")
        assert page.status_code == 503
        assert "policy-archive reindex" in page.text
        assert "retry-after" in page.headers
        assert client.get("/search.json?q=x").headers["content-type"] == "application/problem+json"
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["index"] != "ok"
        assert ready.json()["database"] == "ok"
        assert client.get("/").status_code == client.get("/browse").status_code == 200
        assert "not known" in client.get("/help/search").text
        assert client.get("/suggest?q=x").json() == ["x", [], [], []]


def test_without_a_database_the_page_says_so_and_the_log_why(
    empty_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_dir=empty_folder, _env_file=None)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client, caplog.at_level(logging.ERROR):
        page = client.get("/browse")
        assert page.status_code == 503
        assert str(empty_folder) not in page.text
        assert "policy-archive migrate" in caplog.text
        assert client.get("/healthz").status_code == 200


def test_a_mistake_of_ours_shows_no_traceback_but_reaches_the_log(archive: Archive) -> None:
    app = create_app(archive.settings)

    @app.get("/broken")
    @app.get("/broken.json")
    def broken() -> None:
        raise RuntimeError("secret of the house")

    with TestClient(app, raise_server_exceptions=False) as client:
        page = client.get("/broken")
        assert page.status_code == 500
        assert "secret" not in page.text
        assert len(Html(page.text).all("h1")) == 1
        assert page.headers["x-content-type-options"] == "nosniff"
        assert client.get("/broken.json").json()["status"] == 500
    with TestClient(app) as client, pytest.raises(RuntimeError, match="secret"):
        client.get("/broken")


def test_pages_can_only_be_read(library: Site) -> None:
    answer = library.client.post("/search?q=port")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert len(Html(answer.text).all("h1")) == 1
