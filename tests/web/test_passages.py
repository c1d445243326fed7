from __future__ import annotations

import pytest

from app.domain.article import Article
from app.domain.passage import fingerprints
from app.store import librarian
from tests.conftest import LONG_ENOUGH
from tests.web.conftest import Site

THEN = ("The council met on Monday.", "Dredging the port takes eight weeks.", "The port stays shut.", "A last word.")
NOW = ("A note first.", "The council met on Monday.", "Dredging the port takes nine weeks.", "A last word.")


def _grown(site: Site) -> tuple[Article, tuple[str, ...]]:
    """An article that changed, and the lasting names of its first version's paragraphs."""
    site.archive.add("\n\n".join(THEN), id="1", title="Port")
    marks = fingerprints(site.archive.only().paragraphs)
    site.archive.add("\n\n".join(NOW), id="1", title="Port")
    return site.archive.only(), marks


def test_a_lasting_link_leads_to_where_the_paragraph_stands_now(site: Site) -> None:
    article, marks = _grown(site)
    for mark, number in ((marks[0], 2), (marks[3], 4)):
        page = site.get(f"/a/{article.id}/p/{mark}")
        assert (page.status, page.headers["location"]) == (302, f"{article.path}#p{number}")
    page = site.get(f"/a/{article.id.upper()}/p/{marks[0].upper()}).")
    assert page.headers["location"] == f"{article.path}#p2"


def test_a_paragraph_that_changed_is_shown_then_and_now(site: Site) -> None:
    article, marks = _grown(site)
    page = site.get(f"/a/{article.id}/p/{marks[1]}")
    assert page.status == 200
    assert page.html.one("h1").text == "This paragraph has changed"
    then, now = page.html.all("blockquote")
    assert then.text.strip() == THEN[1]
    assert "[removed: eight]" in now.text
    assert "[added: nine]" in now.text
    links = page.html.links()
    assert links["Paragraph 2 of version 1"] == f"/a/{article.id}/v/1#p2"
    assert links["Paragraph 3 of the article now"] == f"{article.path}#p3"


def test_a_paragraph_that_went_is_shown_where_it_was(site: Site) -> None:
    article, marks = _grown(site)
    page = site.get(f"/a/{article.id}/p/{marks[2]}")
    assert page.status == 200
    assert page.html.one("h1").text == "This paragraph is no longer in the article"
    assert page.html.one("blockquote").text.strip() == THEN[2]
    assert page.html.links()["Paragraph 3 of version 1"] == f"/a/{article.id}/v/1#p3"


def test_the_last_version_that_had_it_is_the_one_shown(site: Site) -> None:
    article, marks = _grown(site)
    site.archive.add("\n\n".join((*NOW, THEN[2])), id="1", title="Port")
    assert site.get(f"/a/{article.id}/p/{marks[2]}").status == 302
    site.archive.add("Nothing of it.", id="1", title="Port")
    assert "Paragraph 5 of version 3" in site.get(f"/a/{article.id}/p/{marks[2]}").html.links()


@pytest.mark.parametrize("mark", ["00000000", "no name", "x", "u" * 3000])
def test_a_name_that_no_paragraph_ever_had_is_not_found(site: Site, mark: str) -> None:
    article, _ = _grown(site)
    page = site.get(f"/a/{article.id}/p/{mark}")
    assert page.status == 404
    assert page.html.one("h1").text == "Nothing here"


def test_passages_of_a_duplicate_lead_to_the_article_that_stands_for_it(site: Site) -> None:
    for name in ("north", "south"):
        site.archive.add(LONG_ENOUGH, title="Port", url=f"https://{name}.example/port", source=name)
    article = site.archive.only()
    (mark,) = fingerprints(article.paragraphs)
    assert site.get(f"/a/{article.also_at[0].id}/p/{mark}").headers["location"] == f"{article.path}#p1"


def test_passages_of_a_merged_article_are_still_found(site: Site) -> None:
    site.archive.add({"id": "a", "text": "One text."}, {"id": "b", "text": "Another thing."})
    first, second = site.archive.ids()
    gone = site.archive.find(first)
    assert isinstance(gone, Article)
    with site.archive.database.writing() as connection:
        librarian.merge(connection, first, second, None)
    page = site.get(f"/a/{first}/p/{fingerprints(gone.paragraphs)[0]}")
    assert page.status == 200
    assert gone.paragraphs[0].text in page.text
