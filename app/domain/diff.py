"""What changed between two texts: paragraphs aligned, and words deleted and inserted inside those that changed.

The longest common subsequence is taken by rapidfuzz, 64 cells at a time. How much is compared is bounded, so that no
text can hold anybody up: what lies beyond counts as replaced.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from app.domain.canonical import Paragraph

MOST_CELLS: Final = 100_000_000
"""Pairs of paragraphs, or of words, that one comparison may look at: half a second where they differ in everything."""
LONGEST_COMPARED: Final = 500_000
"""Characters of two paragraphs together that are compared word by word."""
MOST_COMPARED: Final = 3_000
"""Pairs of paragraphs whose likeness is measured, to find which became which."""
LIKENESS_READ: Final = 2_000
"""Characters of a paragraph that its likeness to another is measured on."""
ALIKE: Final = 50.0
"""From 0 to 100: a paragraph that is less alike is not the same one changed, but another."""

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")
_WORD = re.compile(r"\w+")


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Mark(StrEnum):
    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph's text that was kept, deleted or inserted as a whole."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One paragraph of the one text, the other, or both. old, new: its number there, from 1; None where it is not.

    runs: its text, for a changed paragraph with what was deleted and inserted.
    """

    change: Change
    old: int | None
    new: int | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """steps: in reading order. deleted, inserted: words. words: of both texts together."""

    steps: tuple[Step, ...]
    deleted: int
    inserted: int
    words: int

    @property
    def changed(self) -> float:
        """The share of both texts' words that only one of them has, from 0 to 1."""
        return (self.deleted + self.inserted) / self.words if self.words else 0.0


