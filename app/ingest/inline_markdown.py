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
    at = 0
    while at < len(paragraphs):
        lines, after = _table(paragraphs, at)
        read.extend(_rows(lines, base) if lines else [_read(paragraphs[at], base)])
        at = after
    return tuple(read)


def _is_surely_markdown(text: str) -> bool:
    return bool(
        ("](" in text and _LINK.search(text))
        or ("**" in text and _STRONG.search(text))
        or (text.startswith("##") and _SUBHEADING.match(text))
    )


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


def _table(paragraphs: Sequence[Paragraph], first: int) -> tuple[list[str], int]:
    """The lines of the table that begins at a paragraph, none where none does, and the paragraph after it."""
    lines: list[str] = []
    at = first
    while at < len(paragraphs) and all("|" in line for line in paragraphs[at].text.split("\n")):
        lines.extend(line.strip() for line in paragraphs[at].text.split("\n"))
        at += 1
        if len(lines) > 1 and not _RULE.fullmatch(lines[1]):
            break
    return (lines, at) if len(lines) > 1 and _RULE.fullmatch(lines[1]) else ([], first + 1)


def _rows(lines: Sequence[str], base: str | None) -> list[Paragraph]:
    """The rows of a table; its second line only parts its head from the others."""
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
