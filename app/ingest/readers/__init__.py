"""One module a format. A new reader is a file here and a line in FORMATS; docs/readers.md shows how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.ingest.draft import Reader


@dataclass(frozen=True, slots=True)
class Format:
    """name: as `--format` takes it. reader: module here and class in it; read when it is first needed, as some take
    long to load. endings: of file names. types: as servers declare it."""

    name: str
    reader: str
    endings: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_FEEDS: Final = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")

FORMATS: Final[dict[str, Format]] = {
    format.name: format
    for format in (
        Format("txt", "text:TextReader", (".txt", ".text"), ("text/plain",)),
        Format("md", "markdown:MarkdownReader", (".md", ".markdown"), ("text/markdown",)),
        Format(
            "html", "html:HtmlReader", (".html", ".htm", ".xhtml", ".shtml"), ("text/html", "application/xhtml+xml")
        ),
        Format("zip", "zip:ZipReader", (".zip",), ("application/zip",)),
        Format("tar", "tar:TarReader", (".tar",), ("application/x-tar",)),
        Format("warc", "warc:WarcReader", (".warc", ".arc"), ("application/warc",)),
        Format("pdf", "pdf:PdfReader", (".pdf",), ("application/pdf",)),
        Format("docx", "docx:DocxReader", (".docx",), (f"{_OFFICE}.wordprocessingml.document",)),
        Format("odt", "odt:OdtReader", (".odt",), ("application/vnd.oasis.opendocument.text",)),
        Format("epub", "epub:EpubReader", (".epub",), ("application/epub+zip",)),
        Format("eml", "mail:MailReader", (".eml",), ("message/rfc822",)),
        Format("mbox", "mail:MboxReader", (".mbox",), ("application/mbox",)),
        Format("jsonl", "jsonl:JsonLinesReader", (".jsonl", ".ndjson"), ("application/jsonl", "application/x-ndjson")),
        Format("json", "json:JsonReader", (".json",), ("application/json",)),
        Format("csv", "csv:CsvReader", (".csv", ".tsv"), ("text/csv", "text/tab-separated-values")),
        Format("feed", "feed:FeedReader", (".rss", ".atom", ".rdf"), _FEEDS),
        Format("sitemap", "sitemap:SitemapReader"),
    )
}

ENDINGS: Final = {ending: format.name for format in FORMATS.values() for ending in format.endings}
"""File name ending -> name of the format."""

TYPES: Final = {type: format.name for format in FORMATS.values() for type in format.types}
"""Media type -> name of the format."""


@cache
def reader(name: str) -> Reader:
    """The reader of a format."""
    module, _, called = FORMATS[name].reader.partition(":")
    made: Reader = getattr(import_module(f"{__name__}.{module}"), called)()
    return made
