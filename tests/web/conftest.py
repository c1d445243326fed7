"""A site over a tiny archive, and a reader of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.web.app import create_app
from tests.conftest import Archive

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

PLAIN_PAGES = (
    "/",
    "/help/search",
    "/browse",
    "/browse/sources",
    "/browse/undated",
    "/about",
    "/about/runs",
    "/about/runs/1",
    "/about/runs/99",
    "/about/feeds",
    "/nowhere",
    "/a/000000000000/x",
    "/list",
)
"""Pages whose address names nothing that an archive holds, and two that are not there."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[Element] = field(default_factory=list, repr=False)


class Html(HTMLParser):
    """The elements of a page, in order, each with the text and the elements inside it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.unclosed = [element.tag for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._begin(tag, attrs)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs)

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        return element

    def handle_endtag(self, tag: str) -> None:
        assert [element.tag for element in self._open[-1:]] == [tag]
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    def links(self) -> dict[str, str]:
        """Text of each link -> where it leads."""
        return {" ".join(link.text.split()): link.attributes.get("href") or "" for link in self.all("a")}


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    text: str
    html: Html = field(repr=False)


class Site:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.app = create_app(archive.settings)
        self.client = TestClient(
            self.app, base_url="http://archive.test", follow_redirects=False, raise_server_exceptions=False
        )

    def get(self, path: str, **parameters: Any) -> Page:
        answer = self.client.get(path, params=parameters or None)
        is_html = answer.headers.get("content-type", "").startswith("text/html")
        return Page(answer.status_code, dict(answer.headers), answer.text, Html(answer.text if is_html else ""))

    def json(self, path: str, **parameters: Any) -> Any:
        return self.client.get(path, params=parameters or None).json()


RECORDS: tuple[dict[str, Any], ...] = (
    {
        "id": "port",
        "url": "https://example.org/port",
        "title": "Reopening the port before winter",
        "text": "The council met on Monday.\n\nDredging the port would take eight weeks.\n\nThe port stays shut.",
        "source": "Harbour Gazette",
        "author": "Ann Ferreira",
        "published": "2016-07-21",
        "topics": ["trade", "ports/harbours"],
        "summary": "What it would take.",
    },
    {
        "id": "clinic",
        "title": "Clinics ask for vaccine",
        "text": "The clinics asked for vaccine.\n\nNo port was mentioned.",
        "source": "AC/DC & Söhne?",
        "author": ["Ann Ferreira", "Bo Lindqvist"],
        "published": "2016-12",
        "topics": ["health"],
    },
    {"id": "court", "title": "A court rules", "text": "The court ruled on the levy.", "published": "2018"},
    {"id": "loose", "text": "Nobody put a headline over this report about the levy, nor a date under it."},
)


@pytest.fixture
def site(archive: Archive) -> Iterator[Site]:
    """A site over an archive that is still empty."""
    site = Site(archive)
    with site.client:
        yield site


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over the records above and sixty numbered notices of 2020; tests only read it."""
    archive = Archive(tmp_path_factory.mktemp("library"))
    notices = [
        {"id": f"n{number}", "title": f"Notice {number}", "text": f"Notice {number} on tolls.", "source": "Board",
         "published": f"2020-{number % 12 + 1:02d}-01"}
        for number in range(1, 61)
    ]  # fmt: skip
    archive.add(*RECORDS, *notices)
    site = Site(archive)
    with site.client:
        yield site
    archive.close()


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    return tmp_path / "nothing"
