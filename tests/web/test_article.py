from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.domain.article import Article
from app.domain.passage import fingerprints
from app.store import addresses, tables
from tests.conftest import LONG_ENOUGH
from tests.web.conftest import Html, Page, Site


def _add(site: Site, text: str, **fields: object) -> Article:
    site.archive.add(text, **fields)
    return site.archive.only()


def test_a_permalink_shows_the_article_with_what_is_known_and_what_is_not(site: Site) -> None:
    article = _add(site, "First paragraph.\n\nSecond paragraph.", title="A title", published="2016-07")
    page = site.get(article.path)
    assert page.status == 200
    assert page.html.one("h1").text == "A title"
    assert page.html.all("time", datetime="2016-07")[0].text == "July 2016"
    assert "source unknown" in page.text
    assert page.html.one("link", rel="canonical").attributes["href"] == f"http://archive.test{article.path}"
    assert article.fixity in page.text


def test_every_paragraph_has_a_number_that_links_to_it(site: Site) -> None:
    article = _add(site, "First paragraph.\n\nSecond paragraph.", title="A title")
    page = site.get(article.path).html
    assert page.one("p", id="p2").text.startswith("Second paragraph.")
    assert page.one("a", aria_label="Paragraph 2").attributes["href"] == "#p2"


def test_an_unknown_date_is_said_to_be_unknown(site: Site) -> None:
    article = _add(site, "Some text without a date.")
    page = site.get(article.path)
    assert "date unknown" in page.text
    assert "came without a headline" in page.text


def test_other_spellings_lead_to_the_permalink_and_keep_the_query(site: Site) -> None:
    article = _add(site, "Some text.", title="A title")
    for spelling in (f"/a/{article.id}", f"/a/{article.id}/another-title", f"/a/{article.id.upper()}/a-title"):
        page = site.get(f"{spelling}?q=text")
        assert (page.status, page.headers["location"]) == (301, f"{article.path}?q=text")


def test_o_and_zero_i_l_and_one_are_read_as_the_same(site: Site) -> None:
    article = _add(site, "Some text.", title="A title")
    confused = article.id.replace("0", "O").replace("1", "l")
    assert site.get(f"/a/{confused}/x").headers["location"] == article.path
    assert site.client.get(f"/a/{confused.upper()}.json", follow_redirects=True).json()["id"] == article.id


def test_an_exact_duplicate_leads_to_the_article_that_stands_for_it(site: Site) -> None:
    site.archive.add(
        {"text": LONG_ENOUGH, "title": "Port", "url": "https://example.org/a", "source": "A"},
        {"text": LONG_ENOUGH, "title": "Port", "url": "https://example.org/b", "source": "B"},
    )
    article = site.archive.only()
    (other,) = article.also_at
    assert site.get(f"/a/{other.id}/port").headers["location"] == article.path
    assert site.get(f"/a/{other.id}.json").headers["location"] == f"/a/{article.id}.json"
    assert other.url in site.get(article.path).html.links()


def test_a_withdrawn_article_says_when_and_why(site: Site) -> None:
    article = _add(site, "Some text.", title="A title")
    with site.archive.database.writing() as connection:
        when = datetime(2024, 3, 5, 12, tzinfo=UTC)
        connection.execute(update(tables.article).values(withdrawn_at=when, withdrawn_reason="The <author> asked."))
    page = site.get(article.path)
    assert page.status == 410
    assert "5 March 2024" in page.text
    assert "The &lt;author&gt; asked." in page.text
    problem = site.json(f"/a/{article.id}.json")
    assert (problem["status"], problem["reason"]) == (410, "The <author> asked.")


def test_an_unknown_id_is_not_found_and_the_page_helps(site: Site) -> None:
    for id in ("000000000000", "nonsense", "x" * 3000, "%00", "..%2f.."):
        page = site.get(f"/a/{id}/slug")
        assert page.status == 404
    page = site.get("/a/000000000000")
    assert page.html.one("input", type="search")
    answer = site.client.get("/a/000000000000.json")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_text_that_looks_like_html_is_shown_as_text(site: Site) -> None:
    article = _add(
        site, 'Use <script>alert("x")</script> & <b>bold</b>.', title='<img src=x onerror="y">', author="<i>"
    )
    page = site.get(article.path)
    scripts = page.html.all("script")
    (data,) = (script for script in scripts if script.text)
    assert data.attributes["type"] == "application/ld+json" and "<" not in data.text
    assert {script.attributes.get("type") for script in scripts if script is not data} == {"module"}
    assert not page.html.all("img")
    assert not page.html.all("i")
    assert '<script>alert("x")</script> & <b>bold</b>' in page.html.one("p", id="p1").text
    assert page.html.one("h1").text == '<img src=x onerror="y">'


