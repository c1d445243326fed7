"""Finds the paragraphs of an article that show best how it answers, by the positions in the index, without its text.

It counts what `marks` would find in the text. Where the index can't tell, the article is left out, and whoever shows it
looks through its text instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Close, Forms, InPart, Lookup, Names, Part, Readings, Row, Shape, Spelt
from app.search.engine import SHOWN_PARAGRAPHS, Matches
from app.search.whoosh.batch import POSITION_SIZE, read_paragraphs
from app.search.whoosh.document import SUMMARY_START
from app.search.whoosh.places import NOWHERE, POSITION, POSITION_BITS, Keys
from app.search.whoosh.postings import Postings
from app.search.whoosh.sets import Articles, holds


class CannotTell(Exception):
    """The index does not hold where something stands."""


class Passages:
    """The paragraphs of one generation's articles."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def matches(self, asked: Sequence[Lookup], articles: Articles) -> dict[int, Matches]:
        """Of some articles, in any order, the paragraphs that match; those that the index can't tell of left out."""
        rising = np.sort(articles)
        unsure: set[int] = set()
        try:
            places = [self._places(lookup, rising, unsure) for lookup in asked]
        except CannotTell:
            return {}
        sure = np.array([number for number in rising.tolist() if number not in unsure], np.int64)
        if not len(sure):
            return {}
        stored, held = self._postings.column("paragraphs", sure, POSITION_SIZE)
        begins = read_paragraphs(stored.tobytes()).astype(np.int64)
        begins += np.repeat(sure.astype(np.int64) << POSITION_BITS, held)
        return _best(sure, begins, held, places)

    def _places(self, lookup: Lookup, articles: Articles, unsure: set[int]) -> Keys:
        """Where in the texts of some articles, which rise, something begins that answers a lookup."""
        match lookup:
            case Forms(stem):
                keys, doubtful = self._postings.keys_of_stem(stem, articles)
                unsure.update(doubtful)
                return _in_text(keys)
            case Row() | Close():
                return _in_text(self._postings.keys_of(lookup, articles))
            case Shape() | Spelt() if not self._postings.find(lookup).left_out:
                return _in_text(self._postings.keys_of(lookup, articles))
            case Readings(ways) | Names(ways):
                return np.unique(np.concatenate([self._places(way, articles, unsure) for way in ways]))
            case InPart(Part.TEXT, inner):
                return self._places(inner, articles, unsure)
            case InPart():
                return NOWHERE
            case _:
                raise CannotTell


def _in_text(keys: Keys) -> Keys:
    return keys[keys & POSITION < SUMMARY_START]


def _best(articles: Articles, begins: Keys, held: npt.NDArray[np.int64], places: Sequence[Keys]) -> dict[int, Matches]:
    """begins: where the paragraphs of the articles begin, of which each has so many as `held` says."""
    total = np.zeros(len(begins), np.int64)
    answered = np.zeros(len(begins), np.int64)
    for keys in places:
        own = keys[holds(articles, keys >> POSITION_BITS)]
        often = np.bincount(np.searchsorted(begins, own, "right") - 1, minlength=len(begins))
        total += often
        answered += often > 0
    matching = np.flatnonzero(total)
    owner = np.repeat(np.arange(len(articles)), held)[matching]
    number = matching - (np.cumsum(held) - held)[owner]
    order = np.lexsort((number, -total[matching], -answered[matching], owner))
    each = np.bincount(owner, minlength=len(articles))
    first = np.cumsum(each) - each
    number = number[order]
    return {
        article: Matches(
            count, tuple(sorted(place + 1 for place in number[start : start + min(count, SHOWN_PARAGRAPHS)].tolist()))
        )
        for article, start, count in zip(articles.tolist(), first.tolist(), each.tolist(), strict=True)
    }
