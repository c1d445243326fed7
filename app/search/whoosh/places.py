"""Where words stand in the articles of one segment: words in a row, and words near each other, on arrays of places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.whoosh.document import SUMMARY_START, TITLE_START

Places = npt.NDArray[np.int64]
"""Article and position as one number, article << 32 | position; rising, each once."""

NOWHERE: Final = np.zeros(0, np.int64)

_TYPES: Final[tuple[tuple[str, np.dtype[Any]], ...]] = (
    ("B", np.dtype("u1")),
    ("H", np.dtype("u2")),
    ("I", np.dtype("u4")),
)
_MUCH_RARER = 16
"""So many times rarer must a word be for the other's places to be looked up only where it stands."""


class Stretches(NamedTuple):
    """Places of the first and the last words of something; by the first, rising."""

    first: Places
    last: Places


def in_row(leaf: Any, slots: Iterable[tuple[int, Sequence[bytes]]]) -> Places:
    """Where the slots stand in a row: the place of each row's first word. A slot is any of its words, at an offset."""
    present = [(offset, [word for word in words if ("words", word) in leaf]) for offset, words in slots]
    if not all(words for _, words in present):
        return NOWHERE
    frequency = {offset: sum(leaf.doc_frequency("words", word) for word in words) for offset, words in present}
    present.sort(key=lambda slot: frequency[slot[0]])
    found: Places | None = None
    for offset, words in present:
        among = None
        if found is not None:
            articles = np.unique(found >> 32)
            among = articles.tolist() if len(articles) * _MUCH_RARER < frequency[offset] else None
        here = places_of(leaf, words, among) - offset
        found = here if found is None else _in_both(found, here)
        if not len(found):
            return NOWHERE
    return NOWHERE if found is None else found


def _in_both(one: Places, other: Places) -> Places:
    few, many = sorted((one, other), key=len)
    if not len(few):
        return few
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    both: Places = few[many[at] == few]
    return both


def near(operands: Sequence[Stretches], distance: int) -> Places:
    """Where one stretch of every operand stands near the others; the rule is that of `analysis.nearness`.

    The place of the first word of each such group, as often as there are groups.
    """
    found = []
    for leading, (first, last) in enumerate(operands):
        fits = np.ones(len(first), np.bool_)
        for other, (starts, _) in enumerate(operands):
            if other == leading or not len(starts):
                fits &= other == leading
                continue
            at = np.searchsorted(starts, last, side="right")
            fits &= at < len(starts)
            fits &= starts[np.minimum(at, len(starts) - 1)] - last <= distance
        found.append(first[fits])
    return np.sort(np.concatenate(found))


def united(ways: Sequence[Stretches]) -> Stretches:
    """The stretches of several ways to say one thing."""
    if len(ways) == 1:
        return ways[0]
    first = np.concatenate([way.first for way in ways] or [NOWHERE])
    last = np.concatenate([way.last for way in ways] or [NOWHERE])
    both = np.unique(np.stack([first, last]), axis=1)
    return Stretches(both[0], both[1])


def counted(places: Places) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The articles of places, and how many are in title, summary and text; shapes (articles,) and (articles, 3)."""
    articles, which = np.unique(places >> 32, return_inverse=True)
    positions = places & 0xFFFF_FFFF
    part = np.where(positions >= TITLE_START, 0, np.where(positions >= SUMMARY_START, 1, 2))
    counts = np.bincount(which * 3 + part, minlength=3 * len(articles)).reshape(-1, 3)
    return articles.astype(np.int32), counts


def places_of(leaf: Any, words: Iterable[bytes], among: Sequence[int] | None = None) -> Places:
    """Where any of the words stands; among: the only articles that matter, rising."""
    numbers: list[int] = []
    values: list[bytes] = []
    for word in words:
        matcher = leaf.postings("words", word)
        if among is None:
            while matcher.is_active():
                numbers.append(matcher.id())
                values.append(matcher.value())
                matcher.next()
            continue
        for number in among:
            if not matcher.is_active():
                break
            matcher.skip_to(number)
            if matcher.is_active() and matcher.id() == number:
                numbers.append(number)
                values.append(matcher.value())
    return unpacked(numbers, values)


def unpacked(numbers: Sequence[int], values: Sequence[bytes]) -> Places:
    """Positions as `document.pack_positions` left them: a type and differences, of each article."""
    found = []
    for code, type_ in _TYPES:
        own = [at for at, value in enumerate(values) if value[0] == ord(code)]
        if not own:
            continue
        steps = np.frombuffer(b"".join([values[at][1:] for at in own]), type_).astype(np.int64)
        lengths = np.array([len(values[at]) - 1 for at in own]) // type_.itemsize
        begins = np.cumsum(lengths) - lengths
        sums = np.cumsum(steps)
        before = sums[begins] - steps[begins]
        articles = np.array([numbers[at] for at in own], np.int64) << 32
        found.append(sums + np.repeat(articles - before, lengths))
    places: Places = np.concatenate(found) if found else NOWHERE
    if not (places[1:] > places[:-1]).all():
        # What is put together here rises in long runs, which a stable sort makes use of.
        places = np.sort(places, kind="stable")
        places = places[np.concatenate([[True], places[1:] != places[:-1]])]
    return places
