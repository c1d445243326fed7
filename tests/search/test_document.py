"""Reading a batch of articles by numbered runs finds the same words at the same places as cutting each text does."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.analysis import tokens
from app.search.analysis.lookups import Part
from app.search.engine import IndexDocument
from app.search.whoosh.document import PARAGRAPH_GAP, SUMMARY_START, TITLE_START, read
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
@given(st.lists(articles, max_size=4))
def test_a_batch_holds_every_word_of_every_article_in_its_place(batch: list[IndexDocument]) -> None:
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
    read_ = read(batch)
    assert read_.paragraphs.tolist() == begins
    together = {(read_.stems[stem], read_.words[word]) for stem, word in zip(*read_.together, strict=True)}
    assert together == {(stem, word) for _, _, word, stem, _ in expected}
    rows = zip(*(rows.tolist() for rows in read_[2:7]), strict=True)
    assert expected == Counter(
        (article, Part(part), read_.words[word], read_.stems[stem], position)
        for word, stem, article, part, position in rows
    )
    assert read_.lengths.tolist() == lengths
