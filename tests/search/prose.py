"""Texts long enough to be near-duplicates of one another: words at random, the same for the same number."""

from __future__ import annotations

from random import Random
from typing import Final

_WORDS: Final = (
    "minister port winter harbour levy council grain pilot budget hearing treaty clause delegate fund quarter tariff "
    "border river bridge audit survey village school teacher clinic permit licence court judge appeal forest mine "
    "railway ferry cable market farmer union strike wage pension rent shelter water canal reserve bank loan bond "
    "debt ballot mayor district census archive record notice draft measure motion vote session panel report"
).split()


def prose(number: int, paragraphs: int = 5, words: int = 40) -> tuple[str, ...]:
    """No two numbers give texts that have a run of five words in common but by chance."""
    random = Random(number)
    return tuple(" ".join(random.choice(_WORDS) for _ in range(words)).capitalize() + "." for _ in range(paragraphs))


def edited(text: tuple[str, ...], word: str = "amended") -> tuple[str, ...]:
    """The same with one word of the second paragraph put in the place of another."""
    first, second, *rest = text
    words = second.split()
    words[len(words) // 2] = word
    return (first, " ".join(words), *rest)
