from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from app.domain.article import Article
from app.domain.citation import Cited
from app.domain.passage import fingerprints
from app.web.citation_styles import styled_citations
from app.web.dependencies import Archive as Opened
from app.web.forms import cited
from tests.conftest import Archive
from tests.web.conftest import Site

RECORDS = (
    {
        "id": "full",
        "title": 'Who pays for the "new" port?',
        "text": "The council met on Monday.\n\nIt’s “open” – at last, said Ms Ferreira & Co.\n\nThe port stays shut.",
        "source": "Harbour <Gazette>",
        "author": ["Ann Ferreira", "Bo Lindqvist"],
        "published": "2016-07-21",
        "topics": ["trade"],
    },
    {"id": "bare", "title": "The levy.", "text": "Nobody signed this, and nobody dated it."},
    {
        "id": "month",
        "title": "Tolls",
        "text": "Tolls rose.",
        "published": "2016-07",
        "source": "Board",
        "author": "Desk",
    },
)
TODAY = datetime.now(UTC).date()

Shelf = dict[str, Article]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Shelf]]:
    archive = Archive(tmp_path_factory.mktemp("shelf"))
    archive.add(*RECORDS)
    articles = {
        found.guid: found for id in archive.ids() if isinstance(found := archive.find(id), Article) and found.guid
    }
    site = Site(archive)
    with site.client:
        yield site, articles
    archive.close()


def styles(shelf: tuple[Site, Shelf], name: str, paragraph: int | None = None) -> dict[str, str]:
    site, articles = shelf
    opened: Opened = site.app.state.archive
    subject: Cited = cited(articles[name], opened, paragraph)
    return {style.name: style.text for style in styled_citations(subject)}


DAY = f"{TODAY:%B} {TODAY.day}, {TODAY.year}"


def test_each_style_sets_a_passage_as_its_handbook_says(shelf: tuple[Site, Shelf]) -> None:
    url = "http://archive.test" + shelf[1]["full"].path + "#p2"
    bare = "Who pays for the ‘new’ port"
    title = f"“{bare}?”"
    paper = "Harbour <Gazette>"
    british = f"{TODAY.day} {TODAY:%B} {TODAY.year}"
    said = styles(shelf, "full", 2)
    assert said.pop("MLA, works cited").startswith(
        f"Ferreira, Ann, and Bo Lindqvist. {title} {paper}, 21 July 2016, Policy Archive, {url}. Accessed {TODAY.day} "
    )
    assert said == {
        "Chicago, note": f"Ann Ferreira and Bo Lindqvist, {title} {paper}, July 21, 2016, para. 2, {url}.",
        "Chicago, bibliography": f"Ferreira, Ann, and Bo Lindqvist. {title} {paper}, July 21, 2016. {url}.",
        "APA, in the text": "(Ferreira & Lindqvist, 2016, para. 2)",
        "APA, reference": f"Ferreira, A., & Lindqvist, B. (2016, July 21). {bare}? {paper}. {url}",
        "MLA, in the text": "(Ferreira and Lindqvist, par. 2)",
        "Bluebook": f'Ann Ferreira & Bo Lindqvist, Who pays for the "new" port?, {paper} ¶ 2 (July 21, 2016), {url}.',
        "OSCOLA": f"Ann Ferreira and Bo Lindqvist, ‘Who pays for the “new” port?’ {paper} (21 July 2016) para 2 "
        f"<{url}> accessed {british}.",
    }


def test_what_is_not_known_is_said_as_each_style_says_it(shelf: tuple[Site, Shelf]) -> None:
    url = "http://archive.test" + shelf[1]["bare"].path
    said = styles(shelf, "bare")
    assert said["Chicago, note"] == f"“The levy,” n.d., accessed {DAY}, {url}."
    assert said["Chicago, bibliography"] == f"“The levy.” n.d. Accessed {DAY}. {url}."
    assert said["APA, in the text"] == "(“The levy,” n.d.)"
    assert said["APA, reference"] == f"The levy. (n.d.). Retrieved {DAY}, from {url}"
    assert said["MLA, in the text"] == "(“The levy”)"
    assert said["MLA, works cited"].startswith(f"“The levy.” Policy Archive, {url}. Accessed ")
    assert said["Bluebook"].startswith(f"The levy, {url} (last visited ")
    assert said["OSCOLA"].startswith(f"‘The levy’ <{url}> accessed ")
    for text in said.values():
        assert str(TODAY.year) not in text or "ccessed" in text or "Retrieved" in text or "visited" in text


