"""From draft to record: cleans what a reader found, refuses what can't be believed, and makes a title where there is
none."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.address import NotAnAddress, normalise_address
from app.domain.canonical import Kind, Paragraph, has_words
from app.domain.dates import ImpossibleDate, PublishedDate, parse_date
from app.domain.record import FIRST_LINE, GIVEN, Record, Refused, Stated, Unstorable
from app.ingest.draft import Draft
from app.ingest.mend import mend

LONGEST_TITLE: Final = 400
"""Characters. A longer title is a paragraph that strayed; it is cut, and kept whole in the record's extra fields."""
LONGEST_MADE_TITLE: Final = 100
LONGEST_NAME: Final = 500
"""Characters of a source, author or topic. Longer ones are no names, and are refused."""

_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|font|i|mark|q|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")
"""Control characters that are no blanks, and the byte order mark."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_MARKER: Final = re.compile(r"^(?:#{1,6}\s+|>\s*|[-*•–+]\s+|\d{1,3}[.)]\s+)+")
_EMPHASIS: Final = re.compile(r"(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1")
_SENTENCE_END: Final = re.compile(r"[.!?][\"'”’»)\]]*(?=\s|$)")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(“\"])(?:(?:[^\W\d_]\.)+|(?:mrs?|ms|dr|prof|gen|col|lt|sgt|capt|adm|sen|rep|gov|amb|hon|rev|st|no|nos|vs|art|sec|fig"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|inc|ltd|corp|co|jr|sr|etc|approx|dept)\.)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Given:
    """What the librarian said on the command line about records that do not say it themselves (topics: besides their
    own)."""

    source: str | None = None
    topics: tuple[str, ...] = ()


def compose(draft: Draft, given: Given, now: datetime) -> Record:
    """Raises Unstorable for a draft without text."""
    if not draft.paragraphs:
        raise Unstorable("it has no text")
    refused: list[Refused] = []
    extra = dict(draft.extra)
    title = _title(draft, extra)
    return Record(
        paragraphs=draft.paragraphs,
        title=title,
        place=draft.place,
        guid=_line(draft.guid) or None if draft.guid else None,
        address=_address(draft.address, refused),
        authors=_names("author", draft.authors, refused, split=True),
        source=_source(draft.source, given, refused),
        published=_published(draft, now, refused),
        topics=_names("topic", (*draft.topics, *(Stated(topic, GIVEN) for topic in given.topics)), refused),
        summary=_summary(draft.summary),
        language=_language(draft.language, refused),
        refused=tuple(refused),
        further_addresses=draft.further_addresses,
        extra=extra,
    )


def clean_line(text: str) -> str:
    """One line of metadata: entities and inline tags resolved, blanks evened out, NFC."""
    for _ in range(2):  # entities are often escaped twice
        text = html.unescape(text)
    text = mend(text)
    return _line(_TAG.sub("", text) if "<" in text else text)


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(_UNSEEN.sub("", text).split()))


def _title(draft: Draft, extra: dict[str, object]) -> Stated[str]:
    if draft.title is not None:
        title = clean_line(draft.title.value)
        if len(title) > LONGEST_TITLE:
            extra["title"] = draft.title.value
            return Stated(_cut(title, LONGEST_TITLE), f"{draft.title.origin}, shortened")
        if has_words(title):
            return Stated(title, draft.title.origin)
    return Stated(_made_title(draft.paragraphs), FIRST_LINE)


def _made_title(paragraphs: Iterable[Paragraph]) -> str:
    """The first sentence of the text, cut at a word with an ellipsis where it is long."""
    for paragraph in paragraphs:
        if paragraph.kind is Kind.PREFORMATTED:
            continue
        line = _line(_EMPHASIS.sub(r"\2", _MARKER.sub("", paragraph.text)))
        if any(char.isalnum() for char in line):
            return _cut(_first_sentence(line), LONGEST_MADE_TITLE)
    return _cut(_line(" ".join(paragraph.text for paragraph in paragraphs)), LONGEST_MADE_TITLE) or "Untitled"


def _first_sentence(line: str) -> str:
    """The line's first sentence without its full stop; a full stop after an abbreviation ends none."""
    for end in _SENTENCE_END.finditer(line):
        sentence = line[: end.end()]
        if end[0] != "." or end.end() == len(line):
            return sentence if _ABBREVIATION.search(sentence) else sentence.removesuffix(".")
        if not _ABBREVIATION.search(sentence):
            return sentence.removesuffix(".")
    return line


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[:length]
    at_word = cut.rpartition(" ")[0] if " " in cut[length // 2 :] else cut
    return at_word.rstrip(" ,;:.-–—(“‘") + "…"


def _address(address: str | None, refused: list[Refused]) -> str | None:
    if address is None:
        return None
    try:
        normalise_address(address)
    except NotAnAddress as error:
        refused.append(Refused("url", address[:LONGEST_NAME], str(error)))
        return None
    return _line(address)


def _names(
    field: str, stated: Iterable[Stated[str]], refused: list[Refused], *, split: bool = False
) -> tuple[Stated[str], ...]:
    """Each name once, in order. split: several names may stand in one value, parted by semicolons."""
    kept: dict[str, Stated[str]] = {}
    for one in stated:
        value = clean_line(one.value)
        for name in value.split(";") if split else [value]:
            name = name.strip()
            if len(name) > LONGEST_NAME:
                refused.append(Refused(field, name[:LONGEST_NAME], f"it is longer than {LONGEST_NAME} characters"))
            elif has_words(name):
                kept.setdefault(name, Stated(name, one.origin))
    return tuple(kept.values())


def _source(source: Stated[str] | None, given: Given, refused: list[Refused]) -> Stated[str] | None:
    named = _names("source", [source] if source else [], refused)
    if named:
        return named[0]
    return Stated(given.source, GIVEN) if given.source else None


def _published(draft: Draft, now: datetime, refused: list[Refused]) -> Stated[PublishedDate] | None:
    """The first of the dates that can be believed. Those before it are kept as refused."""
    for stated in (draft.published, *draft.also_published):
        if stated is None:
            continue
        try:
            return Stated(parse_date(stated.value, now), stated.origin)
        except ImpossibleDate as error:
            refused.append(Refused("published", stated.value[:LONGEST_NAME], str(error)))
    return None


def _summary(summary: Stated[str] | None) -> Stated[str] | None:
    if summary is None:
        return None
    text = clean_line(summary.value)
    return Stated(text, summary.origin) if has_words(text) else None


def _language(language: Stated[str] | None, refused: list[Refused]) -> Stated[str] | None:
    if language is None:
        return None
    tag = language.value.strip()
    if not _LANGUAGE.fullmatch(tag):
        refused.append(Refused("language", tag[:LONGEST_NAME], f"“{tag[:40]}” is no language tag such as en or pt-BR"))
        return None
    first, *others = tag.replace("_", "-").split("-")
    return Stated("-".join([first.lower(), *others]), language.origin)
