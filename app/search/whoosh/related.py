"""Finds the articles that are most like one: those that hold the words by which it is told from the others.

Its most telling words are asked for, any of them, each weighed by what it says of the article itself. What else two
articles share, and how the article writes a word, is left to the web.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Forms
from app.search.engine import Related
from app.search.whoosh.columns import Columns
from app.search.whoosh.document import to_bytes, to_text
from app.search.whoosh.near import ALONE
from app.search.whoosh.occurrences import Occurrences
from app.search.whoosh.postings import Postings
from app.search.whoosh.ranking import DECIMALS, Ranking
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.sets import Articles, Scratch, any_of, numbers

TELLING: Final = 25
"""Words of an article by which others are looked for."""

MOST_READ: Final = 60_000
"""Postings that are read for one article; a word that would take more is passed over."""

COMMON: Final = 0.1
"""A word in a larger part of the archive tells nothing, unless there are no more than FEW that hold it."""
FEW: Final = 4

LEAST: Final = 0.15
"""What a related article scores at least, the article itself scoring 1."""

SAME_TEXT: Final = 0.8
"""Articles that have so much of their words in common say the same, if they are no near-duplicates either."""

_CONSIDERED: Final = 40
_LOOKED_AT: Final = 3
_WORDS: Final = 5


class _Telling(NamedTuple):
    """A word of the article, with its own weight there."""

    stem: str
    weight: float
    found: Occurrences


class RelatedArticles:
    """Of one generation."""

    def __init__(self, segments: Sequence[Segment], columns: Columns, postings: Postings, ranking: Ranking) -> None:
        self._segments = segments
        self._columns = columns
        self._postings = postings
        self._ranking = ranking

    def of(self, number: int, limit: int, groups: npt.NDArray[np.int32], scratch: Scratch) -> tuple[Related, ...]:
        """The articles most like one, the most like first. groups: of near-duplicates, by article."""
        own = np.array([number])
        (terms,) = self._postings.terms(own)
        telling = self._telling(own, terms)
        if not telling:
            return ()
        articles = numbers(any_of([word.found.articles for word in telling], scratch))
        scores = self._ranking.scores([(word.found, word.weight) for word in telling], articles, scratch)
        scores = scores / scores[np.searchsorted(articles, number)]
        like = (scores >= LEAST) & (articles != number)
        articles, scores = articles[like], scores[like]
        best = self._ranking.best_first(articles, scores, limit * _LOOKED_AT)
        chosen = self._distinct(number, terms, articles[best], groups)[:limit]
        shares = dict(zip(articles[best].tolist(), scores[best].tolist(), strict=True))
        shared = self._shared(telling, chosen)
        return tuple(
            Related(id, shares[article], words)
            for id, article, words in zip(self._columns.ids.of(chosen), chosen, shared, strict=True)
            if len(words) > 1
        )

    def _telling(self, own: Articles, terms: dict[str, int]) -> list[_Telling]:
        """The words that tell the article from others, which others hold as well; the most telling first.

        What a word says is first estimated by its occurrences anywhere, without reading its postings, then weighed as
        the ranking does, a title's words more.
        """
        article = int(own[0])
        most = max(FEW, COMMON * self._columns.live_count)
        estimated = []
        for stem, often in terms.items():
            holding = self._holding(stem)
            if 1 < holding <= most:
                estimated.append((-round(self._ranking.in_text(article, often, holding), DECIMALS), stem, holding))
        found, read = [], 0
        for _, stem, holding in sorted(estimated)[:_CONSIDERED]:
            if read + holding > MOST_READ:
                continue
            read += holding
            occurrences = self._postings.find(Forms(stem, ""))
            weight = float(self._ranking.scores_of_few([(occurrences, 1.0)], own)[0])
            found.append(_Telling(stem, weight, occurrences))
        return sorted(found, key=lambda word: (-round(word.weight, DECIMALS), word.stem))[:TELLING]

    def _holding(self, stem: str) -> int:
        """How many live articles hold a stem."""
        holding = 0
        with reading():
            for segment in self._segments:
                found = segment.stems.find(to_bytes(stem))
                if found is not None:
                    holding += len(found.docs) if segment.whole else int(segment.live[found.docs].sum())
        return holding

    def _distinct(
        self, number: int, terms: dict[str, int], articles: Articles, groups: npt.NDArray[np.int32]
    ) -> list[int]:
        """Those of some articles that are neither nearly the same as the article nor as one before them."""
        rising = np.sort(articles)
        by_article = dict(zip(rising.tolist(), self._postings.terms(rising), strict=True))
        seen, chosen, met = [terms], [], {int(groups[number])} - {ALONE}
        for article in articles.tolist():
            own, group = by_article[article], int(groups[article])
            if group not in met and all(_in_common(own, other) < SAME_TEXT for other in seen):
                seen.append(own)
                chosen.append(article)
                met |= {group} - {ALONE}
        return chosen

    def _shared(self, telling: Sequence[_Telling], chosen: Sequence[int]) -> list[tuple[str, ...]]:
        """For each of some articles the telling words that it holds, first what makes it most alike."""
        rising = np.array(sorted(chosen), np.int64)
        scores = [self._ranking.scores_of_few([(word.found, word.weight)], rising) for word in telling]
        words: dict[str, str] = {}
        shared = []
        for article in chosen:
            place = int(np.searchsorted(rising, article))
            own = sorted(
                (-round(float(score[place]), DECIMALS), word.stem) for word, score in zip(telling, scores, strict=True)
            )
            stems = [stem for score, stem in own if score]
            for stem in stems[:_WORDS]:
                if stem not in words:
                    words[stem] = self._word(stem)
            shared.append(tuple(words[stem] for stem in stems[:_WORDS]))
        return shared

    def _word(self, stem: str) -> str:
        """The word that a stem stands for most often."""
        best = (0, stem)
        with reading():
            for segment in self._segments:
                place, relation = segment.stems.dictionary.find(to_bytes(stem)), segment.words_of_stems
                for word in [] if place is None or relation is None else relation.of(place).tolist():
                    best = max(best, (len(segment.words.at(word).docs), to_text(segment.words.dictionary.term(word))))
        return best[1]


def _in_common(one: dict[str, int], other: dict[str, int]) -> float:
    """The part of all occurrences that two articles have in common, from 0 to 1 (Ruzicka)."""
    common = sum(min(often, other[stem]) for stem, often in one.items() if stem in other)
    return common / max(1, sum(one.values()) + sum(other.values()) - common)