def difference(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Difference:
    """What became of each paragraph. Paragraphs keep their order: one that moved was removed and added."""
    budget = _Budget()
    steps = tuple(_step(old, new, before, after, budget) for before, after in align(old, new, budget))
    deleted = sum(_words(run.text) for step in steps for run in step.runs if run.mark is Mark.DELETED)
    inserted = sum(_words(run.text) for step in steps for run in step.runs if run.mark is Mark.INSERTED)
    words = sum(_words(paragraph.text) for paragraph in (*old, *new))
    return Difference(steps, deleted, inserted, words)


def align(
    old: Sequence[Paragraph], new: Sequence[Paragraph], budget: _Budget | None = None
) -> list[tuple[int | None, int | None]]:
    """Pairs of positions, from 0, of paragraphs that are the same, or the same one changed; None beside those that were
    removed or added."""
    budget = budget or _Budget()
    old_texts, new_texts = [one.text for one in old], [one.text for one in new]
    pairs: list[tuple[int | None, int | None]] = []
    for equal, before, after in _stretches(old_texts, new_texts, budget):
        if equal:
            pairs.extend(zip(before, after, strict=True))
        else:
            pairs.extend(_matched(old_texts, new_texts, before, after, budget))
    return pairs


def word_runs(old: str, new: str, budget: _Budget | None = None) -> tuple[Run, ...]:
    """The one text turned into the other, word by word; signs and blanks count for themselves."""
    if len(old) + len(new) > LONGEST_COMPARED:
        return Run(Mark.DELETED, old), Run(Mark.INSERTED, new)
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    runs: list[Run] = []

    def note(mark: Mark, text: str) -> None:
        if text:
            runs.append(Run(mark, text))

    deleted = inserted = ""
    for equal, olds, news in _stretches(before, after, budget or _Budget()):
        if not equal:
            deleted += "".join(before[olds.start : olds.stop])
            inserted += "".join(after[news.start : news.stop])
            continue
        kept = "".join(before[olds.start : olds.stop])
        if (deleted or inserted) and not kept.strip() and news.stop < len(after) and olds.stop < len(before):
            # A blank between two changed words is no island: read as one change.
            deleted, inserted = deleted + kept, inserted + kept
            continue
        note(Mark.DELETED, deleted)
        note(Mark.INSERTED, inserted)
        deleted = inserted = ""
        note(Mark.KEPT, kept)
    note(Mark.DELETED, deleted)
    note(Mark.INSERTED, inserted)
    return tuple(runs)


class _Budget:
    """What may still be compared."""

    def __init__(self) -> None:
        self._cells = MOST_CELLS
        self._likenesses = MOST_COMPARED

    def cells(self, number: int) -> bool:
        """Whether so many cells may be looked at; takes them."""
        if number > self._cells:
            return False
        self._cells -= number
        return True

    def likenesses(self, number: int) -> bool:
        if number > self._likenesses:
            return False
        self._likenesses -= number
        return True


def _stretches(
    old: Sequence[Hashable], new: Sequence[Hashable], budget: _Budget
) -> Iterator[tuple[bool, range, range]]:
    """The two sequences in stretches that are equal, or that are not; the latter may be empty on one side."""
    head = _common(zip(old, new, strict=False))
    tail = _common(zip(reversed(old[head:]), reversed(new[head:]), strict=False))
    old_end, new_end = len(old) - tail, len(new) - tail
    if head:
        yield True, range(head), range(head)
    if budget.cells((old_end - head) * (new_end - head)):
        # rapidfuzz compares what it is given by its hash; small numbers stand for the values, and no two share one.
        number: dict[Hashable, int] = {}
        before = [number.setdefault(value, len(number)) for value in old[head:old_end]]
        after = [number.setdefault(value, len(number)) for value in new[head:new_end]]
        for equal, blocks in groupby(LCSseq.opcodes(before, after), key=lambda block: block.tag == "equal"):
            first, *others = blocks
            last = others[-1] if others else first
            olds = range(head + first.src_start, head + last.src_end)
            news = range(head + first.dest_start, head + last.dest_end)
            yield equal, olds, news
    elif old_end > head or new_end > head:
        yield False, range(head, old_end), range(head, new_end)
    if tail:
        yield True, range(old_end, len(old)), range(new_end, len(new))


def _common(pairs: Iterator[tuple[Hashable, Hashable]]) -> int:
    length = 0
    for one, other in pairs:
        if one != other:
            break
        length += 1
    return length


def _matched(
    old: Sequence[str], new: Sequence[str], before: range, after: range, budget: _Budget
) -> list[tuple[int | None, int | None]]:
    """Which of the paragraphs that were replaced became which: the pairs, in order, that are the most alike in all."""
    if not before or not after:
        return [(position, None) for position in before] + [(None, position) for position in after]
    if not budget.likenesses(len(before) * len(after)):
        return [(position, None) for position in before] + [(None, position) for position in after]
    likeness = [[_likeness(old[one], new[other]) for other in after] for one in before]
    best = _best_sums(likeness)
    pairs: list[tuple[int | None, int | None]] = []
    row = column = 0
    while row < len(before) and column < len(after):
        here = best[row][column]
        if likeness[row][column] >= ALIKE and here == likeness[row][column] + best[row + 1][column + 1]:
            pairs.append((before[row], after[column]))
            row, column = row + 1, column + 1
        elif here == best[row + 1][column]:
            pairs.append((before[row], None))
            row += 1
        else:
            pairs.append((None, after[column]))
            column += 1
    pairs.extend((position, None) for position in before[row:])
    pairs.extend((None, position) for position in after[column:])
    return pairs


def _best_sums(likeness: Sequence[Sequence[float]]) -> list[list[float]]:
    """[row][column]: the largest sum of likenesses of pairs from there on, each row and column in one pair at most."""
    rows, columns = len(likeness), len(likeness[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            skipped = max(best[row + 1][column], best[row][column + 1])
            alike = likeness[row][column]
            best[row][column] = max(skipped, alike + best[row + 1][column + 1]) if alike >= ALIKE else skipped
    return best


def _likeness(old: str, new: str) -> float:
    return ratio(old[:LIKENESS_READ], new[:LIKENESS_READ], score_cutoff=ALIKE)


def _step(
    old: Sequence[Paragraph], new: Sequence[Paragraph], before: int | None, after: int | None, budget: _Budget
) -> Step:
    """before, after: positions from 0; never both None."""
    was = "" if before is None else old[before].text
    now = "" if after is None else new[after].text
    old_number = None if before is None else before + 1
    new_number = None if after is None else after + 1
    if before is None:
        return Step(Change.ADDED, None, new_number, (Run(Mark.INSERTED, now),))
    if after is None:
        return Step(Change.REMOVED, old_number, None, (Run(Mark.DELETED, was),))
    if was == now:
        return Step(Change.SAME, old_number, new_number, (Run(Mark.KEPT, now),))
    return Step(Change.CHANGED, old_number, new_number, word_runs(was, now, budget))


def _words(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))
