from __future__ import annotations

from app.search.language import LANGUAGE
from tests.web.conftest import Site


def test_every_operator_is_explained_with_an_example_that_is_a_live_search(library: Site) -> None:
    page = library.get("/help/search")
    links = page.html.links()
    rows = {row.inside[0].text: row for row in page.html.all("tr") if row.inside[0].attributes.get("scope") == "row"}
    for group in LANGUAGE:
        assert group.said in page.html.one("main").text
        for entry in group.entries:
            asked = links[entry.typed]
            answer = library.get(asked)
            assert answer.html.one("input", type="search").attributes["value"] == entry.typed
            assert entry.meaning in rows[entry.typed].text
            told = int(rows[entry.typed].inside[-1].text.replace(",", ""))
            said = answer.html.one("h1").text.split()[0]
            assert told == (0 if said == "No" else int(said))


def test_what_an_example_finds_is_counted_anew_when_the_archive_changes(site: Site) -> None:
    def told() -> str:
        page = site.get("/help/search").html
        return next(row.inside[-1].text for row in page.all("tr") if row.inside[0].text == "9/11")

    site.archive.add("Nothing of it.")
    assert told() == "0"
    site.archive.add("After 9/11 all changed.")
    assert told() == "1"


def test_the_help_can_be_reached_from_where_one_searches(library: Site) -> None:
    for path in ("/", "/search?q=port", "/search?q=zzyzx", "/browse"):
        assert "/help/search" in library.get(path).html.links().values()
