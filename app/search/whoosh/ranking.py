"""How well an article answers: BM25F over title, summary and text, with a small bonus for the exact form.

Robertson and Zaragoza 2009, section 3.6: occurrences in each field, divided by how long the field is compared to its
mean and weighed, are added up before they saturate.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from math import log

from app.search.whoosh.columns import Columns
from app.search.whoosh.postings import Occurrences

SATURATION = 1.2
"""k1: the higher, the longer more occurrences of a word still help."""

FIELD_WEIGHTS = (3.0, 1.5, 1.0)
"""Of an occurrence in title, summary and text."""

LENGTH_MATTERS = (0.5, 0.5, 0.7)
"""b of title, summary and text: 0 ignores how long the field is, 1 divides by it in full."""

EXACT_BONUS = 0.2
"""What occurrences in the very form asked for add, as a part of what they would score alone."""

_DECIMALS = 4  # The sums are rounded, so that the order can't hang on the last bit of a float.


class Ranking:
    """Scores articles of one generation by its own statistics, of live articles only: what was deleted or how the
    index was built can't show in the order."""

    def __init__(self, columns: Columns) -> None:
        self._total = len(columns.live)
        self._scales = tuple(
            _scales(lengths, columns.live, weight, b)
            for lengths, weight, b in zip(columns.lengths, FIELD_WEIGHTS, LENGTH_MATTERS, strict=True)
        )

    def scores(self, occurrences: Iterable[Occurrences], wanted: Set[int]) -> dict[int, float]:
        """The score of every wanted article, by its number."""
        sums = dict.fromkeys(wanted, 0.0)
        for found in occurrences:
            self._add(found, sums)
        return {number: round(score, _DECIMALS) for number, score in sums.items()}

    def _add(self, found: Occurrences, sums: dict[int, float]) -> None:
        in_title, in_summary, in_text = self._scales
        counts, exact = found.counts, found.exact
        rarity = log(1 + (self._total - len(found) + 0.5) / (len(found) + 0.5))
        best = rarity * (SATURATION + 1)
        bonus = best * EXACT_BONUS
        at = 0
        for index, number in enumerate(found.articles):
            if number in sums:
                occurring = in_text[number] * counts[at + 2]
                if counts[at]:
                    occurring += in_title[number] * counts[at]
                if counts[at + 1]:
                    occurring += in_summary[number] * counts[at + 1]
                score = best * occurring / (SATURATION + occurring)
                if exact[index]:
                    as_written = in_text[number] * exact[index]
                    score += bonus * as_written / (SATURATION + as_written)
                sums[number] += score
            at += 3


def _scales(lengths: list[int], live: Set[int], weight: float, b: float) -> list[float]:
    """What one occurrence in a field counts, by article."""
    mean = sum(lengths[number] for number in live) / len(live) if live else 0.0
    return [weight / (1 - b + b * length / mean) if mean else weight for length in lengths]
