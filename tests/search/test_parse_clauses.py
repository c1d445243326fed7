"""How single clauses are typed: exact words, patterns, fuzzy words, dates."""

from __future__ import annotations

import pytest

from app.domain.query import And, Clause, Dated, Fuzzy, Not, Pattern, Phrase, Undated, Word
from app.search.parse import as_text, parse


@pytest.mark.parametrize(
    ("text", "root", "canonical"),
    [
        ("=isis", Phrase("isis"), "=isis"),
        ('"isis"', Phrase("isis"), "=isis"),
        ("=isis,", Phrase("isis"), "=isis"),
        ("-=isis", Not(Phrase("isis")), "-=isis"),
        ('="get it right"', Phrase("get it right"), '"get it right"'),
        ('-="get it right"', Not(Phrase("get it right")), '-"get it right"'),
        ("=AND", Phrase("AND"), "=AND"),
        ("=title:mosul", Phrase("title:mosul"), "=title:mosul"),
        ('"a(b"', Phrase("a(b"), '"a(b"'),
        ("a=b", Word("a=b"), "a=b"),
        ("stabili*", Pattern("stabili*"), "stabili*"),
        ("stabili**", Pattern("stabili*"), "stabili*"),
        ("wom?n", Pattern("wom?n"), "wom?n"),
        ("*stan", Pattern("*stan"), "*stan"),
        ("*a*", Pattern("*a*"), "*a*"),
        ("-stabili*", Not(Pattern("stabili*")), "-stabili*"),
        ("(stabili*),", Pattern("stabili*"), "stabili*"),
        ("5*", Pattern("5*"), "5*"),
        ("9/1*", Pattern("9/1*"), "9/1*"),
        ("$5,0*", Pattern("$50*"), "$50*"),
        ("al-Bagh*", Pattern("alBagh*"), "alBagh*"),
        ("O’H*", Pattern("O'H*"), "O'H*"),
        ("U.S.-le*", And((Word("U.S."), Pattern("le*"))), "U.S. le*"),
        ("AND/x*", And((Word("and"), Pattern("x*"))), "and x*"),
        ("Mosul?", Word("Mosul"), "Mosul"),
        ("Mosul?!", Word("Mosul"), "Mosul"),
        ("why?", Word("why"), "why"),
        ("?why", Word("why"), "why"),
        ("http://x.org/?q=a*b", Word("http://x.org/?q=a*b"), "http://x.org/?q=a*b"),
        ("**bold**", Word("bold"), "bold"),
        ("**bold**,", Word("bold"), "bold"),
        ("-**bold**", Not(Word("bold")), "-bold"),
        ("**two words** more", And((Word("two"), Word("words"), Word("more"))), "two words more"),
        ("Da~", Word("Da"), "Da"),
        ("Isi~", Fuzzy("Isi", 1), "Isi~"),
        ("Daish~", Fuzzy("Daish", 1), "Daish~"),
        ("Baghdi~", Fuzzy("Baghdi", 2), "Baghdi~"),
        ("Daish~1", Fuzzy("Daish", 1), "Daish~"),
        ("Daish~2", Fuzzy("Daish", 2), "Daish~2"),
        ("Daish~0", Word("Daish"), "Daish"),
        ("Cafe\u0301~", Fuzzy("Cafe\u0301", 1), "Cafe\u0301~"),
        ("al-Bagdadi~", Fuzzy("alBagdadi", 2), "alBagdadi~"),
        ("a~b", Word("a~b"), "a~b"),
        ("5~10", Word("5~10"), "5~10"),
        ("~~struck~~", Word("struck"), "struck"),
        ("war ~ peace", And((Word("war"), Word("peace"))), "war peace"),
        ("foo:bar", Word("foo:bar"), "foo:bar"),
        ("10:30", Word("10:30"), "10:30"),
        ("NEAR*", Pattern("NEAR*"), "NEAR*"),
        ("5 AND million", And((Word("5"), Word("million"))), "5 AND million"),
    ],
)
def test_how_a_clause_is_typed_and_printed(text: str, root: Clause, canonical: str) -> None:
    query = parse(text)
    assert query.root == root
    assert as_text(root) == canonical
    assert parse(canonical).root == root
    assert not query.repaired


