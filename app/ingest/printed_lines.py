"""From lines as they stand on printed pages to paragraphs: running heads and page numbers out, words that were parted
at line ends whole, headings by their size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from app.domain.canonical import Kind, Paragraph, tidy

_EDGE: Final = 0.12
"""The share of a page's height, at top and bottom, where running heads and feet stand."""
_HEADING_SIZE: Final = 1.12
_LONGEST_HEADING: Final = 200
_PAGE_NUMBER: Final = re.compile(
    r"(?:page\s*)?[-–—|\s]*(?:\d{1,4}|[ivxlc]{1,7})[-–—|\s]*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[.!?:;…][\"'”’»)\]\d]*$")
_BULLET: Final = re.compile(r"(?:[•◦▪●■–—*·‣]|[-]|\d{1,3}[.)]|\([a-z0-9]{1,3}\)|[a-z][.)])\s+\S")
_HYPHEN_END: Final = re.compile(r"(\w+)-\u00ad?$|(\w+)[\u00ad\u2010]$")
_PARTED: Final = re.compile("(\\w+)-\u00ad\\s*(\\w+)")
_LIGATURES: Final = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class Line:
    """Its text and box, in points from the left and the top of its page, its letters' size, and the page's height."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    page_height: float


def paragraphs_of_pages(pages: Sequence[Sequence[Line]]) -> tuple[Paragraph, ...]:
    """The paragraphs of a document's pages, each page's lines in reading order."""
    running = _running(pages)
    lines = [
        (page, line)
        for page, lines in enumerate(pages)
        for line in lines
        if not _is_running(line, running, many=len(pages) > 1)
    ]
    if not lines:
        return ()
    body_size = _usual(line.size for _, line in lines for _ in range(max(1, len(line.text) // 10)))
    leading = _leading([line for _, line in lines])
    words = _words(line.text for _, line in lines)
    blocks: list[list[Line]] = []
    last: tuple[int, Line] | None = None
    for page, line in lines:
        if last is None or _begins_anew(last, (page, line), leading, body_size):
            blocks.append([line])
        else:
            blocks[-1].append(line)
        last = (page, line)
    return tidy(_paragraph(block, body_size, words) for block in blocks)


def _running(pages: Sequence[Sequence[Line]]) -> set[str]:
    """What stands at the edge of many pages, with its numbers taken out."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line.text) for line in lines if _at_edge(line)})
    least = max(2, len(pages) // 4) if len(pages) < 12 else max(3, len(pages) // 10)
    return {shape for shape, times in seen.items() if times >= least}


def _at_edge(line: Line) -> bool:
    edge = _EDGE * line.page_height
    return line.bottom < edge or line.top > line.page_height - edge


def _is_running(line: Line, running: set[str], *, many: bool) -> bool:
    if not many or not _at_edge(line):
        return False
    return _PAGE_NUMBER.fullmatch(line.text.strip()) is not None or _shape(line.text) in running


def _shape(text: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", " ".join(text.lower().split()))


def _usual(sizes: Iterable[float]) -> float:
    counted = Counter(round(size * 2) / 2 for size in sizes)
    return counted.most_common(1)[0][0]


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next."""
    steps = [after.top - before.top for before, after in pairwise(lines)]
    usual = [step for step in steps if 0 < step < 60]
    return median(usual) if usual else 14.0


def _begins_anew(before: tuple[int, Line], after: tuple[int, Line], leading: float, body_size: float) -> bool:
    (page_before, last), (page, line) = before, after
    if abs(line.size - last.size) > 0.08 * max(body_size, 1) and not _is_small_talk(last, line, body_size):
        return True
    if _BULLET.match(line.text):
        return True
    step = line.top - last.top
    ends = _SENTENCE_END.search(last.text) is not None
    if page != page_before or step < -2 * leading:  # a new page or column
        return ends or not line.text[:1].islower()
    if step > 1.45 * leading:
        return True
    if abs(step) < 0.4 * leading:  # cells of one row
        return False
    indented = line.left - last.left > 0.8 * line.size and ends
    short = last.right < line.right - 8 * line.size and ends
    return indented or short


def _is_small_talk(last: Line, line: Line, body_size: float) -> bool:
    """Whether a change of size is inside a paragraph: a superscript number, a capital that is set large."""
    return len(line.text) <= 3 or len(last.text) <= 3 or min(last.size, line.size) < 0.5 * body_size


def _words(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update(re.findall(r"\w+(?:-\w+)*", text.lower()))
    return found


def _paragraph(lines: Sequence[Line], body_size: float, words: Counter[str]) -> Paragraph:
    pieces = [lines[0].text]
    for line in lines[1:]:
        pieces[-1:] = _joined(pieces[-1], line.text, words)
    text = "".join(pieces)
    text = _PARTED.sub(lambda found: "".join(_joined(f"{found[1]}-", found[2], words)), text)
    text = text.replace("\u00ad", "").translate(_LIGATURES)
    size = max(line.size for line in lines)
    if size >= _HEADING_SIZE * body_size and len(text) <= _LONGEST_HEADING and any(char.isalpha() for char in text):
        return Paragraph(text, Kind.HEADING, 1 if size >= 1.6 * body_size else 2 if size >= 1.3 * body_size else 3)
    if _BULLET.match(text):
        return Paragraph(re.sub(r"^[•◦▪●■·‣]\s*", "• ", text), Kind.ITEM, 1)
    return Paragraph(text)


def _joined(before: str, after: str, words: Counter[str]) -> tuple[str, str]:
    """Two lines to be written one after the other: a word that was parted by a hyphen is whole again, one that has a
    hyphen of its own keeps it."""
    parted = _HYPHEN_END.search(before)
    rest = re.match(r"\w+", after)
    if parted is None or rest is None or not after[:1].islower():
        return before + " ", after
    stem = parted[1] or parted[2]
    keeps = words[f"{stem}-{rest[0]}".lower()] > words[(stem + rest[0]).lower()]
    return before[: parted.start()] + stem + ("-" if keeps else ""), after
