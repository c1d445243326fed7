"""What tells near-duplicates: texts as shingles (runs of words) and figures, and marks of these, a few bytes, which lie
in the index for each article. Why like this, and how well it tells: docs/decisions/0013-near-duplicates.md.

Which articles of an archive are near-duplicates is found by `whoosh/near.py`, from their marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS: Final = 5
"""Words of a shingle: so many in a row are hardly ever the same by chance."""

FEWEST_SHINGLES: Final = 96
"""Different shingles from which a text can be a near-duplicate: about 100 words. In fewer words, what everybody writes
outweighs what is said, and a placeholder said over and over has hardly any."""

SIGNATURE_SIZE: Final = 128
"""Bytes of a signature."""

ALIKE: Final = 0.8
"""The part of the shingles of two texts that both must have."""

FIGURES_REPLACED: Final = 2
"""So many figures of each text that the other has not make two texts of one: last year's report and this year's."""

MOST_FIGURES: Final = 64
"""Figures of a text that are kept; of a table's thousands a sample tells enough."""

# A letter of a script that is written without blanks counts as a word.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_ASCII_WORD: Final = re.compile(r"\w+", re.ASCII)
_DIGIT: Final = re.compile(r"\d")
_SOFT_HYPHEN: Final = "\u00ad"

_MOST_KNOWN: Final = 300_000
_AT_ONCE: Final = 2048

Shingles = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

# What the index holds was made with these very numbers: whoever changes one raises FORM in whoosh/schema.py.
_random: Final = np.random.Generator(np.random.PCG64(1997))
_PLACES: Final = _random.integers(0, 2**63, SHINGLE_WORDS, np.uint64) * np.uint64(2) + np.uint64(1)
_FACTORS: Final = _random.integers(0, 2**31, SIGNATURE_SIZE, np.uint32) * np.uint32(2) + np.uint32(1)
_SHIFTS: Final = _random.integers(0, 2**32, SIGNATURE_SIZE, np.uint32)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class Marks(NamedTuple):
    """What is kept of a text.

    signature: shape (SIGNATURE_SIZE,); those of two texts agree in about as large a part as their shingles do.
    figures: 16 bits for each different word with a digit in it, rising, the first MOST_FIGURES of them.
    """

    signature: Bytes
    figures: npt.NDArray[np.uint16]


class _KnownWords(dict[str, int]):
    """word -> 64 bits that stand for it, the same in every process."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        found = self[word] = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        return found


_known = _KnownWords()


def words(text: str) -> list[str]:
    """The words that texts are compared by: whatever their case, punctuation and typography."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return _WORD.findall(unicodedata.normalize("NFKC", text.replace(_SOFT_HYPHEN, "")).casefold())


def shingles(paragraphs: Iterable[str]) -> Shingles:
    """The different shingles of a text, 64 bits each, rising; none of a text shorter than one."""
    return _shingles(words("\n".join(paragraphs)))


def marks(paragraphs: Iterable[str]) -> Marks | None:
    """None for a text that says too little to be anything's near-duplicate.

    The signature is MinHash (Broder 1997), of which 8 bits are kept (Li and König 2010).
    """
    said = words("\n".join(paragraphs))
    found = _shingles(said)
    if len(found) < FEWEST_SHINGLES:
        return None
    # 32 bits are multiplied several times as quickly as 64.
    halves = (found >> np.uint64(32)).astype(np.uint32)[:, None]
    least = np.full(SIGNATURE_SIZE, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(halves), _AT_ONCE):
        np.minimum(least, (halves[start : start + _AT_ONCE] * _FACTORS + _SHIFTS).min(axis=0), out=least)
    signature = (_mixed(least.astype(np.uint64)) >> np.uint64(56)).astype(np.uint8)
    figures = sorted({_known[word] >> 48 for word in set(said) if _DIGIT.search(word)})
    return Marks(signature, np.array(figures[:MOST_FIGURES], np.uint16))


def resemblance(one: Shingles, other: Shingles) -> float:
    """The part of the shingles of two texts that both have (Jaccard), 0 to 1; 0 where either has none."""
    if not len(one) or not len(other):
        return 0.0
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)


def _shingles(said: list[str]) -> Shingles:
    if len(said) < SHINGLE_WORDS:
        return np.zeros(0, np.uint64)
    numbers = np.fromiter(map(_known.__getitem__, said), np.uint64, len(said))
    count = len(numbers) - SHINGLE_WORDS + 1
    sums = np.zeros(count, np.uint64)
    for place in range(SHINGLE_WORDS):
        sums += numbers[place : place + count] * _PLACES[place]
    return np.unique(_mixed(sums))


def _mixed(numbers: Shingles) -> Shingles:
    """Numbers of which every bit hangs on many bits of those given."""
    numbers = (numbers ^ (numbers >> np.uint64(32))) * _MIX
    mixed: Shingles = (numbers ^ (numbers >> np.uint64(29))) * _MIX
    return mixed
