"""The table of the query language is true: every example finds what it says it finds, in a real index."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.search.engine import IndexDocument, SearchRequest
from app.search.language import LANGUAGE, Entry, Sample
from app.search.parse import parse
from app.search.thesaurus import SHIPPED, Thesaurus
from tests.search.small_index import SmallIndex

ENTRIES = [entry for group in LANGUAGE for entry in group.entries]


def _document(id: str, sample: Sample) -> IndexDocument:
    date = sample.date
    return IndexDocument(
        id=id,
        title=sample.title,
        summary="",
        paragraphs=(sample.text,),
        sources=(sample.source,) if sample.source else (),
        authors=(sample.author,) if sample.author else (),
        topics=(sample.topic,) if sample.topic else (),
        date_key=None if date is None else int(date.replace("-", "").ljust(12, "0")),
        year=None if date is None else int(date[:4]),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SmallIndex:
    """Every sample of the table, known by entry, side and place."""
    index = SmallIndex(Path(tmp_path_factory.mktemp("index")) / "index")
    index.commit(
        *(
            _document(f"{entry.typed} {side} {place}", sample)
            for entry in ENTRIES
            for side, samples in (("finds", entry.finds), ("misses", entry.misses))
            for place, sample in enumerate(samples)
        )
    )
    return index


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus.read(SHIPPED)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.typed)
def test_every_example_finds_what_it_says_and_not_the_rest(
    index: SmallIndex, thesaurus: Thesaurus, entry: Entry
) -> None:
    assert entry.finds
    assert entry.misses
    query = thesaurus.widen(parse(entry.typed))
    found = {hit.id for hit in index.engine.search(SearchRequest(query, per_page=1000)).hits}
    own = {id for id in found if id.startswith((f"{entry.typed} finds", f"{entry.typed} misses"))}
    assert own == {f"{entry.typed} finds {place}" for place in range(len(entry.finds))}
    assert not query.repaired


def test_nothing_is_explained_twice() -> None:
    typed = [entry.typed for entry in ENTRIES]
    assert len(typed) == len(set(typed))
