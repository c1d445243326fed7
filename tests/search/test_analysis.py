from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.analysis import Role, Sieve, fold, runs, stem, tokens


def words(text: str) -> list[str]:
    """The words of a text as read, without those that only help to find it."""
    return [token.word for token in tokens(text) if token.role is Role.MAIN]


def everything(text: str) -> set[str]:
    return {token.word for token in tokens(text)}


def written(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokens(text) if token.role is Role.MAIN]


# Acronyms that look like everyday words


@pytest.mark.parametrize("text", ["US", "U.S.", "U.S", "US's", "u.s."])
def test_the_country_is_one_word_however_written(text: str) -> None:
    assert words(text) == ["US"]


def test_the_pronoun_is_another_word() -> None:
    assert words("It told us: Us too") == ["it", "told", "us", "us", "too"]


@pytest.mark.parametrize("acronym", ["IS", "IT", "WHO", "AM", "IN", "OR", "AN"])
def test_acronyms_like_function_words_are_words_of_their_own(acronym: str) -> None:
    assert words(f"the {acronym} says") == ["the", acronym, "says"]
    assert words(acronym.lower()) == [acronym.lower()]


def test_among_capitals_case_tells_nothing_so_both_are_found() -> None:
    assert {"US", "us"} <= everything("PRESIDENT TOLD US TO WAIT")
    assert [t.position for t in tokens("PRESIDENT TOLD US TO WAIT") if t.word in {"US", "us"}] == [2, 2]


def test_among_capitals_on_another_line_case_still_tells() -> None:
    assert "us" not in everything("The US waited.\nPRESIDENT ARRIVED")
    assert "us" not in everything("PRESIDENT ARRIVED\nThe US waited.")


def test_a_few_acronyms_together_are_no_heading() -> None:
    assert "us" not in everything("US, UK")


def test_with_dots_it_is_an_acronym_also_among_capitals() -> None:
    assert "us" not in everything("PRESIDENT TOLD U.S. TROOPS")


@pytest.mark.parametrize(
    ("dotted", "plain"), [("U.N.", "UN"), ("D.C.", "DC"), ("N.A.T.O.", "nato"), ("e.g.", "eg"), ("U.S.A.", "USA")]
)
def test_dots_in_an_acronym_change_nothing(dotted: str, plain: str) -> None:
    assert words(dotted) == words(plain)


def test_the_last_dot_of_an_acronym_is_marked_with_it() -> None:
    assert written("The U.S. left. U.S.-led") == ["The", "U.S.", "left", "U.S.", "led"]


def test_isis_isi_and_is_are_three_words() -> None:
    assert len({stem(words(text)[0]) for text in ("ISIS", "ISI", "IS", "is")}) == 4
    assert stem("isis") == "isis"


# Stems


