"""Queries typed in capitals throughout, where case does not tell US from us, nor an operator from a word."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.search.analysis import tokens

_LETTERS = re.compile(r"[^\W\d_]+")


def is_in_capitals(typed: Iterable[str]) -> bool:
    """Whether words are typed in capitals so that these mean nothing: three words, one of them longer than an acronym.

    `US NATO` is not enough.
    """
    text = " ".join(typed)
    letters = _LETTERS.findall(text)
    return text.isupper() and len(letters) >= 3 and max(map(len, letters)) >= 6


def is_read_twice(word: str) -> bool:
    """Whether a word in capitals may be an acronym or an everyday word; dots tell."""
    return "." not in word and any(token.word.isupper() for token in tokens(word))
