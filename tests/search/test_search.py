"""A whole search: widening, fallback, misspellings, and pages that stay with one generation."""

from __future__ import annotations

import pytest

from app.domain.query import Filters, Match
from app.search.engine import SearchRequest
from app.search.parse import parse
from app.search.search import Answer, find, search
from app.search.serialize import search_json
from app.search.thesaurus import Thesaurus
from tests.conftest import Archive

NAMES = Thesaurus([("ISIS", "ISIL", "Daesh", "Islamic State")])


def answer(archive: Archive, text: str, *, match: Match | None = None, **filters: tuple[str, ...]) -> Answer:
    with archive.index.engine() as engine:
        return find(engine, SearchRequest(parse(text, match), Filters(**filters)), NAMES)  # type: ignore[arg-type]


def titles(archive: Archive, found: Answer) -> set[str]:
    by_id = {id: archive.find(id) for id in (hit.id for hit in found.result.hits)}
    return {article.title.value for article in by_id.values()}  # type: ignore[union-attr]


@pytest.fixture
def library(archive: Archive) -> Archive:
    archive.add(
        {"title": "One", "text": "Mosul was stabilized by the government.", "source": "A"},
        {"title": "Two", "text": "Daesh fled from Raqqa.", "source": "B"},
        {"title": "Three", "text": "The Islamic State fled from Mosul.", "source": "B"},
        {"title": "Four", "text": "The government met in Raqqa.", "source": "A"},
    )
    return archive


def test_a_name_finds_the_others_and_the_narrow_form_is_offered(library: Archive) -> None:
    found = answer(library, "isis fled")
    assert titles(library, found) == {"Two", "Three"}
    assert found.clauses[0].widened == ("ISIL", "Daesh", "Islamic State")
    assert found.narrow == "=isis fled"
    narrow = answer(library, found.narrow)
    assert narrow.fallback and narrow.clauses[0].total == 0  # nothing says ISIS itself


def test_a_name_of_several_words_is_widened_too(library: Archive) -> None:
    found = answer(library, "islamic state raqqa")
    assert titles(library, found) == {"Two"}
    assert answer(library, '"islamic state" raqqa').fallback


def test_where_nothing_has_every_word_what_has_any_is_shown(library: Archive) -> None:
    found = answer(library, "stabilized raqqa")
    assert found.fallback and not found.answered
    assert titles(library, found) == {"One", "Two", "Four"}
    assert [(clause.text, clause.total, clause.without) for clause in found.clauses] == [
        ("stabilized", 1, 2),
        ("raqqa", 2, 1),
    ]


def test_the_fallback_keeps_what_was_excluded_and_the_filters(library: Archive) -> None:
    assert titles(library, answer(library, "stabilized raqqa -daesh")) == {"One", "Four"}
    assert titles(library, answer(library, "stabilized raqqa", source=("B",))) == {"Two"}


def test_one_clause_has_nothing_to_fall_back_to(library: Archive) -> None:
    for text in ("xyzzy", "raqqa -raqqa", '"raqqa mosul"'):
        found = answer(library, text)
        assert found.result.total == 0 and not found.fallback


def test_a_misspelling_is_mended_from_the_archives_own_words(library: Archive) -> None:
    assert answer(library, "goverment").did_you_mean == "government"
    assert answer(library, "stabilised goverment").did_you_mean == "stabilised government"
    assert answer(library, "(goverment OR xyzzyplugh) raqqa -daesh").did_you_mean == (
        "(government OR xyzzyplugh) raqqa -daesh"
    )
    assert answer(library, "government").did_you_mean is None
    assert answer(library, "xyzzyplugh").did_you_mean is None


def test_nothing_is_offered_that_has_no_hits(library: Archive) -> None:
    assert answer(library, "goverment daesh").did_you_mean is None
    assert answer(library, "goverment", source=("B",)).did_you_mean is None


def test_a_rare_misspelling_in_the_archive_itself_is_mended_too(archive: Archive) -> None:
    archive.add({"text": "The goverment met."}, *({"text": f"The government met {i} times."} for i in range(25)))
    assert answer(archive, "goverment").did_you_mean == "government"


def test_the_json_tells_what_the_answer_does(library: Archive) -> None:
    with library.index.engine() as engine:
        page = search(library.database, engine, SearchRequest(parse("isis stabilized"), explain=True), NAMES)
    found = search_json(page, "http://archive.test")
    assert found["fallback"] == "or"
    assert found["total"] == 3 == len(found["hits"])
    assert found["clauses"][0] == {
        "text": "isis",
        "total": 2,
        "widened": ["ISIL", "Daesh", "Islamic State"],
        "note": "Without this, 1 article answers.",
    }
    assert found["query"]["narrow"] == "=isis stabilized"
    assert all(hit["explanation"] for hit in found["hits"])


def test_pages_of_one_answer_stay_with_its_generation_while_articles_are_added(archive: Archive) -> None:
    archive.add(*({"title": f"T{i:02}", "text": f"A harbour, the {i}th."} for i in range(20)))
    with archive.index.engine() as engine:
        generation = engine.generation
    seen: list[str] = []
    for page in range(1, 5):
        with archive.index.engine(generation) as engine:
            request = SearchRequest(parse("harbour"), page=page, per_page=5, generation=generation)
            seen += [hit.article.id for hit in search(archive.database, engine, request).hits]
        if page == 2:
            archive.add(*({"title": f"N{i:02}", "text": f"Harbour, harbour, the {i}th."} for i in range(9)))
            assert archive.search("harbour").result.total == 29
    assert len(seen) == len(set(seen)) == 20


def test_where_the_generation_is_gone_the_page_says_so(archive: Archive) -> None:
    archive.add({"text": "A harbour."})
    with archive.index.engine() as engine:
        request = SearchRequest(parse("harbour"), generation=engine.generation + 100)
        assert any("changed" in note for note in find(engine, request, Thesaurus(())).notes)


HOSTILE = [
    "*", "*a*", "a* b* c*", "?" * 50, '"a"~1000000', '"a b"~1000000', " ".join(f"w{i}~" for i in range(100)),
    " OR ".join(f"w{i}" for i in range(1000)), "(" * 10_000, "a" * 1_000_000, '"' * 999, "NOT " * 500,
    " ".join("*".join("abcdefghij") for _ in range(9)), "a NEAR/5 " * 300, "title:(" * 200, "date:" * 200,
    "\ud800", "\x00", "😀", "ʼ’'", "word " * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("match", [None, Match.ANY])
def test_a_hostile_query_is_answered(library: Archive, text: str, match: Match | None) -> None:
    with library.index.engine() as engine:
        page = search(library.database, engine, SearchRequest(parse(text, match), explain=True), NAMES)
    found = search_json(page, "http://archive.test")
    assert found["total"] >= len(found["hits"])