def test_markers_are_not_shown_where_the_page_says_the_same(site: Site) -> None:
    text = "### Costs\n\n- dredging\n\n- piling\n\n2. two\n\n3. three\n\n> The port\n\n> stays shut.\n\n##### Details"
    article = _add(site, text, title="A title")
    html = site.get(article.path).html
    assert [heading.text for heading in html.all("h2")][:1] == ["Costs"]
    assert html.one("h3").text == "Details", "no level is left out"
    assert html.one("li", id="p2").text.split() == ["dredging", "2"]
    assert html.one("li", id="p4").attributes["value"] == "2"
    assert html.one("blockquote").text.split() == ["The", "port", "6", "stays", "shut.", "7"]


def test_a_language_is_marked_with_its_direction(site: Site) -> None:
    article = _add(site, "نص قصير.", title="عنوان", language="ar")
    text = site.get(article.path).html.one("div", class_="text")
    assert (text.attributes["lang"], text.attributes["dir"]) == ("ar", "rtl")


def test_only_web_addresses_are_linked(site: Site) -> None:
    article = _add(site, "Some text.", url="javascript:alert(1)", title="A title")
    assert not [link for link in site.get(article.path).html.links().values() if link.startswith("javascript")]


def test_the_original_address_is_linked_without_endorsement(site: Site) -> None:
    article = _add(site, "Some text.", url="https://example.org/a?b=1&c=2", title="A title")
    link = site.get(article.path).html.all("a", href="https://example.org/a?b=1&c=2")[0]
    assert link.attributes["rel"] == "nofollow noopener"


def test_the_json_of_an_article(site: Site) -> None:
    article = _add(
        site, "One.\n\n- Two.", title="A title", author=["Ann", "Bo"], published="2016-07", url="https://x.org/a"
    )
    found = site.json(f"/a/{article.id}.json")
    permalink = f"http://archive.test{article.path}"
    assert found["url"] == permalink
    assert (found["title"], found["authors"], found["source"]) == ("A title", ["Ann", "Bo"], None)
    assert (found["published"], found["precision"], found["summary"]) == ("2016-07", "month", None)
    assert (found["address"], found["version"], found["sha256"]) == ("https://x.org/a", 1, article.fixity)
    mark = fingerprints(article.paragraphs)[1]
    assert found["paragraphs"][1] == {
        "number": 2,
        "kind": "item",
        "text": "- Two.",
        "url": f"{permalink}#p2",
        "lasting_url": f"http://archive.test/a/{article.id}/p/{mark}",
    }
    assert found["version_url"] == f"http://archive.test/a/{article.id}/v/1"
    assert set(found["origins"]) == {"title", "authors", "published"}


def test_a_refused_date_is_shown_as_given_and_not_used(site: Site) -> None:
    article = _add(site, "Some text.", title="A title", published="7/5/2016")
    page = site.get(article.path)
    assert "date unknown" in page.text
    assert "given but not believed" in page.text
    assert "7/5/2016" in page.text


# Opened from a search


def marks(page: Page) -> list[str]:
    return [mark.text for mark in page.html.all("mark")]


def bar(page: Page) -> str:
    return " ".join(page.html.one("aside", aria_label="Your search in this article").text.split())


def without_marks(page: Page) -> str:
    """The page's HTML without what a search adds to it."""
    bare = re.sub(r'<aside class="matches".*?</aside>\n', "", page.text, flags=re.DOTALL)
    bare = re.sub(r'<span class="turn">.*?</span>', "", bare)
    bare = re.sub(r"</?mark[^>]*>", "", bare)
    # Two ways to write the same sign.
    return bare.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


PORT = (
    "The port\nstays shut.\n\n## Ports\n\nNothing here.\n\n- a port\n\n- a bridge\n\n> Of ports\n> and ships\n\n"
    "    port  1\n    port  2"
)


def test_what_the_search_matches_is_marked_and_counted(site: Site) -> None:
    article = _add(site, PORT, title="Port news", summary="No port, no ships.")
    page = site.get(f"{article.path}?q=port")
    assert marks(page) == ["Port", "port", "port", "Ports", "port", "ports", "port", "port"]
    assert "port: 6 matches in 5 paragraphs, 1 in the title and 1 in the summary" in bar(page)


def test_without_a_search_the_page_is_as_it_always_was(site: Site) -> None:
    article = _add(site, PORT, title="Port news", summary="No port, no ships.")
    bare = site.get(article.path)
    assert not marks(bare)
    for other in ("?q=", "?q=%20", "?utm_source=x", "?page=3&source=Board"):
        assert site.get(article.path + other).text == bare.text
    for query in ("port", "zzyzx", '"of ports"', "port*", "ships -port", "the OR port OR a OR 1"):
        assert without_marks(site.get(article.path, q=query)) == bare.text


def test_matches_can_be_walked_through_without_scripts(site: Site) -> None:
    article = _add(site, "Port.\n\nBridge.\n\nPort, port.\n\nBridge.\n\nPort.", title="A title")
    page = site.get(f"{article.path}?q=port").html
    links = {link.attributes.get("aria-label"): link.attributes["href"] for link in page.all("a")}
    assert page.links()["First match, paragraph 1"] == "#p1"
    in_paragraph = [
        [
            link.attributes["aria-label"]
            for link in page.one("p", id=id).inside
            if link.tag == "a" and "match" in (link.attributes["aria-label"] or "")
        ]
        for id in ("p1", "p2", "p3", "p5")
    ]
    assert in_paragraph == [
        ["Next match, paragraph 3"],
        [],
        ["Previous match, paragraph 1", "Next match, paragraph 5"],
        ["Previous match, paragraph 3"],
    ]
    assert links["Next match, paragraph 5"] == "#p5"
    assert [mark.attributes for mark in page.all("mark")] == [{"id": "match"}, {}, {}, {}]


