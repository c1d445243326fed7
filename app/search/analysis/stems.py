"""Brings the forms of an English word together without bringing different words together.

Snowball's English stemmer, behind three guards: British spellings become American ones first, a final s that is no
plural stays, and a table keeps apart (or brings together) what the stemmer gets wrong in texts on policy.
"""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Protocol, cast

import snowballstemmer

from app.search.analysis.overrides import OVERRIDES, PLURALS_IN_IS
from app.search.analysis.spellings import american

_CACHED_WORDS = 100_000
_ENGLISH = re.compile(r"[a-z]{3,60}", re.ASCII)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (Snowball's name)


_snowball = cast(_Stemmer, snowballstemmer.stemmer("english"))
_one_at_a_time = Lock()  # Snowball keeps the word it works on in the stemmer


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str) -> str:
    """The common form of a folded word's forms: `stabilised` and `stabilization` both give `stabil`.

    Words with anything but the letters a to z, of fewer than 3 or more than 60 letters, are their own stem.
    The rule is on letters, never on case, so that `isis` typed finds ISIS written.
    """
    if not _ENGLISH.fullmatch(word):
        return word
    known = OVERRIDES.get(word)
    if known is not None:
        return known
    if word.endswith("is"):
        return word[:-1] if word[:-1] in PLURALS_IN_IS else word
    word = american(word)
    known = OVERRIDES.get(word)
    if known is not None:
        return known
    with _one_at_a_time:
        return _snowball.stemWord(word)
