"""Segments written in batches and merged by arrays: the same as if all had been written at once."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.columns import NumericColumn
from whoosh.filedb.filestore import RamStorage
from whoosh.index import FileIndex
from whoosh.searching import Searcher

from app.search.analysis import tokens
from app.search.engine import IndexDocument, IndexUnavailable
from app.search.whoosh import verify
from app.search.whoosh.batch import read_paragraphs, write_batch
from app.search.whoosh.codec import ColumnarCodec, codec, merge
from app.search.whoosh.codec.documents import open_documents
from app.search.whoosh.codec.format import open_arrays
from app.search.whoosh.schema import INDEX_NAME, schema
from app.search.whoosh.storage import DurableStorage
from tests.search.small_index import SmallIndex, document

words = st.lists(st.sampled_from("oil gas coal US us al-Abadi wind".split()), max_size=8).map(" ".join)
articles = st.builds(
    lambda number, text, title, names, date: document(
        f"a{number}", text, title=title, sources=names, topics=names[:1], date_key=date
    ),
    st.integers(0, 30),
    words,
    words,
    st.lists(st.sampled_from(["S", "T", ""]), max_size=2).map(tuple),
    st.one_of(st.none(), st.integers(0, 209912312359)),
)


def arrays_of(storage: RamStorage, segment: Any) -> dict[str, tuple[Any, list[Any]]]:
    found = {}
    for file in (codec.open_terms(storage, segment), open_documents(storage, segment)):
        found["facts " + file.name.partition(".")[2]] = file.facts
        for name in file.names():
            found[name] = (file.array(name).shape, file.array(name).tolist())
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(articles, st.booleans()), max_size=6), min_size=1, max_size=4), st.integers(1, 40))
def test_a_merge_gives_what_one_batch_would_have(
    monkeypatch: pytest.MonkeyPatch, segments: list[list[tuple[IndexDocument, bool]]], at_once: int
) -> None:
    monkeypatch.setattr(merge, "POSTINGS_AT_ONCE", at_once)
    monkeypatch.setattr(merge, "_BYTES_AT_ONCE", at_once)
    monkeypatch.setattr(merge, "TERMS_AT_ONCE", at_once)
    monkeypatch.setattr(merge, "POSTINGS_OF_A_TERM_AT_ONCE", at_once)
    storage = RamStorage()
    written = []
    for own in segments:
        segment = write_batch(storage, [article for article, _ in own])
        for number, (_, deleted) in enumerate(own):
            if deleted:
                segment.delete_document(number)
        written.append(segment)
    merged = merge.merge_segments(storage, INDEX_NAME, written)
    living = [article for own in segments for article, deleted in own if not deleted]
    at_once_segment = write_batch(storage, living)
    assert arrays_of(storage, merged) == arrays_of(storage, at_once_segment)
    codec.verify_segment(storage, merged)


# ASs are several of an acronym, of which the stem is "as"; in small letters the stem is another.
ambiguous = st.lists(st.sampled_from("ASs ass asses oil oils Oil's US us".split()), max_size=8).map(" ".join)


def words_of_stems(storage: RamStorage, segment: Any) -> dict[str, tuple[set[str], set[str]]]:
    """Of each stem the words that the segment gives for it, and those of them that it says have no other stem."""
    reader = codec.TermsReader(storage, segment)
    stems, known = reader.field("stems").dictionary, reader.field("words").dictionary
    relation = reader.cursor("stems", schema()["stems"]).relation("words")
    assert relation is not None
    found = {}
    for place, stem in enumerate(stems.terms()):
        places = relation.of(place)
        own = [known.term(other).decode() for other in places.tolist()]
        alone = {word for word, is_alone in zip(own, relation.alone(places).tolist(), strict=True) if is_alone}
        assert own == sorted(set(own))
        found[stem.decode()] = (set(own), alone)
    return found


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(ambiguous, st.booleans()), max_size=5), min_size=1, max_size=3))
def test_each_stem_knows_its_words_after_any_merges(segments: list[list[tuple[str, bool]]]) -> None:
    storage = RamStorage()
    written = []
    for own in segments:
        segment = write_batch(storage, [document(f"d{number}", text) for number, (text, _) in enumerate(own)])
        for number, (_, deleted) in enumerate(own):
            if deleted:
                segment.delete_document(number)
        written.append(segment)
    once = merge.merge_segments(storage, INDEX_NAME, written)
    found = words_of_stems(storage, merge.merge_segments(storage, INDEX_NAME, [once]))
    living = {(one.stem, one.word) for own in segments for text, deleted in own if not deleted for one in tokens(text)}
    assert set(found) == {stem for stem, _ in living}
    for stem, (own_words, alone) in found.items():
        expected = {word for other, word in living if other == stem}
        assert own_words >= expected
        assert alone <= expected
        assert not {word for other, word in living if other != stem} & alone
        # Only a word with several stems may be named for one that none but deleted articles held it with.
        assert own_words - expected <= {"ass"}


def test_what_is_merged_with_a_segment_by_whooshs_own_writer_has_no_words_of_stems() -> None:
    storage = RamStorage()
    mine = write_batch(storage, [document("a", "oil")])
    stock = codec.ColumnarSegment(INDEX_NAME)
    stock.set_doc_count(1)
    documents = ColumnarCodec().per_document_writer(storage, stock)
    documents.start_doc(0)
    for name, field in schema().items():
        if field.column_type:
            value = 0 if isinstance(field.column_type, NumericColumn) else b""
            documents.add_column_value(name, field.column_type, value)
    documents.finish_doc()
    documents.close()
    terms = ColumnarCodec().field_writer(storage, stock)
    terms.add_postings(schema(), None, [("stems", b"oil", 0, 1.0, b"\0\0\1")])
    terms.close()
    assert codec.TermsReader(storage, mine).relation("stems", "words") is not None
    assert codec.TermsReader(storage, stock).relation("stems", "words") is None
    merged = codec.TermsReader(storage, merge.merge_segments(storage, INDEX_NAME, [mine, stock]))
    assert merged.relation("stems", "words") is None
    assert len(merged.field("stems").at(0)) == 2


def test_paragraphs_of_a_text_are_where_its_words_say(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    index.commit(document("a", "Oil and gas.", "", "al-Abadi spoke.", title="Not", summary="these"), document("b"))
    with searcher_of(index) as searcher:
        stored = list(searcher.reader().column_reader("paragraphs", translate=False))
    # Three words and a hundred left out; none and a hundred.
    assert [read_paragraphs(one).tolist() for one in stored] == [[0, 103, 203], []]


def searcher_of(index: SmallIndex) -> Searcher:
    return FileIndex(DurableStorage(index.directory), schema(), INDEX_NAME).searcher()


def test_whooshs_own_queries_find_in_our_index_what_our_engine_finds(tmp_path: Path) -> None:
    chance = random.Random(3)
    vocabulary = "oil gas coal wind sun peat wood".split()
    index = SmallIndex(tmp_path / "index")
    for _ in range(6):
        index.commit(
            *(document(f"d{chance.randrange(60)}", " ".join(chance.choices(vocabulary, k=9))) for _ in range(20)),
            remove=(f"d{chance.randrange(60)}",),
        )
    asked: list[tuple[str, query.Query]] = [
        ("oil", query.Term("stems", "oil")),
        ('"oil gas"', query.Phrase("words", ["oil", "gas"])),
        ('"oil gas coal"', query.Phrase("words", ["oil", "gas", "coal"])),
        (
            "oil gas -coal",
            query.And([query.Term("stems", "oil"), query.Term("stems", "gas")]) - query.Term("stems", "coal"),
        ),
        ("w*", query.Prefix("words", "w")),
        ("p?at OR s?n", query.Or([query.Wildcard("words", "p?at"), query.Wildcard("words", "s?n")])),
        ("col~1", query.FuzzyTerm("words", "col", maxdist=1)),
        ("", query.Every()),
    ]
    with searcher_of(index) as searcher:
        for text, stock in asked:
            found = index.finds(text)
            ids = searcher.reader().column_reader("permalink", translate=False)
            assert found == {ids[number].decode() for number in searcher.docs_for_query(stock)}, text


def test_every_altered_byte_of_an_index_is_found_by_verify(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    index.commit(document("a", "Oil and gas.", title="Energy"), document("b", "Coal."))
    assert verify(index.directory) == ()
    for path in index.directory.glob("*.seg"):
        sound = path.read_bytes()
        for at in random.Random(4).sample(range(len(sound)), 60):
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x40]) + sound[at + 1 :])
            (told,) = verify(index.directory)
            assert path.name in told and "policy-archive reindex" in told
        path.write_bytes(sound)


def test_an_altered_byte_that_nobody_looked_for_is_an_answer_or_damage_never_a_crash(tmp_path: Path) -> None:
    chance = random.Random(5)
    index = SmallIndex(tmp_path / "index")
    index.commit(
        *(
            document(f"d{n}", " ".join(chance.choices("oil gas coal peat".split(), k=20)), sources=("S",))
            for n in range(9)
        )
    )
    places = [
        (path, at)
        for path in index.directory.glob("*.seg")
        for start, size in places_of(index, path)
        for at in chance.choices(range(start, start + size), k=4)
    ]
    damaged = 0
    for path, at in places:
        sound = path.read_bytes()
        path.unlink()  # replaced, not written into: it may still be mapped
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << chance.randrange(8)]) + sound[at + 1 :])
        index._engine = None
        for text in ("oil", '"oil gas"', "oil NEAR/5 gas", "p* OR col~", "source:S"):
            try:
                index.search(text)
            except IndexUnavailable:
                damaged += 1
        path.unlink()
        path.write_bytes(sound)
    assert damaged


def places_of(index: SmallIndex, path: Path) -> list[tuple[int, int]]:
    """Where the arrays of a file lie, except those whose every byte is as good as another."""
    kind = path.name.split(".")[1]
    file = open_arrays(DurableStorage(index.directory), path.name, kind)
    entries = {name: file.place(name) for name in file.names()}
    return [place for name, place in entries.items() if place[1] and name != "column meaning/bytes"]


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The system refuses to let a file grow further, as it does where a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_merge_that_finds_no_room_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    for number in range(15):
        index.add("common " + " ".join(f"word{number}x{other}" for other in range(300)), id=f"d{number}")
    files = {path.name: path.stat().st_size for path in index.directory.iterdir()}
    with no_file_larger_than(2 * max(files.values())), pytest.raises(OSError, match="too large"):
        index.add("one more common", id="last")
    assert index.search("common").total == 15
    index.add("one more common", id="last")
    assert index.search("common").total == 16
    assert not files.keys() & {path.name for path in index.directory.glob("*.seg")}, "all were merged into one"


def test_a_reader_keeps_answering_from_segments_that_a_merge_took_away(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    for number in range(15):
        index.add("common", f"word{number}", id=f"d{number}")
    before = index.engine
    index.add("common", id="last")
    assert len(list(index.directory.glob("*.terms.seg"))) == 1
    engine = index._engine
    index._engine = before
    assert index.finds("word3") == {"d3"}
    assert index.search('"common"').total == 15
    index._engine = engine


def test_types_are_as_small_as_what_they_hold(tmp_path: Path) -> None:
    storage = RamStorage()
    segment = write_batch(storage, [document(f"d{n}", "oil") for n in range(256)])
    file = codec.open_terms(storage, segment)
    assert file.array("words/docs").dtype == np.uint8
    assert file.array("words/values").dtype == np.uint8
    assert file.array("words/starts").dtype == np.uint16
