"""Permalinks: derived from what an article is, never from when or in which order it came."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o, u."""

ID_LENGTH: Final = 12
LONG_ID_LENGTH: Final = 16
SLUG_LENGTH: Final = 80

_ID = re.compile(rf"[{ALPHABET}]{{{ID_LENGTH}}}(?:[{ALPHABET}]{{{LONG_ID_LENGTH - ID_LENGTH}}})?")
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None})


def permalink_id(identity_key: str, length: int = ID_LENGTH) -> str:
    """The first 5 * length bits of the key's sha256, in Crockford base32.

    With 12 characters (60 bits) one pair among 75 million articles collides with a chance of 1 in 400 (birthday bound
    n^2 / 2^61); the later of two that collide gets 16.
    """
    number = int.from_bytes(hashlib.sha256(identity_key.encode()).digest(), "big") >> (256 - 5 * length)
    return "".join(ALPHABET[number >> (5 * position) & 31] for position in reversed(range(length)))


def read_id(text: str) -> str | None:
    """The id that somebody meant: upper case, o for 0, i and l for 1 and hyphens are read as Crockford lays down.

    None where the text can't be an id.
    """
    meant = text.strip().lower().translate(_READ_AS)
    return meant if _ID.fullmatch(meant) else None


def slug(title: str) -> str:
    """The readable tail of a permalink: ASCII where the title has it, other scripts' letters as they are.

    At most 80 characters, cut between words; `untitled` where nothing is left.
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
    return kept or (words[0][:SLUG_LENGTH] if words else "untitled")
