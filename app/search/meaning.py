"""How near a passage is in meaning to a query, by static word vectors: a second opinion that re-orders the best hits.

The vectors ship inside the wordllama package (an optional extra; nothing is ever downloaded) and are mapped into
memory. A passage's vector is the mean of its word pieces' vectors. Without the extra, ranking does without.
"""

from __future__ import annotations

import importlib.util
import json
import os
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIZE: Final = 64
"""Numbers of a vector that are used; the model is trained so that its first ones say most (Kusupati et al. 2022)."""

PASSAGE_WORDS: Final = 40
"""Words of a passage; of a text longer than MOST_PASSAGES of these, passages are longer."""

MOST_PASSAGES: Final = 128

_WORDS_AT_ONCE: Final = 1_000
_STRETCHES_AT_ONCE: Final = 64

_UNIT: Final = 127
"""What 1.0 is in a stored vector, whose numbers take a byte each."""

_WEIGHTS: Final = Path("weights/l2_supercat_256.safetensors")
_PIECES: Final = Path("tokenizers/l2_supercat_tokenizer_config.json")

Vectors = npt.NDArray[np.int8]
"""Shape (passages, SIZE), each of about unit length times _UNIT."""

Sums = npt.NDArray[np.float32]
"""Shape (words, SIZE)."""

Numbers = npt.NDArray[np.int64]


class Meaning:
    """Makes vectors of texts and compares them."""

    def __init__(self, folder: Path) -> None:
        # One passage after the other is quick enough, and threads don't survive the forking of a process.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from tokenizers import Tokenizer  # only where the extra is installed

        self._pieces: Any = Tokenizer.from_file(str(folder / _PIECES))
        self._pieces.no_padding()
        self._pieces.no_truncation()
        self._vectors = np.asarray(_mapped(folder / _WEIGHTS))
        self._encoding = Lock()

    @lru_cache(maxsize=256)  # noqa: B019 - there is one for the life of the process
    def of_query(self, text: str) -> Vectors:
        """Shape (1, SIZE); all zero where the text says nothing."""
        return _rounded(self.sums(text.split()).sum(axis=0, keepdims=True))

    def sums(self, words: list[str]) -> Sums:
        """The sum of the vectors of each word's pieces, which don't reach from one word into the next."""
        with self._encoding:
            encoded = [one.ids for one in self._pieces.encode_batch_fast(words, add_special_tokens=False)]
        widths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        pieces = np.fromiter(chain.from_iterable(encoded), np.int64, int(widths.sum()))
        found = np.zeros((len(words), SIZE), np.float32)
        held = np.flatnonzero(widths)
        starts = (np.cumsum(widths) - widths)[held]
        for first in range(0, len(held), _WORDS_AT_ONCE):
            some = starts[first : first + _WORDS_AT_ONCE]
            end = starts[first + _WORDS_AT_ONCE] if first + _WORDS_AT_ONCE < len(held) else len(pieces)
            own = self._vectors[pieces[some[0] : end], :SIZE].astype(np.float64)
            found[held[first : first + _WORDS_AT_ONCE]] = np.add.reduceat(own, some - some[0], axis=0)
        return found


def of_passages(sums: Sums, words: Numbers, starts: Numbers, ends: Numbers) -> Vectors:
    """The vector of each passage. sums: by word number, all zero for number 0. words: the numbers of the words of a
    text, in which the passages lie."""
    found = np.zeros((len(starts), SIZE), np.float32)
    stretches = -(-(ends - starts) // PASSAGE_WORDS)
    owners = np.repeat(np.arange(len(starts)), stretches)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(stretches) - stretches, stretches)
    begins = starts[owners] + nth * PASSAGE_WORDS
    # What is gathered at a time should stay in the processor's own memory.
    for first in range(0, len(owners), _STRETCHES_AT_ONCE):
        own = owners[first : first + _STRETCHES_AT_ONCE]
        places = begins[first : first + _STRETCHES_AT_ONCE, None] + np.arange(PASSAGE_WORDS)
        inside = places < ends[own, None]
        numbers = np.where(inside, words[np.minimum(places, len(words) - 1)], 0)
        np.add.at(found, own, sums[numbers].sum(axis=1))
    return _rounded(found)


def _rounded(sums: npt.NDArray[np.float32]) -> Vectors:
    """Sums of vectors, made so long as vectors are kept."""
    exact = sums.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    rounded: Vectors = np.rint(exact / lengths * _UNIT).astype(np.int8)
    return rounded


def nearest(passages: Vectors, held: npt.NDArray[np.int64], query: Vectors) -> npt.NDArray[np.float32]:
    """For each of some texts the cosine of the passage that is nearest to the query, from 0 (nothing in common) to 1.

    passages: the texts' side by side; held: how many each text has; shape (texts,). Whole numbers are compared,
    which single precision holds exactly, so the answer is the same on every machine.
    """
    found = np.zeros(len(held), np.float32)
    if len(passages):
        products = passages.astype(np.float32) @ query[0].astype(np.float32)
        found[held > 0] = np.maximum.reduceat(products, (np.cumsum(held) - held)[held > 0])
    cosines: npt.NDArray[np.float32] = np.clip(found / np.float32(_UNIT**2), 0, 1)
    return cosines


@cache
def meaning() -> Meaning | None:
    """None where the extra is not installed."""
    folder = _folder()
    return None if folder is None else Meaning(folder)


@cache
def edition() -> str:
    """Names the vectors that an index holds, so that one with others is recognised; empty where there are none."""
    if _folder() is None:
        return ""
    return f"wordllama {version('wordllama')} {SIZE} {PASSAGE_WORDS} {MOST_PASSAGES} by word"


@cache
def _folder() -> Path | None:
    """Where the vectors are. The package itself is not imported: it brings more than they need."""
    found = importlib.util.find_spec("wordllama")
    if found is None or not found.submodule_search_locations or importlib.util.find_spec("tokenizers") is None:
        return None
    folder = Path(found.submodule_search_locations[0])
    return folder if (folder / _WEIGHTS).exists() and (folder / _PIECES).exists() else None


def _mapped(file: Path) -> npt.NDArray[np.float16]:
    """The one table of a safetensors file: 8 bytes say how long its description is, then that, then the numbers."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        (described,) = (value for name, value in json.loads(opened.read(length)).items() if name != "__metadata__")
    if described["dtype"] != "F16":
        raise ValueError(f"{file} holds {described['dtype']}, not F16")
    start = 8 + length + described["data_offsets"][0]
    return np.asarray(np.memmap(file, np.float16, "r", start, tuple(described["shape"])))
