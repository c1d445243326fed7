"""How well an article answers: BM25F over title, summary and text, with a small bonus for the exact form, and for words
of the query that stand near each other.

Robertson and Zaragoza 2009, section 3.6: occurrences in each field, divided by how long the field is compared to its
mean and weighed, are added up before they saturate.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.engine import Contribution
from app.search.whoosh.columns import Columns
from app.search.whoosh.postings import Occurrences, Positions

SATURATION: Final = 1.2
"""k1: the higher, the longer more occurrences of a word still help."""

FIELD_WEIGHTS: Final = (3.0, 1.5, 1.0)
"""Of an occurrence in title, summary and text."""

LENGTH_MATTERS: Final = (0.5, 0.5, 0.85)
"""b of title, summary and text: 0 ignores how long the field is, 1 divides by it in full."""

EXACT_BONUS: Final = 0.2
"""What occurrences in the very form asked for add, as a part of what they would score alone."""

NEARNESS: Final = 0.2
"""What two words of the query side by side add, as a part of what the commoner one scores at most."""

WITHIN: Final = 10
"""Words apart at which nearness ends."""

Scores = npt.NDArray[np.float64]


class Ranking:
    """Scores articles of one generation by its own statistics, of live articles only: what was deleted or how the
    index was built can't show in the order."""

    def __init__(self, columns: Columns) -> None:
        self._total = columns.live_count
        self._size = columns.size
        lengths = columns.lengths.astype(np.float64)
        means = lengths[columns.live].mean(axis=0) if self._total else np.zeros(3)
        means[means == 0] = 1.0
        b = np.array(LENGTH_MATTERS)
        self._scales: Scores = np.array(FIELD_WEIGHTS) / (1 - b + b * lengths / means)
        """What one occurrence in a field counts, by article; shape (articles, 3)."""

    def scores(self, occurrences: Iterable[tuple[Occurrences, float]]) -> Scores:
        """The score of every article, by its number. Each occurrences come with their weight in the query."""
        sums = np.zeros(self._size)
        for found, weight in occurrences:
            if len(found):
                saturated, exact, _ = self._parts(found)
                sums[found.articles] += weight * (saturated + exact)
        return sums

    def explain(self, clause: str, occurrences: Sequence[tuple[Occurrences, float]], article: int) -> Contribution:
        """What one clause's lookups add to the score of an article."""
        score, exact_score = 0.0, 0.0
        counts = np.zeros(3, np.int64)
        by_field = np.zeros(3)
        for found, weight in occurrences:
            at = int(np.searchsorted(found.articles, article))
            if at == len(found) or found.articles[at] != article:
                continue
            one = Occurrences(found.articles[at : at + 1], found.counts[at : at + 1], found.exact[at : at + 1])
            saturated, exact, shares = self._parts(one, self.rarity(len(found)))
            score += weight * float(saturated[0] + exact[0])
            exact_score += weight * float(exact[0])
            counts += one.counts[0]
            by_field += weight * shares[0]
        fields = tuple((part.name.lower(), int(counts[part]), float(by_field[part])) for part in Part if counts[part])
        return Contribution(clause, score, fields, exact_score)

    def rarity(self, articles: int) -> float:
        """Inverse document frequency of what stands in so many articles; never negative."""
        return log(1 + (self._total - articles + 0.5) / (articles + 0.5))

    def _parts(self, found: Occurrences, rarity: float | None = None) -> tuple[Scores, Scores, Scores]:
        """The saturated score, the exact form's bonus, and the score's share by field, of each article found."""
        best = (self.rarity(len(found)) if rarity is None else rarity) * (SATURATION + 1)
        scales = self._scales[found.articles]
        weighed = scales * found.counts
        occurring = weighed.sum(axis=1)
        saturated = best * occurring / (SATURATION + occurring)
        as_written = scales[:, Part.TEXT] * found.exact
        exact = best * EXACT_BONUS * as_written / (SATURATION + as_written)
        return saturated, exact, weighed / occurring[:, None] * saturated[:, None]

    def nearness(self, pairs: Sequence[tuple[Positions, Positions, float]], articles: Sequence[int]) -> Scores:
        """What words that stand near each other add to the score of some articles.

        pairs: positions of two words that follow each other in the query, and the smaller of their rarities. Each
        occurrence of the first counts by the square of its distance to the nearest of the second (Rasolofo and Savoy
        2003), and saturates as occurrences do.
        """
        added = np.zeros(len(articles))
        for first, second, rarity in pairs:
            for at, article in enumerate(articles):
                one, other = first.get(article), second.get(article)
                if one and other:
                    close = _closeness(one, other)
                    added[at] += NEARNESS * rarity * (SATURATION + 1) * close / (SATURATION + close)
        return added


def _closeness(one: Sequence[int], other: Sequence[int]) -> float:
    if len(one) > len(other):
        one, other = other, one
    sum_ = 0.0
    for position in one:
        at = bisect_left(other, position)
        gaps = [abs(other[near] - position) for near in (at - 1, at, at + 1) if 0 <= near < len(other)]
        gap = min((gap for gap in gaps if gap), default=WITHIN + 1)
        if gap <= WITHIN:
            sum_ += 1 / (gap * gap)
    return sum_
