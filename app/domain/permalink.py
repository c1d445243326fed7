"""Permalinks: derived from what an article is, never from when or in which order it came."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o, u."""

ID_LENGTH: Final = 12
LONG_ID_LENGTH: Final = 16
LONGEST_READ: Final = 100
"""Characters of what may be an id that are looked at."""
SLUG_LENGTH: Final = 80

NOT_SLUGS: Final = frozenset({"cite", "diff", "versions"})
"""Pages that stand beside an article's permalink, where its slug would."""

_CROCKFORD = re.compile(f"[{ALPHABET}]+")
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None})
# What mail programs and people write after an address, and take into it: punctuation, brackets, invisible characters.
_TRAILING = " \t\n.,:;!?'\"`´<>(){}[]|\\*_~-’‘“”„«»‹›…\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u00a0"


def permalink_id(identity_key: str, length: int = ID_LENGTH) -> str:
    """The first 5 * length bits of the key's sha256, in Crockford base32.

    With 12 characters (60 bits) one pair among 75 million articles collides with a chance of 1 in 400 (birthday bound
    n^2 / 2^61); the later of two that collide gets 16.
    """
    return crockford(hashlib.sha256(identity_key.encode()).digest(), length)


def crockford(digest: bytes, length: int) -> str:
    """The first 5 * length bits of a digest, in Crockford's base32."""
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - 5 * length)
    return "".join(ALPHABET[number >> (5 * position) & 31] for position in reversed(range(length)))


def read_crockford(text: str, lengths: Collection[int]) -> str | None:
    """What somebody meant who wrote base32 of one of these lengths: upper case, o for 0, i and l for 1 and hyphens are
    read as Crockford lays down, and what mail programs add at the end is passed over. None for anything else."""
    meant = without_trailing(text.strip()[:LONGEST_READ]).lower().translate(_READ_AS)
    return meant if len(meant) in lengths and _CROCKFORD.fullmatch(meant) else None


def read_id(text: str) -> str | None:
    """The id that somebody meant, as `read_crockford` reads it; None where the text can't be an id."""
    return read_crockford(text, (ID_LENGTH, LONG_ID_LENGTH))


def without_trailing(text: str) -> str:
    """An address, or a part of one, without the punctuation that a mail program or a sentence put after it."""
    return text.rstrip(_TRAILING)


def slug(title: str) -> str:
    """The readable tail of a permalink: ASCII where the title has it, other scripts' letters as they are.

    At most 80 characters, cut between words; `untitled` where nothing is left, never the name of a page beside it.
    """
    folded = unicodedata.normalize("NFKD", title.replace("’", "'").replace("ß", "ss").casefold())
    latin = "".join(char for char in folded if not unicodedata.combining(char))
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\w)['.](?=\w)", "", unicodedata.normalize("NFC", latin)))
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > SLUG_LENGTH:
            break
        kept = longer
    if kept in NOT_SLUGS:
        return f"article-{kept}"
    return kept or (words[0][:SLUG_LENGTH] if words else "untitled")
