from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.article import Article
from app.store import former
from tests.conftest import Archive
from tests.web.conftest import Site


@pytest.fixture(scope="module")
def moved_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Article]]:
    """An article that stood at other addresses before."""
    archive = Archive(tmp_path_factory.mktemp("moved"))
    archive.add("The council met.\n\nIt ended.", id="1", title="Port")
    article = archive.only()
    with archive.database.writing() as connection:
        paths = ("/2016/07/port.html", "/node/7?lang=en", "/café/port")
        former.keep(connection, dict.fromkeys(paths, article.id))
    site = Site(archive)
    with site.client:
        yield site, article
    archive.close()


@pytest.mark.parametrize(
    "old",
    [
        "/2016/07/port.html",
        "/2016/07/port.html/",
        "/2016/07/port.html?utm_source=x",
        "/2016/07/port.html).",
        "/node/7?lang=en",
        "/caf%C3%A9/port",
    ],
)
def test_a_former_address_arrives(moved_in: tuple[Site, Article], old: str) -> None:
    site, article = moved_in
    answer = site.client.get(old)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/a/{article.id}")
    assert str(site.client.get(old, follow_redirects=True).url).endswith(article.path)


@pytest.mark.parametrize("old", ["/2016/07/other.html", "/node/7", "/node/7?lang=fr", "/2016/07"])
def test_what_was_never_there_is_not_found(moved_in: tuple[Site, Article], old: str) -> None:
    assert moved_in[0].get(old).status == 404


@pytest.mark.parametrize(
    "tail", [").", ">", ",", ".", "”", "’.", "%E2%80%8B", "...", "%20", "]", "**", ";", "!", "?", "%3E%2C"]
)
@pytest.mark.parametrize(
    "page", ["/a/{id}", "/a/{id}/port", "/a/{id}/v/1", "/a/{id}.json", "/a/{id}/diff/1/1", "/browse"]
)
def test_what_mail_programs_add_does_not_matter(moved_in: tuple[Site, Article], page: str, tail: str) -> None:
    site, article = moved_in
    path = page.format(id=article.id)
    answer = site.client.get(path + tail)
    if tail != "?":
        assert answer.status_code == 301
    arrived = site.client.get(path + tail, follow_redirects=True)
    assert arrived.status_code == 200
    assert arrived.url.path == (article.path if page in ("/a/{id}", "/a/{id}/port") else path)


def test_a_path_of_nothing_but_punctuation_goes_nowhere(moved_in: tuple[Site, Article]) -> None:
    for path in ("/...", "/.", "/)", "/%20/"):
        assert moved_in[0].client.get(path).status_code in (200, 404)
