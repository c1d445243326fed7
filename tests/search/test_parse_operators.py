"""NEAR, fields, and how they bind."""

from __future__ import annotations

import pytest

from app.domain.query import And, Clause, Dated, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Word
from app.search.parse import as_text, parse

BOTH = Near((Phrase("carter"), Phrase("mosul")), 10)


def near(*words: str, within: int = 5) -> Near:
    return Near(tuple(map(Phrase, words)), within)


@pytest.mark.parametrize(
    "text",
    [
        '"carter mosul"~10',
        "“carter mosul”~10,",
        '"carter mosul"~',
        "carter NEAR/10 mosul",
        "carter near/10 mosul",
        "carter w/10 mosul",
        "carter W/10 mosul",
        "carter NEAR mosul",
        "(carter) NEAR/10 (mosul)",
        "=carter NEAR/10 mosul",
    ],
)
def test_nearness_has_three_spellings_and_prints_as_one(text: str) -> None:
    query = parse(text)
    assert query.root == BOTH
    assert as_text(query.root) == "carter NEAR/10 mosul"
    assert not query.repaired


@pytest.mark.parametrize(
    ("text", "root", "canonical"),
    [
        ("carter near mosul", And((Word("carter"), Word("near"), Word("mosul"))), "carter near mosul"),
        ('"a b a"~5', near("a", "b", "a"), '"a b a"~5'),
        ("a NEAR/5 b NEAR/3 c", And((near("a", "b"), near("b", "c", within=3))), "a NEAR/5 b b NEAR/3 c"),
        ("-a NEAR/5 b", Not(near("a", "b")), "-(a NEAR/5 b)"),
        ("x a NEAR/5 b", And((Word("x"), near("a", "b"))), "x a NEAR/5 b"),
        ("x OR a NEAR/5 b", Or((Word("x"), near("a", "b"))), "x OR a NEAR/5 b"),
        (
            '(a OR "b c" OR d*) NEAR/5 Daish~',
            Near((Or((Phrase("a"), Phrase("b c"), Pattern("d*"))), Fuzzy("Daish", 1)), 5),
            '(a OR "b c" OR d*) NEAR/5 Daish~',
        ),
        ('"get it right" NEAR/5 =AND', near("get it right", "AND"), '"get it right" NEAR/5 =AND'),
        ("5 NEAR/5 million", near("5", "million"), "5 NEAR/5 million"),
        ("$5 million NEAR/5 aid", near("$5 million", "aid"), '"$5 million" NEAR/5 aid'),
        ("title:mosul", Field("title", Word("mosul")), "title:mosul"),
        ("Title: mosul", Field("title", Word("mosul")), "title:mosul"),
        ("#title:mosul", Field("title", Word("mosul")), "title:mosul"),
        ("title:=isis", Field("title", Phrase("isis")), "title:=isis"),
        ("author:stabili*", Field("author", Pattern("stabili*")), "author:stabili*"),
        ("source:Daish~", Field("source", Fuzzy("Daish", 1)), "source:Daish~"),
        ('topic:"foreign policy"', Field("topic", Phrase("foreign policy")), 'topic:"foreign policy"'),
        ('text:"a b"~5', Field("text", near("a", "b")), "text:(a NEAR/5 b)"),
        ('text:"a b c"~5', Field("text", near("a", "b", "c")), 'text:"a b c"~5'),
        ("title:(iraq OR syria)", Field("title", Or((Word("iraq"), Word("syria")))), "title:(iraq OR syria)"),
        ("title:iraq syria", And((Field("title", Word("iraq")), Word("syria"))), "title:iraq syria"),
        ("title:$2.1 billion", Field("title", Phrase("$2.1 billion")), 'title:"$2.1 billion"'),
        ("-title:mosul", Not(Field("title", Word("mosul"))), "-title:mosul"),
        ("title:-mosul", Not(Field("title", Word("mosul"))), "-title:mosul"),
        ("-title:-mosul", Field("title", Word("mosul")), "title:mosul"),
        ("title:(a -b)", Field("title", And((Word("a"), Not(Word("b"))))), "title:(a -b)"),
        ("title:a NEAR/5 b", Field("title", near("a", "b")), "title:(a NEAR/5 b)"),
        ("title:a NEAR/5 title:b", Field("title", near("a", "b")), "title:(a NEAR/5 b)"),
        ("NOT title:a NEAR/5 b", Not(Field("title", near("a", "b"))), "-title:(a NEAR/5 b)"),
    ],
)
def test_how_operators_bind_and_print(text: str, root: Clause, canonical: str) -> None:
    query = parse(text)
    assert query.root == root
    assert as_text(root) == canonical
    assert parse(canonical).root == root
    assert not query.repaired


@pytest.mark.parametrize(
    ("text", "root", "note"),
    [
        ("a NEAR/0 b", near("a", "b", within=1), "read as 1"),
        ("a NEAR/-3 b", near("a", "b", within=1), "read as 1"),
        ("a NEAR/100 b", near("a", "b", within=99), "read as 99"),
        (f"a NEAR/{'9' * 5000} b", near("a", "b", within=99), "read as 99"),
        ('"a b"~000', near("a", "b", within=1), "read as 1"),
        ('"mosul"~10', Phrase("mosul"), "one word"),
        ("NEAR/5 mosul", Word("mosul"), "nothing on one side"),
        ("mosul NEAR/5", Word("mosul"), "nothing on one side"),
        ("mosul NEAR/5 *", Word("mosul"), "nothing on one side"),
        ("NEAR", And(()), "nothing on one side"),
        ("(a AND b) NEAR/5 c", And((Word("a"), Word("b"), Word("c"))), "read as AND"),
        ("a NEAR/5 -b", And((Word("a"), Not(Word("b")))), "read as AND"),
        ("a NEAR/5 title:b", And((Word("a"), Field("title", Word("b")))), "read as AND"),
        ("a NEAR/5 date:2016", And((Word("a"), Dated("2016", "2016"))), "read as AND"),
        ("a NEAR/5 b NEAR/5 (c d)", And((near("a", "b"), Word("c"), Word("d"))), "read as AND"),
        ("title:", And(()), "Nothing follows “title:”"),
        ("mosul title: OR raqqa", Or((Word("mosul"), Word("raqqa"))), "Nothing follows “title:”"),
        ("title:(a author:b)", And((Field("title", Word("a")), Field("author", Word("b")))), "field of its own"),
        ("title:author:b", Field("author", Word("b")), "field of its own"),
        ("title:(a date:2016)", And((Field("title", Word("a")), Dated("2016", "2016"))), "is a date"),
        ("title:(a -author:b)", And((Field("title", Word("a")), Not(Field("author", Word("b"))))), "field of its own"),
        ("person:carter", Phrase("carter"), "Persons are not told apart yet; “carter” was looked for anywhere"),
        ('-place:"new york"', Not(Phrase("new york")), "Places are not told apart yet"),
        ("org:(a OR b*)", Or((Phrase("a"), Pattern("b*"))), "“a” and “b*” were looked for anywhere"),
        ("speaker:Daish~", Fuzzy("Daish", 1), "Speakers are not told apart yet"),
    ],
)
def test_operators_that_cannot_be_followed_are_mended_and_said(text: str, root: Clause, note: str) -> None:
    query = parse(text)
    assert query.root == root
    assert query.repaired
    assert note in " ".join(query.notes)
