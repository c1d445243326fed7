"""Exact duplicates: the same article published at more than one address.

Articles whose current text is the same (and, where it is short, the title too) form a group. The one with the
smallest id stands for it; the others' permalinks lead there. Which one stands for the group depends on its members
alone, so archives fed in any order agree, and as links only ever lead to a smaller id, they can't run in circles, not
even in a browser that remembers old ones.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

FEWEST_WORDS: Final = 20
"""Shorter texts (placeholders such as "Blah blah blah.") make no duplicates: that they agree says nothing."""
FEWEST_DISTINCT_WORDS: Final = 15
ENOUGH_WORDS: Final = 100
"""A text this long speaks for itself, whatever the titles; under it the titles must agree too."""

_WORD = re.compile(r"\w+")
_LETTERS_OF_ENOUGH: Final = 1_000
"""In which so many words stand, mostly."""


def duplicate_key(title: str, text: str) -> str | None:
    """What exact duplicates share: sha256 over canonical text and, for short texts, title (case and blanks evened out).

    None where the text is too short or too monotonous to tell articles apart.
    """
    words = [word.casefold() for word in _first_words(text)]
    if len(words) < FEWEST_WORDS or len(set(words)) < FEWEST_DISTINCT_WORDS:
        return None
    heading = "" if len(words) >= ENOUGH_WORDS else " ".join(title.casefold().split())
    return hashlib.sha256(f"{heading}\n{text}".encode()).hexdigest()


def _first_words(text: str) -> list[str]:
    """ENOUGH_WORDS of them, or all."""
    words: list[str] = _WORD.findall(text, 0, _LETTERS_OF_ENOUGH)
    # The last of these may be cut.
    return (words if len(words) > ENOUGH_WORDS else _WORD.findall(text))[:ENOUGH_WORDS]
