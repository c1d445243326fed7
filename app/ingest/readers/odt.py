"""OpenDocument texts (.odt): one article a file, with headings, lists, tables, links and emphasis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from app.domain.canonical import CELL_MARK, Emphasis, Kind
from app.domain.record import Unread
from app.ingest.document import Properties, read_document, titled_draft
from app.ingest.draft import Draft, Hints
from app.ingest.flow import Flow
from app.ingest.safe_xml import Broken, Zipped, attribute, local, text_of, texts_of

_ORIGIN: Final = "document properties"
_SILENT: Final = frozenset(
    {"annotation", "tracked-changes", "note-citation", "sequence-decls", "forms", "table-of-content", "bookmark"}
)


class OdtReader:
    name = "odt"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        return read_document(stream, hints, self.name, _draft)


def _draft(raw: bytes, hints: Hints) -> Draft:
    zipped = Zipped(raw)
    content = zipped.xml("content.xml")
    body = next(
        (element for element in content.iter() if local(element) == "text" and local(element.getparent()) == "body"),
        None,
    )
    if body is None:
        raise Broken("it holds no text: it is no OpenDocument text, or is damaged")
    writer = _Writer(_emphasis_of_styles(content))
    writer.blocks(body)
    return titled_draft(writer.flow.paragraphs(), _properties(zipped), raw, hints, OdtReader.name)


def _properties(zipped: Zipped) -> Properties:
    if "meta.xml" not in zipped.names:
        return Properties(_ORIGIN)
    meta = zipped.xml("meta.xml")
    author = text_of(meta, "initial-creator") or text_of(meta, "creator")
    dates = (((text_of(meta, "creation-date") or "")[:10], "made"), ((text_of(meta, "date") or "")[:10], "changed"))
    return Properties(
        origin=_ORIGIN,
        title=text_of(meta, "title"),
        authors=[author] if author else (),
        dates=dates,
        topics=texts_of(meta, "keyword"),
        summary=text_of(meta, "description"),
        language=text_of(meta, "language"),
    )


def _emphasis_of_styles(content: etree._Element) -> dict[str, tuple[Emphasis, ...]]:
    """Name of an automatic style -> how it sets text off."""
    found: dict[str, tuple[Emphasis, ...]] = {}
    for style in content.iter():
        if local(style) != "style" or attribute(style, "family") != "text":
            continue
        kinds: list[Emphasis] = []
        for properties in style:
            if attribute(properties, "font-weight") == "bold":
                kinds.append(Emphasis.STRONG)
            if attribute(properties, "font-style") == "italic":
                kinds.append(Emphasis.EMPHASIS)
            position = attribute(properties, "text-position") or ""
            if position.startswith("super"):
                kinds.append(Emphasis.SUPERSCRIPT)
            elif position.startswith("sub"):
                kinds.append(Emphasis.SUBSCRIPT)
        found[attribute(style, "name") or ""] = tuple(kinds)
    return found


class _Writer:
    def __init__(self, styles: dict[str, tuple[Emphasis, ...]]) -> None:
        self.flow = Flow()
        self._styles = styles

    def blocks(self, parent: etree._Element, kind: Kind = Kind.PARAGRAPH, level: int = 0) -> None:
        for element in parent:
            match local(element):
                case "h":
                    outline = attribute(element, "outline-level") or "1"
                    self._inline(element)
                    self.flow.part(Kind.HEADING, min(6, int(outline) if outline.isdigit() else 1))
                case "p":
                    self._inline(element)
                    quoted = "quot" in (attribute(element, "style-name") or "").lower()
                    self.flow.part(*((Kind.QUOTE, 0) if quoted and kind is Kind.PARAGRAPH else (kind, level)))
                case "list":
                    self.blocks(element, Kind.ITEM, level + 1)
                case "list-item" | "list-header" | "section" | "text-box" | "frame" | "index-body":
                    self.blocks(element, kind, level)
                case "table":
                    self._table(element)
                case _:
                    pass

    def _table(self, table: etree._Element) -> None:
        for row in table.iter():
            if local(row) != "table-row":
                continue
            cells = [" ".join("".join(cell.itertext()).split()) for cell in row if local(cell) == "table-cell"]
            if any(cells):
                self.flow.write(CELL_MARK.join(cell.replace("|", "¦") for cell in cells))
                head = local(row.getparent()) == "table-header-rows"
                self.flow.part(*((Kind.ROW, int(head)) if len(cells) > 1 else (Kind.PARAGRAPH, 0)))

    def _inline(self, element: etree._Element) -> None:
        self.flow.write((element.text or "").replace("\n", " "))
        for child in element:
            name = local(child)
            kinds: tuple[Emphasis, ...] = ()
            if name == "span":
                kinds = self._styles.get(attribute(child, "style-name") or "", ())
            elif name == "a":
                kinds = (Emphasis.LINK,)
            for kind in kinds:
                self.flow.begin(kind, attribute(child, "href"))
            if name in ("s", "tab"):
                self.flow.write(" ")
            elif name == "line-break":
                self.flow.write("\n")
            elif name and name not in _SILENT:
                self._inline(child)
            for kind in reversed(kinds):
                self.flow.end(kind)
            self.flow.write((child.tail or "").replace("\n", " "))
