"""How near a passage is in meaning to a query, by static word vectors: a second opinion that re-orders the best hits.

The vectors ship inside the wordllama package (an optional extra; nothing is ever downloaded) and are mapped into
memory. A passage's vector is the mean of its word pieces' vectors. Without the extra, ranking does without.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
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

_MOST_WORDS: Final = 100_000
"""Words whose vectors are remembered; one takes 512 bytes."""

_UNIT: Final = 127
"""What 1.0 is in a stored vector, whose numbers take a byte each."""

_WEIGHTS: Final = Path("weights/l2_supercat_256.safetensors")
_PIECES: Final = Path("tokenizers/l2_supercat_tokenizer_config.json")

Vectors = npt.NDArray[np.int8]
"""Shape (passages, SIZE), each of about unit length times _UNIT."""


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
        self._known: tuple[dict[str, int], npt.NDArray[np.float64]] = ({}, np.zeros((0, SIZE)))
        self._learning = Lock()

    def of_article(self, title: str, summary: str, paragraphs: Iterable[str]) -> Vectors:
        """Of its passages: title and summary as one, then the text."""
        head = f"{title} {summary}".split()
        words = " ".join(paragraphs).split()
        length = max(PASSAGE_WORDS, -(-len(words) // MOST_PASSAGES))
        starts = [0, *range(len(head), len(head) + len(words), length)]
        return self._of([*head, *words], np.array(starts, np.int64))

    def of_query(self, text: str) -> Vectors:
        """Shape (1, SIZE); all zero where the text says nothing."""
        return self._of(text.split(), np.zeros(1, np.int64))

    def _of(self, words: list[str], starts: npt.NDArray[np.int64]) -> Vectors:
        """Of the passages that begin at these of the words."""
        found = np.zeros((len(starts), SIZE))
        held = np.diff(starts, append=len(words)) > 0
        if held.any():
            # In double precision these sums are exact, and so the same in whatever order they are made.
            found[held] = np.add.reduceat(self._of_words(words), starts[held], axis=0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        rounded: Vectors = np.rint(found / lengths * _UNIT).astype(np.int8)
        return rounded

    def _of_words(self, words: list[str]) -> npt.NDArray[np.float64]:
        """The sum of each word's pieces, which don't reach from one word into the next; shape (words, SIZE)."""
        places, sums = self._known
        found: list[Any] = list(map(places.get, words))
        if None in found:
            places, sums = self._learned(words)
            found = [places[word] for word in words]
        rows: npt.NDArray[np.float64] = sums[found]
        return rows

    def _learned(self, words: list[str]) -> tuple[dict[str, int], npt.NDArray[np.float64]]:
        """Places of words, and the sums at these, with some words among them."""
        wanted = dict.fromkeys(words)
        with self._learning:
            places, sums = self._known
            if len(places) + len(wanted) > len(sums):
                # Anew, not emptied: another thread may still read the old ones.
                self._known = places, sums = {}, np.zeros((max(_MOST_WORDS, len(wanted)), SIZE))
            new = [word for word in wanted if word not in places]
            first = len(places)
            sums[first : first + len(new)] = self._sums_of(new)
            places.update(zip(new, range(first, first + len(new)), strict=True))
            return places, sums

    def _sums_of(self, words: list[str]) -> npt.NDArray[np.float64]:
        encoded = [one.ids for one in self._pieces.encode_batch(words, add_special_tokens=False)]
        pieces = self._vectors[[piece for ids in encoded for piece in ids], :SIZE].astype(np.float64)
        widths = np.array([len(ids) for ids in encoded], np.int64)
        found = np.zeros((len(words), SIZE))
        if len(pieces):
            found[widths > 0] = np.add.reduceat(pieces, (np.cumsum(widths) - widths)[widths > 0], axis=0)
        return found


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


def to_bytes(vectors: Vectors) -> bytes:
    return vectors.tobytes()


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
    return np.memmap(file, np.float16, "r", start, tuple(described["shape"]))