def test_a_date_is_cited_as_far_as_it_is_known(shelf: tuple[Site, Shelf]) -> None:
    said = styles(shelf, "month")
    assert "Board, July 2016, " in said["Chicago, note"]
    assert "Desk. (2016, July). " in said["APA, reference"]


def test_markup_in_titles_and_names_stays_text(shelf: tuple[Site, Shelf]) -> None:
    site, articles = shelf
    page = site.get(f"/a/{articles['full'].id}/cite")
    assert not page.html.all("gazette")
    assert page.html.all("i")[0].text == "Harbour <Gazette>"
    assert page.html.all("span", class_="caps")[0].text == "Harbour <Gazette>"


def test_a_passage_is_cited_with_all_that_is_needed_to_find_it_again(shelf: tuple[Site, Shelf]) -> None:
    site, articles = shelf
    article = articles["full"]
    page = site.get(f"/a/{article.id}/cite", p="2", quote='"open" - at   last')
    assert page.html.one("blockquote").text.strip() == "“open” – at last"
    links = page.html.links()
    start = f"http://archive.test{article.path}"
    assert f"{start}#p2" in links
    (marked,) = [target for target in links if ":~:text=" in target]
    assert unquote(marked) == f"{start}#p2:~:text=“open” – at last"
    assert f"http://archive.test/a/{article.id}/p/{fingerprints(article.paragraphs)[1]}" in links
    assert f"http://archive.test/a/{article.id}/v/1#p2" in links
    assert article.fixity in page.text
    assert page.html.all("time", datetime=TODAY.isoformat())
    forms = {block.text.split("\n")[0] for block in page.html.all("pre")}
    assert {f"@misc{{a{article.id},", "TY  - NEWS", "[", "> “open” – at last"} <= forms


def test_the_paragraph_of_a_quotation_is_found(shelf: tuple[Site, Shelf]) -> None:
    site, articles = shelf
    page = site.get(f"/a/{articles['full'].id}/cite", quote="stays shut")
    assert page.html.one("input", name="p").attributes["value"] == "3"


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ({"p": "9"}, "There is no paragraph “9”; the article has 3."),
        ({"p": "x"}, "There is no paragraph “x”"),
        ({"quote": "nobody said this"}, "do not stand in the text"),
        ({"p": "1", "quote": "stays shut"}, "do not stand in paragraph 1"),
        ({"quote": "x" * 6000}, "Only the first 5,000 characters"),
    ],
)
def test_what_is_not_there_is_not_quoted_and_the_page_says_so(
    shelf: tuple[Site, Shelf], asked: dict[str, str], note: str
) -> None:
    site, articles = shelf
    page = site.get(f"/a/{articles['full'].id}/cite", **asked)
    assert page.status == 200
    assert note in page.text
    if "quote" in asked:
        assert not page.html.all("blockquote")


def test_the_form_needs_no_script_and_every_field_has_a_label(shelf: tuple[Site, Shelf]) -> None:
    site, articles = shelf
    page = site.get(f"/a/{articles['full'].id}/cite").html
    form = page.one("form", class_="citing")
    assert form.attributes["action"] == f"/a/{articles['full'].id}/cite"
    labels = {label.attributes["for"] for label in page.all("label")}
    assert {"cite-p", "cite-quote"} <= labels
    assert page.one("meta", name="robots").attributes["content"] == "noindex, nofollow"


def test_an_older_version_is_cited_as_what_it_was(site: Site) -> None:
    for text in ("It takes eight weeks.", "It takes nine weeks."):
        site.archive.add(text, id="1", title="Port")
    id = site.archive.only().id
    page = site.get(f"/a/{id}/cite", v="1", quote="eight weeks")
    assert page.html.one("blockquote").text.strip() == "eight weeks"
    assert f"http://archive.test/a/{id}/v/1#p1" in page.html.links()
    assert page.html.one("input", name="v").attributes["value"] == "1"


def test_the_article_offers_to_cite_it_and_each_paragraph(shelf: tuple[Site, Shelf]) -> None:
    site, articles = shelf
    article = articles["full"]
    page = site.get(article.path).html
    assert page.links()["cite"] == f"/a/{article.id}/cite"
    offers = {link.attributes.get("aria-label"): link.attributes["href"] for link in page.all("a")}
    assert offers["Cite paragraph 2"] == f"/a/{article.id}/cite?p=2"
    assert offers["Lasting link to paragraph 2"] == f"/a/{article.id}/p/{fingerprints(article.paragraphs)[1]}"
    assert page.one("p", id="p2").text.split() == [*article.paragraphs[1].text.split(), "2"]
