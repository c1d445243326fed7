from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.query import Match, Sort
from app.search.engine import IndexBusy, IndexUnavailable, SearchRequest
from app.search.parse import parse
from app.search.whoosh import create, open_engine, open_writer
from tests.search.small_index import SmallIndex, document


@pytest.fixture
def index(tmp_path: Path) -> SmallIndex:
    return SmallIndex(tmp_path / "index")


# What answers


def test_every_word_must_occur_in_title_summary_or_text(index: SmallIndex) -> None:
    index.commit(
        document("both", "Stabilising the town.", title="Mosul"),
        document("summary", "Mosul", summary="Stabilization"),
        document("one", "Mosul"),
    )
    assert index.finds("mosul stabilize") == {"both", "summary"}


def test_phrases_are_exact_and_stay_within_a_paragraph_or_the_title(index: SmallIndex) -> None:
    index.commit(
        document("yes", "We must get it right now."),
        document("other form", "We must gets it right."),
        document("two paragraphs", "We must get it", "right now."),
        document("title and text", "it right", title="Get"),
        document("title", title="Get it right"),
        document("summary", summary="Get it right"),
    )
    assert index.finds('"get it right"') == {"yes", "title", "summary"}


def test_a_minus_excludes(index: SmallIndex) -> None:
    index.commit(document("a", "Mosul and ISIS"), document("b", "Mosul"), document("c", "Raqqa"))
    assert index.finds("mosul -isis") == {"b"}
    assert index.finds("-isis") == {"b", "c"}
    assert index.finds('mosul -"and isis"') == {"b"}


def test_any_and_or_and_brackets(index: SmallIndex) -> None:
    index.commit(document("a", "red"), document("b", "green"), document("c", "blue red"))
    assert index.finds("red OR green") == {"a", "b", "c"}
    assert index.finds("(red OR green) -blue") == {"a", "b"}
    assert {hit.id for hit in index.search("blue green", match=Match.ANY).hits} == {"b", "c"}


def test_an_empty_query_is_every_article(index: SmallIndex) -> None:
    index.commit(document("a", "x"), document("b"))
    assert index.search("").total == 2
    assert index.search("").clauses == ()


def test_an_empty_index_answers(index: SmallIndex) -> None:
    assert index.search("mosul").total == 0
    assert index.search("-mosul").hits == ()
    assert index.engine.document_count() == 0


def test_each_clause_has_its_own_total(index: SmallIndex) -> None:
    index.commit(document("a", "Mosul", sources=("X",)), document("b", "Mosul Raqqa"), document("c", "Raqqa"))
    clauses = index.search("mosul raqqa").clauses
    assert [(clause.text, clause.total) for clause in clauses] == [("mosul", 2), ("raqqa", 2)]
    assert [clause.total for clause in index.search("mosul raqqa", source=("X",)).clauses] == [1, 0]


# Changes


def test_a_replaced_article_is_found_by_its_new_words_only(index: SmallIndex) -> None:
    index.add("old words", id="a")
    index.add("new words", id="a")
    assert index.finds("old") == set()
    assert index.finds("new") == {"a"}
    assert index.search("words").total == index.engine.document_count() == 1


def test_an_article_put_twice_before_a_commit_is_there_once(index: SmallIndex) -> None:
    index.commit(document("a", "old"), document("b", "other"), document("a", "new"), document("a", "newest"))
    assert index.finds("old OR new") == set()
    assert index.finds("newest") == {"a"}
    assert sorted(index.engine.document_ids()) == ["a", "b"]


def test_a_removed_article_is_gone_and_removing_it_again_is_no_error(index: SmallIndex) -> None:
    index.commit(document("a", "x"), document("b", "x"))
    index.commit(remove=("a", "never there"))
    index.commit(remove=("a",))
    assert index.finds("x") == {"b"}
    with open_writer(index.directory) as writer:
        writer.put(document("c", "x"))
        writer.remove("c")
        writer.commit()
    assert set(open_engine(index.directory, 9).document_ids()) == {"b"}