@pytest.mark.parametrize(
    "forms",
    [
        "stabilise stabilised stabilize stabilized stabilising stabilisation stabilization",
        "defence defense defences",
        "labour labor",
        "centre center centres",
        "programme program programmes",
        "organise organization organisation",
        "analyse analyzed",
        "travelled traveler",
        "fulfil fulfilled fulfillment",
        "licence licenses",
        "crisis crises",
        "analysis analyses",
        "woman women",
        "iraqi iraqis",
        "ngo ngos",
        "sanction sanctions sanctioned",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_several_of_an_acronym_meet_the_one() -> None:
    assert {token.stem for token in tokens("an NGO, two NGOs, PMCs, a PMC")} == {"an", "two", "a", "ngo", "pmc"}


@pytest.mark.parametrize(
    "pair",
    [
        "organ organization",
        "university universe",
        "police policy",
        "general generation",
        "international internal",
        "national nation",
        "new news",
        "arm army",
        "arm arms",
        "aid aids",
        "aid aide",
        "unit united",
        "import important",
        "executive execution",
        "federal federation",
        "majority major",
        "emergency emerge",
        "experience experiment",
        "business busy",
        "customs customer",
        "conservative conservation",
        "authority author",
        "appropriate appropriation",
        "france franc",
        "cooperation cooper",
        "severe several",
        "isis isi",
        "paris pari",
        "hamas hama",
        "texas texa",
        "davos davo",
        "status statu",
    ],
)
def test_words_that_mean_different_things_stay_apart(pair: str) -> None:
    first, second = pair.split()
    assert stem(first) != stem(second)


@pytest.mark.parametrize(
    "word",
    "promise exercise advise rise arise raise enterprise surprise comprise compromise supervise revise premise "
    "franchise televise four hour tour pour source course court were store fire acre genre".split(),
)
def test_words_that_only_look_british_stay(word: str) -> None:
    assert stem(word) == stem(word.upper().lower())
    american_look = word.replace("ise", "ize").replace("our", "or") if not word.endswith("re") else word[:-2] + "er"
    assert stem(word) != stem(american_look)


# Numbers, money, dates, designations


def test_money_is_not_its_number_and_differs_by_amount() -> None:
    assert len({words(text)[0] for text in ("$5,000", "$3,000", "$5,000,000", "5,000", "£5,000")}) == 5
    assert words("US$5,000") == words("$5000") == ["$5000"]


def test_the_number_finds_the_money_too() -> None:
    assert "5000" in everything("It cost $5,000.")
    assert "$5000" not in everything("It cost 5,000.")


def test_decimals_and_percentages_are_whole() -> None:
    assert words("2.1 and 3.5% or 1,234.5") == ["2.1", "and", "3.5%", "or", "1234.5"]


def test_a_list_of_numbers_is_no_number() -> None:
    assert words("1,2,3 or 12,34") == ["1", "2", "3", "or", "12", "34"]


def test_dates_with_slashes_are_one_word() -> None:
    assert everything("9/11") == {"9/11"}
    assert words("7/21/2016") == ["7/21/2016"]


@pytest.mark.parametrize(("text", "word"), [("F-16", "f16"), ("F16", "f16"), ("F-16s", "f16"), ("F‑16", "f16")])
def test_a_designation_is_one_word(text: str, word: str) -> None:
    assert everything(text) == {word}


def test_designations_differ() -> None:
    assert len({words(text)[0] for text in ("F-15E", "F-15", "F-16", "A-10")}) == 4
    assert everything("A-10") == {"a10"}


def test_covid_is_found_with_and_without_its_number() -> None:
    assert {"covid", "covid19"} <= everything("COVID-19")


def test_parts_around_a_hyphen_are_found_and_the_joined_form() -> None:
    found = [(token.word, token.position) for token in tokens("a counter-terrorism law")]
    assert found == [("a", 0), ("counterterrorism", 1), ("counter", 1), ("terrorism", 2), ("law", 3)]
    assert "year" in everything("a 10-year plan")


@pytest.mark.parametrize("hyphen", "-‐‑–−")
def test_every_hyphen_is_a_hyphen(hyphen: str) -> None:
    assert everything(f"long{hyphen}term") == {"long", "term", "longterm"}
    assert words(f"2014{hyphen}2016") == ["2014", "2016"]


def test_slashes_part_words_and_ampersands_do_not() -> None:
    assert words("and/or HIV/AIDS AT&T R&D") == ["and", "or", "hiv", "aids", "at&t", "r&d"]


# Apostrophes, quotes, accents, scripts


@pytest.mark.parametrize("apostrophe", "'’ʼ`")
def test_apostrophes_are_equal(apostrophe: str) -> None:
    assert words(f"O{apostrophe}Hanlon don{apostrophe}t Iraq{apostrophe}s states{apostrophe}") == [
        "o'hanlon",
        "don't",
        "iraq",
        "states",
    ]


@pytest.mark.parametrize("text", ["Mosul?", "Mosul!", "(Mosul)", "“Mosul”", "„Mosul“", "«Mosul»", "'Mosul'", "…Mosul—"])
def test_punctuation_is_no_part_of_a_word(text: str) -> None:
    assert words(text) == ["mosul"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sánchez", "sanchez"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Søren", "soren"),
        ("Łódź", "lodz"),
        ("Москвы́", "москвы"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("ＮＡＴＯ", "nato"),
        ("ﬁnance", "finance"),
        ("٢٠١٦", "2016"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
    ],
)
def test_case_accents_and_width_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert words(text) == [folded]
    assert written(f"({text})") == [text]


def test_composed_and_decomposed_are_equal() -> None:
    assert words("Sa\u0301nchez") == words("Sánchez") == ["sanchez"]


def test_invisible_characters_inside_a_word_do_not_count() -> None:
    assert words("sta\u00adbil\u200bity") == ["stability"]


def test_each_ideograph_is_a_word() -> None:
    assert words("中国人 and カナ") == ["中", "国", "人", "and", "カ", "ナ"]


def test_every_blank_parts_words() -> None:
    assert words("a\u2028b\u2029c\u0085d\ne\u00a0f") == ["a", "b", "c", "d", "e", "f"]


def test_emoji_and_footnote_marks_are_no_words() -> None:
    assert words("peace 😀 talks² 🇺🇸") == ["peace", "talks"]


# What holds for every text


@given(st.text())
def test_any_text_gives_words_at_rising_places(text: str) -> None:
    found = list(tokens(text))
    assert all(0 <= token.start < token.end <= len(text) and token.word for token in found)
    assert [token.position for token in found] == sorted(token.position for token in found)
    assert {token.position for token in found} == set(range(len({token.position for token in found})))


@given(st.text(alphabet="aU.S-'’1,$%/& ISusé\u0301中\ud800\x00\n\x1f\x85\u200b\u2028"))
def test_counting_words_fast_gives_the_same_words(text: str) -> None:
    quick = runs(text)
    parts = [match.span() for match in re.finditer(r"\S+", text)]
    assert [text[start:end] for start, end in parts] == text.split()
    assert [one for start, end in parts for one in runs(text, start, end)] == quick
    words, position = [], 0
    for _, run, shouted in quick:
        words += [(token.word, position + token.position) for token in (shouted and run.shouted) or run.tokens]
        position += run.width
    assert words == [(token.word, token.position) for token in tokens(text)]


@given(st.text(alphabet="aU.S-'’1,$%/& ISusé中"), st.sampled_from(["US", "us", "a", "1", "as"]))
def test_the_sieve_never_holds_back_a_match(text: str, word: str) -> None:
    holds = any(token.word == word for token in tokens(text))
    assert Sieve(set(), {word}).lets_through(text) or not holds


@pytest.mark.parametrize(
    "piece", ["a", "a-", "1,", "a.", "’", "US ", "1/", "a\u0301", "中", "F-1", "\ud800", "\x00", "$"]
)
def test_much_of_anything_is_read_to_its_end(piece: str) -> None:
    text = "Begin " + piece * (50_000 // len(piece)) + " end"
    found = list(tokens(text))
    assert (found[0].start, found[-1].end) == (0, len(text))
    assert all(0 <= token.start < token.end <= len(text) for token in found)


def test_words_longer_than_a_hundred_characters_are_cut_alike() -> None:
    assert words("x" * 150) == words("x" * 100)
