from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.article import Article, Moved, Tombstone
from app.domain.correction import Correction, Edit
from app.ingest.correct import WrongEdit, read_edit
from app.store import corrections, librarian, outbox
from app.store.librarian import NotPossible
from app.store.proof import database_problems
from tests.conftest import LONG_ENOUGH, Archive


def do(archive: Archive, what: Callable[..., Correction], *words: Any) -> Correction:
    """One correction, in a transaction of its own, and the index brought up to date; the notes it owes are counted."""
    with archive.database.writing() as connection:
        done = what(connection, *words)
    with archive.database.reading() as connection:
        assert outbox.count(connection) >= 1
    archive.indexer.catch_up(wait=10)
    with archive.database.reading() as connection:
        assert list(database_problems(connection)) == []
    return done


def edit(archive: Archive, id: str, reason: str | None = None, **changes: Any) -> Correction:
    read: Edit = read_edit(changes)
    return do(archive, librarian.edit, id, read, reason)


def ships(archive: Archive, text: str = "Twelve ships.", **fields: Any) -> Article:
    archive.add(text, **({"url": "https://e.example/1", "title": "Ships", "source": "Wire"} | fields))
    return archive.only()


def test_an_edit_is_a_version_of_its_own_with_when_and_why(archive: Archive) -> None:
    id = ships(archive).id
    made = edit(
        archive, id, "The publisher said so", title="Twelve  ships", authors=["Ann Ferreira"], published="2016-07"
    )
    article = archive.only()
    assert (article.version, article.slug, article.title.value) == (2, "twelve-ships", "Twelve ships")
    assert {article.title.origin, article.authors[0].origin, article.published.origin} == {"librarian"}  # type: ignore[union-attr]
    assert article.source is not None
    assert (article.source.value, article.source.origin) == ("Wire", "record")
    with archive.database.reading() as connection:
        assert corrections.corrections_of(connection, id) == [made]
    assert (made.reason, made.detail["title"]) == ("The publisher said so", "Twelve ships")
    assert archive.search("author:ferreira").result.total == 1


def test_what_is_fed_later_does_not_undo_an_edit(archive: Archive) -> None:
    id = ships(archive).id
    edit(archive, id, title="Twelve ships")
    assert archive.add("Twelve ships.", url="https://e.example/1", title="Ships", source="Wire").counts.unchanged == 1
    assert archive.add("Fourteen ships.", url="https://e.example/1", title="Ships", source="Wire").counts.revised == 1
    article = archive.only()
    assert (article.version, article.title.value, article.text) == (3, "Twelve ships", "Fourteen ships.")
    for text in ("Twelve ships.", "Fourteen ships."):
        again = archive.add(text, url="https://e.example/1", title="Ships", source="Wire")
        assert again.counts.unchanged == 1
    assert archive.only().version == 3


def test_an_edit_that_is_undone_gives_way_to_what_was_fed_meanwhile(archive: Archive) -> None:
    id = ships(archive).id
    edit(archive, id, title="Twelve ships", topics=["ports"])
    archive.add("Twelve ships.", url="https://e.example/1", title="Many ships", source="Wire", author="Bo Lindqvist")
    assert archive.only().title.value == "Twelve ships"
    do(archive, librarian.undo_edit, id, "It was right after all")
    article = archive.only()
    assert (article.version, article.title.value, article.title.origin) == (4, "Many ships", "record")
    assert (article.topics, article.authors[0].value) == ((), "Bo Lindqvist")
    again = archive.add(
        "Twelve ships.", url="https://e.example/1", title="Many ships", source="Wire", author="Bo Lindqvist"
    )
    assert again.counts.unchanged == 1


def test_edits_are_undone_one_after_the_other(archive: Archive) -> None:
    id = ships(archive).id
    edit(archive, id, title="One")
    edit(archive, id, title="Two", authors=["Ann Ferreira"])
    do(archive, librarian.undo_edit, id, None)
    assert (archive.only().title.value, archive.only().authors) == ("One", ())
    do(archive, librarian.undo_edit, id, None)
    assert archive.only().title.value == "Ships"
    with pytest.raises(NotPossible, match="nothing to undo"):
        do(archive, librarian.undo_edit, id, None)


def test_what_is_not_known_can_be_said_too(archive: Archive) -> None:
    id = ships(archive, author="Admin", published="2016", topics=["a"], summary="S", language="en").id
    edit(archive, id, authors=[""], published="", topics=[""], summary="", language="", source="")
    article = archive.only()
    known = (article.authors, article.published, article.topics, article.summary, article.language, article.source)
    assert known == ((), None, (), None, None, None)


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"title": "x" * 401}, {"published": "31 February 2016"}, {"language": "?"}]
)
def test_what_could_not_be_fed_can_not_be_edited_either(changes: dict[str, str]) -> None:
    with pytest.raises(WrongEdit):
        read_edit(changes)


