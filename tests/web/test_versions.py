from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.article import Article
from app.ingest.correct import read_edit
from app.store import librarian
from tests.conftest import LONG_ENOUGH, Archive
from tests.web.conftest import Page, Site

TEXTS = (
    "The council met on Monday.\n\nDredging the port takes eight weeks.\n\nThe port stays shut.",
    "A note first.\n\nThe council met on Monday.\n\nDredging the port takes nine weeks.\n\nNobody knows more.",
)


def grown(site: Site, *texts: str, **fields: Any) -> Article:
    """An article with a version for each text, stored on the first of January of the years from 2020 on."""
    for one in texts or TEXTS:
        site.archive.add(one, **({"url": "https://e.example/port", "title": "Port"} | fields))
    with site.archive.database.writing() as connection:
        connection.execute(text("UPDATE version SET stored_at = (2019 + number) || '-01-01 12:00:00.000000'"))
    return site.archive.only()


Aged = tuple[Site, Article]


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aged]:
    """An article with two versions, which tests only read."""
    archive = Archive(tmp_path_factory.mktemp("aged"))
    site = Site(archive)
    with site.client:
        yield site, grown(site)
    archive.close()


def correct(site: Site, what: Any, *words: Any) -> None:
    with site.archive.database.writing() as connection:
        what(connection, *words)
    site.archive.indexer.catch_up(wait=10)


def links_of(page: Page) -> dict[str, list[str]]:
    """Relation -> targets, of a Link header."""
    found: dict[str, list[str]] = {}
    for part in page.headers.get("link", "").split(", <"):
        target, _, rest = part.removeprefix("<").partition(">")
        rels = rest.split('rel="', 1)[1].split('"', 1)[0]
        for rel in rels.split():
            found.setdefault(rel, []).append(target)
    return found


# Pages of versions


def test_every_version_keeps_its_page_and_the_article_leads_to_them(aged: Aged) -> None:
    site, article = aged
    page = site.get(article.path)
    assert page.html.links()["version 2 of 2"] == f"/a/{article.id}/versions"
    old = site.get(f"/a/{article.id}/v/1")
    assert "eight weeks" in old.text
    assert "An earlier state of the article: version 1 of 2" in old.text
    assert old.html.links()["What has changed since"] == f"/a/{article.id}/diff/1/2"
    assert old.html.links()["The article now"] == article.path
    assert old.html.one("meta", name="robots").attributes["content"] == "noindex, follow"
    current = site.get(f"/a/{article.id}/v/2")
    assert "It is the current one" in current.text
    canonical = current.html.one("link", rel="canonical").attributes["href"]
    assert canonical == f"http://archive.test/a/{article.id}/v/2"


def test_an_article_with_one_version_has_no_link_to_others_at_its_head(site: Site) -> None:
    article = grown(site, "One.")
    assert "version 1 of 1" not in site.get(article.path).html.links()


def test_the_list_says_what_made_each_version(site: Site) -> None:
    article = grown(site)
    correct(site, librarian.edit, article.id, read_edit({"title": "The port", "authors": ["Ann"]}), "As <printed>")
    correct(site, librarian.undo_edit, article.id, None)
    page = site.get(f"/a/{article.id}/versions")
    told = [" ".join(item.text.split()) for item in page.html.all("li") if "sha256" in item.text]
    assert len(told) == 4
    assert "Version 4 current" in told[0]
    assert "took back the edit of title, authors" in told[0]
    assert "edited title, authors: As <printed>" in told[1]
    assert "came in with other text or metadata" in told[2]
    assert "stored first" in told[3]
    assert site.get(f"/a/{article.id}/diff", **{"from": 1, "to": 3}).headers["location"] == f"/a/{article.id}/diff/1/3"


