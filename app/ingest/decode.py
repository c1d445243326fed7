"""Bytes to text: UTF-8, or a reason in words."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 32 * 1024 * 1024
"""The largest record that is read: one line of a .jsonl, or one .txt or .md file."""


class Undecodable(ValueError):
    """The bytes are no text that can be kept; the message says why and what to do."""


def decode(raw: bytes) -> str:
    """UTF-8 text without a byte order mark.

    Raises Undecodable for more than MOST_BYTES, other encodings, and NUL characters.
    """
    if len(raw) > MOST_BYTES:
        raise Undecodable(too_large())
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Undecodable("it is UTF-16, not UTF-8; save it as UTF-8") from None
        raise Undecodable(f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not UTF-8; save it as UTF-8") from None
    refuse_unkeepable(text)
    return text


def refuse_unkeepable(text: str) -> None:
    """Raises Undecodable for characters that no database or page can hold: NUL, and halves of surrogate pairs."""
    if "\0" in text:
        raise Undecodable(f"character {text.index(chr(0)) + 1} is a NUL, which text can't hold; take it out")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Undecodable(
            f"character {error.start + 1} is half of a surrogate pair (U+{ord(text[error.start]):04X}); take it out"
        ) from None


def too_large(size: int | None = None) -> str:
    """The reason for a record over MOST_BYTES."""
    found = "" if size is None else f" of {size / 1024 / 1024:.0f} MB"
    return f"a record{found} is larger than the {MOST_BYTES // 1024 // 1024} MB that are read; split it"
