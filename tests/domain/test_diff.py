from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import Paragraph
from app.domain.diff import MOST_CELLS, Change, Mark, Run, align, difference, word_runs

WORDS = st.lists(st.sampled_from(["port", "ship", "aid", "vote", ",", ".", " ", "\n", "é", "-"]), max_size=30)
TEXTS = st.lists(WORDS.map("".join), max_size=12).map(lambda texts: [Paragraph(text) for text in texts])


def paragraphs(*texts: str) -> list[Paragraph]:
    return [Paragraph(text) for text in texts]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_difference(old: list[Paragraph], new: list[Paragraph]) -> None:
    steps = difference(old, new).steps
    was = ["".join(run.text for run in step.runs if run.mark is not Mark.INSERTED) for step in steps if step.old]
    now = ["".join(run.text for run in step.runs if run.mark is not Mark.DELETED) for step in steps if step.new]
    assert was == [paragraph.text for paragraph in old]
    assert now == [paragraph.text for paragraph in new]
    assert [step.old for step in steps if step.old] == list(range(1, len(old) + 1))
    assert [step.new for step in steps if step.new] == list(range(1, len(new) + 1))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: list[Paragraph]) -> None:
    found = difference(text, text)
    assert (found.changed, found.deleted, found.inserted) == (0.0, 0, 0)
    assert {step.change for step in found.steps} <= {Change.SAME}


@given(TEXTS, TEXTS)
def test_the_share_lies_between_none_and_all(old: list[Paragraph], new: list[Paragraph]) -> None:
    assert 0.0 <= difference(old, new).changed <= 1.0


def test_a_paragraph_that_changed_is_the_same_one_whatever_came_before_it() -> None:
    old = paragraphs("The council met on Monday.", "Dredging takes eight weeks.", "The port stays shut.")
    new = paragraphs(
        "A note first.", "The council met on Tuesday.", "Dredging takes eight weeks.", "Nobody knows more."
    )
    assert [(step.change.value, step.old, step.new) for step in difference(old, new).steps] == [
        ("added", None, 1),
        ("changed", 1, 2),
        ("same", 2, 3),
        ("removed", 3, None),
        ("added", None, 4),
    ]


def test_words_that_changed_are_marked_and_no_others() -> None:
    assert word_runs("It takes eight long weeks.", "It takes nine short weeks.") == (
        Run(Mark.KEPT, "It takes "),
        Run(Mark.DELETED, "eight long"),
        Run(Mark.INSERTED, "nine short"),
        Run(Mark.KEPT, " weeks."),
    )


def test_the_share_counts_words() -> None:
    found = difference(paragraphs("one two three four"), paragraphs("one two three five"))
    assert (found.deleted, found.inserted, found.words, found.changed) == (1, 1, 8, 0.25)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["x"] * 20_000, ["x"] * 19_999 + ["y"]),
        (["x", "y"] * 8_000, ["y", "z", "x"] * 6_000),
        ([f"this is {n}" for n in range(12_000)], [f"that was {n}" for n in range(12_000)]),
        (["a b " * 200_000], ["b a c " * 200_000]),
        ([f"ab{n} " * 500 for n in range(60)], [f"ba{n} " * 500 for n in range(60)]),
    ],
)
def test_hostile_texts_are_compared_within_bounds(old: list[str], new: list[str]) -> None:
    """What is too much to compare counts as replaced; nothing is lost on the way."""
    pairs = align(paragraphs(*old), paragraphs(*new))
    assert len([one for one, _ in pairs if one is not None]) == len(old)
    assert len([other for _, other in pairs if other is not None]) == len(new)
    if len(old) * len(new) > MOST_CELLS:
        assert pairs[0] in ((0, 0), (0, None), (None, 0))
