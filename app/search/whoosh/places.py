"""Places in the archive as numbers, so that words in a row, or near each other, are what rising arrays have in
common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Part
from app.search.whoosh.codec import FieldPostings, TermPostings
from app.search.whoosh.document import SUMMARY_START, TITLE_START
from app.search.whoosh.occurrences import Occurrences, capped
from app.search.whoosh.segments import Segment
from app.search.whoosh.sets import holds, places_of

Keys = npt.NDArray[np.int64]
"""Places, rising: the article's number times 2**32, plus the position."""

POSITION_BITS: Final = 32
POSITION: Final = (1 << POSITION_BITS) - 1

NOWHERE: Final[Keys] = np.zeros(0, np.int64)

_MUCH_LONGER: Final = 16


class Stretches(NamedTuple):
    """Where something stands: its first and its last word, in the order of the first."""

    firsts: Keys
    lasts: Keys


def row_starts(segment: Segment, slots: Iterable[tuple[int, list[bytes]]], among: Keys | None) -> Keys:
    """The places of a segment, counted from its first article, where rows begin that have the slots' words.

    among: the only documents that matter, rising; None for all that live.
    """
    words = segment.words
    held = [(offset, present(words, choice)) for offset, choice in slots]
    if not all(choice for _, choice in held):
        return NOWHERE
    # The rarest word first: the others are then looked at only where it stands.
    held.sort(key=lambda slot: sum(map(len, slot[1])))
    (offset, choice), *others = held
    found = _keys(choice, offset, among, None if among is not None or segment.whole else segment.live)
    for offset, choice in others:
        if not len(found):
            break
        found = _common(found, _keys(choice, offset, distinct(found >> POSITION_BITS), None))
    return found


def present(words: FieldPostings, choice: Iterable[bytes]) -> list[TermPostings]:
    """The postings of those of some words that a segment has."""
    return [postings for word in choice if (postings := words.find(word)) is not None]


def _keys(words: Sequence[TermPostings], offset: int, among: Keys | None, live: npt.NDArray[np.bool_] | None) -> Keys:
    """The places so many words before any of some words, each once.

    among: the only documents that matter, rising. live: or whether each document does.
    """
    parts = []
    for postings in words:
        docs = postings.docs
        if among is not None:
            chosen = _places_of(docs, among)
        elif live is not None:
            chosen = np.flatnonzero(live[docs])
        else:
            chosen = None
        if chosen is None:
            positions, widths = postings.positions()
        else:
            positions, widths = postings.positions_of(chosen)
            docs = docs[chosen]
        starts = positions.astype(np.int64)
        keys = np.repeat(docs.astype(np.int64) << POSITION_BITS, widths)
        keys += starts
        if offset:
            keys -= offset
            keys = keys[starts >= offset]
        parts.append(keys)
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate([NOWHERE, *parts]))


def keys_among(words: Sequence[TermPostings], among: Keys) -> Keys:
    """Where any of some words stand in some documents of a segment (rising), counted from its first."""
    return _keys(words, 0, among, None) if words and len(among) else NOWHERE


def distinct(rising: Keys) -> Keys:
    if len(rising) < 2:
        return rising
    new = np.empty(len(rising), np.bool_)
    new[0] = True
    np.not_equal(rising[1:], rising[:-1], out=new[1:])
    return rising[new]


def _places_of(docs: npt.NDArray[np.generic], wanted: Keys) -> Keys:
    """Where those of the wanted documents that are there stand among others; both rise."""
    if not len(wanted) or not len(docs):
        return NOWHERE
    if len(docs) <= _MUCH_LONGER * len(wanted):
        marks = np.zeros(max(int(docs[-1]), int(wanted[-1])) + 1, np.bool_)
        marks[wanted] = True
        return np.flatnonzero(marks[docs])
    # As few are wanted, each is looked for.
    places = places_of(docs, wanted)
    there: Keys = places[docs[places] == wanted]
    return there


def _common(some: Keys, others: Keys) -> Keys:
    """What two arrays, both rising, have in common."""
    if len(some) > len(others):
        some, others = others, some
    found: Keys = some[holds(others, some)]
    return found


def all_of(ways: Sequence[Stretches]) -> Stretches:
    """Several ways as one, each stretch once."""
    if not ways:
        return Stretches(NOWHERE, NOWHERE)
    if len(ways) == 1:
        return ways[0]
    firsts = np.concatenate([way.firsts for way in ways])
    lasts = np.concatenate([way.lasts for way in ways])
    order = np.lexsort((lasts, firsts))
    firsts, lasts = firsts[order], lasts[order]
    new = np.r_[True, (firsts[1:] != firsts[:-1]) | (lasts[1:] != lasts[:-1])][: len(firsts)]
    return Stretches(firsts[new], lasts[new])


def led_by(leading: int, standing: Sequence[Stretches], distance: int) -> Keys:
    """Where the stretches of one operand begin that have one of every other operand near after them."""
    firsts, lasts = standing[leading]
    for other, stretches in enumerate(standing):
        if other == leading:
            continue
        at = np.searchsorted(stretches.firsts, lasts, "right")
        inside = at < len(stretches.firsts)
        firsts, lasts, at = firsts[inside], lasts[inside], at[inside]
        after = stretches.firsts[at]
        near = (after - lasts <= distance) & (after >> POSITION_BITS == lasts >> POSITION_BITS)
        firsts, lasts = firsts[near], lasts[near]
    return firsts


def counted(keys: Keys) -> Occurrences:
    """How often something stands in each part of the articles that hold it, where the exact form is the only one.

    keys: in any order.
    """
    if len(keys) > 1 and not bool((keys[1:] >= keys[:-1]).all()):
        keys = np.sort(keys)
    owners = keys >> POSITION_BITS
    articles = distinct(owners)
    ends = np.searchsorted(owners, articles, "right")
    counts = np.zeros((len(articles), len(Part)), np.uint8)
    often = np.diff(ends, prepend=0)
    positions = keys & POSITION
    high = positions >= SUMMARY_START
    if high.any():
        place = np.repeat(np.arange(len(articles)), often)
        part = np.where(positions >= TITLE_START, Part.TITLE, np.where(high, Part.SUMMARY, Part.TEXT))
        each = np.bincount(place * len(Part) + part, minlength=len(articles) * len(Part))
        counts[:] = capped(each.reshape(-1, len(Part)))
    else:
        counts[:, Part.TEXT] = capped(often)
    return Occurrences(articles, counts, articles, capped(often))
