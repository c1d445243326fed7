from __future__ import annotations

import pytest
from sqlalchemy import text

from app.store.browse import Shelf
from app.web.present import shelf_path
from tests.web.conftest import Site


def test_names_with_slashes_and_signs_have_pages(library: Site) -> None:
    page = library.get("/browse/sources")
    path = page.html.links()["AC/DC & Söhne?"]
    assert path == "/browse/sources/AC%2FDC%20%26%20S%C3%B6hne%3F"
    listed = library.get(path)
    assert listed.html.one("h1").text == "AC/DC & Söhne?"
    assert listed.html.one("link", rel="canonical").attributes["href"] == f"http://archive.test{path}"
    assert "Clinics ask for vaccine" in listed.html.links()
    assert library.get("/browse/topics/ports/harbours").status == 200


@pytest.mark.parametrize("name", ["a/b", "/", "é", "100%", "a+b", "?#", "汉字", "a&b=c", " x "])
def test_a_name_comes_back_from_its_address(site: Site, name: str) -> None:
    site.archive.add("Some text.", topics=[name])
    stored = site.archive.only().topics[0].value
    assert site.get(shelf_path(Shelf.TOPICS, stored)).html.one("h1").text == stored


def test_names_are_counted_with_their_years(library: Site) -> None:
    cells = [cell.text for cell in library.get("/browse/authors").html.all("td")]
    assert cells == ["Ann Ferreira", "2", "2016", "Bo Lindqvist", "1", "2016"]


def test_long_lists_have_letters(site: Site) -> None:
    site.archive.add(*[{"text": f"Text {n}.", "author": f"{chr(65 + n % 26)}uthor {n}"} for n in range(45)])
    page = site.get("/browse/authors").html
    assert page.one("a", href="#letter-67").text == "C"
    assert page.one("tbody", id="letter-67")


def test_years_and_months(library: Site) -> None:
    page = library.get("/browse/2016")
    assert "2 articles" in page.text
    assert page.html.links()["July"] == "/browse/2016/07"
    assert "Reopening the port before winter" in library.get("/browse/2016/07").html.links()
    assert (
        library.get("/browse/2016/7").html.one("link", rel="canonical").attributes["href"].endswith("/browse/2016/07")
    )
    assert "month unknown" in library.get("/browse/2018").text


def test_lists_are_paged_and_their_numbers_are_true(library: Site) -> None:
    first, second = library.get("/browse/2020"), library.get("/browse/2020?page=2")
    assert "Page 1 of 2" in first.text
    assert "1–50 on this page" in first.text
    assert first.html.links()["Next"] == "/browse/2020?page=2"
    titles = {t for page in (first, second) for t in page.html.links() if t.startswith("Notice")}
    assert len(titles) == 60
    assert "51–60 on this page" in library.get("/browse/2020?page=99").text
    assert library.get("/browse/2020?page=x").status == 200


def test_articles_without_a_date_have_their_list(library: Site) -> None:
    assert "1 article" in library.get("/browse/undated").text


@pytest.mark.parametrize(
    "path", ["1999", "2016/01", "2016/13", "99999", "9" * 5000, "sources/nobody", "topics/%00", "undatedd", "people"]
)
def test_what_is_not_there_is_not_found_and_the_page_helps(library: Site, path: str) -> None:
    page = library.get(f"/browse/{path}")
    assert page.status == 404
    assert page.html.one("input", type="search")


def _two_states(site: Site) -> None:
    """An article stored in 2020 and corrected in 2022, and one stored in 2022."""
    site.archive.add({"id": "a", "title": "Old title", "text": "One.", "source": "Wire", "published": "2016-07"})
    site.archive.add({"id": "b", "title": "Late", "text": "Two.", "source": "Board", "published": "2016-08"})
    site.archive.add(
        {"id": "a", "title": "New title", "text": "One.", "source": "Wire", "published": "2016-07", "author": "Ann"}
    )
    with site.archive.database.writing() as connection:
        connection.execute(text("UPDATE version SET stored_at = '2022-01-01 00:00:00.000000'"))
        connection.execute(
            text("UPDATE version SET stored_at = '2020-01-01 00:00:00.000000' WHERE title = 'Old title'")
        )


def test_lists_can_be_seen_as_they_stood_then(site: Site) -> None:
    _two_states(site)
    page = site.get("/browse/2016", as_of="2021")
    assert "As of 2021" in page.text
    links = page.html.links()
    assert links["Show it now"] == "/browse/2016"
    assert "New title" not in page.text
    assert "Late" not in page.text
    then = site.get(links["Old title"])
    assert (then.status, then.html.one("h1").text) == (200, "Old title")
    assert "August" not in links
    assert links["July"] == "/browse/2016/07?as_of=2021"
    now = site.get("/browse/2016")
    assert "As of" not in now.text
    assert {"New title", "Late"} <= set(now.html.links())


def test_shelves_and_numbers_are_those_of_then(site: Site) -> None:
    _two_states(site)
    assert "Board" not in site.get("/browse/sources", as_of="2021-06-01").html.links()
    assert (
        site.get("/browse/sources", as_of="2021-06-01").html.links()["Wire"] == "/browse/sources/Wire?as_of=2021-06-01"
    )
    assert site.get("/browse/sources/Board", as_of="2021").status == 404
    assert site.get("/browse/authors", as_of="2021").status == 200
    assert site.get("/browse", as_of="2021").html.links()["2016"] == "/browse/2016?as_of=2021"
    assert site.get("/browse/2016", as_of="2019").status == 404


def test_a_moment_that_cannot_be_read_is_said_and_passed_over(site: Site) -> None:
    _two_states(site)
    for path in ("/browse", "/browse/sources", "/browse/2016"):
        page = site.get(path, as_of="<soon>")
        assert page.status == 200
        assert "as_of=“&lt;soon&gt;” was passed over" in page.text


def test_the_calendar_counts_every_month_and_shades_it(library: Site) -> None:
    page = library.get("/browse")
    (table,) = page.html.all("table", class_="calendar")
    links = {link.attributes.get("aria-label"): link for link in table.inside if link.tag == "a"}
    assert links["January 2020: 5 articles"].attributes["href"] == "/browse/2020/01"
    _head, *body = (row for row in table.inside if row.tag == "tr")
    rows = [[cell.text for cell in row.inside if cell.tag in ("th", "td")] for row in body]
    assert rows == [
        ["2020", *["5"] * 12, "", "60"],
        ["2018", *[""] * 12, "1", "1"],
        ["2016", *[""] * 6, "1", *[""] * 4, "1", "", "2"],
    ]
    shades = {cell.attributes.get("class") for cell in table.inside if cell.tag == "td"}
    assert {"d5", "d0"} <= shades
    july = links["July 2016: 1 article"]
    assert july.text == "1"
