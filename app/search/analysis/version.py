"""Names the state of the analyzer, so that an index made by another state is recognised and made anew."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from zlib import crc32

from app.search.analysis import overrides, spellings
from app.search.analysis.tokens import ACRONYMS_LIKE_WORDS, LONGEST_WORD

RULES = 1
"""To be raised whenever the code (not a table) gives a text other words or stems than before."""


@cache
def fingerprint() -> str:
    """Eight hexadecimal digits; equal where every text gives the same words and stems."""
    state = (
        RULES,
        version("snowballstemmer"),
        sorted(overrides.OVERRIDES.items()),
        sorted(overrides.PLURALS_IN_IS),
        spellings.RULES,
        sorted(ACRONYMS_LIKE_WORDS),
        LONGEST_WORD,
    )
    return f"{crc32(repr(state).encode()):08x}"
