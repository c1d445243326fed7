"""Cuts text into words.

A run is what stands between blanks and punctuation (`U.S.-led`, `$5,000`, `al-Abadi's`). Runs repeat, so what one
holds is worked out once and remembered; the rest of the work is one regular expression over the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Set
from enum import IntEnum
from itertools import accumulate, compress
from typing import NamedTuple

from app.search.analysis.folding import IGNORABLE, fold
from app.search.analysis.stems import stem

LONGEST_WORD = 100
"""Characters of a word that count; what is longer is cut, in texts and queries alike."""

_REMEMBERED_RUNS = 150_000
_LONGEST_REMEMBERED_RUN = 64
_MOST_JOINED_PARTS = 6


class Role(IntEnum):
    """What a token is for, where several stand at one position.

    MAIN: the word as read. EITHER: the other reading where case tells nothing (US in a heading in capitals); counts
    as much. JOINED: hyphened parts written as one (counterterrorism), at the first part's position. ASIDE: found,
    but not asked for (5000 in $5,000).
    """

    MAIN = 0
    EITHER = 1
    JOINED = 2
    ASIDE = 3


class Token(NamedTuple):
    """A word of a text.

    word: folded, as phrases compare it. stem: as words compare it. position: counts words from 0.
    start, end: offsets into the text as given, so that text[start:end] is what was written.
    """

    word: str
    stem: str
    position: int
    start: int
    end: int
    role: Role = Role.MAIN


class Run(NamedTuple):
    """What a run holds; positions and offsets count from its own beginning.

    width: positions it takes. dotted: it ends in an abbreviation, so that a dot after it belongs to it.
    shouted: what it holds in a text all in capitals, None where that makes no difference. So a run without it holds the
    same wherever it stands.
    """

    tokens: tuple[Token, ...]
    width: int
    dotted: bool
    shouted: tuple[Token, ...] | None


ACRONYMS_LIKE_WORDS = frozenset({"US", "IS", "IT", "WHO", "AM", "IN", "OR", "AN", "ME", "AS", "ON", "SO", "HE", "AT"})
"""Acronyms whose lower case is an everyday word: a word of their own when written in capitals or with dots.
States, groups and agencies that policy texts name; a capital AND or NOT is only emphasis."""


def _class_of_marks() -> str:
    """Every combining mark and ignorable character, as ranges for a regular expression's character class."""
    ranges: list[str] = [IGNORABLE]
    first: int | None = None
    for code in range(0x300, 0x1E950):
        is_mark = unicodedata.category(chr(code)) in {"Mn", "Mc", "Me"}
        if is_mark and first is None:
            first = code
        elif not is_mark and first is not None:
            ranges.append(f"{chr(first)}-{chr(code - 1)}")
            first = None
    return "".join(ranges)


_IDEOGRAPHS = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Raised, lowered and fraction digits are footnote marks or parts of a number that NFKC would turn into another one.
_NO_LETTERS = "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215f\u2189"
_ALNUM = f"[^\\W_{_NO_LETTERS}{_IDEOGRAPHS}]"
_LETTER = f"[^\\W\\d_{_NO_LETTERS}{_IDEOGRAPHS}]"
_MARKS = f"[{_class_of_marks()}]"
_WORD = f"{_ALNUM}++(?:{_MARKS}++{_ALNUM}*+)*+"
_HYPHENS = "\\-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
APOSTROPHES = "'’ʼ‘′`´＇\u02b9\u02bb"
_MONEY = "$£€¥₹₽₪＄￡￥"

# Most runs are letters with a blank after them; that these come first only saves time.
_RUN = re.compile(
    f"[A-Za-z]++(?=[.,;:]?[ \\n])|[{_IDEOGRAPHS}]"
    f"|[{_MONEY}]?{_WORD}(?:(?:\\.?[{_HYPHENS}{APOSTROPHES}]|[.,/&{_MONEY}]|[{_HYPHENS}][{_MONEY}]){_WORD})*+%?"
)
_RUNS_AND_BETWEEN = re.compile(f"({_RUN.pattern})")
_PLAIN = re.compile(r"[a-z]{1,60}", re.ASCII | re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"\d{1,60}(?:,\d{3}){0,9}(?:\.\d{1,60})?", re.ASCII)
_PART = re.compile(
    f"(?P<money>(?:[A-Z]{{1,3}})?[{_MONEY}]\\d++(?:,\\d{{3}}(?!\\d))*+(?:\\.\\d++)*+{_ALNUM}*+)"
    f"|(?P<slashed>\\d++(?:/\\d++)++(?!{_ALNUM}))"
    f"|(?P<number>\\d++(?:,\\d{{3}}(?!\\d))*+(?:\\.\\d++)*+{_ALNUM}*+(?:%|[{APOSTROPHES}][sS](?!{_ALNUM}))?)"
    f"|(?P<dotted>{_LETTER}(?:\\.{_LETTER})++(?!{_ALNUM}|{_MARKS})\\.?(?:[{APOSTROPHES}][sS](?!{_ALNUM}))?)"
    f"|(?P<ampersand>[A-Za-z]{{1,3}}&[A-Za-z]{{1,3}}(?!{_ALNUM}))"
    f"|(?P<word>[{_IDEOGRAPHS}]|{_WORD}(?:[{APOSTROPHES}]{_WORD})*+)"
)
_HYPHEN_BETWEEN = re.compile(f"[{_HYPHENS}]")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_CODE_NUMBER = re.compile(r"\d+[a-z]{0,2}", re.ASCII)
_PLURAL_CODE = re.compile(r"[a-z]\d+[a-z]?s", re.ASCII)
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s", re.ASCII)
_CAPITALS_AROUND = re.compile(r"[^\W\d_]{2,}")

