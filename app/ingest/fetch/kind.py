"""Which reader takes apart what was fetched: told by the bytes, then by what the server says of them, then by the
address."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from app.ingest.draft import Reader
from app.ingest.fetch.fetch import Fetched
from app.ingest.fetch.page import PageReader
from app.ingest.readers import FORMATS, reader_for

FEED: Final = "feed"
HTML: Final = "html"

_HEAD: Final = 2048
_MAGIC: Final = ((b"%PDF-", "pdf"), (b"\xd0\xcf\x11\xe0", "doc"), (b"WARC/", "warc"))
_TYPES: Final = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "text/plain": "txt",
    "text/markdown": "md",
    "text/x-markdown": "md",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/pdf": "pdf",
    "application/rss+xml": FEED,
    "application/atom+xml": FEED,
    "application/feed+json": FEED,
    "application/epub+zip": "epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/csv": "csv",
    "message/rfc822": "eml",
    "application/warc": "warc",
}
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|article|h1|p|div)[\s>]", re.IGNORECASE)
_FEED: Final = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_JSON_FEED: Final = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org')
_PROLOGUE: Final = re.compile(rb"(?:\s|<\?[^>]*>|<!--.*?-->)+", re.DOTALL)


def format_of(fetched: Fetched) -> str | None:
    """The name of a format, whether or not there is a reader for it; None where nothing tells."""
    body = fetched.body or b""
    head = body[:_HEAD].removeprefix(codecs.BOM_UTF8)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    said = _TYPES.get(fetched.media_type)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return said
    start = _PROLOGUE.sub(b"", head, count=1) if _PROLOGUE.match(head) else head
    if said not in ("md", "txt", "csv") and start[:1] == b"<":
        if _FEED.match(start) or (said == FEED and not _HTML.match(start)):
            return FEED
        if _HTML.match(start) or said == HTML:
            return HTML
    if start[:1] == b"{" and said in (None, FEED, "jsonl"):
        return FEED if _JSON_FEED.search(body[: 64 * 1024]) else "jsonl"
    if said is not None and said != FEED:
        by_name = reader_for(_name(fetched.address))
        # A server that knows no better calls Markdown and JSON lines plain text.
        return by_name.name if said == "txt" and by_name is not None else said
    by_name = reader_for(_name(fetched.address))
    return None if by_name is None else by_name.name


def reader_of(fetched: Fetched) -> Reader | None:
    """None for a format that no reader knows, and for feeds, which are followed instead."""
    name = format_of(fetched)
    if name == HTML:
        return FORMATS.get(HTML) or PageReader()
    return FORMATS.get(name or "")


def text_as_utf8(fetched: Fetched) -> bytes:
    """The body; text whose charset the server tells is put into UTF-8, with the mark that readers trust."""
    body = fetched.body or b""
    if fetched.charset is None or body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body
    charset = fetched.charset.lower()
    # What calls itself Latin-1 on the web is Windows-1252 (WHATWG Encoding).
    charset = "cp1252" if charset in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else charset
    try:
        if codecs.lookup(charset).name == "utf-8":
            return body
        return codecs.BOM_UTF8 + body.decode(charset).encode()
    except (LookupError, UnicodeError, ValueError):
        return body  # its own marks, if it has any, know better


def is_text(fetched: Fetched) -> bool:
    return format_of(fetched) in (HTML, "txt", "md", "jsonl", "csv")


def _name(address: str) -> str:
    return unquote(PurePosixPath(urlsplit(address).path).name)
