from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Page, Site


def text_of(page: Page) -> str:
    return " ".join(page.html.one("main").text.split())


def parts(page: Page) -> list[str]:
    """What is told of each part of the query."""
    told = page.html.all("section", aria_label="What each part finds alone")
    return [" ".join(one.text.split()) for section in told for one in section.inside if one.tag == "li"]


def hit_paths(page: Page) -> list[str]:
    """Where the hits lead, in order."""
    paths = (link.attributes.get("href") or "" for link in page.html.all("a"))
    return list(dict.fromkeys(path.partition("#")[0] for path in paths if path.startswith("/a/")))


def test_hits_have_marked_snippets_that_link_to_their_paragraph_and_keep_the_search(library: Site) -> None:
    page = library.get("/search", q="dredging port")
    assert page.html.one("h1").text.startswith("1 article")
    (article,) = library.json("/search.json", q="dredging port")["hits"]
    path = article["url"].removeprefix("http://archive.test") + "?q=dredging+port"
    assert page.html.one("a", href=f"{path}#p2").text.startswith("¶2")
    assert [mark.text for mark in page.html.all("mark")].count("Dredging") >= 1
    assert page.html.links()["Reopening the port before winter"] == path
    assert page.html.links()["2 matching paragraphs"] == f"{path}#match"


def test_what_is_opened_from_a_page_of_results_leads_back_to_that_page(library: Site) -> None:
    asked = "/search?q=tolls&source=Board&from=2020&sort=oldest&page=2&per_page=25"
    page = library.get(asked + "&explain=1&generation=1")
    opened = library.get(hit_paths(page)[0])
    assert opened.html.links()["Back to the results"] == asked
    assert library.get(asked).html.one("link", rel="canonical").attributes["href"] == f"http://archive.test{asked}"


def test_a_list_of_all_articles_opens_them_bare(library: Site) -> None:
    assert all("?" not in path for path in hit_paths(library.get("/search?q=&source=Board")))


def test_the_page_says_how_the_query_was_read_and_what_each_part_finds(library: Site) -> None:
    page = library.get("/search", q="port vaccine")
    assert "Read as: articles with “port” and “vaccine”, in any form" in text_of(page)
    assert parts(page) == ["port 2 articles", "vaccine 1 article"]
    assert parts(library.get("/search", q="port")) == []


def test_what_a_pattern_stands_for_is_told(library: Site) -> None:
    assert parts(library.get("/search", q="dredg*")) == ["dredg* 1 article = dredging"]


def test_other_names_are_told_and_can_be_left_out(site: Site) -> None:
    site.archive.add("Daesh fled.", "ISIS fled.", "The Islamic State fled.")
    page = site.get("/search", q="ISIS", sort="newest")
    assert page.html.one("h1").text.startswith("3 articles")
    (part,) = parts(page)
    assert part.startswith("ISIS 3 articles also ISIL, Daesh, ")
    narrow = page.html.links()["=ISIS"]
    assert narrow.endswith("sort=newest")
    narrowed = site.get(narrow)
    assert narrowed.html.one("h1").text.startswith("1 article")
    assert "Other names" not in text_of(narrowed)


def test_where_nothing_has_it_all_what_has_some_is_shown_and_said_to_be(library: Site) -> None:
    page = library.get("/search", q="port zzyzx")
    assert " ".join(page.html.one("h1").text.split()) == "No article for port zzyzx; 2 with some of these words"
    assert "No article has all of this. These 2 articles have some of it." in text_of(page)
    assert parts(page) == ["port 2 articles", "zzyzx No article has this. 2 articles without it"]
    assert library.get(page.html.links()["2 articles without it"]).html.one("h1").text == "2 articles for port"
    assert page.html.one("title").text.startswith("No article for port zzyzx")


def test_where_each_part_finds_something_it_is_told_what_leaving_one_out_finds(library: Site) -> None:
    page = library.get("/search", q="dredging vaccine clinics", topic="health")
    assert "No article" in page.html.one("h1").text
    page = library.get("/search", q="dredging vaccine clinics")
    assert parts(page) == ["dredging 1 article 1 article without it", "vaccine 1 article", "clinics 1 article"]
    assert library.get(page.html.links()["1 article without it"]).html.one("h1").text == "1 article for vaccine clinics"


def test_where_nothing_answers_at_all_the_page_helps(library: Site) -> None:
    page = library.get("/search", q="zzyzx", source="Board")
    assert page.html.one("h1").text == "No article for zzyzx"
    assert page.html.links()["Search without filters"] == "/search?q=zzyzx"
    assert "Nothing answers this search" in text_of(page)
    assert page.html.one("form", aria_label="Dates")


