"""What analysts, readers and librarians come for, from beginning to end."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pypdfium2
import pytest

from app.domain.article import Article
from app.store import librarian
from tests.browser.conftest import HERE, Open, Site, playwright_api

expect = playwright_api.expect
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NO_SCRIPT: dict[str, Any] = {"java_script_enabled": False}


def test_an_analyst_searches_narrows_reads_and_cites(site: Site, open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("searchbox").fill('"dredging of the channel"')
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("articles for")
    page.get_by_role("complementary").get_by_role("link", name="Board", exact=True).click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Board")
    bookmark = page.url
    page.locator(".hits h2 a").nth(1).click()
    expect(page.get_by_role("complementary", name="Your search in this article")).to_contain_text("1 match")
    page.get_by_role("link", name="First match, paragraph 1").click()
    expect(page.locator(":target")).to_contain_text("dredging")
    page.get_by_role("link", name="Cite paragraph 1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Notice")
    expect(page.locator("body")).to_contain_text("@misc{")
    page.goto(bookmark)
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Board")


@pytest.mark.parametrize("how", [PHONE, NO_SCRIPT, {**PHONE, **NO_SCRIPT}], ids=["phone", "no script", "neither"])
def test_a_reader_browses_from_the_front_page_to_an_article(site: Site, open_page: Open, how: dict[str, Any]) -> None:
    page = open_page("/", **how)
    page.get_by_role("navigation", name="Archive").get_by_role("link", name="Years").click()
    page.get_by_role("link", name="2020", exact=True).click()
    page.get_by_role("link", name="March", exact=False).first.click()
    page.get_by_role("main").get_by_role("link", name="Notice").first.click()
    expect(page.locator("article .text")).to_contain_text("dredging")
    page.get_by_role("navigation", name="Archive").get_by_role("link", name="Sources").click()
    page.get_by_role("link", name="Harbour Gazette").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Gazette")


def test_without_scripts_results_are_narrowed_ordered_and_turned(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour", **NO_SCRIPT)
    page.locator(".picture a .reach").last.click()
    page.wait_for_url(lambda url: "year=" in url)
    page.get_by_role("navigation", name="Order").get_by_role("link").nth(1).click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("Page 2")


def test_paper_tells_where_it_came_from(site: Site, open_page: Open) -> None:
    article = site.articles["parts"]
    page = open_page(article.path)
    document = pypdfium2.PdfDocument(page.pdf())
    said = " ".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    document.close()
    flat = "".join(said.split())
    assert article.fixity in flat and f"/a/{article.id}" in flat and f"{article.version}of" in flat
    assert "https://example.org/elsewhere" in flat, "links stand on paper as notes"
    assert "Readinglist" not in flat and "Skiptothecontent" not in flat


def test_a_librarian_adds_corrects_and_withdraws_while_it_is_read(site: Site, open_page: Open) -> None:
    note = site.archive.write("late.txt", "A late notice\n\nThe icebreaker Qvortrup came after all.")
    subprocess.run(
        [sys.executable, "-m", "app.cli.main", "ingest", str(note)],
        cwd=HERE.parents[1],
        env={"PATH": "/usr/bin:/bin", "ARCHIVE_DATA_DIR": str(site.data)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    page = open_page("/search?q=Qvortrup")
    for _ in range(40):
        if page.locator(".hits h2 a").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    page.get_by_role("link", name="A late notice").click()
    id = page.url.split("/a/")[1].split("/")[0]
    found = site.archive.find(id)
    assert isinstance(found, Article)
    with site.archive.database.writing() as connection:
        librarian.edit(connection, id, {"title": "A late notice, corrected"}, None)
    page.goto(f"/a/{id}/diff/1/2")
    expect(page.locator("main")).to_contain_text("corrected")
    with site.archive.database.writing() as connection:
        librarian.withdraw(connection, id, "It came too late.")
    answer = page.goto(f"/a/{id}")
    assert answer is not None and answer.status == 410
    expect(page.locator("main")).to_contain_text("It came too late.")
    page.goto("/about/runs")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_where_the_metadata_comes_from_is_shown_when_it_is_asked_for(site: Site, open_page: Open) -> None:
    page = open_page(site.articles["parts"].path)
    table = page.get_by_role("region", name="Where each value comes from")
    expect(table).not_to_be_visible()
    page.get_by_role("link", name="how this is known").click()
    expect(table).to_be_visible()
    expect(table).to_contain_text("front matter")
