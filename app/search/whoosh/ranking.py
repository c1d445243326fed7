"""How well an article answers: BM25F over title, summary and text, with a small bonus for the exact form, and for words
of the query that stand near each other.

Robertson and Zaragoza 2009, section 3.6: occurrences in each field, divided by how long the field is compared to its
mean and weighed, are added up before they saturate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.engine import Contribution
from app.search.whoosh.columns import Columns
from app.search.whoosh.occurrences import Occurrences, Often
from app.search.whoosh.places import POSITION_BITS, Keys
from app.search.whoosh.sets import Articles, Scratch, places_of

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

DECIMALS: Final = 4
"""To which scores are compared."""

Scores = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

_MUCH_LONGER: Final = 8


class Ranking:
    """Scores articles of one generation by its own statistics, of live articles only: what was deleted or how the
    index was built can't show in the order."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._total = columns.live_count
        lengths = columns.lengths
        # Whole numbers are summed, so that the means don't hang on the order of the articles.
        means = lengths[columns.live].sum(axis=0, dtype=np.int64) / max(1, self._total)
        means[means == 0] = 1.0
        b = np.array(LENGTH_MATTERS)
        scales = np.array(FIELD_WEIGHTS) / (1 - b + b * lengths / means)
        self._in_text: Scores = np.ascontiguousarray(scales[:, Part.TEXT], np.float32)
        """What one occurrence in the text counts, by article."""
        self._elsewhere: Scores = np.ascontiguousarray(scales[:, : Part.TEXT], np.float32)
        """What one occurrence in the title, and in the summary, counts; shape (articles, 2)."""

    def scores(self, occurrences: Iterable[tuple[Occurrences, float]], articles: Articles, scratch: Scratch) -> Scores:
        """The scores of some articles, which rise. Each occurrences come with their weight in the query."""
        asked = [(found, weight * self._best(len(found))) for found, weight in occurrences if len(found)]
        postings = sum(len(found) + len(found.exact_articles) for found, _ in asked)
        if len(articles) * _MUCH_LONGER < postings:
            return self._of_few(asked, articles)
        sums = scratch.scores
        for number, (found, best) in enumerate(asked):
            own = best * _saturated(self._weighed(found.articles, found.counts))
            if number:
                own += sums.take(found.articles, mode="clip")
            sums[found.articles] = own
            if len(found.exact):
                sums[found.exact_articles] += best * EXACT_BONUS * _saturated(self._as_written(found))
        scores: Scores = sums.take(articles, mode="clip")
        for found, _ in asked:
            sums[found.articles] = 0
            sums[found.exact_articles] = 0
        return scores

    def scores_of_few(self, occurrences: Iterable[tuple[Occurrences, float]], articles: Articles) -> Scores:
        """The same, quicker where the articles are few."""
        return self._of_few([(found, weight * self._best(len(found))) for found, weight in occurrences], articles)

    def _of_few(self, asked: Sequence[tuple[Occurrences, np.float32]], articles: Articles) -> Scores:
        sums = np.zeros(len(articles), np.float32)
        for found, best in asked:
            own = found.among(articles)
            if not len(own):
                continue
            sums[places_of(articles, own.articles)] += best * _saturated(self._weighed(own.articles, own.counts))
            if len(own.exact):
                sums[places_of(articles, own.exact_articles)] += best * EXACT_BONUS * _saturated(self._as_written(own))
        return sums

    def best_first(self, articles: Articles, scores: Scores, wanted: int) -> Places:
        """The places of the best of some articles, in their order; ties newest first, then by id. Scores are rounded,
        so that the order can't hang on the last bit of a float."""
        places: Places | None = None
        if wanted < len(articles):
            # Only those that can be among the best are sorted; ties at the edge all take part.
            least = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
            places = np.flatnonzero(scores >= least - 10.0**-DECIMALS)
            articles, scores = articles[places], scores[places]
        rounded = np.round(scores.astype(np.float64), DECIMALS)
        order: Places = np.lexsort((self._columns.newest[articles], -rounded))[:wanted]
        return order if places is None else places[order]

    def explain(self, clause: str, occurrences: Sequence[tuple[Occurrences, float]], article: int) -> Contribution:
        """What one clause's lookups add to the score of an article."""
        score, exact_score = 0.0, 0.0
        counts = np.zeros(len(Part), np.int64)
        by_field = np.zeros(len(Part))
        for found, weight in occurrences:
            best = weight * self._best(len(found))
            own = found.among(np.array([article]))
            if not len(own):
                continue
            shares = np.append(self._elsewhere[article], self._in_text[article]) * own.counts[0]
            saturated = float(best * _saturated(shares.sum()))
            exact = float(best * EXACT_BONUS * _saturated(self._as_written(own))[0]) if len(own.exact) else 0.0
            score += saturated + exact
            exact_score += exact
            counts += own.counts[0]
            by_field += shares / shares.sum() * saturated
        fields = tuple((part.name.lower(), int(counts[part]), float(by_field[part])) for part in Part if counts[part])
        return Contribution(clause, score, fields, exact_score)

    def in_text(self, article: int, often: int, articles: int) -> float:
        """What so many occurrences in the text of an article score, of what stands in so many articles."""
        occurring = often * float(self._in_text[article])
        return float(self._best(articles)) * occurring / (occurring + SATURATION)

    def rarity(self, articles: int) -> float:
        """Inverse document frequency of what stands in so many articles; never negative."""
        return log(1 + (self._total - articles + 0.5) / (articles + 0.5))

    def _best(self, articles: int) -> np.float32:
        """What very many occurrences of what stands in so many articles score."""
        return np.float32(self.rarity(articles) * (SATURATION + 1))

    def _weighed(self, articles: Articles, counts: Often) -> Scores:
        """Occurrences, each divided by how long its field is, and weighed."""
        sums: Scores = self._in_text.take(articles, mode="clip") * counts[:, Part.TEXT]
        elsewhere = np.flatnonzero(counts[:, Part.TITLE] | counts[:, Part.SUMMARY])
        if len(elsewhere):
            rows = self._elsewhere[articles[elsewhere]] * counts[elsewhere, : Part.TEXT]
            sums[elsewhere] += rows[:, 0] + rows[:, 1]
        return sums

    def _as_written(self, found: Occurrences) -> Scores:
        sums: Scores = self._in_text.take(found.exact_articles, mode="clip") * found.exact
        return sums

    def nearness(self, pairs: Sequence[tuple[Keys, Keys, float]], articles: Articles) -> Scores:
        """What words that stand near each other add to the score of some articles, which rise.

        pairs: the places of two words that follow each other in the query, and the smaller of their rarities. Each
        occurrence of the first counts by the square of its distance to the nearest of the second (Rasolofo and Savoy
        2003), and saturates as occurrences do. The word that an article has less often counts as the first.
        """
        added = np.zeros(len(articles), np.float32)
        for one, other, rarity in pairs:
            if not len(one) or not len(other):
                continue
            rows, other_rows = (places_of(articles, keys >> POSITION_BITS) for keys in (one, other))
            fewer = np.bincount(rows, minlength=len(articles)) <= np.bincount(other_rows, minlength=len(articles))
            close = np.zeros(len(articles))
            for keys, own, others, first in ((one, rows, other, fewer), (other, other_rows, one, ~fewer)):
                leading = first[own]
                close += np.bincount(own[leading], _closeness(keys[leading], others), len(articles))
            added += np.float32(NEARNESS * rarity * (SATURATION + 1)) * _saturated(close.astype(np.float32))
        return added


def _saturated(occurring: Scores) -> Scores:
    found: Scores = occurring / (occurring + np.float32(SATURATION))
    return found


def _closeness(some: Keys, others: Keys) -> npt.NDArray[np.float64]:
    """One over the square of how far each is from the nearest of the others that is elsewhere; 0 beyond WITHIN."""
    far = 1 << POSITION_BITS
    padded = np.concatenate([[-far], others, [np.iinfo(np.int64).max]])
    at = np.searchsorted(others, some)  # in `padded`, the last one before it
    before, here = some - padded[at], padded[at + 1] - some
    after = padded[np.minimum(at + 2, len(padded) - 1)] - some
    gaps = np.minimum(before, np.where(here == 0, after, here))
    near = gaps <= WITHIN
    found = np.zeros(len(some))
    found[near] = 1.0 / (gaps[near] * gaps[near])
    return found
