from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.analysis.lookups import Part
from app.search.marks import Finder, finder
from app.search.parse import parse
from app.search.snippets import LENGTH, Piece, mark, snippets, to_html


def looking_for(query: str) -> Finder:
    return finder(parse(query), Part.TEXT)


def shown(query: str, *paragraphs: str, limit: int = 3) -> list[tuple[int, str]]:
    """Number and HTML of each snippet."""
    items = snippets(looking_for(query), paragraphs, limit).items
    return [(item.paragraph, to_html(item.pieces)) for item in items]


def marked(query: str, text: str) -> list[str]:
    return [part.text for part in mark(looking_for(query), text) if part.marked]


def test_paragraphs_that_match_are_shown_in_reading_order() -> None:
    assert shown("mosul stabilization", "Nothing.", "To stabilise Mosul", "Again Mosul.") == [
        (2, "To <mark>stabilise</mark> <mark>Mosul</mark>"),
        (3, "Again <mark>Mosul</mark>."),
    ]


def test_the_best_paragraphs_answer_most_of_the_query() -> None:
    paragraphs = ("mosul mosul mosul", "mosul", "the coalition at mosul")
    assert [number for number, _ in shown("mosul coalition", *paragraphs, limit=1)] == [3]
    assert [number for number, _ in shown("mosul coalition", *paragraphs, limit=2)] == [1, 3]
    assert snippets(looking_for("mosul coalition"), paragraphs, 1).matching_paragraphs == 3


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("al-Abadi", "Mr. al-Abadi’s aides", ["al-Abadi’s"]),
        ("abadi", "Mr. al-Abadi’s aides", ["Abadi’s"]),
        ("counterterrorism", "a counter-terrorism law", ["counter-terrorism"]),
        ("US", "They told us that the U.S. left.", ["U.S."]),
        ("us", "They told us that the U.S. left.", ["us"]),
        ('"the coalition"', "a coalition of the willing; the coalition", ["the coalition"]),
        ("$5,000", "$5,000 of 5,000", ["$5,000"]),
        ("5,000", "$5,000 of 5,000", ["$5,000", "5,000"]),
        ("sanchez", "Sa\u0301nchez and Sánchez", ["Sa\u0301nchez", "Sánchez"]),
        ("mosul -isis", "ISIS in Mosul", ["Mosul"]),
        ("a OR b", "b c", ["b"]),
        ("中国", "在中国", ["中国"]),
        ("", "Mosul", []),
    ],
)
def test_marks_what_the_engine_matches(query: str, text: str, found: list[str]) -> None:
    assert marked(query, text) == found


def test_a_phrase_does_not_reach_over_paragraphs() -> None:
    assert snippets(looking_for('"in mosul today"'), ("We are in Mosul", "Today it rains")).matching_paragraphs == 0


def test_where_nothing_matches_the_beginning_is_shown_unmarked() -> None:
    result = snippets(looking_for("raqqa"), ("", "The beginning.", "The end."))
    assert result.matching_paragraphs == 0
    assert [(item.paragraph, item.pieces) for item in result.items] == [(2, (Piece("The beginning."),))]
    assert snippets(looking_for("raqqa"), ()).items == ()


def test_a_long_paragraph_is_cut_between_words_around_the_matches() -> None:
    text = "before " * 200 + "the Mosul offensive " + "after " * 200
    ((_, html),) = shown("mosul", text)
    assert "<mark>Mosul</mark>" in html
    assert html.startswith("…before ")
    assert html.endswith(" after…")
    assert LENGTH - 80 < len(html) - len("<mark></mark>……") <= LENGTH


def test_a_long_beginning_is_cut_too() -> None:
    ((_, html),) = shown("raqqa", "word " * 200)
    assert html.endswith("word…")
    assert not html.startswith("…")


def test_html_is_escaped() -> None:
    assert to_html(mark(looking_for("mosul"), '<b>"Mosul" & co</b>')) == (
        "&lt;b&gt;&quot;<mark>Mosul</mark>&quot; &amp; co&lt;/b&gt;"
    )


@given(st.text(), st.lists(st.text(alphabet="ab US.é-’\u0301\ud800\x00 ", max_size=500), max_size=4))
def test_parts_are_the_text_whatever_it_holds(query: str, paragraphs: list[str]) -> None:
    for paragraph in paragraphs:
        assert "".join(part.text for part in mark(looking_for(query), paragraph)) == paragraph
    for item in snippets(looking_for("a us"), paragraphs).items:
        text = "".join(part.text for part in item.pieces).strip("…")
        assert text in paragraphs[item.paragraph - 1]


def test_every_paragraph_of_a_very_long_article_is_looked_at() -> None:
    paragraphs = ["The government of the day said that policy would not change. " * 20] * 350
    assert snippets(looking_for("government policy"), paragraphs).matching_paragraphs == 350
    assert snippets(looking_for("xyzzy"), paragraphs).matching_paragraphs == 0
