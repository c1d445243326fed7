"""The queries that engines are compared on, drawn at random from the words and articles of the corpus.

How each is put to an engine is that engine's matter (`systems`). No word of a query is a function word, but in phrases.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.search.function_words import is_function_word
from benchmarks.engines.corpus import PLAIN, Article, Corpus

WITHIN: Final = 10
"""The words of a NEAR are at most so many words apart: next to each other is 1."""

_SAMPLED: Final = 5_000
"""Articles that phrases and combinations of words are taken from."""
_TRIES: Final = 200
_PLAIN_WORD: Final = re.compile(r"[a-z]{2,}")


class Kind(StrEnum):
    """What a query asks for. The value is how tables call it."""

    RARE = "rare word"
    COMMON = "common word"
    OR3 = "any of 3"
    AND2 = "both of 2"
    AND3 = "all of 3"
    PHRASE = "phrase"
    PREFIX = "prefix"
    NEAR = "near"
    FILTER = "filtered"


MEANINGS: Final = {
    Kind.RARE: "a word of 2 to 20 articles",
    Kind.COMMON: "a word of at least 5 % of the articles",
    Kind.OR3: "any of three words, each in at least 1 % of the articles",
    Kind.AND2: "two words that occur in one article",
    Kind.AND3: "three words that occur in one article",
    Kind.PHRASE: "two or three words in a row, function words among them",
    Kind.PREFIX: "any word that begins with these four or five letters",
    Kind.NEAR: f"two words within {WITHIN} words",
    Kind.FILTER: "a word, of one source and one year",
}


@dataclass(frozen=True, slots=True)
class Question:
    """words: in lower case; for PREFIX the one prefix, for PHRASE in order. source, year: for FILTER only."""

    kind: Kind
    words: tuple[str, ...]
    source: str | None = None
    year: int | None = None

    @classmethod
    def of(cls, kind: str, words: Sequence[str], source: str | None, year: int | None) -> Question:
        """From what JSON makes of one."""
        return cls(Kind(kind), tuple(words), source, year)


def draw(corpus: Corpus, count: int, kinds: Iterable[Kind] = Kind, seed: int = 11) -> dict[Kind, list[Question]]:
    """At most so many different questions of each kind, each with an answer; fewer where the corpus has no more."""
    chance = random.Random(seed)
    drawn = _Drawing(corpus, chance)
    makers: dict[Kind, Callable[[], Question | None]] = {
        Kind.RARE: drawn.of_words(drawn.between(2, 20), Kind.RARE, 1),
        Kind.COMMON: drawn.of_words(drawn.between(max(2, corpus.articles // 20)), Kind.COMMON, 1),
        Kind.OR3: drawn.of_words(drawn.between(max(2, corpus.articles // 100)), Kind.OR3, 3),
        Kind.AND2: lambda: drawn.together(Kind.AND2, 2),
        Kind.AND3: lambda: drawn.together(Kind.AND3, 3),
        Kind.PHRASE: drawn.phrase,
        Kind.PREFIX: drawn.prefix,
        Kind.NEAR: drawn.near,
        Kind.FILTER: drawn.filtered,
    }
    return {kind: _different(make, count) for kind, make in makers.items() if kind in set(kinds)}


def _different(make: Callable[[], Question | None], count: int) -> list[Question]:
    found: dict[Question, None] = {}
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        question = make()
        if question is not None:
            found[question] = None
    return list(found)


class _Drawing:
    def __init__(self, corpus: Corpus, chance: random.Random) -> None:
        self._corpus = corpus
        self._chance = chance
        self._articles = corpus.sample(_SAMPLED)
        # By word: a query should be of words that are not the rarest, or most would find their one article only.
        self._frequent = set(self.between(max(2, corpus.articles // 200)))

    def between(self, least: int, most: int | None = None) -> list[str]:
        """The words whose stem occurs in so many articles."""
        corpus = self._corpus
        return [
            word
            for stem, word in corpus.forms.items()
            if least <= corpus.frequencies.get(stem, 0) <= (most or corpus.articles) and not is_function_word(word)
        ]

    def of_words(self, words: Sequence[str], kind: Kind, each: int) -> Callable[[], Question | None]:
        def make() -> Question | None:
            return Question(kind, tuple(self._chance.sample(words, each))) if len(words) >= each else None

        return make

    def together(self, kind: Kind, each: int) -> Question | None:
        words = sorted(self._telling(self._article().text))
        return Question(kind, tuple(self._chance.sample(words, each))) if len(words) >= each else None

    def phrase(self) -> Question | None:
        words = self._chance.choice(self._article().paragraphs).split()
        length = self._chance.choice((2, 3))
        if len(words) < length:
            return None
        start = self._chance.randrange(len(words) - length + 1)
        row = words[start : start + length]
        if not all(map(_PLAIN_WORD.fullmatch, row)) or all(map(is_function_word, row)):
            return None
        return Question(Kind.PHRASE, tuple(row))

    def prefix(self) -> Question | None:
        words = [word for word in PLAIN.findall(self._article().text) if len(word) > 5 and not is_function_word(word)]
        return Question(Kind.PREFIX, (self._chance.choice(words)[: self._chance.choice((4, 5))],)) if words else None

    def near(self) -> Question | None:
        words = self._chance.choice(self._article().paragraphs).split()
        places = [place for place, word in enumerate(words) if word in self._frequent]
        pairs = [
            (words[one], words[other])
            for one in places
            for other in places
            if one < other <= one + WITHIN // 2 and words[one] != words[other]
        ]
        return Question(Kind.NEAR, self._chance.choice(pairs)) if pairs else None

    def filtered(self) -> Question | None:
        article = self._article()
        words = sorted(self._telling(article.text))
        if not (article.source and article.year and words):
            return None
        return Question(Kind.FILTER, (self._chance.choice(words),), article.source, article.year)

    def _article(self) -> Article:
        return self._chance.choice(self._articles)

    def _telling(self, text: str) -> set[str]:
        return {word for word in PLAIN.findall(text) if word in self._frequent}
