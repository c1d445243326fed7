"""Nearness in meaning. Where the extra `meaning` is not installed these are skipped, and all other tests show that
searching does without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from app.search.engine import SearchRequest
from app.search.meaning import MOST_PASSAGES, PASSAGE_WORDS, SIZE, Meaning, Vectors, meaning, nearest
from app.search.parse import parse
from app.search.whoosh.batch import write_batch
from app.search.whoosh.codec.documents import DocumentsReader
from tests.search.small_index import SmallIndex, document

known = meaning()
pytestmark = pytest.mark.skipif(known is None, reason="the extra `meaning` (wordllama, tokenizers) is not installed")


def vectors_of(title: str, summary: str, paragraphs: list[str]) -> Vectors:
    """Those of an article's passages, as the index keeps them."""
    storage = RamStorage()
    segment = write_batch(storage, [document("a", *paragraphs, title=title, summary=summary)])
    (stored,) = DocumentsReader(storage, segment).column_reader("meaning", None)
    return np.frombuffer(stored, np.int8).reshape(-1, SIZE)


@pytest.fixture
def vectors() -> Meaning:
    assert known is not None
    return known


def near(asked: Vectors, *texts: Vectors) -> list[float]:
    held = np.array([len(text) for text in texts], np.int64)
    return nearest(np.concatenate([*texts, asked[:0]]), held, asked).tolist()


def test_a_passage_about_the_matter_is_nearer_than_another(vectors: Meaning) -> None:
    asked = vectors.of_query("rules for doctors and nurses")
    close = vectors_of("", "", ["Regulation of physicians and hospital staff was tightened."])
    far = vectors_of("", "", ["The freighter unloaded timber at the northern pier."])
    to_close, to_far = near(asked, close, far)
    assert to_close > to_far + 0.1


def test_the_nearest_passage_counts_however_long_the_article(vectors: Meaning) -> None:
    asked = vectors.of_query("volcano eruption evacuation")
    short = vectors_of("", "", ["The volcano erupted and villages were evacuated."])
    filler = "The committee discussed the annual budget of the library in some detail. " * 200
    long = vectors_of("", "", [filler, "The volcano erupted and villages were evacuated. " * 5, filler])
    to_long, to_short = near(asked, long, short)
    assert to_long > 0.8 * to_short


def test_a_text_is_cut_into_passages_and_a_long_one_into_longer_ones(vectors: Meaning) -> None:
    assert vectors_of("Title", "", []).shape == (1, SIZE)
    assert vectors_of("Title", "", ["word " * (PASSAGE_WORDS + 1)]).shape == (3, SIZE)
    assert vectors_of("Title", "", ["word " * 100_000]).shape[0] <= MOST_PASSAGES + 1


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_has_vectors_that_compare_the_same_alone_and_among_others(text: str, asked: str) -> None:
    assert known is not None
    found = vectors_of(text, "", [text])
    query = known.of_query(asked)
    cosine = max((float(one.astype(int) @ query[0].astype(int)) for one in found), default=0.0) / 127**2
    expected = pytest.approx(min(1.0, max(0.0, cosine)))
    assert near(query, found) == [expected]
    assert near(query, found[:0], query, found, found[:0])[2] == expected


def test_what_has_no_vectors_is_near_to_nothing(vectors: Meaning) -> None:
    nothing = vectors.of_query("")
    assert near(vectors.of_query("anything"), nothing[:0]) == [0.0]
    assert near(vectors.of_query("anything")) == []
    assert near(nothing, vectors_of("a", "", ["b"])) == [0.0]


def test_of_articles_that_answer_alike_the_one_near_in_meaning_comes_first(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    index.commit(
        document("timber", "The port was named. Timber and planks lay there."),
        document("ships", "The port was named. Ships and harbours lay there."),
    )
    assert index.ids("port") == ["ships", "timber"]
    hit = index.engine.search(SearchRequest(parse("port"), explain=True)).hits[0]
    assert any(one.clause == "meaning" and one.score > 0 for one in hit.explanation)
