"""The page of related articles: which they are, and why."""

from __future__ import annotations

from app.domain.article import Article
from app.store import librarian
from tests.web.conftest import Site

RECORDS = (
    {"id": "one", "title": "At Qvortrup’s pier", "author": "Ann Ferreira", "topics": ["ports"],
     "text": "The dredging of the Qvortrup estuary took weeks at the re-opened pier."},
    {"id": "other", "title": "Costs", "author": "Ann Ferreira", "topics": ["ports", "money"],
     "text": "What the dredging of the Qvortrup estuary had cost at the reopened pier."},
    {"id": "third", "title": "Clinics", "text": "Nurses asked for refrigerators."},
)  # fmt: skip


def of(site: Site) -> dict[str, Article]:
    site.archive.add(
        *RECORDS, *({"text": f"Notice {n} of the board, as it was read.", "id": f"n{n}"} for n in range(20))
    )
    ids = site.archive.ids()
    return {one.guid: one for id in ids if isinstance(one := site.archive.find(id), Article) and one.guid}


def test_it_says_which_and_why_in_the_article_s_own_spelling(site: Site) -> None:
    articles = of(site)
    page = site.get(f"/related/{articles['one'].id}")
    (why,) = page.html.all("p", class_="why")
    said = " ".join(why.text.split())
    assert page.html.links()["Costs"] == articles["other"].path
    assert said.startswith("Both say ") and "Qvortrup" in said and "also by Ann Ferreira; topic: ports" in said
    assert "reopened" not in said
    assert "No other article" in site.get(f"/related/{articles['third'].id}").text


def test_it_follows_what_became_of_the_article(site: Site) -> None:
    articles = of(site)
    with site.archive.database.writing() as connection:
        librarian.withdraw(connection, articles["third"].id, "It was wrong.")
        librarian.merge(connection, articles["one"].id, articles["other"].id, None)
    moved = site.get(f"/related/{articles['one'].id}")
    assert (moved.status, moved.headers["location"]) == (301, f"/related/{articles['other'].id}")
    assert site.get(f"/related/{articles['third'].id}").status == 410
    assert site.get("/related/000000000000").status == 404
    typed = site.get(f"/related/{articles['other'].id.upper()}")
    assert (typed.status, typed.headers["location"]) == (301, f"/related/{articles['other'].id}")
