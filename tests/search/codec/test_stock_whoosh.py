"""Whoosh's own searcher answers from our codec just as it does from Whoosh's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import columns, fields, query, sorting
from whoosh.analysis import SimpleAnalyzer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage
from whoosh.index import FileIndex
from whoosh.searching import Searcher
from whoosh.writing import CLEAR, MERGE_SMALL, NO_MERGE, OPTIMIZE

from app.search.whoosh.codec import ColumnarCodec

Document = dict[str, Any]

WORDS = ["ash", "birch", "cedar", "elm", "fir", "fire", "oak", "Öak"]


def schema() -> fields.Schema:
    return fields.Schema(
        key=fields.ID(unique=True, stored=True),
        text=fields.TEXT(analyzer=SimpleAnalyzer(), stored=True),
        title=fields.TEXT(analyzer=SimpleAnalyzer(), field_boost=2.0, sortable=True),
        chars=fields.TEXT(analyzer=SimpleAnalyzer(), chars=True),
        tags=fields.KEYWORD(stored=True, scorable=True),
        size=fields.NUMERIC(signed=True, sortable=True),
        share=fields.COLUMN(columns.NumericColumn("d", default=0.0)),
        day=fields.DATETIME(sortable=True),
        open=fields.BOOLEAN(stored=True),
        kept=fields.STORED,
        column=fields.COLUMN(columns.NumericColumn("H", default=7)),
        raw=fields.COLUMN(columns.VarBytesColumn()),
        kind=fields.COLUMN(columns.RefBytesColumn()),
    )


# Whoosh's own codec keeps lengths up to ten exactly, and longer ones only about: short texts rank alike in both.
texts = st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join)
documents = st.fixed_dictionaries(
    {"key": st.sampled_from([f"k{number}" for number in range(12)])},
    optional={
        "text": texts,
        "title": texts,
        "chars": texts,
        "tags": texts,
        "size": st.integers(-(2**31), 2**31 - 2),
        "share": st.floats(-1e6, 1e6),
        "day": st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")),
        "open": st.booleans(),
        "kept": st.one_of(
            st.text(), st.integers(), st.binary(), st.lists(st.integers()), st.tuples(st.text()), st.datetimes()
        ),
        "column": st.integers(0, 65535),
        "raw": st.binary(max_size=9),
        "kind": st.sampled_from([b"x", b"y", b"zz"]),
    },
)
merges = st.sampled_from([NO_MERGE, MERGE_SMALL, OPTIMIZE, CLEAR])
commits = st.lists(st.tuples(st.lists(documents, max_size=5), merges), min_size=1, max_size=5)

word = st.sampled_from([*WORDS, "none"])
field = st.sampled_from(["text", "title", "tags", "chars"])
simple = st.one_of(
    st.builds(query.Term, field, word),
    st.builds(query.Prefix, field, st.sampled_from(["f", "fi", "o", ""])),
    st.builds(query.Wildcard, field, st.sampled_from(["?ir", "*r*", "f*e"])),
    st.builds(query.FuzzyTerm, st.sampled_from(["text", "title"]), word, maxdist=st.just(1)),
    st.builds(query.TermRange, field, word, word),
    st.builds(query.Phrase, st.sampled_from(["text", "title", "chars"]), st.lists(word, min_size=1, max_size=3)),
    st.builds(query.NumericRange, st.just("size"), st.integers(-(2**31), 0), st.integers(0, 2**31 - 2)),
    st.just(query.Every()),
    st.builds(query.Every, field),
)
queries = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(query.And, st.lists(inner, min_size=1, max_size=3)),
        st.builds(query.Or, st.lists(inner, min_size=1, max_size=3)),
        st.builds(query.DisjunctionMax, st.lists(inner, min_size=1, max_size=3)),
        st.builds(query.AndNot, inner, inner),
        st.builds(query.AndMaybe, inner, inner),
        st.builds(query.Not, inner),
    ),
    max_leaves=5,
)


def index(codec: Any, steps: list[tuple[list[Document], Any]]) -> FileIndex:
    made = FileIndex.create(RamStorage(), schema(), "TEST")
    for added, merge in steps:
        writer = made.writer(codec=codec)
        for document in added:
            writer.update_document(**document)
        writer.commit(mergetype=merge)
    return made


def answer(searcher: Searcher, asked: query.Query, **options: Any) -> list[Any]:
    results = searcher.search(asked, limit=None, **options)
    return [len(results), *((hit.docnum, scored(hit.score), hit.fields()) for hit in results)]


def scored(score: Any) -> Any:
    """Where hits are sorted by fields, Whoosh's score is the key they are sorted by."""
    return round(score, 6) if isinstance(score, float) else score


