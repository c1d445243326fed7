"""Word documents (.docx): one article a file, with headings, lists, tables, links and emphasis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final

import docx
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph as WordParagraph

from app.domain.canonical import CELL_MARK, Emphasis, Kind
from app.domain.record import Unread
from app.ingest.document import Properties, parted, read_document, titled_draft
from app.ingest.draft import Draft, Hints
from app.ingest.flow import Flow
from app.ingest.safe_xml import Broken, Zipped

_HEADING: Final = re.compile(r"(?:heading|überschrift|titre|título|encabezado|titolo|kop)\s*([1-9])", re.IGNORECASE)
_ITEM: Final = re.compile(r"list|bullet|aufzählung|lista|liste", re.IGNORECASE)
_QUOTE: Final = re.compile(r"quote|quotation|zitat|citation|cita", re.IGNORECASE)
_ORIGIN: Final = "document properties"


class DocxReader:
    name = "docx"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        return read_document(stream, hints, self.name, _draft)


def _draft(raw: bytes, hints: Hints) -> Draft:
    if "word/document.xml" not in Zipped(raw).names:
        raise Broken("it is no Word document: its part word/document.xml is missing")
    try:
        document = docx.Document(BytesIO(raw))
    except (KeyError, ValueError, AttributeError) as error:
        raise Broken(f"it is damaged: {error}") from None
    flow = Flow()
    title = None
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            _table(block, flow)
            continue
        if title is None and _style(block).lower() in ("title", "titel", "titre", "título") and block.text.strip():
            title = " ".join(block.text.split())
            continue
        _paragraph(block, flow)
    said = document.core_properties
    properties = Properties(
        origin=_ORIGIN,
        title=title or said.title,
        authors=parted(said.author.replace(" and ", ";")) if said.author else (),
        dates=[
            (f"{moment:%Y-%m-%d}", what)
            for moment, what in ((said.created, "made"), (said.modified, "changed"))
            if moment
        ],
        topics=parted(said.keywords),
        summary=said.subject or None,
        language=said.language or None,
    )
    return titled_draft(flow.paragraphs(), properties, raw, hints, DocxReader.name)


def _style(paragraph: Any) -> str:
    try:
        return str(paragraph.style.name or "")
    except (AttributeError, KeyError, ValueError):
        return ""


def _paragraph(paragraph: WordParagraph, flow: Flow) -> None:
    _runs(paragraph, flow)
    style = _style(paragraph)
    if heading := _HEADING.match(style):
        flow.part(Kind.HEADING, min(6, int(heading[1])))
    elif (depth := _depth(paragraph, style)) is not None:
        flow.part(Kind.ITEM, depth)
    elif _QUOTE.search(style):
        flow.part(Kind.QUOTE)
    else:
        flow.part()


def _depth(paragraph: Any, style: str) -> int | None:
    """Of a list item, from 1; None for what is none."""
    properties = paragraph._p.pPr
    numbered = properties.numPr if properties is not None else None
    if numbered is not None and (numbered.numId is None or numbered.numId.val != 0):
        return 1 + int(numbered.ilvl.val if numbered.ilvl is not None else 0)
    return 1 if _ITEM.search(style) else None


def _runs(paragraph: WordParagraph, flow: Flow) -> None:
    for piece in paragraph.iter_inner_content():
        if isinstance(piece, Hyperlink):
            flow.begin(Emphasis.LINK, piece.address)
            for run in piece.runs:
                _run(run, flow)
            flow.end(Emphasis.LINK)
        else:
            _run(piece, flow)


def _run(run: Any, flow: Flow) -> None:
    kinds = [
        kind
        for kind, is_so in (
            (Emphasis.STRONG, run.bold),
            (Emphasis.EMPHASIS, run.italic),
            (Emphasis.SUPERSCRIPT, run.font.superscript),
            (Emphasis.SUBSCRIPT, run.font.subscript),
        )
        if is_so
    ]
    for kind in kinds:
        flow.begin(kind)
    flow.write(run.text)
    for kind in reversed(kinds):
        flow.end(kind)


def _table(table: Table, flow: Flow) -> None:
    for number, row in enumerate(table.rows):
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(" ".join(cell.text.split()).replace(CELL_MARK.strip(), "¦").split())
            if not cells or cells[-1] != text or not text:  # a merged cell comes once for each column that it spans
                cells.append(text)
        if any(cells):
            flow.write(CELL_MARK.join(cells))
            flow.part(*((Kind.ROW, int(number == 0)) if len(cells) > 1 else (Kind.PARAGRAPH, 0)))