def test_an_edit_that_changes_nothing_is_refused(archive: Archive) -> None:
    id = ships(archive).id
    with pytest.raises(NotPossible, match="says this already"):
        edit(archive, id, title="Ships")
    assert archive.only().versions == 1


def press(archive: Archive) -> tuple[Article, str]:
    """An article with an exact duplicate, and the duplicate's id."""
    for name in ("north", "south"):
        archive.add(LONG_ENOUGH, title="Port", url=f"https://{name}.example/port", source=name)
    article = archive.only()
    return article, article.also_at[0].id


def test_a_withdrawn_article_is_gone_with_its_duplicates_and_can_come_back(archive: Archive) -> None:
    article, duplicate = press(archive)
    done = do(archive, librarian.withdraw, article.id, "They asked")
    assert archive.ids() == []
    assert archive.search("port").result.total == 0
    for id in (article.id, duplicate):
        assert archive.find(id) == Tombstone(id, "They asked", done.at)
    with pytest.raises(NotPossible, match="went with another"):
        do(archive, librarian.restore, duplicate, None)
    do(archive, librarian.restore, article.id, "They asked again")
    assert archive.only().also_at[0].id == duplicate
    assert archive.search("port").result.total == 1


def test_what_is_fed_does_not_bring_a_withdrawn_article_back(archive: Archive) -> None:
    id = ships(archive).id
    do(archive, librarian.withdraw, id, "They asked")
    assert archive.add("Fourteen ships.", url="https://e.example/1", title="Ships").counts.unchanged == 1
    assert isinstance(archive.find(id), Tombstone)


def test_a_merged_article_leads_on_and_never_in_a_circle(archive: Archive) -> None:
    archive.add(*[{"id": name, "text": f"Text {name}.", "title": name} for name in "abc"])
    a, b, c = archive.ids()
    do(archive, librarian.merge, a, b, "the same report")
    do(archive, librarian.merge, b, c, None)
    slug = archive.only().slug
    assert archive.find(a) == Moved(a, c, slug)
    assert archive.find(b) == Moved(b, c, slug)
    for into in (a, b, c):
        with pytest.raises(NotPossible):
            do(archive, librarian.merge, c, into, None)
    do(archive, librarian.unmerge, b, None)
    assert archive.ids() == sorted([b, c])
    found = archive.find(a)
    assert isinstance(found, Moved)
    assert found.into == b


def test_a_duplicate_goes_where_the_article_that_stands_for_it_goes(archive: Archive) -> None:
    article, duplicate = press(archive)
    archive.add("Another text.", id="1")
    (other,) = [id for id in archive.ids() if id != article.id]
    with pytest.raises(NotPossible, match="exact duplicate"):
        do(archive, librarian.merge, duplicate, other, None)
    with pytest.raises(NotPossible, match="circle"):
        do(archive, librarian.merge, article.id, duplicate, None)
    do(archive, librarian.merge, article.id, other, None)
    assert archive.ids() == [other]
    for id in (article.id, duplicate):
        found = archive.find(id)
        assert isinstance(found, Moved)
        assert found.into == other
    do(archive, librarian.unmerge, article.id, None)
    assert archive.ids() == sorted([article.id, other])


def test_nothing_is_merged_into_what_is_withdrawn_and_what_leads_there_says_so(archive: Archive) -> None:
    archive.add(*[{"id": name, "text": f"Text {name}.", "title": name} for name in "abc"])
    a, b, c = archive.ids()
    do(archive, librarian.merge, a, b, None)
    do(archive, librarian.withdraw, b, "They asked")
    assert isinstance(archive.find(a), Tombstone)
    with pytest.raises(NotPossible, match="withdrawn"):
        do(archive, librarian.merge, c, a, None)
    with pytest.raises(NotPossible, match="withdrawn"):
        edit(archive, b, title="x")


def test_an_edit_moves_an_article_between_groups_of_duplicates(archive: Archive) -> None:
    for name, title in (("north", "Port"), ("south", "Harbour")):
        archive.add(LONG_ENOUGH, title=title, url=f"https://{name}.example/port", source=name)
    first, second = archive.ids()
    title = archive.find(first).title.value  # type: ignore[union-attr]
    edit(archive, second, title=title)
    assert archive.ids() == [first]
    do(archive, librarian.undo_edit, second, None)
    assert archive.ids() == [first, second]


def test_of_what_is_not_there_nothing_is_done(archive: Archive) -> None:
    for what, words in (
        (librarian.undo_edit, (None,)),
        (librarian.withdraw, ("x",)),
        (librarian.restore, (None,)),
        (librarian.merge, ("0" * 12, None)),
        (librarian.unmerge, (None,)),
    ):
        with pytest.raises(NotPossible):
            do(archive, what, "000000000001", *words)
