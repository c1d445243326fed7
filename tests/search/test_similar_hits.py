"""Near-duplicates among hits: collapsed beneath the first of them, in whatever order, and none lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.moments import read_as_of
from app.domain.query import Filters, Similar, Sort
from app.search.engine import SHOWN_BENEATH, EngineResult, IndexDocument, SearchRequest
from app.search.parse import parse
from tests.search.prose import edited, prose
from tests.search.small_index import SmallIndex, document


@pytest.fixture
def index(tmp_path: Path) -> SmallIndex:
    return SmallIndex(tmp_path / "index")


def ask(index: SmallIndex, text: str = "", **how: object) -> EngineResult:
    return index.engine.search(replace(SearchRequest(parse(text), per_page=100), **how))


def shown(result: EngineResult) -> list[tuple[str, list[str]]]:
    """Each hit with what is beneath it."""
    return [(hit.id, [other.id for other in hit.beneath]) for hit in result.hits]


def test_a_near_duplicate_is_beneath_and_counted(index: SmallIndex) -> None:
    index.commit(document("a", *prose(1)), document("b", *edited(prose(1)), title="Later"), document("c", *prose(2)))
    found = ask(index)
    assert (found.total, found.collapsed) == (3, 1)
    assert sorted(shown(found)) == [("a", ["b"]), ("c", [])]
    assert {hit.id: hit.similar for hit in found.hits} == {"a": 1, "c": 0}


def test_who_asks_for_all_gets_all(index: SmallIndex) -> None:
    index.commit(document("a", *prose(1)), document("b", *edited(prose(1))))
    found = ask(index, similar=Similar.ALL)
    assert (found.total, found.collapsed, [hit.similar for hit in found.hits]) == (2, 0, [0, 0])


@pytest.mark.parametrize(("sort", "first"), [(Sort.NEWEST, "b"), (Sort.OLDEST, "a")])
def test_by_date_the_first_of_them_stands_for_all(index: SmallIndex, sort: Sort, first: str) -> None:
    index.commit(
        document("a", *prose(1), date_key=201601010000, year=2016),
        document("b", *edited(prose(1)), date_key=201701010000, year=2017),
        document("c", *prose(2), date_key=201606010000, year=2016),
    )
    assert shown(ask(index, sort=sort)) == [(first, ["b" if first == "a" else "a"]), ("c", [])]


def test_by_relevance_the_better_one_stands_for_both(index: SmallIndex) -> None:
    index.commit(document("a", *prose(1), title="Harbour dues"), document("b", *edited(prose(1)), title="Zeppelin"))
    assert shown(ask(index, "zeppelin OR harbour")) == [("b", ["a"])]


def test_only_hits_of_this_search_are_beneath(index: SmallIndex) -> None:
    index.commit(
        document("a", *prose(1), sources=("Gazette",)), document("b", *edited(prose(1), "zeppelin"), sources=("Wire",))
    )
    assert shown(ask(index, "zeppelin")) == [("b", [])]
    assert shown(ask(index, filters=Filters(source=("Wire",)))) == [("b", [])]
    found = ask(index, filters=Filters(source=("Gazette",)))
    assert (found.total, found.collapsed) == (1, 0)


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_hold_each_article_once(index: SmallIndex, sort: Sort) -> None:
    """Those shown and those beneath are all there are, whatever the size of a page."""
    texts = [(number, copy) for number in range(12) for copy in range(1 + number % 4)]
    index.commit(
        *(
            document(f"{number:02}-{copy}", *edited(prose(number), f"word{'x' * copy}"), date_key=20160101_0000 + copy)
            for number, copy in texts
        )
    )
    whole = ask(index, sort=sort)
    assert (whole.total, len(whole.hits)) == (len(texts), 12)
    turned = [hit for page in range(1, 5) for hit in ask(index, sort=sort, page=page, per_page=3).hits]
    assert [hit.id for hit in turned] == [hit.id for hit in whole.hits]
    every = [id for hit in turned for id in (hit.id, *(other.id for other in hit.beneath))]
    assert sorted(every) == sorted(f"{number:02}-{copy}" for number, copy in texts)
    assert ask(index, sort=sort, page=5, per_page=3).hits == ()


def test_facets_count_what_is_beneath_too(index: SmallIndex) -> None:
    index.commit(document("a", *prose(1), sources=("Wire",)), document("b", *edited(prose(1)), sources=("Wire",)))
    assert ask(index).facets["source"].values[0].total == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # This year's report and last year's: the same sentences, other figures.
        ((*prose(1), "In 2016 it cost 41 million."), (*prose(1), "In 2017 it cost 46 million.")),
        # The same sentences of another country.
        (
            (*prose(1, 8), "Zubrovia agreed, Zubrovia said; and Zubrovia left."),
            (*prose(1, 8), "Karelon agreed, Karelon said; and Karelon left."),
        ),
        # One quotes a long passage of the other.
        (prose(1, 5), (*prose(1, 5)[:3], *prose(2, 4))),
        # Short texts of one template.
        (prose(1, 1, 60), edited(prose(1, 2, 30))),
        (("Blah blah blah. " * 100,), ("Blah blah blah. " * 101,)),
        ((), ()),
    ],
)
def test_what_only_looks_alike_stays_apart(index: SmallIndex, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    index.commit(document("a", *one), document("b", *other))
    assert ask(index).collapsed == 0
    assert index.engine.near_duplicates("a") == ()


@pytest.mark.parametrize(
    "other",
    [
        edited(prose(1, 10)),
        prose(1, 10)[:9],
        ("By our correspondent", *prose(1, 10), "All rights reserved."),
        (*prose(1, 10)[1:], prose(1, 10)[0]),
        tuple(paragraph.replace(" ", "\n").upper() for paragraph in prose(1, 10)),
        (" ".join(prose(1, 10)),),
        (*prose(1, 10), "The figure was 12, not 11, as was written."),
        (*prose(1, 10), "Zubrovia was named; Zubrovia denied it, said Zubrovia."),
    ],
    ids=["word", "cut", "byline", "order", "type", "paragraphs", "correction", "names"],
)
def test_an_edited_copy_is_found(index: SmallIndex, other: tuple[str, ...]) -> None:
    index.commit(document("a", *prose(1, 10)), document("b", *other))
    assert index.engine.near_duplicates("a") == ("b",)
    assert index.engine.near_duplicates("b") == ("a",)


def test_no_chain_leads_to_a_stranger(index: SmallIndex) -> None:
    """Each resembles the next, but the last does not resemble the first."""
    paragraphs = prose(1, 30)
    index.commit(*(document(f"{at:02}", *paragraphs[2 * at : 2 * at + 18]) for at in range(7)))
    for hit, beneath in shown(ask(index)):
        for other in beneath:
            assert abs(int(hit) - int(other)) <= 2


def test_many_copies_of_one_text_are_bounded(index: SmallIndex) -> None:
    """Each with one other word: compared with a few, and still all beneath one."""
    copies = 400
    index.commit(*(document(f"{at:03}", *edited(prose(1), "x" * (at + 1))) for at in range(copies)))
    (hit,) = ask(index).hits
    assert (hit.similar, len(hit.beneath)) == (copies - 1, SHOWN_BENEATH)
    assert index.engine.near_duplicates("399") == tuple(f"{at:03}" for at in range(copies - 1))


def test_what_is_withdrawn_or_changed_is_beneath_nothing(index: SmallIndex) -> None:
    index.commit(*(document(name, *edited(prose(1), name * 3)) for name in "abc"))
    assert index.engine.near_duplicates("a") == ("b", "c")
    index.commit(document("b", *prose(2)), remove=("c",))
    assert index.engine.near_duplicates("a") == index.engine.near_duplicates("c") == ()
    assert ask(index).collapsed == 0
    assert index.engine.near_duplicates("none such") == ()


def test_as_of_a_day_what_stood_then_is_collapsed(index: SmallIndex) -> None:
    day = 86_400_000_000
    then = [16_801 * day, 16_803 * day]  # 1 and 3 January 2016
    versions = [
        document("b", *edited(prose(1)), since=then[0], until=then[1]),
        document("b", *prose(2), version=2, since=then[1]),
    ]
    index.commit_versions(versions, [document("a", *prose(1), since=then[0])])
    assert ask(index).collapsed == 0
    past = ask(index, as_of=read_as_of("2016-01-02"))
    assert (past.total, shown(past)) == (2, [("a", ["b"])])
    assert past.hits[0].beneath[0].version == 1


TEXTS: list[IndexDocument] = [
    document(f"{number}{copy}", *edited(prose(number, 4), "z" * (copy + 1))) for number in range(3) for copy in range(3)
]


@given(order=st.permutations(TEXTS), commits=st.lists(st.integers(1, 8), max_size=3))
def test_the_order_of_ingest_makes_no_difference(order: list[IndexDocument], commits: list[int]) -> None:
    with TemporaryDirectory() as folder:
        index = SmallIndex(Path(folder) / "index")
        starts = [0, *sorted(set(commits)), len(order)]
        for start, end in pairwise(starts):
            index.commit(*order[start:end])
        assert sorted(shown(ask(index, sort=Sort.OLDEST))) == [
            (f"{number}0", [f"{number}1", f"{number}2"]) for number in range(3)
        ]
        assert index.engine.near_duplicates("11") == ("10", "12")
