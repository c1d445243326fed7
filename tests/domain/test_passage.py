from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain import passage
from app.domain.canonical import Kind, Paragraph
from app.domain.passage import fingerprints, read_fingerprint

TEXTS = st.lists(st.sampled_from(["one", "two", "three", "two "]) | st.text(max_size=5), max_size=20)


@given(TEXTS)
def test_no_two_paragraphs_share_a_fingerprint(texts: list[str]) -> None:
    marks = fingerprints(Paragraph(text) for text in texts)
    assert len(set(marks)) == len(texts)
    assert all(read_fingerprint(mark.upper()) == mark for mark in marks)


@given(TEXTS, st.text(min_size=6, max_size=9))
def test_what_comes_before_changes_no_other_paragraphs_fingerprint(texts: list[str], new: str) -> None:
    if new in texts:
        return
    before = fingerprints(Paragraph(text) for text in texts)
    after = fingerprints(Paragraph(text) for text in [new, *texts])
    assert after[1:] == before


def test_a_fingerprint_is_of_the_words_not_of_the_form() -> None:
    (plain,) = fingerprints([Paragraph("The port.")])
    assert fingerprints([Paragraph("The port.", Kind.QUOTE)]) == (plain,)
    assert len(plain) == 8


def test_fingerprints_that_would_collide_are_told_apart(monkeypatch) -> None:
    monkeypatch.setattr(passage, "_fingerprint", lambda text, ordinal: f"{ordinal:08d}")
    assert fingerprints([Paragraph("one"), Paragraph("two"), Paragraph("one")]) == ("00000000", "00000001", "00000002")


def test_what_is_no_fingerprint_is_none() -> None:
    for text in ("", "short", "x" * 9, "uuuuuuuu", "x" * 5000, "é" * 8):
        assert read_fingerprint(text) is None
