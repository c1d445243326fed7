"""Text that was surely written as Markdown, though nobody said so, without its inline marks: they become spans.

Paragraphs stay as they were parted, and keep the marks of headings and list items, which pages read themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.canonical import CELL_MARK, Emphasis, Kind, Paragraph
from app.ingest.flow import Flow

_LINK: Final = re.compile(
    r"!?\[[^\]\[\n]{1,300}\]\((?:https?://|mailto:|/|#|\.)[^()\s]*(?:\([^()\s]*\))?[^()\s]*(?: \"[^\"\n]*\")?\)"
)
_STRONG: Final = re.compile(r"(?<![*\w])\*\*(?=[^\s*])[^*\n]{1,300}(?<=[^\s*])\*\*(?![*\w])")
_STRONG_OTHER: Final = re.compile(r"(?<![_\w])__(?=[^\s_])[^_\n]{1,300}(?<=[^\s_])__(?![_\w])")
_SUBHEADING: Final = re.compile(r"#{2,6} +\S")
_RULE: Final = re.compile(r"\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?")
_MARKED: Final = re.compile(r"[*_\[`\\<&]")
_MARKER: Final = re.compile(r"(?:#{1,6}\s+|(?:>\s?)+|(?:[-*•–+]|\d{1,3}[.)])\s+)")
_INLINE: Final = MarkdownIt("commonmark")
_LONGEST: Final = 50_000
"""Characters of a paragraph that is looked at; nobody writes longer ones by hand."""


def without_marks(paragraphs: Sequence[Paragraph], base: str | None = None) -> tuple[Paragraph, ...]:
    """The same paragraphs; where they are surely Markdown, with links and emphasis as spans, escapes resolved, and
    tables as rows. base: the address that links are relative to."""
    if not any(_is_surely_markdown(paragraph.text) for paragraph in paragraphs):
        return tuple(paragraphs)
    read: list[Paragraph] = []
    for paragraph in paragraphs:
        read.extend(_rows(paragraph, base) or [_read(paragraph, base)])
    return tuple(read)


def _is_surely_markdown(text: str) -> bool:
    return bool(_LINK.search(text) or _STRONG.search(text) or _STRONG_OTHER.search(text) or _SUBHEADING.match(text))


def _read(paragraph: Paragraph, base: str | None) -> Paragraph:
    text = paragraph.text
    if paragraph.kind is Kind.PREFORMATTED or len(text) > _LONGEST or not _MARKED.search(text):
        return paragraph
    marker = _MARKER.match(text)
    begin = marker.end() if marker else 0
    flow = Flow(base)
    flow.write(text[:begin])
    write_inline(_INLINE.parseInline(text[begin:])[0].children or (), flow, soft_break="\n")
    flow.part(paragraph.kind, paragraph.level, evened=False)
    found = flow.paragraphs()
    return found[0] if len(found) == 1 else paragraph


def _rows(paragraph: Paragraph, base: str | None) -> list[Paragraph]:
    """The rows of a paragraph that is a table; none where it is something else."""
    lines = [line.strip() for line in paragraph.text.split("\n")]
    if len(lines) < 2 or not all("|" in line for line in lines) or not _RULE.fullmatch(lines[1]):
        return []
    flow = Flow(base)
    for number, line in enumerate(lines):
        if number == 1:
            continue
        for position, cell in enumerate(re.split(r"(?<!\\)\|", line.strip("|"))):
            flow.write(CELL_MARK if position else "")
            write_inline(_INLINE.parseInline(cell.strip())[0].children or (), flow)
        flow.part(Kind.ROW, int(number == 0))
    return list(flow.paragraphs())


_SET_OFF: Final = {"strong": Emphasis.STRONG, "em": Emphasis.EMPHASIS, "link": Emphasis.LINK}


def write_inline(children: Sequence[Token], flow: Flow, soft_break: str = " ") -> None:
    """Write the inline tokens of Markdown. soft_break: what a line break in the source is."""
    for child in children:
        match child.type:
            case "text" | "image":
                flow.write(child.content)
            case "code_inline":
                flow.begin(Emphasis.CODE)
                flow.write(child.content)
                flow.end(Emphasis.CODE)
            case "softbreak":
                flow.write(soft_break)
            case "hardbreak":
                flow.write("\n")
            case other:
                kind = _SET_OFF.get(other.rpartition("_")[0])
                if kind is not None and child.nesting == 1:
                    flow.begin(kind, str(child.attrGet("href") or ""))
                elif kind is not None:
                    flow.end(kind)
