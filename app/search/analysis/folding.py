"""Takes from a word what does not tell words apart: case, accents, ligatures, width, invisible characters.

Vowel signs of the scripts of India and South-East Asia are not accents; they stay.
"""

from __future__ import annotations

import unicodedata

IGNORABLE = "\u00ad\u034f\u061c\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
"""Characters without a meaning of their own inside a word, as ranges for a regular expression's character class."""

# Letters that have no decomposition in Unicode but are read as these by people who can't type them.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ĸ": "k"}
)
_LAST_ACCENTED_BASE = 0x077F  # Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic and Syriac end here
_LATIN_AND_GREEK_EXTENDED = range(0x1E00, 0x2000)


def fold(word: str) -> str:
    """The form by which two spellings of a word are compared: `Sánchez` and `SANCHEZ` both give `sanchez`.

    Decimal digits of every script become ASCII digits. What is neither letter, digit nor mark is dropped, so the
    answer may be empty.
    """
    if word.isascii():
        folded = word.lower()
        return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    kept: list[str] = []
    accents_go = True
    for character in folded:
        if character.isalnum():
            code = ord(character)
            accents_go = code <= _LAST_ACCENTED_BASE or code in _LATIN_AND_GREEK_EXTENDED
            if character.isdecimal():
                character = str(unicodedata.decimal(character))
            if code != 0x0640:  # the Arabic tatweel only stretches a word, yet counts as a letter
                kept.append(character)
        elif (
            not accents_go and unicodedata.category(character).startswith("M") and not "\ufe00" <= character <= "\ufe0f"
        ):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)
