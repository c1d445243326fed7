"""What of a typed word makes the shape or the spelling of words to look for: `al-Bagh*`, `wom?n`, `O'H*`, `9/1*`.

The characters are those the analyzer makes words of. Left to others: where such a word may stand in a query, and how
many there may be (lexemes), and finding the words (the engine).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_EDITS: Final = 2
"""Letters in which a fuzzy word may differ."""

_HYPHENS = "-‐‑‒–−﹣－"
_APOSTROPHES = "'’ʼ‘′`´＇ʹʻ"
_MONEY = "$£€¥₹₽₪＄￡￥"
# The analyzer takes these for footnote marks and fractions, not for parts of words.
_NO_LETTERS = re.compile("[²³¹¼-¾\u2070-\u209c\u2150-\u215f\u2189]")
_LAST_MARK = 0x1E94F
_IDEOGRAPH = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_LAST_OF_FIRST_PLANE = 0xFFFF
_ASCII_DIGITS = "0123456789"
_QUESTION_MARKS = re.compile(r"\?+")


def usual_edits(text: str) -> int:
    """The edits a fuzzy word allows where no number is given: the shorter the word, the fewer."""
    letters = count_letters(text)
    return 0 if letters <= 2 else 1 if letters <= 5 else MOST_EDITS


def count_letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def is_letter(character: str) -> bool:
    """Letters and digits, as far as they make words."""
    return character.isalnum() and not _NO_LETTERS.match(character)


def has_wildcard(text: str) -> bool:
    return "*" in text or any(
        is_word_character(text, match.start() - 1) and is_word_character(text, match.end())
        for match in _QUESTION_MARKS.finditer(text)
    )


def is_word_character(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (is_letter(text[at]) or _is_mark(text[at]))


def _is_mark(character: str) -> bool:
    return ord(character) <= _LAST_MARK and unicodedata.category(character).startswith("M")


def holds_ideograph(text: str) -> bool:
    return any(_IDEOGRAPH.match(character) or ord(character) > _LAST_OF_FIRST_PLANE for character in text)


def can_be_pattern(reduced: str) -> bool:
    """Whether there is a letter to look for; ideographs are each a word of their own, so that no sign is needed."""
    return any(map(is_letter, reduced)) and not holds_ideograph(reduced)


def last_run(text: str) -> str:
    found = list(runs(text))
    return found[-1][2] if found else ""


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """What the analyzer would make one word of, wildcards in it taken for letters: where it stands, and reduced.

    Hyphenated parts are written as one, as they also stand in the index (al-Bagh* is alBagh*); an apostrophe stays,
    as do the signs of 9/11, 3.5 and $5.
    """
    kept: list[str] = []
    start = 0
    for at, character in enumerate(text):
        if character in _APOSTROPHES:
            joins = in_run(text, at - 1) and in_run(text, at + 1) and bool(kept)
            character = "'"
        elif character in _HYPHENS:
            numbers = text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
            joins = in_run(text, at - 1) and in_run(text, at + 1) and bool(kept) and not numbers
            character = ""
        elif character in "/.,":
            joins = bool(kept) and text[at - 1] in _ASCII_DIGITS and text[at + 1 : at + 2] in set(_ASCII_DIGITS)
            character = "" if character == "," else character
        elif character in _MONEY:
            joins = not kept and text[at + 1 : at + 2] in set(_ASCII_DIGITS)
        elif _is_mark(character):
            joins = bool(kept) and kept[-1] not in {"*", "?", "'", ""}
        else:
            joins = character in "*?" or is_letter(character)
        if joins:
            if not kept:
                start = at
            kept.append(character)
        elif kept:
            yield start, at, _reduced("".join(kept))
            kept = []
    if kept:
        yield start, len(text), _reduced("".join(kept))


def in_run(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at] in "*?" or is_word_character(text, at)) and text[at] not in _APOSTROPHES


def _reduced(run: str) -> str:
    """Runs of `*` are one, and `?` is only a wildcard between letters."""
    inner = _QUESTION_MARKS.sub(
        lambda match: (
            match.group() if is_word_character(run, match.start() - 1) and is_word_character(run, match.end()) else ""
        ),
        run,
    )
    return re.sub(r"\*+", "*", inner).strip("'")
