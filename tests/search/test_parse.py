from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.query import And, Clause, Match, Not, Or, Phrase, Word
from app.search.parse import as_text, in_words, parse


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", And(())),
        ("   ", And(())),
        ("mosul", Word("mosul")),
        ("mosul stabilization", And((Word("mosul"), Word("stabilization")))),
        ("mosul AND stabilization", And((Word("mosul"), Word("stabilization")))),
        ("mosul mosul", Word("mosul")),
        ("Mosul?", Word("Mosul")),
        ("(Mosul)!", Word("Mosul")),
        ("U.S. troops", And((Word("U.S."), Word("troops")))),
        ("O’Hanlon", Word("O’Hanlon")),
        ('"get it right"', Phrase("get it right")),
        ("“get it right”", Phrase("get it right")),
        ("„get it right“", Phrase("get it right")),
        ("«get it right»", Phrase("get it right")),
        ('" get  it\nright, "', Phrase("get it right")),
        ("-isis", Not(Word("isis"))),
        ("NOT isis", Not(Word("isis"))),
        ("mosul -isis", And((Word("mosul"), Not(Word("isis"))))),
        ('mosul -"get it right"', And((Word("mosul"), Not(Phrase("get it right"))))),
        ("minister -al-Abadi", And((Word("minister"), Not(Word("al-Abadi"))))),
        ("al-Abadi", Word("al-Abadi")),
        ("war - peace", And((Word("war"), Word("peace")))),
        ("NOT NOT isis", Word("isis")),
        ("a OR b", Or((Word("a"), Word("b")))),
        ("a b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("-(a b)", Not(And((Word("a"), Word("b"))))),
        ("war and peace", And((Word("war"), Word("and"), Word("peace")))),
        ("$2.1 billion", Phrase("$2.1 billion")),
        ("aid $2.1 billion", And((Word("aid"), Phrase("$2.1 billion")))),
        ("five million", And((Word("five"), Word("million")))),
    ],
)
def test_how_a_query_is_read(text: str, root: Clause) -> None:
    query = parse(text)
    assert query.root == root
    assert not query.repaired


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ('mosul "get it right', And((Word("mosul"), Phrase("get it right")))),
        ('5" guns', And((Word("5"), Word("guns")))),
        ("(mosul", Word("mosul")),
        ("mosul)", Word("mosul")),
        ("mosul ()", Word("mosul")),
        ("mosul OR", Word("mosul")),
        ("AND mosul", Word("mosul")),
        ("mosul NOT", Word("mosul")),
        ('mosul "…"', Word("mosul")),
        ("mosul 😀", Word("mosul")),
        ("😀", And(())),
        ("?!", And(())),
        ('""', And(())),
    ],
)
def test_what_cannot_be_understood_is_mended_and_said(text: str, root: Clause) -> None:
    query = parse(text)
    assert query.root == root
    assert query.repaired
    assert query.notes


SENTENCE = "what did he say about the war"


def test_seven_bare_words_are_a_sentence_of_which_any_will_do() -> None:
    query = parse(SENTENCE)
    assert query.match is Match.ANY
    assert query.root == Or(tuple(Word(word) for word in SENTENCE.split()))
    assert query.notes
    assert not query.repaired


@pytest.mark.parametrize("text", ["he said nothing about the war", f"{SENTENCE} -peace", f'{SENTENCE} "iraq"'])
def test_fewer_words_or_an_operator_make_no_sentence(text: str) -> None:
    assert parse(text).match is Match.ALL


def test_the_person_decides_about_a_sentence() -> None:
    assert parse(SENTENCE, Match.ALL).root == And(tuple(Word(word) for word in SENTENCE.split()))
    assert parse("a b", Match.ANY).root == Or((Word("a"), Word("b")))


def test_any_leaves_out_what_is_excluded() -> None:
    assert parse("a b -c", Match.ANY).root == And((Or((Word("a"), Word("b"))), Not(Word("c"))))


def test_a_query_all_in_capitals_asks_for_both_readings() -> None:
    assert parse("WAR IN YEMEN CONTINUES").root == And(
        (Word("WAR"), Or((Word("IN"), Word("in"))), Word("YEMEN"), Word("CONTINUES"))
    )
    assert parse("US NATO").root == And((Word("US"), Word("NATO")))


def test_no_more_than_64_clauses_and_4096_characters_are_read() -> None:
    many = parse(" ".join(f"w{i}" for i in range(100)))
    assert isinstance(many.root, Or)
    assert len(many.root.clauses) == 64
    assert "64" in " ".join(many.notes)
    long = parse("x" * 5000)
    assert "4,096" in long.notes[0]


@pytest.mark.parametrize("piece", ["a ", "(", '"', "-", "a", "😀 ", "a OR ", "NOT ", ") ", "a-"])
def test_a_megabyte_is_read_and_said_to_be_cut(piece: str) -> None:
    query = parse(piece * (1_000_000 // len(piece)))
    assert len(as_text(query.root)) < 50_000
    assert in_words(query.root)
    assert "4,096" in " ".join(query.notes)


WORDS = "a b US IS US. al-Abadi THEATRE é e.g. 中国 5 $5 million 3.5%".split()
SIGNS = ['"', "“", "”", "(", ")", "-", "--", "+", "AND", "OR", "NOT", "AND,", ".", "?", "*", "😀", "\u2028"]
PIECES = st.lists(st.sampled_from(WORDS + SIGNS + [" "] * 10), max_size=25).map("".join)


@settings(max_examples=300)
@given(PIECES | st.text(), st.sampled_from([None, Match.ALL, Match.ANY]))
def test_the_canonical_text_reads_as_the_same_query(text: str, match: Match | None) -> None:
    root = parse(text, match).root
    assert parse(as_text(root)).root == root
    assert in_words(root).startswith(("articles", "all articles"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "all articles"),
        ("mosul stabilization", "articles with “mosul” and “stabilization”, in any form"),
        ('"get it right"', "articles with the exact phrase “get it right”"),
        (
            'mosul "get it right" -isis',
            "articles with “mosul”, in any form, and the exact phrase “get it right”, without “isis”",
        ),
        ("-isis -raqqa", "articles without “isis” or “raqqa”"),
        ("a OR b", "articles with either “a” or “b”"),
    ],
)
def test_a_query_in_words(text: str, words: str) -> None:
    assert in_words(parse(text).root) == words
