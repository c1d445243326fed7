from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.settings import Settings
from app.web.app import create_app
from app.web.opensearch import NAMESPACE, opensearch
from tests.web.conftest import Site


def suggested(site: Site, typed: str) -> list[tuple[str, str, str]]:
    """Completion, description and address of each."""
    answer = site.json("/suggest", q=typed)
    assert answer[0] == typed
    assert len({len(part) for part in answer[1:]}) == 1
    return list(zip(*answer[1:], strict=True))


def titles(site: Site, typed: str) -> list[str]:
    return [completion for completion, description, _ in suggested(site, typed) if description.startswith("article")]


def test_titles_are_suggested_by_the_beginning_of_the_last_word(library: Site) -> None:
    (only,) = suggested(library, "reopening por")
    assert only[:2] == ("Reopening the port before winter", "article, 21 July 2016")
    assert only[2].startswith("http://archive.test/a/")
    assert library.get(only[2].removeprefix("http://archive.test")).status == 200


def test_words_are_read_as_a_search_reads_them(site: Site) -> None:
    site.archive.add({"text": "A.", "title": "Sánchez and the U.S. elections"}, {"text": "B.", "title": "They told us"})
    for typed in ("sanch", "SÁNCH", "election sanch", "US elec", "US", "U.S."):
        assert titles(site, typed) == ["Sánchez and the U.S. elections"], typed
    assert titles(site, "us sanch") == []
    assert titles(site, "elect ") == titles(site, "election ") == ["Sánchez and the U.S. elections"]
    assert titles(site, "elec ") == [], "with a blank after it the word is whole"


def test_sources_topics_and_authors_lead_to_their_articles(library: Site) -> None:
    found = suggested(library, "harb")
    assert found == [
        ("Harbour Gazette", "source, 1 article", "http://archive.test/search?q=&source=Harbour+Gazette"),
        ("ports/harbours", "topic, 1 article", "http://archive.test/search?q=&topic=ports%2Fharbours"),
    ]
    (author,) = suggested(library, "ferr")
    assert author[1] == "author, 2 articles"
    assert library.get(author[2].removeprefix("http://archive.test")).html.one("h1").text == "2 articles"


def test_there_are_ten_at_most(library: Site) -> None:
    assert len(suggested(library, "no")) == 10


@pytest.mark.parametrize("typed", ["", " ", "zzyzx", "*", "?!", '"', "😀", "x" * 200])
def test_where_there_is_nothing_to_suggest_the_lists_are_empty(library: Site, typed: str) -> None:
    answer = library.client.get("/suggest", params={"q": typed})
    assert answer.json() == [typed, [], [], []]
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    assert answer.headers["cache-control"] == "max-age=60"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_whatever_is_typed_gets_an_answer(library: Site, typed: str) -> None:
    answer: list[Any] = library.client.get("/suggest", params={"q": typed}).json()
    assert [len(part) for part in answer[1:]] == [len(answer[1])] * 3


def test_without_a_database_there_is_nothing_to_suggest_but_no_error(empty_folder: Path) -> None:
    with TestClient(create_app(Settings(data_dir=empty_folder, _env_file=None))) as client:
        answer = client.get("/suggest?q=port")
        assert (answer.status_code, answer.json()) == (200, ["port", [], [], []])


def test_the_description_says_how_to_search_and_suggest(library: Site) -> None:
    answer = library.client.get("/opensearch.xml")
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    root = fromstring(answer.content)
    assert root.tag == f"{{{NAMESPACE}}}OpenSearchDescription"
    addresses = {url.attrib["type"]: url.attrib for url in root.iter(f"{{{NAMESPACE}}}Url")}
    asked = addresses["text/html"]["template"]
    for name, value in (("searchTerms", "port"), ("startPage?", ""), ("count?", "25")):
        asked = asked.replace(f"{{{name}}}", value)
    page = library.get(asked.removeprefix("http://archive.test"))
    assert page.html.one("h1").text == "2 articles for port"
    assert not page.html.all("ul", class_="notes")
    suggest = addresses["application/x-suggestions+json"]
    assert (suggest["rel"], suggest["template"]) == ("suggestions", "http://archive.test/suggest?q={searchTerms}")
    itself = addresses["application/opensearchdescription+xml"]
    assert (itself["rel"], itself["template"]) == ("self", "http://archive.test/opensearch.xml")


@pytest.mark.parametrize("title", ["Policy Archive", "The Archive of Everything", "x" * 200, "", "<&\x00\ud800>"])
def test_the_name_is_short_enough_for_a_search_bar(title: str) -> None:
    root = fromstring(opensearch(title, "http://archive.test"))
    short = root.findtext(f"{{{NAMESPACE}}}ShortName")
    assert short
    assert len(short) <= 16
    assert len(root.findtext(f"{{{NAMESPACE}}}LongName") or "") <= 48


def test_every_page_names_the_description(library: Site) -> None:
    for path in ("/", "/search?q=port", "/about", "/nowhere"):
        link = library.get(path).html.one("link", rel="search")
        assert link.attributes["type"] == "application/opensearchdescription+xml"
        assert library.get(link.attributes["href"] or "").status == 200