def test_the_way_back_and_the_permalink_are_there(site: Site) -> None:
    article = _add(site, "The port.", title="A title", source="Board")
    page = site.get(f"{article.path}?q=port&source=Board&sort=newest&page=2&explain=1&generation=7")
    assert page.html.links()["Back to the results"] == "/search?q=port&source=Board&sort=newest&page=2"
    assert page.html.links()["Show without marks"] == f"http://archive.test{article.path}"
    assert page.html.one("link", rel="canonical").attributes["href"] == f"http://archive.test{article.path}"


def test_marks_are_those_of_the_search(site: Site) -> None:
    text = "Daesh, the ISI and us. The U.S. stabilised Mosul. Mosul is stable. It stabilises."
    article = _add(site, text, title="A title")
    for query, marked in (
        ("ISIS", ["Daesh"]),
        ("=ISIS", []),
        ("US", ["U.S."]),
        ("stabilize", ["stabilised", "stabilises"]),
        ("=stabilises", ["stabilises"]),
        ('"mosul is"', ["Mosul is"]),
        ("mosul NEAR/1 stabilised", ["stabilised", "Mosul"]),
        ("title:mosul", []),
        ("text:mosul -isi", ["Mosul", "Mosul"]),
        ("st*e", ["stable"]),
    ):
        assert marks(site.get(article.path, q=query)) == marked, query


def test_a_match_runs_over_the_end_of_a_line_but_no_marker_is_part_of_it(site: Site) -> None:
    article = _add(site, "Get it\nright now.\n\n> Get it right\n\n2. two ports", title="A title")
    assert marks(site.get(article.path, q='"it right"')) == ["it right", "it right"]
    assert marks(site.get(article.path, q='"get it"')) == ["Get it", "Get it"]
    assert marks(site.get(article.path, q="2 two")) == ["two"]


def test_a_search_that_matches_nothing_here_says_so(site: Site) -> None:
    article = _add(site, "The port.", title="A title", published="2016")
    for query in ("zzyzx", "-zzyzx", "date:2016", "*", "?!"):
        page = site.get(article.path, q=query)
        assert "nothing it looks for stands in this article" in bar(page)
        assert "First match" not in bar(page)
    assert "port: 1 match in 1 paragraph" in bar(site.get(article.path, q="port"))
    assert "title: 1 in the title, none in the text" in bar(site.get(article.path, q="title"))


HOSTILE = '</mark><script>alert("x")</script> <img src=x onerror=y> & &amp; <mark>'


@pytest.mark.parametrize("query", ["script", "mark", "alert x", "img src onerror", "amp", '"><script>alert'])
def test_what_is_typed_and_what_is_written_stay_text(site: Site, query: str) -> None:
    article = _add(site, HOSTILE, title=HOSTILE, summary=HOSTILE)
    page = site.get(article.path, q=query)
    html = page.html
    assert {script.text for script in html.all("script", type="module")} == {""}
    assert len(html.all("script")) == len(html.all("script", type="module")) + 1
    assert not html.all("img")
    assert html.one("h1").text == article.title.value
    assert article.summary is not None
    assert html.one("p", class_="standfirst").text == article.summary.value
    assert html.one("p", id="p1").text.startswith(HOSTILE)
    assert '<script>alert("x")</script>' in article.title.value
    assert without_marks(page) == site.get(article.path).text
    assert marks(page)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.sampled_from(["port ", "", '"', "port OR ", "-", "*", "the~ "]))
def test_no_search_breaks_an_article(library: Site, text: str, before: str) -> None:
    path = library.json("/search.json?q=dredging")["hits"][0]["url"].removeprefix("http://archive.test")
    page = library.get(path, q=before + text)
    assert page.status == 200
    assert page.html.unclosed == []
    assert without_marks(page) == library.get(path).text


def test_further_addresses_are_shown_and_change_the_tag(site: Site) -> None:
    site.archive.add({"text": "One.", "id": "1", "url": "https://example.org/a"})
    (id,) = site.archive.ids()
    article = site.archive.only()
    before = site.client.get(article.path)
    with site.archive.database.writing() as connection:
        addresses.remember(connection, [(id, ["https://example.org/old", "https://example.org/old"])])
    after = site.client.get(article.path)
    assert before.headers["etag"] != after.headers["etag"]
    assert "last-modified" in before.headers and "last-modified" not in after.headers
    assert "Also reached at" not in before.text
    assert Html(after.text).links()["https://example.org/old"] == "https://example.org/old"
    assert site.json(f"/a/{id}.json")["further_addresses"] == ["https://example.org/old"]
