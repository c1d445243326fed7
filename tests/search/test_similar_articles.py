"""Near-duplicates in an archive: whatever the order of ingest, and whatever the librarian does."""

from __future__ import annotations

from itertools import pairwise

from app.search.engine import SearchRequest
from app.search.parse import parse
from app.store.librarian import merge, restore, unmerge, withdraw
from tests.conftest import Archive
from tests.search.prose import edited, prose

RECORDS = [
    {
        "url": f"https://example.org/{number}/{copy}",
        "title": f"Report {number}, copy {copy}",
        "text": "\n\n".join(edited(prose(number), "z" * (copy + 1))),
    }
    for number in range(3)
    for copy in range(3)
]


def beneath(archive: Archive) -> dict[str, list[str]]:
    """title of each hit -> the titles beneath it, in their order."""
    with archive.index.engine() as engine:
        hits = engine.search(SearchRequest(parse(""), per_page=100)).hits
    every = {hit.article.title: hit for hit in archive.search("", per_page=100).hits}
    assert [hit.id for hit in hits] == [hit.article.id for hit in every.values()]
    return {title: [one.title for one in hit.beneath] for title, hit in every.items()}


def groups(archive: Archive) -> set[frozenset[str]]:
    return {frozenset([title, *others]) for title, others in beneath(archive).items()}


def test_archives_fed_in_any_order_agree(archive: Archive, another_archive: Archive) -> None:
    archive.add(*RECORDS)
    for start, end in pairwise([0, 1, 4, 9]):
        another_archive.add(*RECORDS[::-1][start:end])
    assert len(beneath(archive)) == 3
    assert beneath(archive) == beneath(another_archive)
    another_archive.indexer.rebuild()
    assert beneath(archive) == beneath(another_archive)


def test_a_revision_leaves_its_group_and_joins_another(archive: Archive) -> None:
    archive.add(*RECORDS)
    archive.add(RECORDS[0] | {"title": "Moved", "text": "\n\n".join(edited(prose(2), "moved"))})
    assert {len(group) for group in groups(archive)} == {2, 3, 4}
    assert {"Moved", "Report 2, copy 0"} <= next(group for group in groups(archive) if "Moved" in group)


def test_what_the_librarian_takes_away_is_beneath_nothing(archive: Archive) -> None:
    archive.add(*RECORDS[:3])
    before = groups(archive)
    first, second, _ = archive.ids()
    for do, undo in (
        (lambda c: withdraw(c, first, "By mistake."), lambda c: restore(c, first, None)),
        (lambda c: merge(c, first, second, None), lambda c: unmerge(c, first, None)),
    ):
        for change, there in ((do, 2), (undo, 3)):
            with archive.database.writing() as connection:
                change(connection)
            archive.indexer.catch_up(wait=10)
            assert [len(group) for group in groups(archive)] == [there]
    assert groups(archive) == before


def test_an_exact_duplicate_is_no_near_one(archive: Archive) -> None:
    archive.add(RECORDS[0], RECORDS[0] | {"url": "https://example.com/elsewhere"})
    assert archive.search("").result.total == 1
    (id,) = archive.ids()
    with archive.index.engine() as engine:
        assert engine.near_duplicates(id) == ()