def test_numbers_and_ids_are_read_as_they_were_meant(aged: Aged) -> None:
    site, article = aged
    for spelling, right in (
        (f"/a/{article.id.upper()}/v/1", f"/a/{article.id}/v/1"),
        (f"/a/{article.id}/v/01", f"/a/{article.id}/v/1"),
        (f"/a/{article.id}/v/1).", f"/a/{article.id}/v/1"),
        (f"/a/{article.id.upper()}/versions", f"/a/{article.id}/versions"),
        (f"/a/{article.id}/diff/1/2>", f"/a/{article.id}/diff/1/2"),
    ):
        page = site.get(spelling)
        assert (page.status, page.headers["location"]) == (301, right), spelling


@pytest.mark.parametrize(
    "tail", ["v/0", "v/3", "v/x", "v/-1", "v/99999999999999999999", "diff/1/9", "diff/x/1", "diff"]
)
def test_a_version_that_never_was_is_not_found(aged: Aged, tail: str) -> None:
    site, article = aged
    page = site.get(f"/a/{article.id}/{tail}")
    assert page.status == 404
    assert page.html.one("h1").text == "Nothing here"


def test_an_article_called_versions_keeps_out_of_their_way(site: Site) -> None:
    article = grown(site, "One.", title="Versions")
    assert article.slug == "article-versions"
    assert site.get(article.path).html.one("h1").text == "Versions"


def test_versions_of_an_article_that_leads_elsewhere_stay(site: Site) -> None:
    site.archive.add({"id": "a", "text": "One text."}, {"id": "b", "text": "Another text."})
    first, second = site.archive.ids()
    correct(site, librarian.merge, first, second, "the same")
    assert site.get(f"/a/{first}").status == 301
    page = site.get(f"/a/{first}/v/1")
    assert page.status == 200
    assert "leads to another article now" in page.text
    listed = site.get(f"/a/{first}/versions")
    assert listed.html.links()["merged into another article"] == f"/a/{second}"


def test_of_a_withdrawn_article_nothing_is_shown_at_any_address(site: Site) -> None:
    article = grown(site, *TEXTS, author="Ann Ferreira")
    site.archive.add("Another article.", id="other")
    id, tails = article.id, ("v/1", "versions", "diff/1/2", "cite", "p/00000000", "v/1.txt", "v/2.json")
    paths = [f"/a/{id}{form}" for form in (".json", ".txt", ".md", ".ris", ".bib", ".csl.json", ".linkset.json")]
    paths += [f"/a/{id}/{tail}" for tail in tails] + [f"/timegate/a/{id}", f"/timemap/a/{id}", f"/a/{id}?as_of=2020"]
    tags = [site.client.get(path).headers.get("etag", "x") for path in paths]
    correct(site, librarian.withdraw, id, "They asked")
    for path, tag in zip(paths, tags, strict=True):
        answer = site.client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 410, path
        assert "They asked" in answer.text
        assert "council" not in answer.text
        assert "Ferreira" not in answer.text
    for path in ("/", "/browse", "/search?q=port", "/search.json?q=council", "/browse/authors"):
        assert id not in site.client.get(path).text
    correct(site, librarian.restore, id, None)
    assert site.get(article.path).status == 200


# What changed


def test_the_comparison_shows_words_fields_and_how_much(site: Site) -> None:
    site.archive.add(TEXTS[0], url="https://e.example/port", title="Port")
    site.archive.add(TEXTS[1], url="https://e.example/port", title="The port", author="Ann Ferreira")
    id = site.archive.only().id
    page = site.get(f"/a/{id}/diff/1/2")
    assert [element.text for element in page.html.all("del")][1:] == [
        "[removed: eight]",
        "[removed: The port stays shut.]",
    ]
    assert "[added: nine]" in [element.text for element in page.html.all("ins")]
    rows = {row.inside[0].text: [cell.text for cell in row.inside[1:]] for row in page.html.all("tr")[1:]}
    assert rows["Title"] == ["Port", "The port"]
    assert rows["Authors"][-1] == "Ann Ferreira"
    assert "of the words changed: 5 words removed, 7 words added." in page.text
    for label in ("unchanged", "changed", "added", "removed"):
        assert page.html.all("span") and any(span.text == label for span in page.html.all("span")), label
    back = site.get(f"/a/{id}/diff/2/1")
    assert "[removed: nine]" in [element.text for element in back.html.all("del")]


