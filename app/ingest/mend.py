"""Mends text that was damaged on its way: garbled letters (UTF-8 read as Windows-1252) and stray control characters.

Only what is surely damage is touched: text that nobody garbled comes back as it was.
"""

from __future__ import annotations

import re
from typing import Final

from ftfy import fix_encoding
from ftfy.badness import is_bad

_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c]")
_CONTROLS: Final = re.compile("[\x01-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_NO_CONTROLS: Final = dict.fromkeys([*range(0x01, 0x09), *range(0x0E, 0x20), 0x7F])
_C1: Final = re.compile("[\x80-\x84\x86-\x9f]")
_SUSPECTS: Final = re.compile("[\x80-\x84\x86-\x9fÂÃâÅÄÎÏÐÑØÙ×¢à]|\\xa0")
"""Every garbled letter has one of these; what has none need not be looked at further."""


def mend(text: str) -> str:
    """Line ends LF, form feeds line ends, control characters out, garbled letters whole again."""
    is_ascii = text.isascii()
    if is_ascii and text.isprintable():
        return text
    if "\r" in text or "\x0b" in text or "\x0c" in text:
        text = _LINE_ENDS.sub("\n", text)
    text = text.translate(_NO_CONTROLS) if is_ascii else _CONTROLS.sub("", text)
    if is_ascii or not _SUSPECTS.search(text):
        return text
    mended = "\n".join(fix_encoding(line) if is_bad(line) else line for line in text.split("\n"))
    return _C1.sub(_as_windows, mended)


def looks_garbled(text: str) -> bool:
    """Whether some line of it was surely read in the wrong encoding."""
    return _SUSPECTS.search(text) is not None and any(is_bad(line) for line in text.split("\n"))


def _as_windows(found: re.Match[str]) -> str:
    """A control character from 0x80 on is a byte that Windows-1252 has a letter or a mark for."""
    return found[0].encode("latin-1").decode("cp1252", "ignore")