def test_a_misspelling_can_be_mended_and_the_filters_stay(library: Site) -> None:
    page = library.get("/search", q="vacine", year="2016")
    mended = page.html.links()["vaccine"]
    assert mended == "/search?q=vaccine&year=2016"
    assert library.get(mended).html.one("h1").text.startswith("1 article")


def test_why_a_hit_ranks_where_it_does_is_shown_where_asked_for(library: Site) -> None:
    page = library.get("/search", q="port winter")
    assert not page.html.all("table", class_="reasons")
    explained = library.get(page.html.links()["Why this order"])
    (table,) = explained.html.all("table", class_="reasons")
    (hit,) = library.json("/search.json?q=port+winter&explain=1")["hits"]
    for reason in hit["explanation"]:
        assert f"{reason['score']:.2f}" in table.text
        for field in reason["fields"]:
            assert f"{field['score']:.2f} ({field['occurrences']}×)" in table.text
    assert f"{hit['score']:.2f}" in table.text.split("Together")[1]
    assert explained.html.links()["Hide why"] == "/search?q=port+winter"


def test_an_order_by_date_needs_no_reasons(library: Site) -> None:
    page = library.get("/search", q="port", sort="newest", explain="1")
    assert not page.html.all("table", class_="reasons")
    assert "Why this order" not in page.html.links()
    assert "Why this order" not in library.get("/search?q=").html.links()


def test_pages_are_turned_within_one_generation(site: Site) -> None:
    site.archive.add(*({"id": str(n), "text": f"Toll notice {n}."} for n in range(30)))
    following = site.get("/search?q=toll").html.links()["Next"]
    assert "generation=" in following
    site.archive.add({"id": "new", "text": "Toll toll toll."})
    turned = site.get(following)
    assert turned.html.one("h1").text.startswith("30 articles")
    assert site.get("/search?q=toll").html.one("h1").text.startswith("31 articles")
    gone = site.get("/search?q=toll&page=2&generation=999")
    assert "The archive has changed" in gone.html.one("ul", class_="notes").text


def test_filters_are_chips_that_can_be_taken_off(library: Site) -> None:
    page = library.get("/search", q="port", year="2016", source="Harbour Gazette")
    chips = {text: path for text, path in page.html.links().items() if text.startswith("Remove the filter")}
    assert len(chips) == 2
    without_year = next(path for text, path in chips.items() if "2016" in text)
    assert "year" not in without_year
    assert "source=Harbour+Gazette" in without_year
    assert page.html.all("input", type="hidden", name="year", value="2016")


def test_dates_are_chips_too(library: Site) -> None:
    links = library.get("/search", q="port", **{"from": "2016-07", "to": "2017"}).html.links()
    assert links["Remove the filter From July 2016 ×"] == "/search?q=port&to=2017"
    assert links["Remove the filter To 2017 ×"] == "/search?q=port&from=2016-07"
    links = library.get("/search", q="port", **{"from": "2016-07-21", "to": "2016-07-21"}).html.links()
    assert links["Remove the filter Date: 21 July 2016 ×"] == "/search?q=port"


def test_dates_can_be_asked_for_and_keep_the_rest_of_the_search(library: Site) -> None:
    page = library.get("/search", q="port tolls", match="any", source="Harbour Gazette", year="2016", sort="oldest")
    form = page.html.one("form", aria_label="Dates")
    kept = [(box.attributes["name"], box.attributes["value"]) for box in form.inside if box.tag == "input"]
    query = [("q", "port tolls"), ("match", "any")]
    assert kept == [*query, ("source", "Harbour Gazette"), ("sort", "oldest"), ("from", ""), ("to", "")]
    asked = library.get("/search", **{**dict(kept), "from": "2016.7.21", "to": "2016"})
    assert asked.html.one("h1").text.startswith("1 article")
    assert [box.attributes["value"] for box in asked.html.all("input", type="text")] == ["2016-07-21", "2016"]
    assert library.get("/search", q="port", **{"from": "2016-07-22"}).html.one("h1").text.startswith("1 article")


def test_dates_the_wrong_way_round_change_places(library: Site) -> None:
    page = library.get("/search", q="port", **{"from": "2017", "to": "2016"})
    assert page.html.one("h1").text.startswith("2 articles")
    assert "changed places" in page.html.one("ul", class_="notes").text


