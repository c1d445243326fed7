"""The reading list that an address holds: shown, added to, taken from, and saved as one file."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.domain.article import Article
from app.domain.passage import fingerprints
from app.domain.reading_list import MOST_ITEMS
from app.store import librarian
from tests.conftest import Archive
from tests.web.conftest import Page, Site
from tests.web.test_caching import statements

Shelf = tuple[Site, dict[str, Article]]

RECORDS = (
    {"id": "port", "title": "Reopening <the> port", "text": "The council met.\n\nIt took *eight* weeks & more.",
     "source": "Gazette", "author": "Ann Ferreira", "published": "2016-07"},
    {"id": "levy", "title": "A levy", "text": "Nobody signed this."},
    {"id": "gone", "title": "Gone", "text": "This was withdrawn."},
    {"id": "into", "title": "Stays", "text": "This one stays."},
    {"id": "from", "title": "Leads on", "text": "This one leads to another."},
)  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    archive = Archive(tmp_path_factory.mktemp("reading"))
    archive.add(*RECORDS)
    found = {one.guid: one for id in archive.ids() if isinstance(one := archive.find(id), Article) and one.guid}
    with archive.database.writing() as connection:
        librarian.withdraw(connection, found["gone"].id, "It was wrong.")
        librarian.merge(connection, found["from"].id, found["into"].id, None)
    site = Site(archive)
    with site.client:
        yield site, found
    archive.close()


def mark(article: Article, number: int) -> str:
    return f"{article.id}.{fingerprints(article.paragraphs)[number - 1]}"


def listed(page: Page) -> list[str]:
    return [" ".join(one.text.split()) for one in page.html.one("ol", class_="lines picked").inside if one.tag == "li"]


def test_an_empty_list_says_what_a_list_is(shelf: Shelf) -> None:
    page = shelf[0].get("/list")
    assert page.status == 200 and "A list is an address" in page.text and not page.html.all("ol", class_="lines picked")
    assert page.html.one("meta", name="robots").attributes["content"] == "noindex"


def test_articles_and_passages_are_shown_in_the_order_given(shelf: Shelf) -> None:
    site, of = shelf
    page = site.get("/list", items=f"{of['levy'].id},{mark(of['port'], 2)}", name="Two <things>")
    levy, port = listed(page)
    assert levy.startswith("A levy") and "It took *eight* weeks & more." in port and "Paragraph 2" in port
    assert page.html.one("h1").text == "Two <things>"
    links = page.html.links()
    assert links["Reopening <the> port"] == f"{of['port'].path}#p2"
    removal = page.html.one("a", aria_label="Take off: A levy")
    assert removal.attributes["href"] == f"/list?name=Two+%3Cthings%3E&items={mark(of['port'], 2)}"


def test_what_became_of_an_item_is_told(shelf: Shelf) -> None:
    site, of = shelf
    page = site.get("/list", items=f"{of['gone'].id},{of['from'].id},000000000000,{of['port'].id}.00000000,junk")
    gone, moved, unknown, changed = listed(page)
    assert "Withdrawn on" in gone and "It was wrong." in gone
    assert moved.startswith("Stays") and "the same as, or was merged into" in moved
    assert "ever had, this id" in unknown
    assert "changed since" in changed and page.html.links()["Reopening <the> port"] == f"/a/{of['port'].id}/p/00000000"
    assert "“junk” is no item" in page.text


@pytest.mark.parametrize("tail", ["", "/reopening#p2", "/x?q=port#p2"])
def test_a_pasted_permalink_is_added(shelf: Shelf, tail: str) -> None:
    site, of = shelf
    answer = site.client.get(
        "/list", params={"items": of["levy"].id, "add": f"http://archive.test/a/{of['port'].id}{tail}"}
    )
    added = mark(of["port"], 2) if tail else of["port"].id
    assert (answer.status_code, answer.headers["location"]) == (303, f"/list?items={of['levy'].id},{added}")


def test_what_can_not_be_added_is_told_and_loses_nothing(shelf: Shelf) -> None:
    site, of = shelf
    page = site.get("/list", items=of["levy"].id, add="https://elsewhere.example/")
    assert page.status == 200 and "is no permalink of this archive" in page.text and len(listed(page)) == 1
    full = ",".join(f"{number:012d}" for number in range(MOST_ITEMS))
    assert "The list is full" in site.get("/list", items=full, add=of["levy"].id).text
    assert "1 more was left out" in site.get("/list", items=f"{full},{of['levy'].id}").text


def test_the_list_in_every_form(shelf: Shelf) -> None:
    site, of = shelf
    asked = {"items": f"{mark(of['port'], 2)},{of['port'].id},{mark(of['port'], 1)},{of['gone'].id}", "name": "Ports"}
    markdown = site.get("/list.md", **asked)
    assert markdown.text.startswith("# Ports\n") and "> It took \\*eight\\* weeks \\& more." in markdown.text
    assert (
        f"- {of['gone'].id}: Withdrawn on" in markdown.text
        and "http://archive.test/list?name=Ports&items=" in markdown.text
    )
    assert markdown.headers["content-disposition"] == 'attachment; filename="reading-list.md"'
    ris = site.get("/list.ris", **asked).text
    assert ris.count("TY  - NEWS") == 3 and "N1  - It took *eight* weeks & more." in ris
    bib = site.get("/list.bib", **asked).text
    assert [f"@misc{{a{of['port'].id}{end}," in bib for end in ("-p2", "", "-p1")] == [True] * 3
    items = json.loads(site.get("/list.csl.json", **asked).text)
    assert [item["id"] for item in items] == [f"{of['port'].id}-p2", of["port"].id, f"{of['port'].id}-p1"]
    bookmarks = site.client.get("/list.bookmarks.html", params=asked).text
    assert bookmarks.startswith("<!DOCTYPE NETSCAPE-Bookmark-file-1>") and bookmarks.count("<DT><A ") == 3
    assert f'HREF="http://archive.test/a/{mark(of["port"], 2).replace(".", "/p/")}"' in bookmarks
    assert "Reopening &lt;the&gt; port" in bookmarks and "<DD>It took *eight* weeks &amp; more." in bookmarks


def test_a_list_of_any_length_takes_a_few_statements(shelf: Shelf) -> None:
    site, of = shelf
    counts = []
    for items in ([mark(of["port"], 1)], [mark(of["port"], 1), *(one.id for one in of.values()), mark(of["levy"], 1)]):
        with statements(site.app.state.archive.database) as asked:
            assert site.get("/list", items=",".join(items)).status == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1 <= 6
