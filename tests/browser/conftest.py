"""A real server over a small archive of ordinary and awkward articles, and a real Chromium that looks at it.

`make test-browser` runs these tests; `make test` leaves them out. Where there is no Chromium they skip, and say so.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.article import Article
from app.domain.passage import fingerprints
from app.store import librarian
from tests.browser.harbour import AWKWARD, NOTICES, as_markdown
from tests.conftest import Archive
from tests.made_up_language import ARABIC, make_up

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed; `make test-browser` does."
)
Browser, BrowserContext, Page = playwright_api.Browser, playwright_api.BrowserContext, playwright_api.Page

HERE = Path(__file__).parent


@dataclass
class Site:
    """url: of the server. articles: by what they were fed with as their own id. data: the archive's folder."""

    url: str
    data: Path
    archive: Archive
    articles: dict[str, Article] = field(default_factory=dict)

    def pages(self) -> dict[str, str]:
        """Every type of page -> the path of one."""
        of = {name: article.path for name, article in self.articles.items()}
        parts, revised = self.articles["parts"], self.articles["revised"]
        mark = fingerprints(parts.paragraphs)[1]
        return {
            "home": "/",
            "results": "/search?q=harbour",
            "results filtered": "/search?q=harbour+OR+tolls&source=Board&from=2020&to=2021&explain=1",
            "results of nothing": "/search?q=zzyzx+qqfx",
            "results of some words": "/search?q=harbour+zzyzx",
            "all articles": "/search?q=&per_page=50",
            "article": of["parts"],
            "article found": f"{of['parts']}?q=quotation",
            "article with a long title": of["long-title"],
            "article without title and date": of["no-title"],
            "article of one paragraph": of["one-paragraph"],
            "article of 77,000 words": of["very-long"],
            "article from right to left": of["arabic"],
            "related articles": f"/related/{parts.id}",
            "article nearly the same": of["near-1"],
            "version": f"/a/{revised.id}/v/1",
            "versions": f"/a/{revised.id}/versions",
            "differences": f"/a/{revised.id}/diff/1/2",
            "passage that changed": f"/a/{revised.id}/p/{self.changed}",
            "cite": f"/a/{parts.id}/cite?p=2",
            "withdrawn": f"/a/{self.withdrawn}",
            "browse": "/browse",
            "sources": "/browse/sources",
            "authors": "/browse/authors",
            "source": "/browse/sources/Board",
            "year": "/browse/2020",
            "month": "/browse/2020/03",
            "undated": "/browse/undated",
            "reading list": f"/list?items={parts.id},{parts.id}.{mark},{self.withdrawn}&name=Ports",
            "empty reading list": "/list",
            "help": "/help/search",
            "about": "/about",
            "runs": "/about/runs",
            "run": "/about/runs/1",
            "feeds": "/about/feeds",
            "not found": "/nowhere",
        }

    changed: str = ""
    withdrawn: str = ""


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    archive = Archive(folder)
    for record in AWKWARD:
        if "markdown" in record:
            archive.store(archive.write(f"{record['id']}.md", as_markdown(record)))
    archive.add(*(record for record in AWKWARD if "markdown" not in record), *NOTICES)
    site = Site("", archive.settings.data_dir, archive)
    of = {one.guid: one for id in archive.ids() if isinstance(one := archive.find(id), Article) and one.guid}
    site.changed = fingerprints(of["revised"].paragraphs)[0]
    site.withdrawn = of["withdrawn"].id
    archive.add({**next(one for one in AWKWARD if one["id"] == "revised"), "text": "Tolls rise twice.\n\nShips wait."})
    with archive.database.writing() as connection:
        librarian.edit(connection, of["parts"].id, {"summary": "What an article can be made of."}, None)
        librarian.withdraw(connection, site.withdrawn, "It was put here by mistake.")
    archive.indexer.catch_up(wait=10)
    site.articles = {one.guid: one for id in archive.ids() if isinstance(one := archive.find(id), Article) and one.guid}
    with serving(site.data) as site.url:
        yield site
    archive.close()


@pytest.fixture(scope="session")
def site_from_right_to_left(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same archive in a made-up language that is written from right to left."""
    folder = tmp_path_factory.mktemp("translations")
    make_up(folder, "ar", ARABIC)
    with serving(site.data, ARCHIVE_LOCALE="ar", ARCHIVE_TRANSLATIONS=str(folder)) as url:
        yield replace(site, url=url)


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[str]:
    """A server over an archive; its address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "serve", "--port", str(port)],
        cwd=HERE.parents[1],
        env={**os.environ, "ARCHIVE_DATA_DIR": str(data), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium was found; Debian's package is called chromium")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens a path; keyword arguments are Playwright's for a context, and one page is used for all with the same.

    Whatever a page asks of another host, and every error it tells on the console, fails the test.
    """
    pages: dict[str, Page] = {}
    wrong: list[str] = []

    def open_path(path: str, **how: Any) -> Page:
        page = pages.get(repr(how))
        if page is None:
            context = browser.new_context(**{"base_url": site.url, "viewport": {"width": 1280, "height": 900}, **how})
            page = pages[repr(how)] = context.new_page()
            page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", lambda request: None if request.url.startswith(site.url) else wrong.append(request.url))
        page.goto(path)
        return page

    yield open_path
    for page in pages.values():
        page.context.close()
    # That a page is not found, or gone, is told on the console, too.
    assert [one for one in wrong if "404" not in one and "410" not in one] == []