@pytest.mark.parametrize(
    ("text", "root", "note"),
    [
        ("*", And(()), "every article"),
        ("** ?*", And(()), "by itself"),
        ("mosul *", Word("mosul"), "by itself"),
        ('"stabili* it"', Phrase("stabili* it"), "quotation marks"),
        ("=stabili*", Phrase("stabili"), "After ="),
        ("=(isis raqqa)", And((Word("isis"), Word("raqqa"))), "before a bracket"),
        ("Daish~7", Fuzzy("Daish", 2), "2 letters"),
        ("IS~2", Fuzzy("IS", 1), "too short"),
        ("a~1", Word("a"), "too short"),
        ("stabili*~1", Pattern("stabili*"), "fuzzy as well"),
        ("中国*", Word("中国"), "Chinese"),
        ("x" * 101 + "*", Word("x" * 101), "100"),
        ("~", And(()), "every article"),
    ],
)
def test_signs_that_cannot_be_followed_are_left_out_and_said(text: str, root: Clause, note: str) -> None:
    query = parse(text)
    assert query.root == root
    assert query.repaired
    assert note in " ".join(query.notes)


@pytest.mark.parametrize(
    ("text", "root", "canonical"),
    [
        ("date:2016", Dated("2016", "2016"), "date:2016"),
        ("Date: 2016", Dated("2016", "2016"), "date:2016"),
        ('date:"2016-07"', Dated("2016-07", "2016-07"), "date:2016-07"),
        ("date:2016-07-01..2016-07-31", Dated("2016-07-01", "2016-07-31"), "date:2016-07-01..2016-07-31"),
        ("date:2016..2016-07", Dated("2016", "2016-07"), "date:2016..2016-07"),
        ("date:2016-07..2016", Dated("2016-07", "2016"), "date:2016-07..2016"),
        ("date:2016..", Dated("2016", None), "date:2016.."),
        ("date:..2016", Dated(None, "2016"), "date:..2016"),
        ("date:2016…2018", Dated("2016", "2018"), "date:2016..2018"),
        ("date:2016–2018", Dated("2016", "2018"), "date:2016..2018"),
        ("date:2016-2018", Dated("2016", "2018"), "date:2016..2018"),
        ("date:2016/7/1,", Dated("2016-07-01", "2016-07-01"), "date:2016-07-01"),
        ("date:2016.07.01..2016.07.31.", Dated("2016-07-01", "2016-07-31"), "date:2016-07-01..2016-07-31"),
        ("date:20160701", Dated("2016-07-01", "2016-07-01"), "date:2016-07-01"),
        ("date:2016-02-29", Dated("2016-02-29", "2016-02-29"), "date:2016-02-29"),
        ("after:2016-07-01", Dated("2016-07-02", None), "date:2016-07-02.."),
        ("after:2016-12-31", Dated("2017-01-01", None), "date:2017-01-01.."),
        ("after:2016-07", Dated("2016-08", None), "date:2016-08.."),
        ("after:2016-12", Dated("2017-01", None), "date:2017-01.."),
        ("after:2016", Dated("2017", None), "date:2017.."),
        ("before:2016-03-01", Dated(None, "2016-02-29"), "date:..2016-02-29"),
        ("before:2016-01", Dated(None, "2015-12"), "date:..2015-12"),
        ("before:2016", Dated(None, "2015"), "date:..2015"),
        ("since:2016-07", Dated("2016-07", None), "date:2016-07.."),
        ("until:2016", Dated(None, "2016"), "date:..2016"),
        ("date:unknown", Undated(), "date:unknown"),
        ("-date:Unknown", Not(Undated()), "-date:unknown"),
        ("mosul date:2016", And((Word("mosul"), Dated("2016", "2016"))), "mosul date:2016"),
    ],
)
def test_how_dates_are_typed_and_printed(text: str, root: Clause, canonical: str) -> None:
    query = parse(text)
    assert query.root == root
    assert as_text(root) == canonical
    assert parse(canonical).root == root
    assert not query.repaired


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("date:2016-13", "no month 13"),
        ("date:2016-00", "no month 0"),
        ("date:2015-02-29", "2015-02 has no day 29"),
        ("date:2016-02-30..2017", "has no day 30"),
        ("date:soon", "written as 2016"),
        ("date:0999", "1000 to 9999"),
        ("date:20161", "written as"),
        ("date:2014..2015..2016", "two ends"),
        ("date:..", "both ends are open"),
        ("date:", "no date follows"),
        ("date:)", "no date follows"),
        ("after:2016..2017", "written as"),
        ("after:9999", "1000 to 9999"),
        ("after:9999-12-31", "1000 to 9999"),
        ("before:1000-01-01", "1000 to 9999"),
        ("date:٢٠١٦", "written as"),
    ],
)
def test_a_date_that_is_none_is_left_out_and_the_note_says_why(written: str, reason: str) -> None:
    query = parse(f"mosul {written}")
    assert query.root == Word("mosul")
    assert query.repaired
    assert reason in query.notes[0]


def test_the_ends_of_a_period_may_stand_the_wrong_way_round() -> None:
    query = parse("date:2018..2016-07")
    assert query.root == Dated("2016-07", "2018")
    assert "changed places" in query.notes[0]
