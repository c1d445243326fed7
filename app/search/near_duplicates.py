"""What tells near-duplicates: texts as shingles (runs of words) and figures, and marks of these, a few bytes, which lie
in the index for each article. Why like this, and how well it tells: docs/decisions/0013-near-duplicates.md.

Which articles of an archive are near-duplicates is found by `whoosh/near.py`, from their marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final, NamedTuple, TypeVar

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

OFTEN: Final = 3
"""So many times a text says a name of which it is no chance that the other text never says it. Where each of two texts
has such a name, they are of one template, and of different countries, companies or persons."""

MOST_KEPT: Final = 255
"""Figures, and names, of a text that are kept; of a table's thousands a sample tells enough."""

# Each letter of a script that is written without blanks counts as a word.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_APART: Final = re.compile(rf"[{_UNSPACED}]|[^{_UNSPACED}]+")
_NO_LETTER: Final = re.compile(r"[\W_]+")
_DASHES: Final = ("\u2013", "\u2014", "\u2015", "--", "/")
"""Between words, with blanks around them or without."""

_MOST_KNOWN: Final = 300_000
_LONGEST_KNOWN: Final = 64
_AT_ONCE: Final = 2048

Number = TypeVar("Number", bound=np.unsignedinteger[Any])
Shingles = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

# What the index holds was made with these very numbers: whoever changes one raises FORM in whoosh/schema.py.
_random: Final = np.random.Generator(np.random.PCG64(1997))
_PLACES: Final = _random.integers(0, 2**63, SHINGLE_WORDS, np.uint64) * np.uint64(2) + np.uint64(1)
_FACTORS: Final = _random.integers(0, 2**31, SIGNATURE_SIZE, np.uint32) * np.uint32(2) + np.uint32(1)
_SHIFTS: Final = _random.integers(0, 2**32, SIGNATURE_SIZE, np.uint32)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_DIGIT: Final = np.uint64(1)
_CAPITAL: Final = np.uint64(2)


class Marks(NamedTuple):
    """What is kept of a text.

    signature: shape (SIGNATURE_SIZE,); those of two texts agree in about as large a part as their shingles do.
    figures: 16 bits for each different word with a digit in it. names: 15 bits for each different word that begins with
    a capital letter, then one that tells whether it is said OFTEN. Of both the smallest, rising.
    """

    signature: Bytes
    figures: npt.NDArray[np.uint16]
    names: npt.NDArray[np.uint16]


class _Known(dict[str, int]):
    """What stands between two blanks -> 64 bits that stand for the word, the same in every process; the last of them
    tell whether there is a digit in it, and whether it begins with a capital letter. But for that, case, punctuation
    and typography make no other word."""

    def __missing__(self, group: str) -> int:
        word = _NO_LETTER.sub("", unicodedata.normalize("NFKC", group))
        if not word:
            found = _NO_WORD
        elif len(_APART.findall(group)) > 1:
            found = _SEVERAL
        else:
            digest = blake2b(word.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()
            # One bit is always set, so that it is neither of the numbers that stand for no one word.
            found = int.from_bytes(digest) & ~7 | 4 | word[0].isupper() << 1 | any(map(str.isdigit, word))
        if len(group) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[group] = found
        return found


_NO_WORD: Final = 0
_SEVERAL: Final = 1
"""Of words not parted by blanks."""

_known = _Known()


def shingles(paragraphs: Iterable[str]) -> Shingles:
    """The different shingles of a text, 64 bits each, rising; none of a text shorter than one."""
    return _shingles(_words(paragraphs))


def marks(paragraphs: Iterable[str]) -> Marks | None:
    """None for a text that says too little to be anything's near-duplicate.

    The signature is MinHash (Broder 1997), of which 8 bits are kept (Li and König 2010).
    """
    words = _words(paragraphs)
    found = _shingles(words)
    if len(found) < FEWEST_SHINGLES:
        return None
    # 32 bits are multiplied several times as quickly as 64.
    halves = (found >> np.uint64(32)).astype(np.uint32)[:, None]
    least = np.full(SIGNATURE_SIZE, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(halves), _AT_ONCE):
        np.minimum(least, (halves[start : start + _AT_ONCE] * _FACTORS + _SHIFTS).min(axis=0), out=least)
    signature = (_mixed(least.astype(np.uint64)) >> np.uint64(56)).astype(np.uint8)
    figures = distinct((words[words & _DIGIT > 0] >> np.uint64(48)).astype(np.uint16))
    said = np.sort((words[words & _CAPITAL > 0] >> np.uint64(48)).astype(np.uint16) & np.uint16(0xFFFE))
    names = distinct(said)
    times = np.searchsorted(said, names, "right") - np.searchsorted(said, names)
    names[times >= OFTEN] |= np.uint16(1)
    return Marks(signature, figures[:MOST_KEPT], names[:MOST_KEPT])


def resemblance(one: Shingles, other: Shingles) -> float:
    """The part of the shingles of two texts that both have (Jaccard), 0 to 1; 0 where either has none."""
    if not len(one) or not len(other):
        return 0.0
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)


def _words(paragraphs: Iterable[str]) -> Words:
    """The words of a text, in order, 64 bits each."""
    text = "\n".join(paragraphs)
    for dash in _DASHES:
        text = text.replace(dash, " ")
    groups = text.split()
    words = np.fromiter(map(_known.__getitem__, groups), np.uint64, len(groups))
    if (words == _SEVERAL).any():
        groups = [letter for group in groups for letter in _APART.findall(group)]
        words = np.fromiter(map(_known.__getitem__, groups), np.uint64, len(groups))
    kept: Words = words[words != _NO_WORD]
    return kept


def _shingles(words: Words) -> Shingles:
    count = len(words) - SHINGLE_WORDS + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    words = words & ~_CAPITAL
    sums = np.zeros(count, np.uint64)
    for place in range(SHINGLE_WORDS):
        sums += words[place : place + count] * _PLACES[place]
    return distinct(_mixed(sums))


def distinct(numbers: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Each number once, rising. np.unique looks them up in a table, which takes many times as long for some."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _mixed(numbers: Shingles) -> Shingles:
    """Numbers of which every bit hangs on many bits of those given."""
    numbers = (numbers ^ (numbers >> np.uint64(32))) * _MIX
    mixed: Shingles = (numbers ^ (numbers >> np.uint64(29))) * _MIX
    return mixed
