"""Near-duplicates on pages: beneath a result, on an article's page, and in what tells browsers that it changed."""

from __future__ import annotations

import pytest

from app.domain.article import Article
from app.store.librarian import restore, withdraw
from tests.search.prose import edited, prose
from tests.web.conftest import Page, Site

FIRST = {
    "id": "first",
    "url": "https://example.org/a",
    "title": "Levy agreed",
    "text": "\n\n".join(prose(1)),
    "source": "Gazette",
    "published": "2016-07-21",
}
COPY = FIRST | {
    "id": "copy",
    "url": "https://example.com/b",
    "title": "Agreed: <levy>",
    "text": "\n\n".join(edited(prose(1))),
    "source": "Wire & Co",
    "published": "2016-07-22",
}
OTHER = {"id": "other", "title": "Levy refused", "text": "\n\n".join(prose(2)), "published": "2017"}


@pytest.fixture
def three(site: Site) -> Site:
    site.archive.add(FIRST, COPY, OTHER)
    return site


def article(site: Site, id: str) -> Article:
    hits = site.json("/search.json", similar="all", per_page=100)["hits"]
    found = site.archive.find(next(hit["id"] for hit in hits if hit["guid"] == id))
    assert isinstance(found, Article)
    return found


def text_of(page: Page) -> str:
    return " ".join(page.html.one("main").text.split())


def test_json_tells_how_many_are_beneath(three: Site) -> None:
    found = three.json("/search.json", q="levy", sort="oldest")
    assert [(hit["guid"], hit["similar"]) for hit in found["hits"]] == [("first", 1), ("other", 0)]
    assert (found["total"], found["collapsed"], found["next"]) == (3, 1, None)
    every = three.json("/search.json", q="levy", sort="oldest", similar="all")
    assert [(hit["guid"], hit["similar"]) for hit in every["hits"]] == [("first", 0), ("copy", 0), ("other", 0)]


def test_pages_follow_those_that_are_shown(three: Site) -> None:
    first = three.json("/search.json", q="levy", sort="newest", per_page=1)
    second = three.json(first["next"])
    assert [hit["guid"] for hit in (*first["hits"], *second["hits"])] == ["other", "copy"]
    assert second["next"] is None
    beyond = three.get("/search", q="levy", per_page=1, page=3)
    assert "There is no page 3; this is the last, page 2." in text_of(beyond)


def test_a_page_lists_what_is_beneath_with_source_date_and_link(three: Site) -> None:
    page = three.get("/search", q="levy", sort="oldest")
    assert page.html.one("h1").text.startswith("3 articles")
    folded = page.html.one("details", class_="similar")
    assert " ".join(folded.text.split()) == "1 similar Agreed: <levy>, Wire & Co, 22 July 2016"
    assert page.html.links()["Agreed: <levy>"] == article(three, "copy").path + "?q=levy&sort=oldest"
    assert "1 of them is nearly the same as another" in text_of(page)
    assert "Articles 1–2 of 2 and 1 beneath these" in text_of(page)


def test_each_by_itself_is_a_link_that_all_links_keep(three: Site) -> None:
    page = three.get("/search", q="levy", sort="oldest")
    path = page.html.links()["show each by itself"]
    assert path == "/search?q=levy&sort=oldest&similar=all"
    every = three.get(path)
    assert not every.html.all("details", class_="similar")
    assert "similar=all" in every.html.links()["Newest"]
    kept = every.html.all("input", type="hidden", name="similar")
    assert [one.attributes["value"] for one in kept] == ["all", "all"]
    assert every.html.links()["show them beneath one another"] == "/search?q=levy&sort=oldest"
    assert every.html.one("link", rel="canonical").attributes["href"] == f"http://archive.test{path}"


def test_an_unknown_way_is_passed_over_and_said_so(three: Site) -> None:
    assert "similar=“no” was passed over; it can be collapsed, all." in text_of(three.get("/search", similar="no"))


def test_an_article_lists_what_is_nearly_the_same(three: Site) -> None:
    first, copy = article(three, "first"), article(three, "copy")
    page = three.get(first.path)
    section = page.html.one("section", aria_labelledby="near")
    assert " ".join(section.text.split()) == (
        "Nearly the same Agreed: <levy>, Wire & Co, 22 July 2016: 95 % of the text"
    )
    assert page.html.links()["Agreed: <levy>"] == copy.path
    for path in (article(three, "other").path, first.version_path):
        assert not three.get(path).html.all("section", aria_labelledby="near")


def test_a_page_is_another_when_its_near_duplicates_are(three: Site) -> None:
    """A browser that holds the page is not told that it has not changed."""
    first, copy = article(three, "first"), article(three, "copy")
    held = [three.get(first.path).headers["etag"]]
    assert "last-modified" not in three.get(first.path).headers

    def asked_again() -> int:
        three.archive.indexer.catch_up(wait=10)
        answer = three.client.get(first.path, headers={"If-None-Match": held[-1]})
        held.append(answer.headers["etag"])
        return answer.status_code

    assert asked_again() == 304
    with three.archive.database.writing() as connection:
        withdraw(connection, copy.id, "By mistake.")
    assert asked_again() == 200
    assert not three.get(first.path).html.all("section", aria_labelledby="near")
    with three.archive.database.writing() as connection:
        restore(connection, copy.id, None)
    assert asked_again() == 200
    three.archive.add(COPY | {"title": "Agreed at last"})
    assert asked_again() == 200
    assert "Agreed at last" in three.get(first.path).html.links()
    three.archive.add({"title": "A stranger", "text": "It says something else."})
    assert asked_again() == 304


def test_an_article_is_shown_where_there_is_no_index(site: Site) -> None:
    site.archive.store(site.archive.write("one.txt", "An article that was not indexed yet."))
    page = site.get(site.archive.only().path)
    assert page.status == 200
    assert not page.html.all("section", aria_labelledby="near")