def test_nothing_is_seen_before_the_commit_nor_after_a_cancel(index: SmallIndex) -> None:
    index.add("x", id="a")
    with open_writer(index.directory) as writer:
        writer.put(document("b", "x"))
        writer.remove("a")
        assert open_engine(index.directory, 2).document_count() == 1
        writer.cancel()
        writer.put(document("c", "x"))
        writer.commit()
    assert set(open_engine(index.directory, 3).document_ids()) == {"a", "c"}


def test_an_open_engine_keeps_its_generation(index: SmallIndex) -> None:
    index.add("x", id="a")
    before = index.engine
    for number in range(30):
        index.add("x", id=f"b{number}")
    assert before.document_count() == 1
    assert list(before.document_ids()) == ["a"]
    assert index.search("x").total == 31


def test_many_small_commits_equal_one_large_one(tmp_path: Path) -> None:
    chance = random.Random(1)
    vocabulary = [f"w{number}" for number in range(40)]
    documents = [
        document(f"d{number % 60}", " ".join(chance.choices(vocabulary, k=12)), date_key=number, year=2000 + number % 5)
        for number in range(150)
    ]
    small, large = SmallIndex(tmp_path / "small"), SmallIndex(tmp_path / "large")
    for one in documents:
        small.commit(one)
    large.commit(*documents)
    for query in ("w1", "w1 w2", '"w1 w2"', "w1 OR w2 OR w3", "-w1", ""):
        assert small.search(query).hits == large.search(query).hits
        assert small.search(query).facets == large.search(query).facets
    assert len(list((tmp_path / "small").glob("*.seg"))) < 40


# Order and pages


def test_title_ranks_above_summary_above_text_and_the_exact_form_first(index: SmallIndex) -> None:
    filler = "other words here"
    index.commit(
        document("text", "tariff here now", title=filler, summary=filler),
        document("summary", filler, title=filler, summary="tariff here now"),
        document("title", filler, title="tariff here now", summary=filler),
        document("none", filler),
    )
    assert index.ids("tariff") == ["title", "summary", "text"]
    index.commit(document("form", "many tariffs now"), document("exact", "many tariff now"))
    order = index.ids("tariff")
    assert order.index("exact") < order.index("form")


def test_equal_scores_are_ordered_by_date_then_id(index: SmallIndex) -> None:
    index.commit(
        document("c", "same"),
        document("b", "same", date_key=201601010000, year=2016),
        document("d", "same", date_key=201701010000, year=2017),
        document("a", "same"),
    )
    assert index.ids("same") == ["d", "b", "a", "c"]


def test_undated_articles_come_last_by_date_either_way(index: SmallIndex) -> None:
    index.commit(
        document("u2", "x"),
        document("new", "x", date_key=201701010000, year=2017),
        document("old", "x", date_key=190001010000, year=1900),
        document("u1", "x"),
    )
    assert index.ids("x", sort=Sort.NEWEST) == ["new", "old", "u1", "u2"]
    assert index.ids("x", sort=Sort.OLDEST) == ["old", "new", "u1", "u2"]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", ["common", "", "common -rare"])
def test_pages_hold_every_article_once(index: SmallIndex, sort: Sort, query: str) -> None:
    index.commit(*(document(f"d{n}", "common " * (n % 3 + 1), *(["rare"] if n % 7 == 0 else [])) for n in range(53)))
    whole = index.ids(query, sort=sort)
    paged: list[str] = []
    for page in range(1, 9):
        paged += index.ids(query, sort=sort, page=page, per_page=7)
    assert paged == whole
    assert len(set(whole)) == len(whole) == index.search(query).total


def test_a_page_beyond_the_end_is_empty(index: SmallIndex) -> None:
    index.add("x")
    result = index.search("x", page=10**9, per_page=100)
    assert (result.total, result.hits) == (1, ())
    assert index.search("x", per_page=0).hits == ()


# Filters and facets


def facet(index: SmallIndex, query: str, field: str, **filters: tuple[str, ...]) -> dict[str, int]:
    return {value.value: value.total for value in index.search(query, **filters).facets[field].values}


