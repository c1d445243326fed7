"""Cuts the text of a query into lexemes: words, phrases, patterns and dates on one hand, operators on the other.

A stretch is what stands without blanks, quotation marks and brackets in it; what signs in and around it mean is
decided here, as is every wording by which a single clause may be typed. Left to others: how lexemes go together
(parse), and which words there are in a stretch (the analyzer).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from typing import Final

from app.domain.query import ENTITY_FIELDS, FIELDS, And, Clause, Fuzzy, Near, Pattern, Phrase, Word
from app.language import _, number_text
from app.search.analysis import Role, Token, tokens
from app.search.periods import PERIOD_FIELDS, UnreadablePeriod, read_period
from app.search.tree import LONGEST_CLAUSES, MOST_CLAUSES, Room, joined
from app.search.wildcards import (
    MOST_EDITS,
    can_be_pattern,
    count_letters,
    has_wildcard,
    holds_ideograph,
    in_run,
    is_letter,
    is_word_character,
    last_run,
    runs,
    usual_edits,
)

MOST_PATTERNS: Final = 16
"""Different patterns and fuzzy words of a query that are read as such; each may stand for very many words."""

LONGEST_PATTERN: Final = 100
"""Characters of a pattern or fuzzy word; no word in the index is longer."""

USUAL_DISTANCE: Final = 10
"""Words that NEAR reaches over where no number is given."""

MOST_DISTANCE: Final = 99
"""Words that NEAR reaches over at most; it looks within one paragraph."""

_MOST_NOTES = 12
# What a printed query takes at most: its clauses, their signs, and brackets around two clauses or more.
_MOST_LEXEMES = 4_096
_MOST_PIECES = 10_000
_LONGEST_SHOWN = 40
_LONGEST_STRETCH = LONGEST_CLAUSES + 32

_QUOTES = '"“”„‟«»〝〞＂'
_RAW = re.compile(rf"[{_QUOTES}]|[()]|[^\s{_QUOTES}()]+")
_MINUS = "-−‐‑"
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
_SCALES = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
_NUMBER = re.compile(r"[a-z]{0,3}[$£€¥₹₽₪]?\d+(\.\d+)*%?")
_BLANKS = re.compile(r"\s+")
_FIELD = re.compile(f"({'|'.join((*FIELDS, *ENTITY_FIELDS, *PERIOD_FIELDS))}):", re.ASCII | re.IGNORECASE)
_NEAR = re.compile(r"(?:near|w)/(-?[0-9]+)", re.ASCII | re.IGNORECASE)
_DISTANCE = re.compile(r"~(-?[0-9]*)[^\w*]*")
_NUMBERED_TILDE = re.compile(r"(.+)~([0-9]+)", re.DOTALL)
_EMPHASIS_OPENS = re.compile(r"([^\w*]*)\*{2,3}(?=[^*])")
_EMPHASIS_CLOSES = re.compile(r"(?<=[^*])\*{2,3}([^\w*]*)$")
_STAR_AT_WORD = re.compile(r"\w\*|\*\w")


@dataclass(slots=True)
class Reading:
    """What the reading did to the text. Only so many notes are kept; more would help nobody."""

    repaired: bool = False
    notes: list[str] = field(default_factory=list)

    def note(self, message: str, **values: str | int) -> None:
        """message: in English; what is noted is in the language of the pages."""
        note = _(message, **values)
        if note in self.notes:
            return
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(note)
        elif len(self.notes) == _MOST_NOTES:
            self.notes.append(_("More of the query was mended in such ways."))

    def mend(self, message: str, **values: str | int) -> None:
        self.repaired = True
        self.note(message, **values)


class Kind(Enum):
    """GAP: holds the place of a clause that was left out, so that what stands beside it is not taken for it."""

    CLAUSE = "clause"
    GAP = "gap"
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    OPEN = "("
    CLOSE = ")"


_NO_CLAUSE = And(())


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A clause or an operator.

    bare: a word typed without signs. words: how many words a bare clause was typed as. spelled: an operator typed
    as a word in capitals. name: the field's. distance: of NEAR, in words.
    """

    kind: Kind
    clause: Clause = _NO_CLAUSE
    bare: bool = False
    words: int = 1
    spelled: bool = False
    name: str = ""
    distance: int = USUAL_DISTANCE


