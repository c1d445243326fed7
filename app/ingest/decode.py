"""Bytes to text: in the encoding they are in, whatever was declared, or a reason in words."""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from app.ingest.mend import looks_garbled, mend

MOST_BYTES: Final = 32 * 1024 * 1024
"""The largest record that is read: one line of a .jsonl, one page, one document."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; UTF-32's little-endian one begins with UTF-16's."""

_MEANT: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "unicode": "utf-16",
}
"""What is declared -> what is meant (WHATWG's encoding standard reads these labels so)."""

_SEEN: Final = (
    "cp1252 cp1250 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 iso8859_2 cp932 euc_jp gb18030 big5 cp949".split()
)
"""The encodings that unlabelled text is met in; those of DOS fit nearly any bytes, and are not among them."""

_SIGN_IN_WORD: Final = re.compile("[A-Za-z][¡-©«-±´-¶¸»-¿×÷][a-z]|[a-z][³¹¿¾¼¶][ ,.]")
_LOOKED_AT: Final = 256 * 1024
"""Bytes by which an encoding is guessed."""


class Undecodable(ValueError):
    """The bytes are no text that can be kept; the message says why and what to do."""


def decode(raw: bytes) -> str:
    """UTF-8 text without a byte order mark, for formats that are UTF-8 by definition.

    Raises Undecodable for more than MOST_BYTES, other encodings, and NUL characters.
    """
    if len(raw) > MOST_BYTES:
        raise Undecodable(too_large())
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise Undecodable("it is UTF-16, not UTF-8; save it as UTF-8") from None
        raise Undecodable(f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not UTF-8; save it as UTF-8") from None
    refuse_unkeepable(text)
    return text


def decode_any(raw: bytes, declared: str | None = None, *, drop_nul: bool = False) -> str:
    """Text in any encoding, mended (see `mend`): by its byte order mark, else UTF-8 where it is that, else as
    declared, else as it looks, else Windows-1252, which is what unlabelled text mostly is.

    declared: by a header or in the text itself; it is often wrong, so it only counts where the bytes agree. drop_nul:
    leave NUL characters out, where the format says that they mean nothing. Raises Undecodable for more than
    MOST_BYTES, and for bytes that are no text.
    """
    if len(raw) > MOST_BYTES:
        raise Undecodable(too_large())
    text = _decode(raw, declared)
    if drop_nul:
        text = text.replace("\0", "")
    if "\0" in text or text.count("\ufffd") > len(text) // 20 + 1:
        refuse_unkeepable(text)
        raise Undecodable("it is no text in any encoding that could be told")
    return mend(_without_surrogates(text))


def _decode(raw: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if wide := _wide(raw):
        return raw.decode(wide, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(raw) - 3 and error.reason == "unexpected end of data" and not _ends_in_letter(raw, error):
            return raw.decode("utf-8", "ignore")  # cut off in the middle of a character
    known = _known(declared)
    if known is not None and known not in ("utf-8", "utf-16", "utf-32"):
        try:
            text = raw.decode(known)
        except (UnicodeDecodeError, ValueError):
            pass
        else:
            if known != "cp1252" or (_western(raw) and not looks_garbled(text)):
                return text
    if _mostly_utf8(raw):
        return raw.decode("utf-8", "windows")
    best = None if _western(raw) else from_bytes(raw[:_LOOKED_AT], cp_isolation=_SEEN).best()
    if best is not None:
        try:
            return raw.decode(best.encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return raw.decode("cp1252", "windows")


def _ends_in_letter(raw: bytes, error: UnicodeDecodeError) -> bool:
    """Whether what looks like half a character is a letter of another encoding: the only one, as in “café”."""
    return raw[: error.start].isascii() and raw[error.start :].decode("cp1252", "replace").islower()


def _wide(raw: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is NUL."""
    head = raw[:1000]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 2 * len(head) // 5 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 2 * len(head) // 5 and odd == 0 else None


def _known(declared: str | None) -> str | None:
    if not declared:
        return None
    label = declared.strip().strip("\"'").lower()
    label = _MEANT.get(label, label)
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # some of Python's codecs are no text encodings
    except (LookupError, ValueError, TypeError):
        return None
    return name if name not in ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape") else None


def _mostly_utf8(raw: bytes) -> bool:
    """Whether the text is UTF-8 with a few strays, as pages are that were put together from several."""
    text = raw[:_LOOKED_AT].decode("utf-8", "replace")
    good = sum(1 for char in text if char > "\x7f" and char != "\ufffd")
    return good > 4 * text.count("\ufffd")


def _western(raw: bytes) -> bool:
    """Whether the text reads as one of a Western language in Windows-1252: letters where letters are, and few of them
    accented. Guesses are worse for such texts."""
    try:
        text = raw[:_LOOKED_AT].decode("cp1252")
    except UnicodeDecodeError:
        return False
    if _SIGN_IN_WORD.search(text):
        return False
    words = re.findall(r"[^\W\d_]+", text)
    accented = [word for word in words if not word.isascii()]
    strange = sum(1 for word in accented if sum(char > "\x7f" for char in word) > max(1, len(word) // 2))
    return len(accented) <= len(words) // 2 and strange <= len(accented) // 4


def _stray_as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not in the encoding, as Windows-1252 has them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    strays = error.object[error.start : error.end]
    return strays.decode("cp1252", "ignore") if error.encoding != "charmap" else "", error.end


codecs.register_error("windows", _stray_as_windows)


def _without_surrogates(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


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
