from __future__ import annotations

import pytest

from app.domain.query import And, Clause, Not, Or, Phrase, Widened, Word
from app.search.parse import as_text, fallback, in_words, narrow, parse

ISLAMIC_STATE = And((Word("Islamic"), Word("State")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=isis", "articles with exactly “isis”"),
        ("stabili*", "articles with any word like “stabili*”"),
        ("Daish~", "articles with words spelt like “Daish”"),
        ("carter NEAR/10 mosul", "articles with “carter” within 10 words of “mosul”"),
        ("carter NEAR/1 mosul", "articles with “carter” within 1 word of “mosul”"),
        ('"a b c"~10', "articles with “a”, “b” and “c” within 10 words"),
        (
            "(carter OR obama) NEAR/5 m*",
            "articles with either “carter” or “obama” within 5 words of any word like “m*”",
        ),
        ("title:mosul", "articles with “mosul” in the title"),
        ("mosul author:carter", "articles with “mosul”, in any form, and author “carter”"),
        ('source:"The Hill"', "articles with source “The Hill”"),
        ("topic:(war OR peace)", "articles with topic either “war” or “peace”"),
        ("date:2016", "articles dated 2016"),
        ("mosul date:2016-07-02..", "articles with “mosul”, in any form, dated 2016-07-02 or later"),
        ("mosul -isis date:..2015", "articles with “mosul”, in any form, without “isis”, dated 2015 or earlier"),
        ("date:2016-07-01..2016-07-31", "articles dated from 2016-07-01 to 2016-07-31"),
        ("date:unknown", "articles with unknown date"),
        ("-date:unknown", "articles with a known date"),
        ("-date:2016", "articles not dated 2016"),
        ("mosul OR date:2016", "articles with either “mosul” or a date of 2016"),
        ("(a b) OR c", "articles with either (“a” and “b”) or “c”"),
        ("-(a b)", "articles without “a” and “b” together"),
        ("9/11", "articles with “9/11”"),
        ("F-16 $5,000 US", "articles with “F-16”, “$5,000” and “US”"),
        ("F-16 mosul", "articles with “F-16” and “mosul”, in any form"),
    ],
)
def test_a_query_in_words(text: str, words: str) -> None:
    assert in_words(parse(text).root) == words


@pytest.mark.parametrize(
    ("aliases", "said"),
    [
        ((), "“ISIS”"),
        (("ISIL",), "“ISIS” (also “ISIL”)"),
        (("ISIL", "Daesh"), "“ISIS” (also “ISIL” and “Daesh”)"),
        (("ISIL", "Daesh", "IS"), "“ISIS” (also “ISIL”, “Daesh” and “IS”)"),
        (("ISIL", "Daesh", "IS", "Islamic State"), "“ISIS” (also “ISIL”, “Daesh” and 2 more)"),
        (tuple("abcdef"), "“ISIS” (also “a”, “b”, “c” and 3 more)"),
    ],
)
def test_other_names_are_said_three_at_most(aliases: tuple[str, ...], said: str) -> None:
    assert in_words(Widened(Word("ISIS"), aliases)) == f"articles with {said}, in any form"


def test_a_widened_query_prints_as_it_was_typed() -> None:
    wide = And((Widened(ISLAMIC_STATE, ("ISIS",)), Word("x")))
    assert as_text(wide) == "Islamic State x"
    assert in_words(wide) == "articles with “Islamic State” (also “ISIS”) and “x”, in any form"
    assert as_text(Or((Widened(ISLAMIC_STATE, ("ISIS",)), Word("x")))) == "(Islamic State) OR x"
    assert as_text(Not(Widened(Word("ISIS"), ("Daesh",)))) == "-ISIS"


def test_the_narrow_query_takes_names_as_they_are_written() -> None:
    wide = And((Widened(ISLAMIC_STATE, ("ISIS",)), Word("x"), Not(Widened(Word("US"), ("America",)))))
    assert narrow(wide) == And((Phrase("Islamic State"), Word("x"), Not(Phrase("US"))))
    assert as_text(narrow(wide)) == '"Islamic State" x -=US'


@pytest.mark.parametrize(
    ("text", "wider"),
    [
        ("mosul raqqa", "mosul OR raqqa"),
        ("mosul raqqa -isis date:2016", "(mosul OR raqqa) -isis date:2016"),
        ('mosul (a OR b) "c d" title:e f NEAR/5 g', 'mosul OR a OR b OR "c d" OR title:e OR f NEAR/5 g'),
        ("mosul", None),
        ("mosul -isis date:2016", None),
        ("mosul OR raqqa", None),
        ("-isis -raqqa", None),
        ("", None),
    ],
)
def test_the_fallback_wants_any_of_what_was_wanted(text: str, wider: str | None) -> None:
    found: Clause | None = fallback(parse(text).root)
    assert (None if found is None else as_text(found)) == wider


def test_the_fallback_keeps_other_names() -> None:
    isis = Widened(Word("ISIS"), ("Daesh",))
    assert fallback(And((isis, Word("mosul")))) == Or((isis, Word("mosul")))