def read_lexemes(text: str, reading: Reading) -> list[Lexeme]:
    """The lexemes of a text, as many as a query may hold; the reading is told what was mended."""
    return list(_within_bounds(_numbers_whole(_Lexer(text, reading).read()), reading))


def is_plain_word(text: str) -> bool:
    """Whether a text, typed by itself, is read as one word with no further meaning."""
    return _RAW.fullmatch(text) is not None and text not in _QUOTES and _core(text)[0] == text and _has_no_signs(text)


def is_one_stretch(text: str) -> bool:
    return _RAW.fullmatch(text) is not None


def may_join_numbers(left: str, right: str) -> bool:
    """Whether two texts side by side could be read as a number and its scale (`5 million`)."""
    following = _RAW.match(right)
    if following is None or following.group().lower() not in _SCALES:
        return False
    return any(map(str.isnumeric, left.rpartition(" ")[2]))


def _first_word_at(text: str) -> int:
    return next((token.start for token in tokens(text)), 0)


def _core(text: str) -> tuple[str, int, list[Token]]:
    """A text without what surrounds its words, blanks as one space; where it ends; and its words."""
    found = list(tokens(text))
    if not found:
        return "", 0, found
    start, end = found[0].start, max(token.end for token in found)
    return _BLANKS.sub(" ", text[start:end]), end, found


def shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _numbers_whole(lexemes: list[Lexeme]) -> Iterator[Lexeme]:
    """A number and the scale after it make one phrase: `$2.1 billion`."""
    at = 0
    while at < len(lexemes):
        whole = _number_with_scale(lexemes[at], lexemes[at + 1]) if at + 1 < len(lexemes) else None
        yield whole or lexemes[at]
        at += 2 if whole else 1


def _number_with_scale(left: Lexeme, right: Lexeme) -> Lexeme | None:
    number, scale = left.clause, right.clause
    if not (left.bare and right.bare and isinstance(number, Word) and isinstance(scale, Word)):
        return None
    if scale.text.lower() not in _SCALES or not _is_number(number.text):
        return None
    return Lexeme(Kind.CLAUSE, Phrase(f"{number.text} {scale.text}"), bare=True, words=2)


def _is_number(text: str) -> bool:
    main = [token for token in tokens(text) if token.role is Role.MAIN]
    return len(main) == 1 and _NUMBER.fullmatch(main[0].word) is not None


def _within_bounds(lexemes: Iterable[Lexeme], reading: Reading) -> Iterator[Lexeme]:
    room = Room(reading.mend)
    for lexeme in lexemes:
        if lexeme.kind is Kind.CLAUSE and not room.take(lexeme.clause):
            return
        yield lexeme


