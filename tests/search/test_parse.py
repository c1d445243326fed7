from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.query import And, Clause, Dated, Field, Fuzzy, Match, Near, Not, Or, Pattern, Phrase, Word
from app.search.function_words import FUNCTION_WORDS
from app.search.parse import MOST_CLAUSES, MOST_PATTERNS, as_text, fallback, in_words, narrow, parse
from app.search.tree import parts


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


@pytest.mark.parametrize("text", ['-"…" mosul', "-* mosul", "-date:soon mosul", "NOT date:soon mosul", "title:* mosul"])
def test_what_stands_beside_something_left_out_is_not_taken_for_it(text: str) -> None:
    assert parse(text).root == Word("mosul")
    assert parse(text).repaired


SENTENCE = "what did he say about the war"


def test_seven_bare_words_are_a_sentence_of_which_any_will_do() -> None:
    query = parse("ministers met envoys from Iraq to discuss Mosul")
    assert query.match is Match.ANY
    assert query.root == Or(tuple(Word(word) for word in "ministers met envoys Iraq discuss Mosul".split()))
    assert query.notes
    assert not query.repaired


def test_a_sentence_is_asked_for_without_its_function_words_and_says_so() -> None:
    query = parse(SENTENCE)
    assert query.root == Or((Word("say"), Word("war")))
    assert query.notes[-1] == "Words such as “what” and “did” were left out."
    assert not query.repaired
    assert parse("iraq the", Match.ANY).notes == ("The word “the” was left out.",)


def test_a_sentence_of_function_words_keeps_them() -> None:
    words = "to be or not to be that is"
    assert parse(words).root == Or(tuple(Word(word) for word in dict.fromkeys(words.split())))
    assert parse("the of", Match.ANY).root == Or((Word("the"), Word("of")))


def test_acronyms_that_look_like_function_words_stay() -> None:
    assert parse("what should the WHO do about IS", Match.ANY).root == Or((Word("WHO"), Word("IS")))
    assert not {"us", "may"} & FUNCTION_WORDS


@pytest.mark.parametrize(
    "text",
    ["he said nothing about the war", f"{SENTENCE} -peace", f'{SENTENCE} "iraq"', f"{SENTENCE} sta*", f"({SENTENCE})"],
)
def test_fewer_words_or_an_operator_make_no_sentence(text: str) -> None:
    assert parse(text).match is Match.ALL
    assert Word("the") in parts(parse(text).root)


def test_the_person_decides_about_a_sentence() -> None:
    assert parse(SENTENCE, Match.ALL).root == And(tuple(Word(word) for word in SENTENCE.split()))
    assert parse("a b c", Match.ANY).root == Or((Word("b"), Word("c")))


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("b c -d", And((Or((Word("b"), Word("c"))), Not(Word("d"))))),
        ("b date:2016 c", And((Or((Word("b"), Word("c"))), Dated("2016", "2016")))),
        ("b (date:2016 OR date:2018)", And((Word("b"), Or((Dated("2016", "2016"), Dated("2018", "2018")))))),
        ("date:2016 -b", And((Dated("2016", "2016"), Not(Word("b"))))),
        ('b "c d" sta* title:e', Or((Word("b"), Phrase("c d"), Pattern("sta*"), Field("title", Word("e"))))),
        ("b AND c d", And((Word("b"), Or((Word("c"), Word("d")))))),
        ("b c NEAR/5 d", Or((Word("b"), Near((Phrase("c"), Phrase("d")), 5)))),
    ],
)
def test_any_keeps_bounds_as_bounds(text: str, root: Clause) -> None:
    assert parse(text, Match.ANY).root == root


def test_a_query_all_in_capitals_asks_for_both_readings() -> None:
    both = And((Word("WAR"), Or((Word("IN"), Word("in"))), Word("YEMEN"), Word("CONTINUES")))
    assert parse("WAR IN YEMEN CONTINUES").root == both
    assert parse("US NATO").root == And((Word("US"), Word("NATO")))
    assert parse("(WAR IN YEMEN CONTINUES)").root == And(tuple(map(Word, "WAR IN YEMEN CONTINUES".split())))


HEADLINE = "TALKS ON SYRIA AND IRAQ NOT LIKELY TO SUCCEED"


def test_a_sentence_in_capitals_has_words_for_operators() -> None:
    query = parse(HEADLINE)
    assert query.root == Or(tuple(map(Word, "TALKS SYRIA IRAQ LIKELY SUCCEED".split())))
    assert "read as words" in query.notes[0]
    assert Word("and") in parts(parse(HEADLINE, Match.ALL).root)


@pytest.mark.parametrize(
    "text",
    [f"{HEADLINE} (MOSUL)", f'{HEADLINE} "MOSUL"', "IRAQ AND SYRIA OR TURKEY AND YEMEN", "SYRIA AND IRAQ NOT IRAN"],
)
def test_operators_in_capitals_stay_operators_where_they_look_like_it(text: str) -> None:
    assert not {Word("and"), Word("AND"), Word("or")} & set(parts(parse(text, Match.ALL).root))


