"""Canonical text: the one form in which an article's text is kept, compared, hashed and quoted."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a paragraph is on the page. Its text is canonical text all the same."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    PREFORMATTED = "preformatted"
    ROW = "row"
    """A row of a table, its cells parted by CELL_MARK."""


CELL_MARK = " | "
"""Parts the cells of a table's row."""


class Emphasis(StrEnum):
    """What sets a span of text off; the values are the names of the elements that show it."""

    STRONG = "strong"
    EMPHASIS = "em"
    CODE = "code"
    SUBSCRIPT = "sub"
    SUPERSCRIPT = "sup"
    LINK = "a"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start to end of a paragraph's text that are set off. target: the address that a link leads to."""

    start: int
    end: int
    kind: Emphasis
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of canonical text.

    level: 1-6 for headings, depth from 1 for list items, 1 for the head row of a table, else 0. spans: links and
    emphasis, for display only: they are no part of the canonical text.
    """

    text: str
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    spans: tuple[Span, ...] = ()


def canonical_text(paragraphs: Iterable[Paragraph]) -> str:
    """The paragraphs parted by one blank line; no blank line at either end."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs)


def fixity(text: str) -> str:
    """sha256 of canonical text in UTF-8, in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_characters(text: str) -> str:
    """Unicode NFC, line ends LF, no byte order mark at the start, trailing blanks off each line."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join([line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")])


def tidy(paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Paragraphs whose text came from a marked-up source, made canonical: blank ones dropped, no blank lines inside."""
    kept = []
    for paragraph in paragraphs:
        text = _BLANK_LINES.sub("\n", canonical_characters(paragraph.text)).strip("\n")
        if paragraph.kind is not Kind.PREFORMATTED:
            text = text.strip()
        if has_words(text):
            spans = moved_spans(paragraph.spans, paragraph.text, text) if paragraph.spans else ()
            kept.append(Paragraph(text, paragraph.kind, paragraph.level, spans))
    return tuple(kept)


def moved_spans(spans: Iterable[Span], before: str, after: str) -> tuple[Span, ...]:
    """The spans of a text whose blanks were changed, and nothing else; none where more was changed.

    Spans are cut to what can be seen: they begin and end at characters that are no blanks.
    """
    if before == after:
        return tuple(spans)
    seen = [0]  # how many characters that are no blanks stand before each position
    for char in before:
        seen.append(seen[-1] + (not char.isspace()))
    places = [position for position, char in enumerate(after) if not char.isspace()]
    if len(places) != seen[-1]:
        return ()
    return tuple(
        Span(places[seen[span.start]], places[seen[span.end] - 1] + 1, span.kind, span.target)
        for span in spans
        if seen[span.start] < seen[span.end]
    )


def has_words(text: str) -> bool:
    """Whether anything in it could be read: a letter, a digit or a sign, not only blanks and invisible characters."""
    return text[:1].isalnum() or any(unicodedata.category(char)[0] in "LNPS" for char in text)


def plain_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Part plain text into paragraphs.

    Blank lines part paragraphs. A single line break parts them too, unless it only wraps a line: the next line's
    first word had no room on it (the text's longest line, up to 100 characters, tells the width), or the sentence
    plainly runs on. So text with one paragraph per line, text wrapped at some column, and mixtures of both read as
    they were meant. Lines laid out as a table or with leaders stay together, with their blanks. Line breaks inside a
    paragraph are kept: `plain_paragraphs(canonical_text(plain_paragraphs(t)))` gives the same paragraphs.
    """
    blocks = [block.split("\n") for block in _PARTING.split(canonical_characters(text).strip("\n")) if block]
    width = _wrap_width(line for block in blocks for line in block)
    paragraphs: list[Paragraph] = []
    for lines in blocks:
        if _laid_out(lines):
            paragraphs.append(Paragraph("\n".join(lines), Kind.PREFORMATTED))
        else:
            paragraphs.extend(_read_marker("\n".join(part)) for part in _part(lines, width))
    return tuple(paragraph for paragraph in paragraphs if has_words(paragraph.text))


_BLANK_LINES = re.compile(r"\n\s*\n+")
_PARTING = re.compile(r"\n{2,}")
_WIDEST_WRAP = 100
_NARROWEST_WRAP = 40
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…")
_CLOSING = "\"'”’»)]*_"
_STARTS_ANEW = re.compile(r"\s*(?:[-*•–—+]\s|\(?\w{1,3}[.)]\s|#{1,6}\s|>|\[\[)")
_COLUMNS = re.compile(r"\S {3,}\S|\S\t+\S|\.{5,}|[-_=]{5,}")
_HEADING = re.compile(r"(#{1,6})\s+\S")
_ITEM = re.compile(r"(?:[-*•–+]|\d{1,3}[.)])\s+\S")


def _wrap_width(lines: Iterable[str]) -> int:
    """The column at which the text seems to be wrapped; 0 where it is not wrapped."""
    longest = max((len(line.strip()) for line in lines), default=0)
    return longest if _NARROWEST_WRAP <= longest <= _WIDEST_WRAP else 0


def _laid_out(lines: Sequence[str]) -> bool:
    """Whether most lines of a block show columns, leaders or rules."""
    return len(lines) > 1 and 2 * sum(1 for line in lines if _COLUMNS.search(line.strip())) > len(lines)


def _part(lines: Sequence[str], width: int) -> list[list[str]]:
    parts: list[list[str]] = []
    for line in lines:
        bare = line.strip()
        if parts and _runs_on(parts[-1][-1], line, width):
            parts[-1].append(bare)
        else:
            parts.append([bare])
    return parts


def _runs_on(before: str, line: str, width: int) -> bool:
    """Whether the break between two lines only wraps."""
    if _STARTS_ANEW.match(line) or _HEADING.match(before) or not before:
        return False
    indented = len(line) - len(line.lstrip())
    first_word = line.split(maxsplit=1)[0]
    ends_sentence = before.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)
    if indented >= 2 and ends_sentence:
        return False
    if width and len(before) + 1 + len(first_word) > width:
        return True
    return not ends_sentence and first_word[0].islower()


def _read_marker(text: str) -> Paragraph:
    if heading := _HEADING.match(text):
        return Paragraph(text, Kind.HEADING, len(heading[1]))
    if _ITEM.match(text):
        return Paragraph(text, Kind.ITEM, 1)
    if text.startswith(">"):
        return Paragraph(text, Kind.QUOTE)
    return Paragraph(text)