def test_facets_respect_the_other_filters_but_not_their_own(index: SmallIndex) -> None:
    index.commit(
        document("a", "x", sources=("S1",), topics=("T1", "T2"), date_key=201600000000, year=2016),
        document("b", "x", sources=("S2", "S1"), topics=("T1",), date_key=201700000000, year=2017),
        document("c", "x", sources=("S2",), authors=("A, Jr.",)),
        document("d", "y", sources=("S1",)),
    )
    assert facet(index, "x", "source") == {"S1": 2, "S2": 2}
    assert facet(index, "x", "source", source=("S1",)) == {"S1": 2, "S2": 2}
    assert facet(index, "x", "topic", source=("S1",)) == {"T1": 2, "T2": 1}
    assert facet(index, "x", "year", source=("S2",)) == {"2017": 1}
    assert index.search("x", source=("S2",)).undated == 1
    assert facet(index, "x", "source", year=("unknown",)) == {"S2": 1}
    assert index.search("x", year=("2016",)).undated == 1
    assert index.ids("x", source=("S1", "S2")) == ["b"]
    assert index.ids("x", author=("A, Jr.",)) == ["c"]
    assert index.ids("", year=("unknown",)) == ["c", "d"]
    assert index.ids("x", topic=("t1",)) == []


def test_months_are_told_in_order_where_they_are_known(index: SmallIndex) -> None:
    dates = (201607210000, 201607000000, 201512310000, 201600000000, None, 201511010000)
    index.commit(*(document(f"d{n}", "x", date_key=date) for n, date in enumerate(dates)))
    assert index.search("x").months == (("2015-11", 1), ("2015-12", 1), ("2016-07", 2))
    assert index.engine.search(SearchRequest(parse("x"), months=False, facets=("year",))).months == ()


def test_only_the_facets_that_are_asked_for_are_counted(index: SmallIndex) -> None:
    index.commit(document("a", "x", sources=("S",), topics=("T",)))
    found = index.engine.search(SearchRequest(parse("x"), facets=("topic",))).facets
    assert found == {"topic": ((("T", 1),), 1)}


def test_any_of_what_is_not_ranked_is_in_the_order_of_its_dates(index: SmallIndex) -> None:
    index.commit(*(document(f"d{n}", f"word{n}", date_key=(2000 + n) * 10**8, year=2000 + n) for n in range(9)))
    assert index.ids("after:2001", match=Match.ANY) == [f"d{n}" for n in range(8, 1, -1)]


def test_facet_values_are_whole_whatever_they_hold(index: SmallIndex) -> None:
    values = ("a, b; c", "Ä" * 5000, "中 国", "\x00", "", "\ud800", 'O\'Neil "X" \\')
    index.commit(document("a", "x", topics=values, authors=values, sources=values))
    for field in ("source", "author", "topic"):
        assert set(facet(index, "x", field)) == set(values)
        for value in values:
            assert index.ids("x", **{field: (value,)}) == ["a"]


def test_a_facet_tells_as_many_values_as_asked_for_how_many_there_are_and_every_year(index: SmallIndex) -> None:
    index.commit(*(document(f"d{n}", "x", topics=(f"t{n}",), date_key=n * 10**8, year=n) for n in range(1, 1102)))
    index.commit(document("again", "x", topics=("t7",)))
    found = index.engine.search(SearchRequest(parse("x"), facet_values=3)).facets["topic"]
    assert found.values == (("t7", 2), ("t1", 1), ("t10", 1))
    assert found.distinct == 1101
    assert len(facet(index, "x", "year")) == 1101


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(min_size=1), st.text())
def test_any_article_can_be_put_and_found_and_any_query_asked(
    tmp_path_factory: pytest.TempPathFactory, text: str, id: str, query: str
) -> None:
    index = SmallIndex(tmp_path_factory.mktemp("any"))
    index.commit(document(id, text, "anchor", title=text, summary=text, sources=(text,), authors=(id,)))
    assert index.ids("anchor", source=(text,), author=(id,)) == [id]
    assert index.search(query).total in (0, 1)


# Threads, processes, damage