_remembered: dict[str, Run] = {}


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, in order; several at one position where there are several readings (see Role).

    Any string will do; the time it takes grows with its length and no faster.
    """
    position = 0
    remembered = _remembered
    for match in _RUN.finditer(text):
        written = match.group()
        run = remembered.get(written) or _remember(written)
        yield from _standing(run, text, *match.span(), position)
        position += run.width


def _standing(run: Run, text: str, start: int, end: int, position: int) -> Iterator[Token]:
    """The tokens of a run where it stands in a text, as the word at a position."""
    held = run.tokens
    if run.shouted is not None and _all_in_capitals(text, start, end):
        held = run.shouted
    for word, stem_, offset, token_start, token_end, role in held:
        token_end += start
        if run.dotted and token_end == end and text.startswith(".", end):
            token_end += 1
        yield Token(word, stem_, position + offset, start + token_start, token_end, role)


def read_run(written: str) -> Run:
    """What a run holds, for whoever remembers runs without us."""
    return _remembered.get(written) or _read(written)


def runs(text: str, start: int = 0, end: int | None = None) -> list[tuple[str, Run, bool]]:
    """The runs of a text: how each is written, what it holds, and whether its shouted reading is meant here.

    The same tokens as `tokens` yields, in the same order. start, end: of a part between blanks, read in its place. No
    run reaches over a blank, so the runs of all such parts are those of the text.
    """
    found = []
    for match in _RUN.finditer(text, start, len(text) if end is None else end):
        written = match.group()
        run = read_run(written)
        found.append((written, run, run.shouted is not None and _all_in_capitals(text, *match.span())))
    return found


class Sieve:
    """Finds some stems and words in a text, or that there are none, much faster than `tokens` could.

    like: says of any other word whether it counts. What is let through may still turn out to hold none.
    """

    def __init__(self, stems: Set[str], words: Set[str], like: Callable[[str], bool] | None = None) -> None:
        self._stems = stems
        self._words = words
        self._like = like
        self._known: dict[str, bool] = {}

    def lets_through(self, text: str) -> bool:
        known = self._known
        return any(self._holds(one) if one not in known else known[one] for one in _RUN.findall(text))

    def tokens(self, text: str) -> Iterator[Token]:
        """The tokens of a text that may count, all at position 0."""
        # Every second piece is a run. What is done with each of them is done without a line of Python for each.
        pieces = _RUNS_AND_BETWEEN.split(text)
        written = pieces[1::2]
        wanted = list(map(self._known.get, written))
        if None in wanted:
            wanted = [self._holds(one) if known is None else known for one, known in zip(written, wanted, strict=True)]
        if True not in wanted:
            return
        ends = list(accumulate(map(len, pieces)))
        for at in compress(range(len(wanted)), wanted):
            run = _remembered.get(written[at]) or _remember(written[at])
            yield from _standing(run, text, ends[2 * at], ends[2 * at + 1], 0)

    def _holds(self, written: str) -> bool:
        run = _remembered.get(written) or _remember(written)
        held = run.tokens if run.shouted is None else run.shouted
        found = False
        for token in held:
            word = token.word
            if token.stem in self._stems or word in self._words or (self._like is not None and self._like(word)):
                found = True
                break
        self._known[written] = found
        return found


def _remember(written: str) -> Run:
    run = _read(written)
    if len(written) <= _LONGEST_REMEMBERED_RUN:
        if len(_remembered) >= _REMEMBERED_RUNS:
            _remembered.clear()
        _remembered[sys.intern(written)] = run
    return run


def _all_in_capitals(text: str, start: int, end: int) -> bool:
    """Whether the words around stand in capitals too, on the same line, so that case tells nothing.

    Neighbours of two letters don't show it: `US, UK` are two acronyms.
    """
    before = text[max(0, start - 40) : start].splitlines()
    after = text[end : end + 40].splitlines()
    around = f"{before[-1] if before else ''} {after[0] if after else ''}"
    words = _CAPITALS_AROUND.findall(around)
    return any(len(word) > 2 for word in words) and not any(any(map(str.islower, word)) for word in words)


class _Part(NamedTuple):
    """A word inside a run. kind: the name of the group of _PART that found it. chained: a hyphen leads up to it."""

    word: str
    kind: str
    start: int
    end: int
    chained: bool


def _read(written: str) -> Run:
    if _PLAIN.fullmatch(written):
        # By far the most runs are one plain word.
        is_acronym = written in ACRONYMS_LIKE_WORDS
        word = written if is_acronym else sys.intern(written.lower())
        main = Token(word, _stem_of(written, word), 0, 0, len(written))
        return Run((main,), 1, False, _shouted((main,)) if is_acronym else None)
    if _PLAIN_NUMBER.fullmatch(written):
        word = written.replace(",", "")[:LONGEST_WORD]
        return Run((Token(word, word, 0, 0, len(written)),), 1, False, None)
    held: list[Token] = []
    position = 0
    last_kind = ""
    for chain in _chains(written):
        last_kind = chain[-1].kind
        start, end = chain[0].start, chain[-1].end
        if 1 < len(chain) <= _MOST_JOINED_PARTS and any(part.kind not in {"number", "money"} for part in chain):
            joined = "".join(part.word for part in chain).lower()[:LONGEST_WORD]
            held.append(Token(joined, _stem(joined), position, start, end, Role.JOINED))
        for part in chain:
            part_stem = _stem_of(written[part.start : part.end], part.word)
            held.append(Token(part.word, part_stem, position, part.start, part.end))
            aside = _aside(part)
            if aside:
                held.append(Token(aside, aside, position, part.start, part.end, Role.ASIDE))
            position += 1
    everything = tuple(held)
    return Run(everything, position, last_kind == "dotted", _shouted(everything))


def _stem(word: str) -> str:
    return word if word in ACRONYMS_LIKE_WORDS else stem(word)


def _stem_of(written: str, word: str) -> str:
    """NGOs are several of an NGO, though the letters don't show it."""
    is_plural = written.endswith("s") and _PLURAL_ACRONYM.fullmatch(written) is not None
    return stem(word[:-1]) if is_plural else _stem(word)