class _Lexer:
    def __init__(self, text: str, reading: Reading) -> None:
        self._text = text
        self._reading = reading
        self._raw = list(islice(_RAW.finditer(text), _MOST_PIECES))
        self._at = 0
        self._made: list[Lexeme] = []
        self._clauses = 0
        self._patterns: set[Clause] = set()
        self._emphasis_closes = -1

    def read(self) -> list[Lexeme]:
        # Twice as many as are kept, because two may become one number.
        while self._at < len(self._raw) and self._clauses <= 2 * MOST_CLAUSES:
            found = self._raw[self._at]
            self._at += 1
            written = found.group()
            if written in _QUOTES:
                self._read_quotes(found)
            elif written in "()":
                self._add(Kind.OPEN if written == "(" else Kind.CLOSE)
            else:
                self._read_stretch(self._without_emphasis(written), self._touches_next(found))
            if len(self._made) > _MOST_LEXEMES:
                break
        if len(self._made) > _MOST_LEXEMES or (self._at == _MOST_PIECES and _RAW.search(self._text, self._end())):
            self._reading.mend("The query has too many signs; what follows them was not read.")
        return self._made[:_MOST_LEXEMES]

    def _end(self) -> int:
        return self._raw[self._at - 1].end()

    def _add(self, kind: Kind) -> None:
        self._made.append(Lexeme(kind))

    def _add_clause(self, clause: Clause, bare: bool = False) -> None:
        self._made.append(Lexeme(Kind.CLAUSE, clause, bare))
        self._clauses += 1

    def _touches_next(self, found: re.Match[str]) -> bool:
        """Whether a quotation mark or bracket follows without a blank, so that a sign at the end belongs to that."""
        return self._at < len(self._raw) and self._raw[self._at].start() == found.end()

    # Quotation marks

    def _read_quotes(self, opening: re.Match[str]) -> None:
        closing = self._closing_quote(self._at)
        if closing is not None:
            content = self._text[opening.end() : self._raw[closing].start()]
            self._at = closing + 1
            distance = self._distance_after(self._raw[closing])
            if distance is None:
                self._add_phrase(content)
            else:
                self._add_nearness(content, distance)
        elif self._touches_next(opening) and not self._ends_word(opening.start()):
            self._reading.mend("A quotation mark was not closed; the phrase was read to the end.")
            self._add_phrase(self._text[opening.end() :])
            self._at = len(self._raw)
        else:
            self._reading.mend("A quotation mark that belongs to nothing was left out.")

    def _closing_quote(self, start: int) -> int | None:
        return next((at for at in range(start, len(self._raw)) if self._raw[at].group() in _QUOTES), None)

    def _ends_word(self, at: int) -> bool:
        return at > 0 and not self._text[at - 1].isspace() and self._text[at - 1] not in f"(=:{_MINUS}"

    def _distance_after(self, closing: re.Match[str]) -> str | None:
        """The number of a `~10` right after a closing quotation mark, which is then read; None where there is none."""
        if not self._touches_next(closing):
            return None
        found = _DISTANCE.fullmatch(self._raw[self._at].group())
        if found is None:
            return None
        self._at += 1
        return found[1]

    def _add_phrase(self, content: str) -> None:
        if _STAR_AT_WORD.search(content):
            self._reading.mend("Inside quotation marks * stands for nothing; it was left out.")
        core = self._fitting_core(content)
        if core:
            self._add_clause(Phrase(core))
            return
        if content.strip():
            self._reading.mend("A phrase without words was left out.")
        self._add(Kind.GAP)

    def _add_nearness(self, content: str, distance: str) -> None:
        words = [core for core in (_core(piece)[0] for piece in content[:LONGEST_CLAUSES].split()) if core]
        if len(content) > LONGEST_CLAUSES or len(words) > MOST_CLAUSES:
            self._reading.mend(
                "Of words near each other %(clauses)s are read at most, and %(most)s characters.",
                clauses=MOST_CLAUSES,
                most=number_text(LONGEST_CLAUSES),
            )
            words = words[:MOST_CLAUSES]
        if len(words) < 2:
            self._add_phrase(content)
            if words:
                self._reading.mend(
                    "“%(word)s” is one word, near to nothing else; ~%(distance)s was left out.",
                    word=shown(words[0]),
                    distance=distance,
                )
        else:
            self._add_clause(Near(tuple(map(Phrase, words)), self._distance(distance)))

    def _distance(self, written: str) -> int:
        if written in {"", "-"}:
            return USUAL_DISTANCE
        if written.startswith("-") or not written.strip("0"):
            self._reading.mend("A nearness of less than 1 word was read as 1.")
            return 1
        if len(written.lstrip("0")) > len(str(MOST_DISTANCE)):
            self._reading.mend("A nearness of more than %(most)s words was read as %(most)s.", most=MOST_DISTANCE)
            return MOST_DISTANCE
        return int(written)

    # Stretches

    def _without_emphasis(self, written: str) -> str:
        """A stretch without the two stars by which Markdown emphasises: `**one word**`, or several of them."""
        index = self._at - 1
        if "**" not in written:
            return written
        if index == self._emphasis_closes:
            return _EMPHASIS_CLOSES.sub(r"\1", written)
        opened = _EMPHASIS_OPENS.match(written)
        if opened is None:
            return written
        inside = written[opened.end() :]
        closing = index
        while "*" not in inside and closing + 1 < len(self._raw):
            closing += 1
            inside = self._raw[closing].group()
            if inside in _QUOTES or inside in "()":
                return written
        closed = _EMPHASIS_CLOSES.search(inside)
        if closed is None or "*" in inside[: closed.start()]:
            return written
        plain = opened[1] + written[opened.end() :]
        if closing == index:
            return _EMPHASIS_CLOSES.sub(r"\1", plain)
        self._emphasis_closes = closing
        return plain

    def _read_stretch(self, written: str, before_group: bool) -> None:
        """before_group: see _touches_next."""
        if len(written) > _LONGEST_STRETCH:
            self._say_too_long()
        text = written[:_LONGEST_STRETCH]
        while text:
            bare = text.lstrip(_MINUS + "+")
            signs = text[: len(text) - len(bare)]
            negates = len(signs) == 1 and signs in _MINUS
            prefix = None if bare.startswith("=") else _FIELD.match(bare, _first_word_at(bare))
            if prefix:
                if negates:
                    self._add(Kind.NOT)
                name, text = prefix[1].lower(), bare[prefix.end() :]
                if name in PERIOD_FIELDS:
                    self._read_period(name, text)
                    return
                self._made.append(Lexeme(Kind.FIELD, name=name))
                continue
            core, end = _core(bare)[:2]
            if negates and (core or "*" in bare or (bare in {"", "="} and before_group)):
                self._add(Kind.NOT)
            if bare.startswith("="):
                self._add_exact(bare.lstrip("="), before_group)
            elif core or "*" in bare:
                self._read_clause(bare, core, end)
            elif any(unicodedata.category(character) == "So" for character in bare):
                self._reading.mend("Signs that are no words were left out.")
            if core and before_group and bare[-1] in _MINUS and not bare[-2:-1].isalnum():
                self._add(Kind.NOT)
            return

    def _say_too_long(self) -> None:
        self._reading.mend(
            "Only the first %(most)s characters of a word or phrase were read.", most=number_text(LONGEST_CLAUSES)
        )

    def _fitting_core(self, text: str) -> str:
        core = _core(text)[0]
        if len(core) <= LONGEST_CLAUSES:
            return core
        self._say_too_long()
        return _core(core[:LONGEST_CLAUSES])[0]

    def _add_exact(self, text: str, before_group: bool) -> None:
        if not text and before_group and self._raw[self._at].group() == "(":
            self._reading.mend("= takes a word or a phrase; before a bracket it was left out.")
        if _STAR_AT_WORD.search(text):
            self._reading.mend("After = a * stands for nothing; it was left out.")
        core = self._fitting_core(text)
        if core:
            self._add_clause(Phrase(core))
        elif text:
            self._add(Kind.GAP)

    def _read_clause(self, bare: str, core: str, end: int) -> None:
        """A stretch that is not exact: an address, a pattern, a fuzzy word, an operator or a word."""
        if "://" in core:
            self._add_clause(Word(self._fitting_core(core)), bare=True)
            return
        body, edits = self._fuzziness(bare, core, end)
        if has_wildcard(body):
            if edits is not None:
                self._reading.mend("A word with * or ? in it can't be fuzzy as well; its ~ was left out.")
            self._add_patterns(body)
        elif edits:
            self._add_fuzzy(body, edits)
        elif edits == 0:
            self._add_several(_words_of(body))
        elif core in _OPERATORS:
            self._made.append(Lexeme(Kind[core], spelled=True))
        elif near := _NEAR.fullmatch(core):
            self._made.append(Lexeme(Kind.NEAR, distance=self._distance(near[1])))
        else:
            self._add_clause(Word(self._fitting_core(core)), bare=True)

    def _read_period(self, name: str, written: str) -> None:
        """The value of `date:` or its like; it may stand after a blank or in quotation marks."""
        if not written and self._at < len(self._raw):
            following = self._raw[self._at].group()
            if following in _QUOTES:
                closing = self._closing_quote(self._at + 1)
                if closing is not None:
                    written = self._text[self._raw[self._at].end() : self._raw[closing].start()].strip()
                    self._at = closing + 1
            elif following not in "()" and following not in _OPERATORS:
                written = following
                self._at += 1
        try:
            if not written:
                raise UnreadablePeriod(_("no date follows it"))
            clause, turned = read_period(name, written)
        except UnreadablePeriod as error:
            self._reading.mend(
                "“%(field)s:%(given)s” was left out: %(problem)s.", field=name, given=shown(written), problem=str(error)
            )
            self._add(Kind.GAP)
            return
        if turned:
            self._reading.mend(
                "The ends of “%(field)s:%(given)s” changed places: the earlier one comes first.",
                field=name,
                given=shown(written),
            )
        self._add_clause(clause)

    # Wildcards and fuzzy words

    def _fuzziness(self, bare: str, core: str, end: int) -> tuple[str, int | None]:
        """A stretch without its `~` or `~2`, and the edits this allows; None where it has none."""
        numbered = _NUMBERED_TILDE.fullmatch(core)
        if numbered and in_run(numbered[1], len(numbered[1]) - 1):
            body, number = numbered[1], numbered[2].lstrip("0")
            if len(number) > 1 or int(number or 0) > MOST_EDITS:
                if not any(map(str.isalpha, body)):
                    return bare, None
                self._reading.mend(
                    "A fuzzy word may differ in %(most)s letters at most; it was read so.", most=MOST_EDITS
                )
                return body, self._possible_edits(body, MOST_EDITS)
            return body, self._possible_edits(body, int(number or 0))
        tail = bare[end:]
        if core and tail.startswith("~") and tail[1:2] != "~" and is_word_character(core, len(core) - 1):
            return core, usual_edits(last_run(core))
        return bare, None

    def _possible_edits(self, body: str, asked: int) -> int:
        """No more edits than leave a letter of the word."""
        possible = max(0, count_letters(last_run(body)) - 1)
        if asked > possible:
            self._reading.mend(
                "“%(word)s” is too short for ~%(asked)s; it was read as ~%(possible)s.",
                word=shown(body),
                asked=asked,
                possible=possible,
            )
        return min(asked, possible)

    def _add_fuzzy(self, body: str, edits: int) -> None:
        start, end, reduced = list(runs(body))[-1]
        if end != len(body) or not can_be_pattern(reduced):
            clauses = _words_of(body)
        else:
            clauses = [*_words_of(body[:start]), *self._costly(Fuzzy(reduced, edits), reduced)]
        self._add_several(clauses)

    def _add_patterns(self, text: str) -> None:
        text = "".join(character for character in text if unicodedata.category(character) != "Cf")
        clauses: list[Clause] = []
        last = 0
        for start, end, reduced in runs(text):
            if "*" in reduced and not any(map(is_letter, reduced)):
                self._reading.mend("A * by itself stands for any word, so it was left out.")
            if not has_wildcard(reduced) or not can_be_pattern(reduced):
                if holds_ideograph(reduced):
                    self._reading.mend("Each Chinese or Japanese character is a word; * and ? beside it were left out.")
                continue
            clauses += _words_of(text[last:start])
            clauses += self._costly(Pattern(reduced), reduced)
            last = end
        clauses += _words_of(text[last:])
        self._add_several(clauses)

    def _costly(self, clause: Clause, text: str) -> list[Clause]:
        """The pattern or fuzzy word, or the word it is without signs where it is too long or one too many."""
        if len(text) > LONGEST_PATTERN:
            self._reading.mend(
                "A word with * ? or ~ longer than %(most)s characters was read without these.", most=LONGEST_PATTERN
            )
        elif clause in self._patterns or len(self._patterns) < MOST_PATTERNS:
            self._patterns.add(clause)
            return [clause]
        else:
            self._reading.mend(
                "Only %(most)s words with * ? or ~ are read as such; the others as plain words.", most=MOST_PATTERNS
            )
        return _words_of(text.replace("*", "").replace("?", ""))

    def _add_several(self, clauses: list[Clause]) -> None:
        if clauses:
            clause = joined(And, clauses)
            self._add_clause(clause, bare=isinstance(clause, Word))
        else:
            self._add(Kind.GAP)


def _has_no_signs(core: str) -> bool:
    """Whether a core is read as one word: as no field, operator, pattern or fuzzy word."""
    if _FIELD.match(core) or core in _OPERATORS or _NEAR.fullmatch(core):
        return False
    return "://" in core or not (has_wildcard(core) or _NUMBERED_TILDE.fullmatch(core))


def _words_of(text: str) -> list[Clause]:
    """The plain words of a part of a stretch: one where it reads as one, else each by itself."""
    core, _start, found = _core(text)
    if not core:
        return []
    if _has_no_signs(core):
        return [Word(core)]
    main = (text[token.start : token.end] for token in found if token.role is Role.MAIN)
    return [Word(word.lower() if word in _OPERATORS else word) for word in main]


def as_word(lexeme: Lexeme) -> Lexeme:
    """An operator that was spelled, read as the word it is spelled with."""
    return replace(lexeme, kind=Kind.CLAUSE, clause=Word(lexeme.kind.value.lower()), bare=True, spelled=False)
