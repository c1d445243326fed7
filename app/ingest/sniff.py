"""Tells the format of bytes by what they are; by a file's name only where the bytes leave it open."""

from __future__ import annotations

import json
import re
import tarfile
from email.message import Message
from pathlib import PurePosixPath
from typing import Final

from app.ingest.readers import ENDINGS, TYPES

HEAD: Final = 16 * 1024
"""Bytes that are looked at."""

COMPRESSIONS: Final = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
"""How compressed bytes begin."""

COMPRESSED_ENDINGS: Final = {".gz": "", ".bz2": "", ".xz": "", ".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}
"""Endings that tell of a compression -> the ending of what is inside, where they tell that as well."""

_OTHER_DOCUMENTS: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls, .ppt); save it as .docx or PDF"),
    (b"{\\rtf", "an RTF file; save it as .docx or PDF"),
    (b"7z\xbc\xaf", "a 7z archive; pack it as .zip or .tar.gz"),
    (b"Rar!", "a RAR archive; pack it as .zip or .tar.gz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"%!PS", "a PostScript file; turn it into PDF"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
PASSED_OVER: Final = frozenset(
    ".png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .heic .mp3 .mp4 .m4a .m4v .mov .avi .webm .wav"
    " .ogg .flac .css .js .mjs .map .woff .woff2 .ttf .otf .eot .py .pyc .class .jar .so .dll .exe .bin .db"
    " .sqlite .lock .log .ini .cfg .toml .yml .yaml .sh .bat .xsl .xslt .xsd .dtd .cdx .cdxj .idx .sha256 .md5"
    " .sig .asc .torrent".split()
)
"""Endings of files that are no articles, though they lie among them."""
_PICTURES: Final = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"wOF", b"OggS", b"ID3", b"\x00\x00\x01\x00", b"BM6")

_XML_SKIPPED: Final = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[.*?\]\s*)*>)\s*", re.DOTALL | re.IGNORECASE
)
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ROOTS: Final = {
    "rss": "feed",
    "feed": "feed",
    "RDF": "feed",
    "channel": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "html",
}
_HTML: Final = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE)
_TAGS: Final = re.compile(r"<(?:p|div|h[1-6]|table|ul|title|meta|link|script|article|span|a href)\b", re.IGNORECASE)
_HEADER: Final = re.compile(r"^([A-Za-z][A-Za-z0-9-]*):[ \t]?.*(?:\r?\n[ \t].*)*\r?\n", re.MULTILINE)
_MAIL_ONLY: Final = frozenset("received return-path message-id mime-version delivered-to dkim-signature".split())
_MBOX: Final = re.compile(r"From \S+.*\d{4}.*\r?\n(?:>From .*\r?\n)?[A-Za-z][A-Za-z0-9-]*:")


def told_format(head: bytes, name: str = "", content_type: str | None = None) -> str | None:
    """The name of the format that bytes beginning with `head` are in; None where neither they nor a name tell.

    What the bytes surely are wins over the name; what only text can be in many ways (plain, Markdown, tables) goes by
    the name, then by the content type.
    """
    return _by_signature(head, name) or _by_text(_as_text(head), name, content_type)


def other_document(head: bytes) -> str | None:
    """What the bytes are, if that is something that could be an article but is not read, and what to do."""
    return next((what for signature, what in _OTHER_DOCUMENTS if head.startswith(signature)), None)


def no_article(head: bytes, name: str) -> bool:
    """Whether it is a picture, a style sheet, or another thing that lies among articles."""
    return ending(name) in PASSED_OVER or head.startswith(_PICTURES)


def ending(name: str) -> str:
    """Of the file's name, without what tells of compression."""
    path = PurePosixPath(name.lower().rsplit("/", 1)[-1])
    if (inside := COMPRESSED_ENDINGS.get(path.suffix)) is not None:
        return inside or PurePosixPath(path.stem).suffix
    return path.suffix


def compression(head: bytes) -> str | None:
    return next((name for signature, name in COMPRESSIONS.items() if head.startswith(signature)), None)


def _by_signature(head: bytes, name: str) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(head, ENDINGS.get(ending(name)))
    if b"%PDF-" in head[:1024] and head.lstrip()[:1] != b"<":
        return "pdf"
    if head.startswith((b"WARC/", b"filedesc://")):
        return "warc"
    if head[257:262] == b"ustar" or _old_tar(head):
        return "tar"
    return None


def _kind_of_zip(head: bytes, named: str | None) -> str:
    if b"mimetypeapplication/epub+zip" in head[:200]:
        return "epub"
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in head[:200]:
        return "odt"
    if b"[Content_Types].xml" in head and b"word/" in head:
        return "docx"
    return named if named in ("docx", "odt", "epub") else "zip"


def _old_tar(head: bytes) -> bool:
    """A tar without its later signature is told by its first header's checksum."""
    if len(head) < 512 or not head[0] or not head[148:156].strip(b" \0"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _as_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[3:]
    return head.decode("latin-1")


def _by_text(text: str, name: str, content_type: str | None) -> str | None:
    named = ENDINGS.get(ending(name))
    markup = _kind_of_markup(text)
    # Markdown may begin with HTML, and a table or a list of records may be about anything.
    if markup and not (named in ("md", "jsonl", "csv") and (markup != "html" or not _HTML.match(text))):
        return markup
    if named in ("jsonl", "csv", "md", "html"):
        return named
    begins = text.lstrip()[:1]
    if begins in ("{", "["):
        if "jsonfeed.org/version" in text.replace("\\/", "/"):
            return "feed"
        return "jsonl" if begins == "{" and _is_lines(text) else "json"
    if _MBOX.match(text):
        return "mbox"
    if _is_mail(text, sure=named not in ("eml", "mbox")):
        return "eml"
    if named is not None:
        return named
    declared = TYPES.get(_media_type(content_type))
    if declared is not None:
        return declared
    return "html" if len(_TAGS.findall(text)) > 3 and begins == "<" else None


def _kind_of_markup(text: str) -> str | None:
    rest = text
    while skipped := _XML_SKIPPED.match(rest):
        if skipped[0].lower().lstrip().startswith("<!doctype html"):
            return "html"
        rest = rest[skipped.end() :]
    if root := _ROOT.match(rest.lstrip()):
        return _ROOTS.get(root[1], "html" if _HTML.match(rest) else None)
    return "html" if _HTML.match(text) else None


def _is_mail(text: str, *, sure: bool) -> bool:
    names = []
    position = 0
    while header := _HEADER.match(text, position):
        names.append(header[1].lower())
        position = header.end()
    if not names:
        return False
    return bool(_MAIL_ONLY & set(names)) if sure else len(names) > 1 or "from" in names


def _media_type(content_type: str | None) -> str:
    if not content_type:
        return ""
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type()


def is_plain_text(head: bytes) -> bool:
    """Whether the bytes could be text in some encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    strange = sum(1 for byte in head[:4096] if byte < 32 and byte not in b"\t\n\r\f\v\x1b")
    return strange <= len(head[:4096]) // 100


def _is_lines(text: str) -> bool:
    """Whether each line is a record by itself: one of the first is, or the first two begin like one."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]
    for line in lines:
        try:
            if isinstance(json.loads(line), dict):
                return True
        except (ValueError, RecursionError):
            continue
    return len(lines) < 2 or lines[1].startswith("{")