def test_years_are_a_picture_whose_bars_filter(library: Site) -> None:
    page = library.get("/search", q="port OR levy OR tolls")
    bar = page.html.one("a", aria_label="2016: 2 articles")
    assert bar.attributes["href"] == "/search?q=port+OR+levy+OR+tolls&year=2016"
    narrowed = library.get(bar.attributes["href"])
    assert narrowed.html.one("h1").text.startswith("2 articles")
    chosen = narrowed.html.one("a", aria_label="2016: 2 articles, chosen; take it off")
    assert chosen.attributes["href"] == "/search?q=port+OR+levy+OR+tolls"
    other = narrowed.html.one("a", aria_label="2020: 60 articles")
    assert other.attributes["href"] == "/search?q=port+OR+levy+OR+tolls&year=2020", "counted without its own filter"
    assert library.get("/search?q=port+OR+tolls&from=2016-08&to=2018").html.all(
        "a", aria_label="2016: 2 articles, among the dates chosen"
    )


def test_the_months_of_a_year_are_a_picture_too(library: Site) -> None:
    page = library.get("/search", q="port OR tolls", year="2020")
    bar = page.html.one("a", aria_label="March 2020: 5 articles")
    assert bar.attributes["href"] == "/search?q=port+OR+tolls&from=2020-03&to=2020-03"
    month = library.get(bar.attributes["href"])
    assert month.html.one("h1").text.startswith("5 articles")
    assert not month.html.all("svg", aria_label="Articles per month")
    assert not library.get("/search", q="port OR tolls").html.all("svg", aria_label="Articles per month")


def test_facets_narrow_and_come_after_the_results(library: Site) -> None:
    page = library.get("/search", q="port")
    link = page.html.all("aside")[0]
    assert "Harbour Gazette" in link.text
    assert page.text.index('class="hits"') < page.text.index("<aside")
    narrowed = library.client.get(page.html.links()["Harbour Gazette"])
    assert narrowed.status_code == 200
    facet = next(path for text, path in page.html.links().items() if text == "AC/DC & Söhne?" and "/search" in path)
    assert library.get(facet).html.one("h1").text.startswith("1 article")


def test_undated_articles_can_be_asked_for(library: Site) -> None:
    page = library.get("/search", q="levy", year="unknown")
    assert page.html.one("h1").text.startswith("1 article")
    assert "date unknown" in page.text
    assert any(path.endswith("year=unknown") for path in library.get("/search", q="levy").html.links().values())


def test_no_query_shows_every_article(library: Site) -> None:
    assert library.get("/search").html.one("h1").text.strip() == "64 articles"


def test_the_order_is_in_the_address(library: Site) -> None:
    page = library.get("/search", q="", sort="oldest")
    first = page.html.all("h2")[0].text
    assert first == "Reopening the port before winter"
    current = [link.text for link in page.html.all("a", aria_current="true", href="/search?q=&sort=oldest")]
    assert "Oldest" in current


def test_pages_can_be_turned_to_the_end(library: Site) -> None:
    seen: list[str] = []
    path = "/search?q=tolls&per_page=25"
    while path:
        page = library.get(path).html
        hits = [
            link.attributes["href"] or ""
            for link in page.all("a")
            if (link.attributes.get("href") or "").startswith("/a/")
        ]
        seen += dict.fromkeys(hit.partition("#")[0] for hit in hits)
        path = page.links().get("Next", "")
    assert len(seen) == len(set(seen)) == 60


def test_what_is_wrong_in_an_address_is_repaired_and_said(library: Site) -> None:
    for parameters, said in (
        ({"page": "abc"}, "page=“abc” was read as page 1"),
        ({"page": "-1"}, "was read as page 1"),
        ({"page": "1000000000"}, "this is the last, page 6"),
        ({"page": "9" * 5000}, "this is the last, page 6"),
        ({"per_page": "0"}, "was read as 10"),
        ({"per_page": "1000"}, "was read as 100"),
        ({"sort": "best"}, "sort=“best” was passed over"),
        ({"match": "some"}, "match=“some” was passed over"),
        ({"year": "20x6"}, "year=“20x6” was passed over"),
        ({"from": "soon"}, "from=“soon” was passed over: a date is written as 2016, 2016-07 or 2016-07-21."),
        ({"to": "2016-13"}, "to=“2016-13” was passed over: there is no month 13."),
        ({"q": "tolls " * 10_000}, "too long"),
    ):
        page = library.get("/search", **{"q": "tolls", **parameters})
        assert page.status == 200
        assert said in page.html.one("ul", class_="notes").text
        assert len(page.text) < 2_000_000


def test_json_is_repaired_the_same_way(library: Site) -> None:
    found = library.json("/search.json", q="tolls", page="1000000000", per_page="50")
    assert (found["page"], found["per_page"], found["total"], found["next"]) == (2, 50, 60, None)
    assert found["query"]["repaired"]


