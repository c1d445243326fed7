"""Reading a batch of articles by numbered groups finds the same words at the same places as cutting each text does."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from app.search.analysis import tokens
from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.whoosh import known as known_groups
from app.search.whoosh.batch import write_batch
from app.search.whoosh.codec.codec import TermsReader
from app.search.whoosh.document import PARAGRAPH_GAP, SUMMARY_START, TITLE_START, passages_of, placed, read
from app.search.whoosh.known import KnownGroups
from tests.search.small_index import document

texts = st.text(alphabet="aU.S-'’1,$%/& ISusé\n中\ud800", max_size=30) | st.sampled_from(
    ["US ARMY", "The US and NGOs.", "al-Abadi's F-16", "$5,000 or 9/11", "U.S.", ""]
)
articles = st.builds(
    lambda paragraphs, title, summary: document("a", *paragraphs, title=title, summary=summary),
    st.lists(texts, max_size=4),
    texts,
    texts,
)


@settings(deadline=None)
@given(st.lists(articles, max_size=4), st.lists(articles, max_size=2))
def test_a_batch_holds_every_word_of_every_article_in_its_place(
    batch: list[IndexDocument], before: list[IndexDocument]
) -> None:
    expected: Counter[tuple[int, Part, str, str, int]] = Counter()
    lengths = []
    begins = []
    for number, article in enumerate(batch):
        own = [0, 0, 0]
        for part, start, paragraphs in (
            (Part.TITLE, TITLE_START, (article.title,)),
            (Part.SUMMARY, SUMMARY_START, (article.summary,)),
            (Part.TEXT, 0, article.paragraphs),
        ):
            for paragraph in paragraphs:
                if part is Part.TEXT:
                    begins.append(start)
                found = list(tokens(paragraph))
                expected.update((number, part, word.word, word.stem, start + word.position) for word in found)
                width = found[-1].position + 1 if found else 0
                own[part] += width
                start += width + PARAGRAPH_GAP
        lengths.append(own)
    known = KnownGroups()
    read(known, before)
    read_ = placed(known, read(known, batch), len(batch))
    words, stems = ([term.decode("utf-8", "surrogatepass") for term in own.to_list()] for own in read_[:2])
    assert words == sorted({word for _, _, word, _, _ in expected})
    assert stems == sorted({stem for _, _, _, stem, _ in expected})
    assert read_.paragraphs.tolist() == begins
    together = {(stems[stem], words[word]) for stem, word in zip(*read_.together, strict=True)}
    assert together == {(stem, word) for _, _, word, stem, _ in expected}
    rows = zip(*(rows.tolist() for rows in read_[2:7]), strict=True)
    assert expected == Counter(
        (article, Part(part), words[word], stems[stem], position) for word, stem, article, part, position in rows
    )
    assert read_.lengths.tolist() == lengths


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.lists(st.sampled_from([0, 1, 39, 40, 41, 6000]), max_size=2))))
def test_passages_are_the_head_and_even_parts_of_the_text(sizes: list[tuple[int, list[int]]]) -> None:
    batch = [
        document("a", *("w " * size for size in paragraphs), title="t " * head, summary="s")
        for head, paragraphs in sizes
    ]
    starts, ends, counts = passages_of(read(KnownGroups(), batch), len(batch))
    expected = []
    first = 0
    for head, paragraphs in sizes:
        words = sum(paragraphs)
        length = max(40, -(-words // 128))
        expected.append((first + words, first + words + head + 1))
        expected += [(first + at, first + min(at + length, words)) for at in range(0, words, length)]
        first += words + head + 1
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected
    assert counts.sum() == len(expected)


def test_what_was_forgotten_is_learned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_groups, "MOST_KNOWN", 3)
    storage = RamStorage()
    texts = ["one two three four", "four five", "one six seven eight", "US one"]
    segments = [write_batch(storage, [document("a", text)]) for text in texts]
    for text, segment in zip(texts, segments, strict=True):
        assert TermsReader(storage, segment).field("words").dictionary.terms() == sorted(text.encode().split())