def test_no_more_than_256_clauses_and_4096_characters_are_read() -> None:
    many = parse(" ".join(f"w{i}" for i in range(300)))
    assert isinstance(many.root, Or)
    assert many.root.clauses == tuple(Word(f"w{i}") for i in range(MOST_CLAUSES))
    assert "256" in " ".join(many.notes)
    long = parse("x" * 5000)
    assert long.root == Word("x" * 4096)
    assert "4,096" in long.notes[0]
    together = parse(" ".join(str(i) * 1000 for i in range(1, 10)))
    assert sum(isinstance(part, Word) for part in parts(together.root)) == 4
    assert "4,096" in " ".join(together.notes)


def test_words_near_each_other_are_cut_like_others() -> None:
    query = parse(f'"{" ".join(f"w{i}" for i in range(300))}"~5')
    assert query.root == Near(tuple(Phrase(f"w{i}") for i in range(MOST_CLAUSES)), 5)
    assert "256" in query.notes[0]
    assert parse(f'"{"word " * 5000}"~5').repaired


def test_no_more_than_16_patterns_and_fuzzy_words_are_read() -> None:
    query = parse(" ".join(f"pattern{chr(97 + i)}*" for i in range(20)) + " Daish~ patterna*")
    assert sum(isinstance(part, Pattern | Fuzzy) for part in parts(query.root)) == MOST_PATTERNS
    assert Word("patternt") in parts(query.root)
    assert Word("Daish") in parts(query.root)
    assert "16" in query.notes[0]


def test_brackets_count_where_they_make_a_difference() -> None:
    assert parse("(" * 30 + "mosul" + ")" * 30).root == Word("mosul")

    def nested(depth: int) -> str:
        return "".join(f"x{i} OR y{i} (" for i in range(depth)) + "mosul OR raqqa" + ")" * depth

    assert not parse(nested(16)).repaired
    assert Word("mosul") in parts(parse(nested(16)).root)
    deeper = parse(nested(17))
    assert Word("mosul") not in parts(deeper.root)
    assert "16 brackets" in deeper.notes[0]


@pytest.mark.parametrize(
    "piece",
    ["a ", "(", '"', "-", "a", "😀 ", "a OR ", "NOT ", ") ", "a-", "* ", "a*", "a~1", "title:", "-(", "date:x "],
)
def test_a_megabyte_is_read_and_said_to_be_cut(piece: str) -> None:
    assert_cut(piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize(
    "piece",
    ["x NEAR/5 (", "a NEAR/5 (b OR c) NEAR/3 ", "NEAR ", "title:(", "=", "?", "WAR AND IN ", '"a b"~5 ', "://", "**a "],
)
def test_megabytes_of_operators_and_signs_are_cut_too(piece: str) -> None:
    assert_cut(piece * (1_000_000 // len(piece)))


def assert_cut(text: str) -> None:
    query = parse(text)
    assert len(as_text(query.root)) < 50_000
    assert parse(as_text(query.root)).root == query.root
    assert in_words(query.root)
    assert "100,000" in query.notes[0]
    assert len(query.notes) < 20


WORDS = (
    "a b US IS IT us al-Abadi O'H THEATRE Daish é e\u0301 e.g. U.S. 中国 5 $5 9/11 million 3.5% 2016 ² ʼ _ http://x.org/?q"
).split()
SIGNS = (
    '" “ ” ( ) - -- + = * ** ? ~ ~1 ~2 ~10 AND OR NOT NEAR AND, NEAR/5 w/3 near/200 title: Author: text: person: '
    "date: after: date:unknown date:2016..2018 2016-07-01.. .. : / , . 😀 \u2028"
).split(" ")
GLUED = st.lists(st.sampled_from(WORDS + SIGNS + [" "] * 40), max_size=25).map("".join)
SPACED = st.lists(
    st.sampled_from(
        WORDS + SIGNS + ["title:b", '"a b"', '"a b"~4', "-b", "=c", "sta*", "w?m", "Daish~", "before:2016"]
    ),
    max_size=20,
).map(" ".join)
CAPITALS = st.lists(
    st.sampled_from("WAR IN YEMEN CONTINUES AND OR NOT NEAR US TROOPS ( ) - = THE W/5 TITLE: 5 MILLION".split()),
    max_size=14,
).map(" ".join)
NESTED = st.lists(
    st.sampled_from(["(", "( a OR", "(b", "-(", "title:(", "c", "OR", ")", "x NEAR/2 (", "AND"]), max_size=90
).map(" ".join)
QUERIES = GLUED | SPACED | CAPITALS | NESTED | st.text()
MATCHES = st.sampled_from([None, Match.ALL, Match.ANY])


@settings(max_examples=300)
@given(QUERIES, MATCHES)
def test_the_canonical_text_reads_as_the_same_query(text: str, match: Match | None) -> None:
    root = parse(text, match).root
    assert parse(as_text(root)).root == root
    assert in_words(root).startswith(("articles", "all articles"))


@given(QUERIES, MATCHES)
def test_the_wider_and_the_narrower_query_can_be_typed_too(text: str, match: Match | None) -> None:
    root = parse(text, match).root
    wider = fallback(root)
    assert wider is None or parse(as_text(wider)).root == wider
    assert narrow(root) == root


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
