"""How near a passage is in meaning to a query, by static word vectors: a second opinion that re-orders the best hits.

The vectors ship inside the wordllama package (an optional extra; nothing is ever downloaded) and are mapped into
memory. A passage's vector is the mean of its word pieces' vectors. Without the extra, ranking does without.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIZE: Final = 64
"""Numbers of a vector that are used; the model is trained so that its first ones say most (Kusupati et al. 2022)."""

PASSAGE_WORDS: Final = 40
"""Words of a passage; of a text longer than MOST_PASSAGES of these, passages are longer."""

MOST_PASSAGES: Final = 128

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
        self._vectors = _mapped(folder / _WEIGHTS)

    def of_article(self, title: str, summary: str, paragraphs: Iterable[str]) -> Vectors:
        """Of its passages: title and summary as one, then the text."""
        words = " ".join(paragraphs).split()
        length = max(PASSAGE_WORDS, -(-len(words) // MOST_PASSAGES))
        passages = [" ".join(words[start : start + length]) for start in range(0, len(words), length)]
        return self._of([f"{title} {summary}", *passages])

    def of_query(self, text: str) -> Vectors:
        """Shape (1, SIZE); all zero where the text says nothing."""
        return self._of([text])

    def _of(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), SIZE), np.float32)
        for at, encoded in enumerate(self._pieces.encode_batch(list(texts), add_special_tokens=False)):
            if encoded.ids:
                found[at] = self._vectors[encoded.ids, :SIZE].sum(axis=0, dtype=np.float32)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        rounded: Vectors = np.rint(found / lengths * _UNIT).astype(np.int8)
        return rounded


def nearest(passages: Vectors, query: Vectors) -> float:
    """The cosine of the passage that is nearest to the query, from 0 (nothing in common) to 1.

    Whole numbers are compared, so the answer is the same on every machine.
    """
    if not len(passages):
        return 0.0
    products = passages.astype(np.int32) @ query[0].astype(np.int32)
    return max(0.0, min(1.0, float(products.max()) / _UNIT**2))


def to_bytes(vectors: Vectors) -> bytes:
    return vectors.tobytes()


def from_bytes(stored: bytes) -> Vectors:
    return np.frombuffer(stored, np.int8).reshape(-1, SIZE)


@cache
def meaning() -> Meaning | None:
    """None where the extra is not installed."""
    folder = _folder()
    return None if folder is None else Meaning(folder)


@cache
def edition() -> str:
    """Names the vectors that an index holds, so that one with others is recognised; empty where there are none."""
    return "" if _folder() is None else f"wordllama {version('wordllama')} {SIZE} {PASSAGE_WORDS} {MOST_PASSAGES}"


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
