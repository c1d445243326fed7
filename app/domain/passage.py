"""Fingerprints: a paragraph's lasting name, taken from its words, so that it holds when other paragraphs come and go.

Where a fingerprint leads is found out by whoever has the versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from app.domain.canonical import Paragraph
from app.domain.permalink import crockford, read_crockford

LENGTH: Final = 8
"""Characters of Crockford's base32: 40 bits, so that two of an article's 2,000 paragraphs agree with a chance of one in
half a million; then, too, they are told apart, by the order in which they stand."""


def fingerprints(paragraphs: Iterable[Paragraph]) -> tuple[str, ...]:
    """One for each paragraph, in order; no two are the same.

    Taken from the paragraph's canonical text, and, of paragraphs with equal texts, from the second on, from how many of
    them stand before it.
    """
    taken: dict[str, None] = {}
    seen: dict[str, int] = {}
    for paragraph in paragraphs:
        ordinal = seen.get(paragraph.text, 0)
        while (mark := _fingerprint(paragraph.text, ordinal)) in taken:
            ordinal += 1
        seen[paragraph.text] = ordinal + 1
        taken[mark] = None
    return tuple(taken)


def read_fingerprint(text: str) -> str | None:
    """The fingerprint that somebody meant; upper case, o for 0, i and l for 1 are read as Crockford lays down."""
    return read_crockford(text, (LENGTH,))


def _fingerprint(text: str, ordinal: int) -> str:
    said = text if ordinal == 0 else f"{ordinal}\n{text}"
    return crockford(hashlib.sha256(said.encode()).digest(), LENGTH)
