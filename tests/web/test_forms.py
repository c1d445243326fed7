from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.domain.article import Article
from app.domain.canonical import Kind, plain_paragraphs
from app.web.markdown import text_markdown
from app.web.negotiation import preferred_form
from tests.conftest import Archive
from tests.web.conftest import Page, Site
from tests.web.test_versions import links_of

TYPES = {
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "linkset.json": "application/linkset+json",
}
FULL = {
    "id": "full",
    "url": "https://e.example/port?a=1&b=2",
    "title": "Ports </script> & <ships>",
    "text": "## A heading\n\nThe council met.\n\n- one item\n\n> A quote.",
    "source": "Harbour Gazette",
    "author": ["Ann Ferreira", "Zoë Šimić"],
    "published": "2016-07-21",
    "topics": ["trade", "ports"],
    "summary": "What it takes.",
    "language": "en",
}
BARE = {"id": "bare", "text": "Nobody signed this, and nobody dated it."}

Shelf = tuple[Site, Article, Article]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A site with an article of which all is known, and one of which nothing is."""
    archive = Archive(tmp_path_factory.mktemp("forms"))
    archive.add(FULL, BARE)
    found = {article.guid: article for id in archive.ids() if isinstance(article := archive.find(id), Article)}
    site = Site(archive)
    with site.client:
        yield site, found["full"], found["bare"]
    archive.close()


@pytest.mark.parametrize("form", TYPES)
def test_every_form_has_its_type_its_tag_and_a_way_back(shelf: Shelf, form: str) -> None:
    site, article, _ = shelf
    for path in (f"/a/{article.id}.{form}", f"/a/{article.id}/v/1.{form}"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[form]), path
        tag = answer.headers["etag"]
        assert tag.startswith('"')
        assert site.client.get(path, headers={"If-None-Match": tag}).status_code == 304
        links = links_of(Page(200, dict(answer.headers), "", site.get("/about").html))
        assert links["cite-as"] == links["canonical"] == [f"http://archive.test{article.path}"]
    shouted = site.get(f"/a/{article.id.upper()}.{form}")
    assert (shouted.status, shouted.headers["location"]) == (301, f"/a/{article.id}.{form}")
    assert site.get(f"/a/000000000000.{form}").status == 404
    assert site.get(f"/a/{article.id}/v/7.{form}").status == 404


def test_only_forms_that_name_the_day_have_no_date_of_change(shelf: Shelf) -> None:
    site, article, _ = shelf
    for form in TYPES:
        told = site.client.get(f"/a/{article.id}.{form}").headers.get("last-modified")
        if form in ("ris", "bib", "csl.json"):
            assert told is None
        else:
            assert parsedate_to_datetime(told) == article.stored_at.replace(microsecond=0)


def test_the_text_is_what_the_sha256_is_of(shelf: Shelf) -> None:
    site, article, _ = shelf
    assert hashlib.sha256(site.client.get(f"/a/{article.id}.txt").content).hexdigest() == article.fixity


def test_the_markdown_is_read_back_as_the_same_article(shelf: Shelf, archive: Archive) -> None:
    site, article, _ = shelf
    archive.ingest(archive.write("again.md", site.client.get(f"/a/{article.id}.md").content))
    found = archive.only()
    assert (found.id, found.url) == (article.id, FULL["url"])
    assert (found.title.value, [one.value for one in found.authors]) == (article.title.value, FULL["author"])
    assert found.published is not None
    assert str(found.published.value) == FULL["published"]
    assert [(one.kind, one.text.lstrip("#->").strip()) for one in found.paragraphs] == [
        (one.kind, one.text.lstrip("#->").strip()) for one in article.paragraphs
    ]


@given(st.text(alphabet="ab *_`#>-+=|~[]()<&;1.\\\n", min_size=1, max_size=60))
def test_markdown_escapes_whatever_a_text_holds(text: str) -> None:
    (paragraph, *others) = plain_paragraphs(text) or (None,)
    if paragraph is None or others or paragraph.kind is not Kind.PARAGRAPH:
        return
    body = text_markdown((paragraph,))
    html = MarkdownIt("commonmark").render(body)
    assert html.count("<p>") == 1, "it is one paragraph"
    shown = unescape(re.sub(r"</?p>", "", html))
    assert shown.split() == paragraph.text.split()


# What programs read in the page


def test_zotero_finds_its_tags_under_its_names(shelf: Shelf) -> None:
    site, article, bare = shelf
    page = site.get(article.path).html
    tags = [(tag.attributes["name"], tag.attributes["content"]) for tag in page.all("meta") if "name" in tag.attributes]
    named = [name for name, _ in tags]
    assert dict(tags)["z:itemType"] == "newspaperArticle"
    assert dict(tags)["citation_title"] == FULL["title"]
    assert [content for name, content in tags if name == "citation_author"] == FULL["author"]
    assert dict(tags)["citation_publication_date"] == "2016/07/21"
    assert dict(tags)["citation_publisher"] == dict(tags)["prism.publicationName"] == "Harbour Gazette"
    assert dict(tags)["citation_language"] == "en"
    assert dict(tags)["citation_public_url"] == f"http://archive.test{article.path}"
    assert [content for name, content in tags if name == "citation_keywords"] == FULL["topics"]
    assert "citation_journal_title" not in named
    unknown = site.get(bare.path).html
    names = {tag.attributes.get("name") for tag in unknown.all("meta")}
    assert {name for name in names if name and name.startswith(("citation_", "prism"))} == {
        "citation_title",
        "citation_public_url",
    }


def test_json_ld_says_what_is_known_and_cannot_leave_its_element(shelf: Shelf) -> None:
    site, article, bare = shelf
    script = site.get(article.path).html.one("script", type="application/ld+json").text
    assert not set(script) & set("<>&")
    said = json.loads(script)
    assert (said["@context"], said["@type"]) == ("https://schema.org", "NewsArticle")
    assert said["headline"] == FULL["title"]
    assert said["author"] == [{"@type": "Person", "name": name} for name in FULL["author"]]
    assert said["datePublished"] == "2016-07-21"
    assert said["publisher"] == {"@type": "Organization", "name": "Harbour Gazette"}
    assert said["isBasedOn"] == FULL["url"]
    assert said["mainEntityOfPage"] == f"http://archive.test{article.path}"
    assert (said["inLanguage"], said["wordCount"]) == ("en", article.words)
    assert "dateModified" not in said, "when it was changed where it was published is not known"
    assert {one["propertyID"]: one["value"] for one in said["identifier"]} == {
        "permalink": article.id,
        "sha256": article.fixity,
    }
    unknown = json.loads(site.get(bare.path).html.one("script", type="application/ld+json").text)
    for name in ("author", "datePublished", "publisher", "keywords", "inLanguage", "isBasedOn", "description"):
        assert name not in unknown


def test_signposting_leads_to_the_permalink_the_metadata_and_the_text(shelf: Shelf) -> None:
    site, article, bare = shelf
    page = site.get(article.path)
    links = links_of(page)
    base = f"http://archive.test/a/{article.id}"
    assert links["cite-as"] == [f"http://archive.test{article.path}"]
    assert links["describedby"] == [f"{base}.{form}" for form in ("json", "ris", "bib", "csl.json")]
    assert links["item"] == [f"{base}.txt", f"{base}.md"]
    assert links["type"] == ["https://schema.org/NewsArticle", "https://schema.org/AboutPage"]
    assert links["author"][0] == "http://archive.test/browse/authors/Ann%20Ferreira"
    assert all(site.client.get(author).status_code == 200 for author in links["author"])
    assert "license" not in links, "none is known"
    assert 'rel="describedby"; type="application/json"' in page.headers["link"]
    assert page.headers["link"].isascii()
    assert "author" not in links_of(site.get(bare.path))
    (linkset,) = links["linkset"]
    (told, *_) = site.json(linkset)["linkset"]
    assert told["anchor"] == f"http://archive.test{article.path}"
    for relation in ("cite-as", "describedby", "item", "type", "author"):
        assert [target["href"] for target in told[relation]] == links[relation]
    assert {target["href"]: target["type"] for target in told["describedby"]}[f"{base}.json"] == "application/json"


def test_every_link_in_the_header_answers(shelf: Shelf) -> None:
    site, article, _ = shelf
    for rel, targets in links_of(site.get(article.path)).items():
        for target in targets:
            if target.startswith("http://archive.test"):
                assert site.client.get(target).status_code in (200, 302), (rel, target)


# By Accept


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json", "json"),
        ("application/json, text/html", "json"),
        ("text/html;q=0.5, application/json;q=0.9", "json"),
        ("application/json;q=0.5, text/html", "html"),
        ("application/json;q=0", "html"),
        ("application/json;q=nonsense", "html"),
        ("*/*, application/json", "json"),
        ("*/*;q=1, application/json;q=0.9", "html"),
        ("TEXT/PLAIN", "txt"),
        ("text/*", "html"),
        ("application/x-bibtex", "bib"),
        ("application/vnd.citationstyles.csl+json", "csl.json"),
        ("application/linkset+json", "linkset.json"),
        ("image/png, nonsense", "html"),
        ("," * 5000, "html"),
    ],
)
def test_the_form_is_the_one_that_is_liked_best(accept: str, form: str) -> None:
    assert preferred_form(accept) == form


@given(st.text())
def test_no_accept_header_breaks_anything(accept: str) -> None:
    assert preferred_form(accept)


def test_a_permalink_answers_in_the_form_asked_for(shelf: Shelf) -> None:
    site, article, _ = shelf
    for form, type in TYPES.items():
        answer = site.client.get(article.path, headers={"Accept": type.split(";")[0]})
        assert (answer.status_code, answer.headers["content-type"]) == (200, type)
        assert answer.headers["content-location"] == f"/a/{article.id}.{form}"
        there = site.client.get(f"/a/{article.id}.{form}")
        assert (answer.content, answer.headers["etag"]) == (there.content, there.headers["etag"])
        assert "Accept" in answer.headers["vary"].split(", ")
        then = site.client.get(f"/a/{article.id}/v/1", headers={"Accept": type.split(";")[0]})
        assert then.headers["content-location"] == f"/a/{article.id}/v/1.{form}"
    page = site.client.get(article.path, headers={"Accept": "text/html"})
    assert "Accept" in page.headers["vary"].split(", ")
    assert "content-location" not in page.headers
    held = site.client.get(article.path, headers={"Accept": "application/json", "If-None-Match": page.headers["etag"]})
    assert held.status_code == 200, "the page's tag is no tag of its JSON"


def test_pages_beside_the_permalink_have_one_form(shelf: Shelf) -> None:
    site, article, _ = shelf
    for tail in ("versions", "cite", "diff/1/1"):
        answer = site.client.get(f"/a/{article.id}/{tail}", headers={"Accept": "application/json"})
        assert answer.headers["content-type"].startswith("text/html")
