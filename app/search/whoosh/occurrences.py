"""Where something occurs and how often, and how several ways to write it come together as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.whoosh.sets import NOBODY, Articles, holds, places_of

MOST_COUNTED: Final = 255

Often = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Where something occurs.

    articles: their numbers, rising. counts: shape (articles, 3), occurrences in title, summary and text; more than 255
    count as 255. exact_articles, exact: where the very form asked for occurs, and how often. words: what a pattern
    stands for; left_out: how many more words it stands for, which were not looked for.
    """

    articles: Articles
    counts: Often
    exact_articles: Articles
    exact: Often
    words: tuple[str, ...] = ()
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        arrays = (self.articles, self.counts, self.exact_articles, self.exact)
        return sum(one.nbytes for one in arrays) + 100 * len(self.words)

    def among(self, wanted: Articles) -> Occurrences:
        """Only what is in some articles."""
        if not len(self.articles):
            return NONE
        here = holds(self.articles, wanted)
        own = wanted[here]
        exact = holds(self.exact_articles, own)
        exact_own = own[exact]
        return Occurrences(
            own,
            self.counts[places_of(self.articles, own)],
            exact_own,
            self.exact[places_of(self.exact_articles, exact_own)] if len(exact_own) else self.exact[:0],
        )


NONE: Final = Occurrences(NOBODY, np.zeros((0, len(Part)), np.uint8), NOBODY, np.zeros(0, np.uint8))


def capped(often: npt.NDArray[Any]) -> Often:
    found: Often = np.minimum(often, MOST_COUNTED).astype(np.uint8)
    return found


def joined(parts: Sequence[Occurrences]) -> Occurrences:
    """Of one thing in several segments, in the segments' order."""
    if len(parts) < 2:
        return parts[0] if parts else NONE
    return Occurrences(
        np.concatenate([one.articles for one in parts]),
        np.concatenate([one.counts for one in parts]),
        np.concatenate([one.exact_articles for one in parts]),
        np.concatenate([one.exact for one in parts]),
    )


def alternatives(ways: Sequence[Occurrences]) -> Occurrences:
    """Several ways to write one thing; an article counts by the way it has most."""
    return _united(ways, ways, largest=True)


def names(ways: Sequence[Occurrences]) -> Occurrences:
    """Several names of one thing, all of which count; only the first is the exact form."""
    return _united(ways, ways[:1], largest=False)


def only_in(part: Part, found: Occurrences) -> Occurrences:
    """What occurs in one part of the articles."""
    held = found.counts[:, part] > 0
    articles = found.articles[held]
    counts = np.zeros((len(articles), len(Part)), np.uint8)
    counts[:, part] = found.counts[held, part]
    here = holds(articles, found.exact_articles)
    exact_articles = found.exact_articles[here]
    # How often the exact form stands in this part is not known; what is left can't be more than all.
    exact = found.exact[here]
    if len(exact_articles):
        exact = np.minimum(exact, counts[places_of(articles, exact_articles), part])
    return replace(found, articles=articles, counts=counts, exact_articles=exact_articles, exact=exact)


def _united(ways: Sequence[Occurrences], exact_ways: Sequence[Occurrences], *, largest: bool) -> Occurrences:
    articles = np.unique(np.concatenate([NOBODY, *(way.articles for way in ways)]))
    counts = np.zeros((len(articles), len(Part)), np.uint8)
    for way in ways:
        places = np.searchsorted(articles, way.articles)
        if largest:
            counts[places] = np.maximum(counts[places], way.counts)
        else:
            counts[places] = capped(counts[places].astype(np.uint16) + way.counts)
    exact_articles = np.unique(np.concatenate([NOBODY, *(way.exact_articles for way in exact_ways)]))
    exact = np.zeros(len(exact_articles), np.uint8)
    for way in exact_ways:
        places = np.searchsorted(exact_articles, way.exact_articles)
        exact[places] = np.maximum(exact[places], way.exact)
    return Occurrences(articles, counts, exact_articles, exact)