@settings(max_examples=60, deadline=None)
@given(commits, st.lists(queries, min_size=3, max_size=6))
def test_the_same_queries_find_the_same_in_the_same_order(
    steps: list[tuple[list[Document], Any]], asked: list[query.Query]
) -> None:
    with index(ColumnarCodec(), steps).searcher() as ours, index(W3Codec(), steps).searcher() as theirs:
        for one in asked:
            assert answer(ours, one) == answer(theirs, one)
            top, expected = ours.search(one, limit=3), theirs.search(one, limit=3)
            assert [hit.docnum for hit in top] == [hit.docnum for hit in expected]


def test_a_matcher_that_is_asked_after_its_end_answers_as_whoosh_s_own() -> None:
    steps = [([{"key": "k0", "title": "elm"}, {"key": "k1", "title": "oak"}, {"key": "k2", "title": "ash"}], NO_MERGE)]
    asked = query.AndMaybe(query.Every(), query.AndNot(query.Term("title", "elm"), query.Term("title", "ash")))
    with index(ColumnarCodec(), steps).searcher() as ours, index(W3Codec(), steps).searcher() as theirs:
        assert answer(ours, asked) == answer(theirs, asked)


@settings(max_examples=30, deadline=None)
@given(commits)
def test_the_same_order_by_fields_and_the_same_facets(steps: list[tuple[list[Document], Any]]) -> None:
    with index(ColumnarCodec(), steps).searcher() as ours, index(W3Codec(), steps).searcher() as theirs:
        for name in ("size", "title", "day"):
            for reverse in (False, True):
                facet = sorting.FieldFacet(name, reverse=reverse and name != "title")
                options = {"sortedby": [facet, sorting.FieldFacet("key")], "reverse": reverse}
                assert answer(ours, query.Every(), **options) == answer(theirs, query.Every(), **options)
        groups = {"tags": sorting.FieldFacet("tags", allow_overlap=True), "size": sorting.FieldFacet("size")}
        found, expected = (searcher.search(query.Every(), groupedby=groups, limit=None) for searcher in (ours, theirs))
        for name in groups:
            assert found.groups(name) == expected.groups(name)


@settings(max_examples=30, deadline=None)
@given(commits)
def test_readers_tell_the_same(steps: list[tuple[list[Document], Any]]) -> None:
    with index(ColumnarCodec(), steps).reader() as ours, index(W3Codec(), steps).reader() as theirs:
        assert list(ours.all_terms()) == list(theirs.all_terms())
        for (own, info), (term, expected) in zip(ours, theirs, strict=True):
            assert own == term
            assert vars_of(info) == vars_of(expected)
        for name in ("text", "title", "tags", "key"):
            assert ours.field_length(name) == theirs.field_length(name)
            assert list(ours.lexicon(name)) == list(theirs.lexicon(name))
            assert [ours.doc_field_length(n, name) or 0 for n in range(ours.doc_count_all())] == [
                theirs.doc_field_length(n, name) or 0 for n in range(theirs.doc_count_all())
            ]
        assert list(ours.all_stored_fields()) == list(theirs.all_stored_fields())
        for (reader, _), (other, _) in zip(ours.leaf_readers(), theirs.leaf_readers(), strict=True):
            for name in ("size", "title", "column", "raw", "kind", "day", "share"):
                if other.doc_count_all():
                    assert reader.has_column(name) == other.has_column(name)
                    own, expected = (one.column_reader(name, translate=False) for one in (reader, other))
                    assert list(own) == list(expected)


def vars_of(info: Any) -> tuple[Any, ...]:
    return (
        info.weight(),
        info.doc_frequency(),
        info.min_length() or 0,
        info.max_length(),
        info.max_weight(),
        info.min_id(),
        info.max_id(),
    )


def test_what_cannot_be_stored_is_refused_with_the_name_of_its_field() -> None:
    made = FileIndex.create(RamStorage(), schema(), "TEST")
    writer = made.writer(codec=ColumnarCodec())
    with pytest.raises(ValueError, match=r"field “kept” can't be stored: .* object"):
        writer.add_document(key="a", kept=object())
    writer.cancel()