def test_threads_may_share_an_engine(index: SmallIndex) -> None:
    index.commit(*(document(f"d{n}", f"common w{n % 5} more", title=f"t{n % 3}") for n in range(200)))
    queries = ["common", "w1", '"common w2"', "t1 -w3", "w1 OR w4", '"w3 more"']
    expected = {query: index.search(query) for query in queries}
    engine_index = SmallIndex(index.directory.parent / "unused")
    engine_index._engine = open_engine(index.directory, index.engine.generation)
    wrong: list[str] = []

    def ask() -> None:
        for query in queries * 3:
            if engine_index.search(query) != expected[query]:
                wrong.append(query)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("kind", ["missing", "empty", "a file"])
def test_where_there_is_no_index_the_error_says_what_to_do(tmp_path: Path, kind: str) -> None:
    directory = tmp_path / "index"
    if kind == "empty":
        directory.mkdir()
    elif kind == "a file":
        directory.write_text("no index")
    for opening in (lambda: open_engine(directory, 1), lambda: open_writer(directory)):
        with pytest.raises(IndexUnavailable, match="policy-archive reindex"):
            opening()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves the damaged file open
@pytest.mark.parametrize("pattern", ["*.seg", "*.toc"])
@pytest.mark.parametrize("damage", ["cut", "zeros", "noise", "gone"])
def test_a_damaged_index_is_unavailable_never_a_crash(index: SmallIndex, pattern: str, damage: str) -> None:
    index.commit(*(document(f"d{n}", f"word{n} common") for n in range(50)))
    for path in index.directory.glob(pattern):
        content = path.read_bytes()
        if damage == "cut":
            path.write_bytes(content[: len(content) // 2])
        elif damage == "zeros":
            path.write_bytes(bytes(len(content)))
        elif damage == "noise":
            path.write_bytes(random.Random(2).randbytes(len(content)))
        else:
            path.unlink()
    with pytest.raises(IndexUnavailable, match="policy-archive reindex"):
        index.search("common")


def test_a_second_writer_is_told_that_the_index_is_busy(index: SmallIndex) -> None:
    with open_writer(index.directory), pytest.raises(IndexBusy, match="writing the index"):
        open_writer(index.directory)
    open_writer(index.directory).close()


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from app.search.engine import IndexBusy, IndexDocument
from app.search.whoosh import open_writer
writer = open_writer(Path(sys.argv[1]))

def put(number, commit):
    while True:
        try:
            return writer.put(IndexDocument(f"d{number}", "", "", (f"generation{commit} common word{number}",)))
        except IndexBusy:
            pass  # the test looked just now whether the lock is free

for commit in range(100_000):
    for number in range(20):
        put(number, commit)
    writer.commit()
    print(commit, flush=True)
"""


def open_writer_again_and_again(directory: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the lock is held: between two commits of the other process it is free for a moment."""
    while process.poll() is None:
        open_writer(directory).close()


@pytest.mark.parametrize("seconds", [0.0, 0.03, 0.11])
def test_a_writer_killed_leaves_the_last_commit_and_no_lock(index: SmallIndex, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(index.directory)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [".", os.environ.get("PYTHONPATH")]))},
    )
    assert process.stdout is not None
    for _ in range(2):
        process.stdout.readline()
    with pytest.raises(IndexBusy):
        open_writer_again_and_again(index.directory, process)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    committed = int((process.stdout.read().split() or [b"1"])[-1])
    process.stdout.close()
    process.wait()

    engine_index = SmallIndex(index.directory, make=False)
    assert engine_index.search("common").total == 20
    assert engine_index.search(f"generation{committed} OR generation{committed + 1}").total == 20
    index.add("after the crash", id="after")
    assert index.finds("crash") == {"after"}
    assert not [path for path in index.directory.iterdir() if ".toc." in path.name]


def test_creating_an_index_anew_empties_it(index: SmallIndex) -> None:
    index.add("x")
    create(index.directory)
    assert open_engine(index.directory, 2).document_count() == 0
    assert not list(index.directory.glob("*.seg"))
