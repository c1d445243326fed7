"""What each kind of clause finds, over a real index; and that marking finds just what the engine finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.query import Clause, Filters, Query, Widened, Word
from app.search.analysis.lookups import Part
from app.search.analysis.nearness import Stretch, near
from app.search.engine import EngineResult, SearchRequest
from app.search.marks import finder
from app.search.parse import parse
from app.search.whoosh import relevance
from app.search.whoosh.document import PARAGRAPH_GAP
from tests.search.small_index import SmallIndex, document


@pytest.fixture
def index(tmp_path: Path) -> SmallIndex:
    return SmallIndex(tmp_path / "index")


def ask(index: SmallIndex, clause: Clause, **filters: str) -> EngineResult:
    return index.engine.search(SearchRequest(Query("", clause), Filters(**filters)))  # type: ignore[arg-type]


# Words


def test_an_equals_sign_asks_for_the_very_word(index: SmallIndex) -> None:
    index.commit(document("exact", "They stabilize it."), document("form", "It was stabilized."))
    assert index.finds("stabilize") == {"exact", "form"}
    assert index.finds("=stabilize") == {"exact"}
    assert index.finds("=the") == set()


def test_the_exact_form_ranks_above_another_form(index: SmallIndex) -> None:
    index.commit(document("form", "Mosul was stabilized then."), document("exact", "Mosul can stabilize then."))
    assert index.ids("stabilize") == ["exact", "form"]


# Patterns and misspelt words


def test_a_pattern_finds_words_of_its_shape(index: SmallIndex) -> None:
    index.commit(
        document("stability", "Stability came."),
        document("women", "Two women spoke."),
        document("woman", "A woman spoke."),
        document("wombat", "A wombat ran."),
        document("ohanlon", "Michael O’Hanlon wrote."),
        document("title", "Nothing.", title="Stabilising"),
    )
    assert index.finds("stabili*") == {"stability", "title"}
    assert index.finds("wom?n") == {"women", "woman"}
    assert index.finds("*mbat") == {"wombat"}
    assert index.finds("O'H*") == {"ohanlon"}
    assert index.finds("title:stabili*") == {"title"}
    assert index.finds("spoke -wom?n") == set()


def test_a_pattern_tells_the_words_it_stands_for(index: SmallIndex) -> None:
    index.commit(document("a", "stability"), document("b", "stabilize stability"))
    (clause,) = index.search("stabili*").clauses
    assert clause.total == 2
    assert clause.widened == ("stability", "stabilize")
    assert clause.words == 2


def test_a_pattern_that_stands_for_too_many_words_says_what_was_left_out(index: SmallIndex) -> None:
    words = [f"a{chr(97 + i // 26)}{chr(97 + i % 26)}x" for i in range(600)]
    index.commit(document("all", " ".join(words)), document("first", words[0]))
    found = index.search("a*")
    assert found.total == 2
    assert "600 words" in found.notes[0]


def test_a_fuzzy_word_finds_what_is_spelt_alike(index: SmallIndex) -> None:
    index.commit(document("daesh", "Daesh fled."), document("dish", "A dish."), document("far", "Dashing."))
    assert index.finds("Daish~") == {"daesh", "dish"}
    assert index.ids("Dish~")[0] == "dish"
    assert index.finds("Gadafi~2") == set()


# Nearness


NEAR = {
    "side": "Secretary Carter in Mosul.",
    "turned": "In Mosul the secretary, Carter, spoke.",
    "far": "Carter spoke at length of many things that day, and said at the end that all of them led to Mosul.",
    "apart": ("Carter spoke.", "Mosul is far."),
}


@pytest.mark.parametrize(
    "query", ['"carter mosul"~10', "carter NEAR/10 mosul", "carter w/10 mosul", "carter W/10 mosul"]
)
def test_near_in_its_three_spellings(index: SmallIndex, query: str) -> None:
    index.commit(*(document(id, *([text] if isinstance(text, str) else text)) for id, text in NEAR.items()))
    assert index.finds(query) == {"side", "turned"}


def test_near_counts_words_from_the_end_of_the_first_to_the_beginning_of_the_last(index: SmallIndex) -> None:
    index.commit(document("a", "one two three four five"))
    assert index.finds("one NEAR/4 five") == {"a"}
    assert index.finds("one NEAR/3 five") == set()
    assert index.finds('"one two" NEAR/3 five') == {"a"}
    assert index.finds('"one three five"~4') == {"a"}
    assert index.finds('"one three five"~3') == set()


def test_near_takes_exact_words_stop_words_too(index: SmallIndex) -> None:
    index.commit(document("a", "What of the stabilized town?"))
    assert index.finds("of NEAR/2 stabilized") == {"a"}
    assert index.finds("of NEAR/2 stabilize") == set()
    assert index.finds("of NEAR/2 stabili*") == {"a"}
    assert index.finds("(town OR city) NEAR/1 stabilized") == {"a"}


def test_a_word_near_itself_occurs_twice(index: SmallIndex) -> None:
    index.commit(document("twice", "war after war"), document("once", "one war"))
    assert index.finds('"war war"~5') == {"twice"}


def test_nearness_never_reaches_into_the_next_paragraph(index: SmallIndex) -> None:
    index.commit(document("a", "alpha", "beta"))
    assert PARAGRAPH_GAP > 99
    assert index.finds("alpha NEAR/99 beta") == set()


STRETCHES = st.lists(
    st.builds(lambda first, length: Stretch(first, first + length), st.integers(0, 30), st.integers(0, 2)),
    max_size=6,
    unique=True,
).map(sorted)


@given(st.lists(STRETCHES, min_size=2, max_size=3), st.integers(1, 12))
def test_near_finds_a_place_exactly_where_there_is_one(operands: list[list[Stretch]], distance: int) -> None:
    def all_choices(rest: list[list[Stretch]]) -> list[list[Stretch]]:
        return [[one, *more] for one in rest[0] for more in all_choices(rest[1:])] if rest else [[]]

    def stands(choice: list[Stretch]) -> bool:
        first = min(choice)
        others = list(choice)
        others.remove(first)
        return all(first.last < other.first <= first.last + distance for other in others)

    assert any(True for _ in near(operands, distance)) == any(map(stands, all_choices(operands)))


# Fields and dates


def test_fields(index: SmallIndex) -> None:
    index.commit(
        document("title", "Nothing.", title="Mosul after the war", sources=("Reuters",), authors=("Ashton Carter",)),
        document("text", "Mosul", topics=("Climate change",), authors=("Jimmy Carter", "Ann Ashton")),
        document("summary", "No.", summary="Mosul"),
    )
    assert index.finds("title:mosul") == {"title"}
    assert index.finds("text:mosul") == {"text"}
    assert index.finds('title:"after the war"') == {"title"}
    assert index.finds("title:(mosul OR raqqa)") == {"title"}
    assert index.finds("mosul -title:war") == {"text", "summary"}
    assert index.finds("author:carter") == {"title", "text"}
    assert index.finds('author:"ashton carter"') == {"title"}
    assert index.finds("author:(ashton carter)") == {"title"}
    assert index.finds("-author:jimmy") == {"title", "summary"}
    assert index.finds("topic:climate") == {"text"}
    assert index.finds("source:reut*") == {"title"}
    assert index.finds("source:mosul") == set()


DATES = {"year": 201600000000, "month": 201607000000, "day": 201607210000, "minute": 201607210830, "next": 201701010000}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date:2016", "year month day minute"),
        ("date:2016-07", "month day minute"),
        ("date:2016-07-21", "day minute"),
        ("date:2016-07-01..2016-07-31", "month day minute"),
        ("date:2016-07-02..2016-07-31", "day minute"),
        ("date:2016..2017", "year month day minute next"),
        ("date:2017..", "next"),
        ("date:..2016", "year month day minute"),
        ("date:..2016-07", "month day minute"),
        ("after:2016", "next"),
        ("after:2016-06", "month day minute next"),
        ("after:2016-07-20", "day minute next"),
        ("before:2017", "year month day minute"),
        ("before:2016-08", "month day minute"),
        ("date:unknown", "undated"),
        ("-date:unknown date:2017", "next"),
        ("-date:2016", "next undated"),
    ],
)
def test_a_date_counts_where_all_that_is_known_of_it_lies_within(index: SmallIndex, query: str, found: str) -> None:
    index.commit(
        *(document(id, "x", date_key=key, year=key // 100_000_000) for id, key in DATES.items()),
        document("undated", "x"),
    )
    assert index.finds(query) == set(found.split())


def test_from_and_to_filter_and_count_as_the_years_own_filter(index: SmallIndex) -> None:
    index.commit(*(document(id, "x", date_key=key, year=key // 100_000_000) for id, key in DATES.items()))
    found = ask(index, Word("x"), since="2016-07", until="2016-07-21")
    assert found.total == 2
    assert {value.value: value.total for value in found.facets["year"].values} == {"2016": 4, "2017": 1}
    assert [(month.value, month.total) for month in found.months] == [("2016-07", 2)]


# Other names


def test_a_widened_clause_finds_every_name_as_one_word(index: SmallIndex) -> None:
    index.commit(
        document("isis", "ISIS fled."),
        document("state", "The Islamic State fled."),
        document("apart", "A state that is Islamic."),
        document("isi", "The ISI fled."),
    )
    found = ask(index, Widened(Word("ISIS"), ("Islamic State",)))
    assert {hit.id for hit in found.hits} == {"isis", "state"}
    assert found.hits[0].id == "isis"
    assert found.clauses[0].text == "ISIS"
    assert found.clauses[0].widened == ("Islamic State",)


# Explanations


def test_clauses_tell_what_leaving_one_out_would_find(index: SmallIndex) -> None:
    index.commit(document("a", "red green"), document("b", "red green"), document("c", "blue red"))
    found = index.search("red green blue")
    assert found.total == 0
    assert [(clause.text, clause.total, clause.without) for clause in found.clauses] == [
        ("red", 3, 0),
        ("green", 2, 1),
        ("blue", 1, 2),
    ]
    assert all(clause.without is None for clause in index.search("red green").clauses)


QUERIES = [
    "mosul",
    "mosul stabilization",
    '"the coalition" mosul',
    "stabili* mosul",
    "what would the coalition do to stabilise the city of Mosul",
]


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_explained_adds_up_to_the_score(index: SmallIndex, query: str) -> None:
    index.commit(
        *(
            document(
                f"d{i}",
                f"Mosul: the coalition {'stabilised ' * i}met, {'mosul ' * (i % 3)}later.",
                title="Mosul" * (i % 2),
            )
            for i in range(1, 13)
        )
    )
    found = index.engine.search(SearchRequest(parse(query), explain=True, per_page=12))
    assert found.total == 12
    for hit in found.hits:
        assert sum(one.score for one in hit.explanation) == pytest.approx(hit.score, abs=1e-6)
        for one in hit.explanation:
            if one.fields:
                assert sum(score for _, _, score in one.fields) + one.exact == pytest.approx(one.score, abs=1e-6)
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_what_a_sentence_learns_keeps_the_best_where_they_are(
    index: SmallIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = ["port dredging budget", "school budget teachers", "river dam budget"]
    index.commit(
        *(document(f"d{i:02}", f"The council budget on {topics[i % 3]} {'extra ' * i}".strip()) for i in range(40))
    )
    query = "which budget did the council pass for dredging the port"
    learned = index.search(query)
    monkeypatch.setattr(relevance, "LEARNED_FROM", 0)
    plain = index.search(query)
    ids = [hit.id for hit in learned.hits]
    assert ids[: relevance.KEPT] == [hit.id for hit in plain.hits][: relevance.KEPT]
    assert set(ids) == {hit.id for hit in plain.hits}
    assert learned.total == plain.total


def test_a_word_typed_twice_in_a_sentence_counts_twice(index: SmallIndex) -> None:
    index.commit(document("a", "tariff tax"), document("b", "duty tax"))
    assert index.ids("tariff or tax or duty or tax or duty or duty now") == ["b", "a"]
    assert index.ids("tariff or tax or duty or tax or tariff or tariff now") == ["a", "b"]


# Spellings and names


def test_spellings_are_words_of_the_index_nearest_first(index: SmallIndex) -> None:
    index.commit(document("a", "government governance"), document("b", "government"), document("c", "movement"))
    assert index.engine.spellings("goverment")[0] == "government"
    assert index.engine.spellings("xyzzyplugh") == ()
    assert index.engine.spellings("US") == ()


def test_names_whose_words_begin_so(index: SmallIndex) -> None:
    index.commit(
        document("a", "x", authors=("Ashton Carter", "Bob Ash"), sources=("Ash News",)),
        document("b", "x", authors=("Ashton Carter",)),
        document("gone", "x", topics=("Ash",)),
    )
    index.commit(remove=("gone",))
    found = index.engine.names("ash")
    assert [(value.value, value.total) for value in found["author"]] == [("Ashton Carter", 2), ("Bob Ash", 1)]
    assert [value.value for value in found["source"]] == ["Ash News"]
    assert found["topic"] == ()
    assert [value.value for value in index.engine.names("carter ash")["author"]] == ["Ashton Carter"]
    assert not any(index.engine.names("").values())


def test_count(index: SmallIndex) -> None:
    index.commit(document("a", "x", sources=("S",)), document("b", "x"))
    assert index.engine.count(Word("x")) == 2
    assert index.engine.count(Word("x"), Filters(source=("S",))) == 1


# Marking agrees with the engine


def test_a_pattern_that_an_acronym_fits_both_ways_stands_for_it_once(index: SmallIndex) -> None:
    index.commit(document("a", "The US and 9/11", "A10 B1"))
    assert index.search("*1*").clauses[0].words == len(index.search("*1*").clauses[0].widened)
    assert index.search("*s*").clauses[0].widened.count("US") == 1


VOCABULARY = (
    "stabilise stabilized mosul US us U.S. al-Abadi war wars the of $5,000 long-term longterm F-16 women".split()
)
TEXTS = st.lists(st.sampled_from([*VOCABULARY, ".", ","]), min_size=1, max_size=8).map(" ".join)
CLAUSES = st.one_of(
    st.sampled_from(VOCABULARY),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"~3'),
    st.sampled_from(
        ["stabili*", "w?r", "wom?n", "*ong*", "mosil~", "women~2", "u*", "=wars", "title:mosul", "text:war*"]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), st.lists(CLAUSES, min_size=3, max_size=8))
def test_an_article_answers_a_clause_exactly_where_something_is_marked(
    articles: list[tuple[str, str, str]], queries: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = SmallIndex(Path(folder) / "index")
        index.commit(
            *(document(f"d{i}", first, second, title=title) for i, (title, first, second) in enumerate(articles))
        )
        for query in queries:
            asked = parse(query)
            in_title, in_text = finder(asked, Part.TITLE), finder(asked, Part.TEXT)
            marked = {
                f"d{i}"
                for i, (title, first, second) in enumerate(articles)
                if in_title.find(title) or in_text.find(first) or in_text.find(second)
            }
            assert index.finds(query) == marked, query
        index.engine.close()
