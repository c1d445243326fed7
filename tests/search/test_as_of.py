"""The index answers as the archive stood at a moment: with the versions that were current then, and no others."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.moments import AsOf
from app.domain.query import And, Sort, Word
from app.search.engine import IndexDocument, SearchRequest
from app.search.parse import parse
from app.search.search import find, search
from app.search.thesaurus import Thesaurus
from app.search.whoosh import open_writer
from tests.conftest import Archive
from tests.search.small_index import SmallIndex, document

WORDS = ("port", "bridge", "toll")


@pytest.fixture
def index(tmp_path: Path) -> SmallIndex:
    return SmallIndex(tmp_path / "index")


def put(index: SmallIndex, *versions: IndexDocument) -> None:
    """The versions of one article, the earliest first."""
    *earlier, current = versions
    with open_writer(index.directory) as writer:
        writer.put(current, earlier)
        writer.commit()
    index.renew()


def history(id: str, *states: tuple[int, str], until: int | None = None) -> list[IndexDocument]:
    """Versions of an article, with the moment from which each stood, and its text."""
    ends = [since for since, _ in states[1:]]
    return [
        document(id, text, version=number, since=since, until=end)
        for number, ((since, text), end) in enumerate(zip(states, [*ends, until], strict=True), 1)
    ]


def moment(microseconds: int | None) -> AsOf | None:
    if microseconds is None:
        return None
    return AsOf("", "", datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds))


def standing(index: SmallIndex, query: str, as_of: int | None, **how: object) -> list[tuple[str, int]]:
    found = index.engine.search(SearchRequest(parse(query), as_of=moment(as_of), **how))  # type: ignore[arg-type]
    assert found.total == len(found.hits)
    return [(hit.id, hit.version) for hit in found.hits]


def test_an_article_is_found_by_what_it_said_then(index: SmallIndex) -> None:
    put(index, *history("a", (10, "the port"), (20, "the bridge")))
    assert standing(index, "bridge", None) == [("a", 2)]
    assert standing(index, "port", None) == []
    assert standing(index, "port", 9) == []
    assert standing(index, "port", 10) == standing(index, "port", 19) == [("a", 1)]
    assert standing(index, "port", 20) == []
    assert standing(index, "bridge", 20) == [("a", 2)]


def test_what_was_stored_later_is_not_there_yet(index: SmallIndex) -> None:
    put(index, *history("a", (10, "the port")))
    put(index, *history("b", (30, "the port")))
    assert {id for id, _ in standing(index, "port", None)} == {"a", "b"}
    assert standing(index, "port", 29) == [("a", 1)]
    assert index.engine.count(And((Word("port"),)), as_of=moment(29)) == 1


def test_numbers_and_order_are_of_that_moment_alone(index: SmallIndex) -> None:
    put(index, *history("a", (10, "port"), (20, "port port port")))
    put(index, *history("b", (10, "port"), (30, "bridge")))
    then = index.engine.search(SearchRequest(parse("port"), as_of=moment(15)))
    alone = SmallIndex(index.directory.parent / "alone")
    alone.commit(document("a", "port"), document("b", "port"))
    now = alone.engine.search(SearchRequest(parse("port")))
    assert [(hit.id, hit.score) for hit in then.hits] == [(hit.id, hit.score) for hit in now.hits]
    assert then.facets == now.facets and then.clauses == now.clauses


def test_an_article_that_is_put_again_or_taken_out_leaves_no_version_behind(index: SmallIndex) -> None:
    put(index, *history("a", (10, "port"), (20, "bridge")))
    put(index, *history("a", (10, "port"), (20, "bridge"), (30, "toll")))
    assert [standing(index, word, 25) for word in WORDS] == [[], [("a", 2)], []]
    index.commit(remove=("a",))
    assert [standing(index, word, then) for word in WORDS for then in (15, 25, 35)] == [[]] * 9


states = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from(WORDS)), min_size=1, max_size=4, unique_by=lambda s: s[0]
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("abcd"), states, st.booleans()), min_size=1, max_size=8), st.integers(-1, 51))
def test_whatever_was_put_in_whatever_order_each_moment_has_the_versions_that_stood(
    steps: list[tuple[str, list[tuple[int, str]], bool]], then: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = SmallIndex(Path(folder) / "index")
        held: dict[str, list[IndexDocument]] = {}
        for id, given_states, whole in steps:
            held[id] = history(id, *sorted(given_states))
            with open_writer(index.directory) as writer:
                writer.put(held[id][-1], held[id][:-1])
                writer.commit(whole=whole)
        index.renew()
        for as_of in (then, None):
            for word in WORDS:
                expected = {
                    (one.id, one.version)
                    for versions in held.values()
                    for one in versions
                    if one.paragraphs == (word,)
                    and (one.until is None if as_of is None else one.since <= as_of < (one.until or 99))
                }
                assert set(standing(index, word, as_of, sort=Sort.NEWEST)) == expected
        index.engine.close()


def test_several_moments_are_held_and_the_oldest_asked_for_is_let_go(index: SmallIndex) -> None:
    put(index, *history("a", *((then, f"word{then}") for then in range(1, 9))))
    for then in (1, 2, 3, 4, 2, 1, 8):
        assert standing(index, f"word{then}", then) == [("a", then)]


def test_a_current_version_alone_is_what_there_is(index: SmallIndex) -> None:
    index.commit(replace(document("a", "port"), since=5))
    assert standing(index, "port", 4) == []
    assert standing(index, "port", 5) == standing(index, "port", None) == [("a", 1)]


def test_an_archive_is_searched_as_it_stood(archive: Archive) -> None:
    archive.add({"id": "g", "source": "S", "title": "Old", "text": "The port was closed.\n\nNobody knew of tolls."})
    archive.add({"id": "other", "source": "S", "title": "Other", "text": "A bridge was built over the river at last."})
    then = AsOf("then", "then", datetime.now(UTC))
    archive.add({"id": "g", "source": "S", "title": "New", "text": "The port was opened.\n\nTolls are due."})

    def found(query: str, as_of: AsOf | None) -> list[tuple[str, int, list[str]]]:
        with archive.index.engine() as engine:
            page = search(archive.database, engine, SearchRequest(parse(query), as_of=as_of))
        texts = [["".join(piece.text for piece in one.pieces) for one in hit.snippets.items] for hit in page.hits]
        return [(hit.article.title, hit.article.version, text) for hit, text in zip(page.hits, texts, strict=True)]

    assert found("port", None) == [("New", 2, ["The port was opened."])]
    assert found("port", then) == [("Old", 1, ["The port was closed."])]
    assert found("opened", then) == [] and found("closed", None) == []
    assert found("bridge", then) == found("bridge", None)
    archive.indexer.rebuild()
    assert found("port", then) == [("Old", 1, ["The port was closed."])]


def test_a_misspelling_is_mended_by_what_stood_then(archive: Archive) -> None:
    archive.add({"id": "g", "source": "S", "text": "The harbour was closed for the whole of the winter."})
    then = AsOf("then", "then", datetime.now(UTC))
    archive.add({"id": "h", "source": "S", "text": "The lighthouse was lit again by its keeper in spring."})
    with archive.index.engine() as engine:
        for query, mended in (("harbuor", "harbour"), ("lighthuose", None)):
            assert find(engine, SearchRequest(parse(query), as_of=then), Thesaurus(())).did_you_mean == mended
