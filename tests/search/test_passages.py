"""The paragraphs that the index chooses are those that looking through the whole text would choose."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument, Matches, SearchRequest
from app.search.marks import finder
from app.search.parse import parse
from app.search.snippets import snippets
from app.search.whoosh.engine import WhooshEngine
from tests.conftest import Archive
from tests.search.small_index import SmallIndex, document

WORDS = "stabilise stabilized mosul US us U.S. al-Abadi war wars the of $5,000 long-term ASs ass women NATO".split()
PARAGRAPHS = st.lists(
    st.one_of(st.just(""), st.lists(st.sampled_from([*WORDS, "."]), min_size=1, max_size=9).map(" ".join)), max_size=6
)
CLAUSES = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(["stabili*", "w?r", "*ong*", "mosil~", "=wars", "title:mosul", "text:war", "war -mosul", "-us"]),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" OR ".join),
)


def chosen(engine: WhooshEngine, query: str) -> dict[str, Matches | None]:
    hits = engine.search(SearchRequest(parse(query), per_page=100, passages=True)).hits
    return {hit.id: hit.matches for hit in hits}


def by_text(query: str, paragraphs: Sequence[str]) -> Matches:
    found = snippets(finder(parse(query), Part.TEXT), paragraphs)
    best = tuple(item.paragraph for item in found.items) if found.matching_paragraphs else ()
    return Matches(found.matching_paragraphs, best)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.tuples(PARAGRAPHS, st.sampled_from(WORDS)), min_size=1, max_size=4), min_size=1, max_size=3),
    st.sets(st.integers(0, 5), max_size=2),
    st.lists(CLAUSES, min_size=3, max_size=8),
)
def test_the_index_chooses_the_paragraphs_that_the_text_would(
    commits: list[list[tuple[list[str], str]]], removed: set[int], queries: list[str]
) -> None:
    articles: dict[str, IndexDocument] = {}
    with tempfile.TemporaryDirectory() as folder:
        index = SmallIndex(Path(folder) / "index")
        for own in commits:
            fresh = [
                document(f"d{len(articles) + at}", *paragraphs, title=title)
                for at, (paragraphs, title) in enumerate(own)
            ]
            articles.update((one.id, one) for one in fresh)
            index.commit(*fresh, remove=tuple(f"d{number}" for number in removed))
        for query in queries:
            for id, matches in chosen(index.engine, query).items():
                expected = by_text(query, articles[id].paragraphs)
                assert matches is None or matches == expected, (query, articles[id].paragraphs)
        index.engine.close()


def test_words_near_each_other_are_told_of_too(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    index.commit(document("a", "the port", "a port and its ships", "port " + "and " * 20 + "ships", "ships, port"))
    assert chosen(index.engine, "port NEAR/500 ships") == {"a": Matches(3, (2, 3, 4))}
    assert chosen(index.engine, "port NEAR/5 ships") == {"a": Matches(2, (2, 4))}


def test_a_word_that_has_two_stems_is_left_to_the_text_where_it_stands(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    index.commit(document("a", "The ASs met.", "An ass brayed."), document("b", "As the day went by."))
    assert chosen(index.engine, "ass")["a"] is None


def test_an_article_that_changed_since_it_was_indexed_is_shown_as_it_is_now(archive: Archive) -> None:
    first = {"id": "g", "source": "S", "text": "Nothing of it here.\n\nThe port was closed for a week in spring."}
    archive.add(first)
    old = archive.search("port").hits[0].snippets
    assert [item.paragraph for item in old.items] == [2] and old.matching_paragraphs == 1
    path = archive.write("changed.jsonl", '{"id": "g", "source": "S", "text": "The port opened.\\n\\nOther news."}')
    archive.store(path)
    new = archive.search("port").hits[0].snippets
    assert [(item.paragraph, item.pieces[1].text) for item in new.items] == [(1, "port")]
