from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Site


def test_hits_have_marked_snippets_that_link_to_their_paragraph(library: Site) -> None:
    page = library.get("/search", q="dredging port")
    assert page.html.one("h1").text.startswith("1 article")
    (article,) = library.json("/search.json", q="dredging port")["hits"]
    path = article["url"].removeprefix("http://archive.test")
    assert page.html.one("a", href=f"{path}#p2").text.startswith("¶2")
    assert [mark.text for mark in page.html.all("mark")].count("Dredging") >= 1
    assert page.html.links()["Reopening the port before winter"] == path


def test_the_page_says_how_the_query_was_read_and_what_each_part_finds(library: Site) -> None:
    text = library.get("/search", q="port vaccine").text
    assert "“port”" in text
    assert "“vaccine”" in text
    html = library.get("/search", q="port vaccine").html
    parts = html.one("ul", class_="clauses").text.split()
    assert parts == ["Alone:", "port", "2", "vaccine", "1"]


def test_nothing_found_says_which_part_finds_nothing(library: Site) -> None:
    page = library.get("/search", q="port zzyzx")
    assert page.status == 200
    assert 'No article has <q dir="auto">zzyzx</q>' in " ".join(page.text.split())
    assert "match=any" in page.html.links()["Find any of these words"]


def test_filters_are_chips_that_can_be_taken_off(library: Site) -> None:
    page = library.get("/search", q="port", year="2016", source="Harbour Gazette")
    chips = {text: path for text, path in page.html.links().items() if text.startswith("Remove the filter")}
    assert len(chips) == 2
    without_year = next(path for text, path in chips.items() if "2016" in text)
    assert "year" not in without_year
    assert "source=Harbour+Gazette" in without_year
    assert page.html.all("input", type="hidden", name="year", value="2016")


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
    assert library.get("/search?q=port&from=2020&utm_source=x").html.one("h1").text.startswith("2 articles")


def test_what_was_typed_is_escaped_everywhere(library: Site) -> None:
    page = library.get("/search", q='"><script>x</script>', source='"><script>y</script>')
    assert not page.html.all("script")


ANYTHING = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["q", "match", "source", "author", "topic", "year", "sort", "page", "per_page"]),
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
