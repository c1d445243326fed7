"""What is told of a text so that its near-duplicates can be found."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from app.search.near_duplicates import MOST_KEPT, SIGNATURE_SIZE, Marks, marks, resemblance, shingles
from tests.search.prose import edited, prose


def agreeing(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = told(one), told(other)
    return float((first.signature == second.signature).mean())


def told(text: tuple[str, ...]) -> Marks:
    found = marks(text)
    assert found is not None
    return found


def test_a_text_resembles_itself_wholly_and_a_stranger_not_at_all() -> None:
    own = shingles(prose(1))
    assert resemblance(own, own) == 1
    assert resemblance(own, shingles(prose(2))) == 0
    assert resemblance(own, shingles(())) == 0


def test_one_word_takes_five_shingles_away() -> None:
    before, after = shingles(prose(1)), shingles(edited(prose(1)))
    assert len(np.setdiff1d(before, after)) == 5


@pytest.mark.parametrize("number", range(5))
def test_signatures_agree_in_about_as_much_as_the_shingles_do(number: int) -> None:
    text, other = prose(number, 10), (*prose(number, 10)[:8], *prose(number + 100, 2))
    share = resemblance(shingles(text), shingles(other))
    assert 0.5 < share < 0.8
    # Four standard deviations of 128 bytes.
    assert abs(agreeing(text, other) - share) < 4 * (share * (1 - share) / SIGNATURE_SIZE) ** 0.5


def test_case_punctuation_and_typography_make_no_difference() -> None:
    plain = ('He said: "don\'t reopen the port" -- and the U.S. envoy left the soft hyphen in.', *prose(1))
    set_in_type = (
        "HE SAID: “Don’t re\u00adopen the port”\u2014and the US envoy left the soft\u00a0hyphen in",
        *(paragraph.upper() for paragraph in prose(1)),
    )
    assert np.array_equal(shingles(plain), shingles(set_in_type))
    assert np.array_equal(told(plain).signature, told(set_in_type).signature)


@pytest.mark.parametrize(
    "text",
    [
        (),
        ("",),
        ("Blah blah blah.",),
        ("Blah blah blah. " * 2000,),
        ("The text of this article will be here soon. " * 50,),
        prose(1, 1, 60),
        ("— … — " * 500,),
        ("\ud800 \U0010ffff\x00",),
    ],
)
def test_what_says_too_little_has_no_marks(text: tuple[str, ...]) -> None:
    assert marks(text) is None


@pytest.mark.parametrize(
    "letters", ["".join(map(chr, range(0x4E00, 0x4E00 + 300))), "".join(map(chr, range(0x30A1, 0x30F6))) * 3]
)
def test_letters_of_scripts_without_blanks_count_as_words(letters: str) -> None:
    shuffled = "".join(letters[(at * 7) % len(letters)] for at in range(len(letters)))
    text = (letters + shuffled + "、" + letters[::-1] + "。",)
    one_letter_less = (text[0][:10] + text[0][11:],)
    assert marks(text) is not None
    assert resemblance(shingles(text), shingles(one_letter_less)) > 0.9


@pytest.mark.parametrize("first", [0x410, 0x5D0, 0x627, 0x915, 0xAC00, 0x10D0])
def test_any_script_has_marks(first: int) -> None:
    text = " ".join(chr(first + at % 20) * (1 + at % 7) + chr(first + at // 3 % 20) for at in range(400))
    assert agreeing((text,), (text + " .",)) == 1


def test_figures_are_told_apart_and_of_very_many_some_are_kept() -> None:
    assert list(told(prose(1)).figures) == []
    own = told((*prose(1), "In 2016 it cost $5,000, in 2017 it cost $5,000 more."))
    assert len(own.figures) == 3
    assert len(told((" ".join(map(str, range(10_000))),)).figures) == MOST_KEPT


def test_names_are_told_apart_and_whether_they_are_said_often() -> None:
    before = len(told(tuple(map(str.lower, prose(1)))).names)
    own = told((*map(str.lower, prose(1)), "Karelon met Zubrovia, and ZUBROVIA met zubrovia, Zubrovia said."))
    assert before == 0
    assert sorted((own.names & 1).tolist()) == [0, 1]


def test_a_long_text_is_read_to_its_end() -> None:
    text = prose(1, 100, 800)
    assert agreeing(text, prose(2, 100, 800)) < 0.1
    assert agreeing(text, (*text, "And one more paragraph at the end.")) > 0.95


def test_other_processes_come_to_the_same_marks() -> None:
    """What one process writes into the index, another compares with its own."""
    said = (
        "from app.search.near_duplicates import marks; from tests.search.prose import prose;"
        "print(marks((*prose(1), 'In 2016.')).signature.tobytes().hex())"
    )
    there = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60)
    assert there.stdout.strip() == told((*prose(1), "In 2016.")).signature.tobytes().hex()