def test_the_same_text_is_said_to_be_the_same(site: Site) -> None:
    article = grown(site, "One.", "Two.")
    assert "the same, letter for letter" in site.get(f"/a/{article.id}/diff/1/1").text


def test_what_looks_like_html_stays_text_in_a_comparison(site: Site) -> None:
    article = grown(site, "Use <b>this</b> & that.", "Use <script>that</script> & this.")
    page = site.get(f"/a/{article.id}/diff/1/2")
    assert not [one for one in page.html.all("script") if one.text]
    assert not page.html.all("b")


def test_long_unchanged_stretches_are_left_out(site: Site) -> None:
    same = [f"Paragraph {number} stays as it is." for number in range(50)]
    article = grown(site, "\n\n".join(same), "\n\n".join([*same, "One more."]))
    assert "49 paragraphs unchanged" in site.get(f"/a/{article.id}/diff/1/2").text


def test_more_changes_than_a_page_can_hold_are_counted(site: Site) -> None:
    old = "\n\n".join(f"Old words {number} " + "of no use " * 100 for number in range(150))
    new = "\n\n".join(f"Quite other things {number} " + "that nobody knew " * 100 for number in range(150))
    article = grown(site, old, new)
    page = site.get(f"/a/{article.id}/diff/1/2")
    assert "than a page can hold" in page.text
    assert len(page.text) < 400_000


# As of a date


@pytest.mark.parametrize(
    ("as_of", "version"),
    [("2020-01-01", 1), ("2020", 1), ("2020-12-31", 1), ("2021-01-01", 2), ("2021", 2), ("2040", 2)],
)
def test_an_article_can_be_seen_as_it_stood_then(aged: Aged, as_of: str, version: int) -> None:
    site, article = aged
    page = site.get(f"/a/{article.id}", as_of=as_of)
    assert page.status == 200
    assert f"the article stood like this: version {version} of 2" in page.text
    assert page.html.links()["The article now"] == article.path
    assert (
        page.headers["memento-datetime"] == f"{'Wed' if version == 1 else 'Fri'}, 01 Jan {2019 + version} 12:00:00 GMT"
    )


def test_before_it_was_stored_the_page_says_so(aged: Aged) -> None:
    site, article = aged
    assert (
        "did not hold this article yet as of 2019; this is its first version"
        in site.get(f"/a/{article.id}", as_of="2019").text
    )


def test_a_date_that_cannot_be_read_is_said_and_the_article_shown(aged: Aged) -> None:
    site, article = aged
    page = site.get(article.path, as_of="7/5/2016")
    assert page.status == 200
    assert "as_of=“7/5/2016” was passed over" in page.text
    assert "nine weeks" in page.text


# Memento: RFC 7089, RFC 5829


def test_a_client_finds_the_version_that_stood_at_a_date(site: Site) -> None:
    """As a Memento client does: from the page to its TimeGate, from there to the memento."""
    article = grown(site, *TEXTS, "A third text.")
    original = site.get(article.path)
    (timegate,) = links_of(original)["timegate"]
    asked = {"Accept-Datetime": "Thu, 01 Jul 2021 00:00:00 GMT"}
    answer = site.client.get(timegate, headers=asked)
    assert answer.status_code == 302
    assert answer.headers["vary"] == "accept-datetime"
    assert links_of(Page(302, dict(answer.headers), "", original.html))["original"] == [
        f"http://archive.test{article.path}"
    ]
    memento = site.get(answer.headers["location"])
    assert memento.headers["memento-datetime"] == "Fri, 01 Jan 2021 12:00:00 GMT"
    assert "nine weeks" in memento.text
    links = links_of(memento)
    base = f"http://archive.test/a/{article.id}"
    assert links["original"] == [f"http://archive.test{article.path}"]
    assert links["timegate"] == [timegate]
    assert links["timemap"] == [f"http://archive.test/timemap/a/{article.id}"]
    assert (links["first"], links["prev"]) == ([f"{base}/v/1"], [f"{base}/v/1"])
    assert (links["last"], links["next"]) == ([f"{base}/v/3"], [f"{base}/v/3"])
    assert links["predecessor-version"] == [f"{base}/v/1"]
    assert links["successor-version"] == [f"{base}/v/3"]
    assert links["latest-version"] == [f"{base}/v/3"]
    assert links["version-history"] == [f"{base}/versions"]
    assert 'datetime="Wed, 01 Jan 2020 12:00:00 GMT"' in memento.headers["link"]


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (None, 2),
        ("Mon, 01 Jan 1990 00:00:00 GMT", 1),
        ("Wed, 01 Jan 2020 12:00:00 GMT", 1),
        ("Fri, 01 Jan 2021 11:59:59 GMT", 1),
        ("Fri, 01 Jan 2021 12:00:00 GMT", 2),
        ("Thu, 01 Jan 2099 00:00:00 GMT", 2),
    ],
)
def test_a_timegate_chooses_the_version_of_the_moment(aged: Aged, moment: str | None, version: int) -> None:
    site, article = aged
    answer = site.client.get(f"/timegate/a/{article.id}", headers={"Accept-Datetime": moment} if moment else {})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/a/{article.id}/v/{version}")
    assert answer.headers["vary"] == "accept-datetime"