def test_parameters_that_are_not_known_are_passed_over(library: Site) -> None:
    assert library.get("/search?q=port&since=2020&utm_source=x").html.one("h1").text.startswith("2 articles")


def test_what_was_typed_is_escaped_everywhere(library: Site) -> None:
    page = library.get("/search", q='"><script>x</script>', source='"><script>y</script>')
    assert not [script for script in page.html.all("script") if script.text]


ANYTHING = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["q", "match", "source", "author", "topic", "year", "from", "to", "sort", "page", "per_page", "explain"]
        ),
        st.lists(ANYTHING, min_size=1, max_size=3),
        max_size=5,
    )
)
def test_no_address_breaks_the_search(library: Site, parameters: dict[str, list[str]]) -> None:
    page = library.get("/search", **parameters)
    assert page.status == 200
    assert len(page.html.all("h1")) == 1


def test_the_json_has_the_agreed_shape(library: Site) -> None:
    found = library.json("/search.json", q="port")
    assert set(found) >= {
        "query",
        "total",
        "generation",
        "took_ms",
        "clauses",
        "hits",
        "facets",
        "page",
        "per_page",
        "next",
    }
    hit = next(hit for hit in found["hits"] if hit["guid"] == "port")
    assert hit["url"].startswith("http://archive.test/a/")
    assert (hit["published"], hit["precision"], hit["source"]) == ("2016-07-21", "day", "Harbour Gazette")
    assert "<mark>" in hit["snippets"][0]["html"]


def test_a_long_facet_says_how_many_values_it_leaves_out(site: Site) -> None:
    site.archive.add(*({"id": str(n), "text": f"Toll notice {n}.", "source": f"Board {n:03}"} for n in range(120)))
    aside = site.get("/search", q="toll").html.one("aside", id="narrow").text
    assert "Board 049" in aside and "Board 050" not in aside
    assert "and 70 with fewer articles" in " ".join(aside.split())
    assert len(site.json("/search.json", q="toll")["facets"]["source"]) == 100


def test_a_page_stays_small_whatever_was_asked(site: Site) -> None:
    site.archive.add(*({"id": str(n), "text": "Toll.", "source": f"S{n}", "author": f"A{n}"} for n in range(120)))
    for query in ("(" * 5000 + "toll" + ")" * 5000, "toll OR " * 5000, '"' * 9999, "%" * 20_000):
        page = site.get("/search", q=query)
        assert page.status == 200
        assert len(page.text) < 5_000_000


# As of a moment


def test_a_search_as_of_a_day_says_so_keeps_it_and_leads_to_what_stood_then(site: Site) -> None:
    site.archive.add({"id": "g", "source": "S", "title": "Old", "text": "The port was closed in the storm."})
    site.archive.add({"id": "g", "source": "S", "title": "New", "text": "The port was opened after the storm."})
    today = datetime.now(UTC).date().isoformat()
    page = site.get("/search", q="port", as_of=today, sort="newest")
    assert "The archive as it stood as of" in text_of(page)
    links = page.html.links()
    assert "as_of" not in links["Search it as it is now"]
    assert all(f"as_of={today}" in links[text] for text in ("New", "Relevance", "25", "S"))
    assert {field.attributes["value"] for field in page.html.all("input", name="as_of")} == {today}
    assert "As of" in text_of(site.get(links["New"]))
    before = site.json("/search.json", q="port", as_of="2001")
    assert (before["as_of"], before["total"]) == ("2001", 0)
    assert site.json("/search.json", q="port")["as_of"] is None


def test_an_as_of_that_is_no_date_is_passed_over_and_said(site: Site) -> None:
    site.archive.add("The port was closed in the storm.")
    found = site.json("/search.json", q="port", as_of="yesterday-ish")
    assert found["total"] == 1 and found["query"]["repaired"]
    assert "yesterday-ish" in found["query"]["notes"][0]


def test_any_instead_of_all_is_offered_only_where_it_is_another_search(library: Site) -> None:
    assert "find any of these words" in library.get("/search?q=port+clinics").text
    assert "find any of these words" not in library.get("/search?q=port+OR+clinics").text
    assert "find all of these words" in library.get("/search?q=port+clinics&match=any").text


def test_names_keep_their_own_direction(library: Site) -> None:
    """Else a name in Arabic would draw the figures of the date beside it to its other side."""
    page = library.get("/search?q=port").html
    assert page.all("a", class_="source")[0].attributes["dir"] == "auto"
    assert next(link for link in page.all("a") if link.text == "Ann Ferreira").attributes["dir"] == "auto"