def _shouted(held: tuple[Token, ...]) -> tuple[Token, ...] | None:
    other = tuple(
        token._replace(word=token.word.lower(), stem=stem(token.word.lower()), role=Role.EITHER)
        for token in held
        # With dots it is an acronym also among capitals.
        if token.word in ACRONYMS_LIKE_WORDS and token.end - token.start == len(token.word)
    )
    return held + other if other else None


def _aside(part: _Part) -> str:
    if part.kind == "money":
        return part.word.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("$£€¥₹₽₪")
    return part.word[:-1] if part.word.endswith("%") else ""


def _chains(written: str) -> Iterator[list[_Part]]:
    """The words of a run, those that hyphens hold together in one list; F-16 and its like become one word."""
    chain: list[_Part] = []
    for part in _parts(written):
        if not part.chained:
            if chain:
                yield chain
            chain = [part]
        elif chain and _is_code(chain[-1], part):
            letter = chain.pop()
            word = _without_plural(letter.word.lower() + part.word)
            chain.append(_Part(word, "code", letter.start, part.end, letter.chained))
        else:
            chain.append(part)
    if chain:
        yield chain


def _is_code(letter: _Part, number: _Part) -> bool:
    is_letter = len(letter.word) == 1 and letter.word.isascii() and letter.word.isalpha()
    return is_letter and _CODE_NUMBER.fullmatch(number.word) is not None


def _without_plural(word: str) -> str:
    return word[:-1] if _PLURAL_CODE.fullmatch(word) else word


def _parts(written: str) -> Iterator[_Part]:
    last_end = 0
    for match in _PART.finditer(written):
        kind = match.lastgroup or "word"
        word = _READERS[kind](match.group())[:LONGEST_WORD]
        if not word:
            continue
        between = written[last_end : match.start()]
        chained = last_end > 0 and _HYPHEN_BETWEEN.fullmatch(between) is not None
        last_end = match.end()
        yield _Part(sys.intern(word) if len(word) < LONGEST_WORD else word, kind, match.start(), last_end, chained)


def _read_money(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).replace(",", "").lower()
    return plain.removeprefix("us")


def _read_slashed(written: str) -> str:
    return "/".join(fold(number) for number in written.split("/"))


def _read_number(written: str) -> str:
    bare, *possessive = _APOSTROPHE.split(written)
    percent = "%" if bare.endswith("%") else ""
    number = ".".join(fold(digits) for digits in bare.split(".")) + percent
    # 1990's is how some write 1990s; after letters (C-130J's) it is a possessive.
    return number + "s" if possessive and number.isdecimal() and len(number) == len("1990") else number


def _read_dotted(written: str) -> str:
    letters = fold(_APOSTROPHE.split(written)[0])
    return letters.upper() if letters.upper() in ACRONYMS_LIKE_WORDS else letters


def _read_ampersand(written: str) -> str:
    return written.lower()


def _read_word(written: str) -> str:
    if written in ACRONYMS_LIKE_WORDS:
        return written
    pieces = [fold(piece) for piece in _APOSTROPHE.split(written)]
    if len(pieces) > 1 and pieces[-1] == "s":
        pieces.pop()
        bare = written[:-2]
        if bare in ACRONYMS_LIKE_WORDS:
            return bare
    return _without_plural("'".join(filter(None, pieces)))


_READERS = {
    "money": _read_money,
    "slashed": _read_slashed,
    "number": _read_number,
    "dotted": _read_dotted,
    "ampersand": _read_ampersand,
    "word": _read_word,
}