def test_a_timegate_refuses_what_is_no_date(aged: Aged) -> None:
    site, article = aged
    for nonsense in ("yesterday", "2021-01-01", "", "Thu, 99 Foo 2026 99:99:99 GMT"):
        answer = site.client.get(f"/timegate/a/{article.id}", headers={"Accept-Datetime": nonsense})
        assert answer.status_code == 400
        assert answer.headers["vary"] == "accept-datetime"


def test_a_timemap_lists_every_version_with_its_date(site: Site) -> None:
    article = grown(site, *TEXTS, "A third text.")
    answer = site.client.get(f"/timemap/a/{article.id}")
    assert answer.headers["content-type"] == "application/link-format"
    lines = answer.text.strip().split(",\n")
    assert lines[0] == f'<http://archive.test{article.path}>; rel="original"'
    assert 'rel="self"; type="application/link-format"; from="Wed, 01 Jan 2020 12:00:00 GMT"' in lines[1]
    assert lines[1].endswith('until="Sat, 01 Jan 2022 12:00:00 GMT"')
    assert 'rel="timegate"' in lines[2]
    rels = [line.split('rel="')[1].split('"')[0] for line in lines[3:]]
    assert rels == ["first memento", "memento", "last memento"]
    dates = [parsedate_to_datetime(line.split('datetime="')[1].split('"')[0]) for line in lines[3:]]
    assert [date.year for date in dates] == [2020, 2021, 2022]


def test_what_is_not_an_article_here_has_no_timegate(site: Site) -> None:
    for name, title in (("north", "Port"), ("south", "Port")):
        site.archive.add(LONG_ENOUGH, title=title, url=f"https://{name}.example/port", source=name)
    article = site.archive.only()
    duplicate = article.also_at[0].id
    for kind in ("timegate", "timemap"):
        assert site.get(f"/{kind}/a/{duplicate}").headers["location"] == f"/{kind}/a/{article.id}"
        assert site.get(f"/{kind}/a/000000000000").status == 404


# ETags


def test_pages_of_versions_have_strong_tags_that_change_when_anything_does(site: Site) -> None:
    article = grown(site)
    id = article.id
    paths = [
        f"/a/{id}/v/1",
        f"/a/{id}/v/2",
        f"/a/{id}/versions",
        f"/a/{id}/diff/1/2",
        f"/a/{id}/v/1.txt",
        f"/a/{id}.md",
    ]
    tags = [site.client.get(path).headers["etag"] for path in paths]
    assert all(tag.startswith('"') for tag in tags)
    assert len(set(tags)) == len(tags)
    for path, tag in zip(paths, tags, strict=True):
        assert site.client.get(path, headers={"If-None-Match": tag}).status_code == 304
    correct(site, librarian.edit, id, read_edit({"title": "Harbour"}), None)
    for path, tag in zip(paths, tags, strict=True):
        assert site.client.get(path, headers={"If-None-Match": tag}).status_code == 200
