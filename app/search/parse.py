"""Reads what a person typed into a query tree, and prints the tree back.

Never fails: what can't be understood is mended or left out, and a note says so. First the text is cut into words,
quoted phrases and operators, then a small recursive descent puts these together (AND binds tighter than OR, words
side by side mean AND). Which forms of a word are the same is left to the analyzer and the engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from app.domain.query import And, Clause, Match, Not, Or, Phrase, Query, Word
from app.search.analysis import Role, Token, tokens

LONGEST_QUERY = 4096
"""Characters of a query that are read."""

MOST_CLAUSES = 64
"""Words and phrases of a query that are read."""

SENTENCE = 7
"""From so many bare words on, a query is taken for a sentence of which any word may match."""

_DEEPEST = 16
_QUOTES = '"“”„‟«»〝〞＂'
_LEXEME = re.compile(rf"[{_QUOTES}]|[()]|[^\s{_QUOTES}()]+")
_MINUS = "-−‐‑"
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_SCALES = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
_NUMBER = re.compile(r"[a-z]{0,3}[$£€¥₹₽₪]?\d+(\.\d+)*%?")
_LETTERS = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(r"\s+")


def parse(text: str, match: Match | None = None) -> Query:
    """The query a text means.

    match: whether every bare word must occur, or any; None lets the text decide (see SENTENCE).
    """
    reading = _Reading()
    if len(text) > LONGEST_QUERY:
        reading.mend(f"Only the first {LONGEST_QUERY:,} characters of the query were read.")
    lexemes = _both_readings(list(_lexemes(text[:LONGEST_QUERY], reading)))
    plain = all(lexeme.kind is _Kind.CLAUSE and lexeme.bare for lexeme in lexemes)
    sentence = match is None and plain and sum(lexeme.words for lexeme in lexemes) >= SENTENCE
    if sentence:
        reading.notes.append(
            f"A query of {SENTENCE} or more words is read as a sentence: "
            "articles with any of the words answer, best first."
        )
    any_will_do = sentence or match is Match.ANY
    parser = _Parser(lexemes, reading, _any if any_will_do else _all)
    root = parser.read()
    if root == And(()) and text.strip():
        reading.mend("Nothing in the query can be searched for, so every article is shown.")
    return Query(
        text=text,
        root=root,
        match=Match.ANY if any_will_do else Match.ALL,
        repaired=reading.repaired,
        notes=tuple(dict.fromkeys(reading.notes)),
    )


def as_text(root: Clause) -> str:
    """The canonical query string of a tree; it parses to the same tree."""
    if isinstance(root, And):
        operands = [_operand(clause) for clause in root.clauses]
        plain = " ".join(operands)
        # Words side by side may read as a sentence or a number; then the operator has to be written.
        return plain if parse(plain).root == root else " AND ".join(operands)
    if isinstance(root, Or):
        return " OR ".join(_operand(clause) for clause in root.clauses)
    return _operand(root)


def in_words(root: Clause) -> str:
    """What a tree asks for, as part of a sentence: `articles with “mosul” and “stabilization”, in any form`."""
    if root == And(()):
        return "all articles"
    clauses = root.clauses if isinstance(root, And) else (root,)
    parts: list[str] = []
    words = [_said(clause) for clause in clauses if isinstance(clause, Word)]
    if words:
        parts.append(f"{_listed(words, 'and')}, in any form")
    others = [_said(clause) for clause in clauses if not isinstance(clause, Word | Not)]
    if others:
        parts.append(_listed(others, "and"))
    absent = [_said(clause.clause) for clause in clauses if isinstance(clause, Not)]
    wanted = f"articles with {', and '.join(parts)}" if parts else "articles"
    return f"{wanted}{',' if parts else ''} without {_listed(absent, 'or')}" if absent else wanted


def _said(clause: Clause) -> str:
    match clause:
        case Word(text):
            return f"“{text}”"
        case Phrase(text):
            return f"the exact phrase “{text}”"
        case Not(inner):
            return f"not {_said(inner)}"
        case And(clauses):
            return f"({' and '.join(_said(inner) for inner in clauses)})"
        case Or(clauses):
            # “$5” and “US” come with their other readings; a list of words reads better without brackets.
            said = _listed([_said(inner) for inner in clauses], "or")
            return f"any of {said}" if len(clauses) > 2 else f"either {said}"


def _listed(items: list[str], last: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def _operand(clause: Clause) -> str:
    match clause:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Not(inner):
            return f"-{_operand(inner)}"
        case And() | Or():
            return f"({as_text(clause)})"


@dataclass(slots=True)
class _Reading:
    """What the reading did to the text."""

    repaired: bool = False
    notes: list[str] = field(default_factory=list)

    def mend(self, note: str) -> None:
        self.repaired = True
        self.notes.append(note)


class _Kind(Enum):
    CLAUSE = "clause"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"


_NO_CLAUSE = And(())


@dataclass(frozen=True, slots=True)
class _Lexeme:
    """A word, phrase or operator. bare: typed without quotes. words: how many words a bare clause was typed as."""

    kind: _Kind
    clause: Clause = _NO_CLAUSE
    bare: bool = False
    words: int = 1


def _lexemes(text: str, reading: _Reading) -> Iterator[_Lexeme]:
    raw = list(_LEXEME.finditer(text))
    clauses = 0
    at = 0
    while at < len(raw):
        found = raw[at]
        written = found.group()
        at += 1
        new: list[_Lexeme] = []
        if written in _QUOTES:
            closing = next((i for i in range(at, len(raw)) if raw[i].group() in _QUOTES), None)
            if (
                closing is None
                and at < len(raw)
                and found.end() == raw[at].start()
                and not _ends_word(text, found.start())
            ):
                reading.mend("A quotation mark was not closed; the phrase was read to the end.")
                new += _phrase(text[found.end() :], reading)
                at = len(raw)
            elif closing is None:
                reading.mend("A quotation mark that belongs to nothing was left out.")
            else:
                new += _phrase(text[found.end() : raw[closing].start()], reading)
                at = closing + 1
        elif written in "()":
            new.append(_Lexeme(_Kind.OPEN if written == "(" else _Kind.CLOSE))
        else:
            before_group = at < len(raw) and raw[at].start() == found.end()
            new, took_next = _word(written, before_group, raw[at].group() if at < len(raw) else "", reading)
            at += took_next
        for lexeme in new:
            clauses += lexeme.kind is _Kind.CLAUSE
            if clauses > MOST_CLAUSES:
                reading.mend(f"Only the first {MOST_CLAUSES} words and phrases of the query were read.")
                return
            yield lexeme


def _ends_word(text: str, at: int) -> bool:
    return at > 0 and not text[at - 1].isspace() and text[at - 1] not in f"({_MINUS}"


def _both_readings(lexemes: list[_Lexeme]) -> list[_Lexeme]:
    """Where a query is typed in capitals throughout, case doesn't tell US from us: both are asked for.

    That takes three words, one of them longer than an acronym; `US NATO` is not enough.
    """
    typed = " ".join(lexeme.clause.text for lexeme in lexemes if isinstance(lexeme.clause, Word | Phrase))
    letters = _LETTERS.findall(typed)
    if typed.upper() != typed or len(letters) < 3 or max(map(len, letters)) < 6:
        return lexemes
    return [_both_readings_of(lexeme) for lexeme in lexemes]


def _both_readings_of(lexeme: _Lexeme) -> _Lexeme:
    clause = lexeme.clause
    if not isinstance(clause, Word) or "." in clause.text:
        return lexeme
    if not any(token.word.isupper() for token in tokens(clause.text)):
        return lexeme
    return replace(lexeme, clause=Or((clause, Word(clause.text.lower()))))


def _core(text: str) -> tuple[str, list[Token]]:
    """A text without what surrounds its words, blanks as one space; and those words."""
    found = list(tokens(text))
    if not found:
        return "", found
    start, end = found[0].start, max(token.end for token in found)
    return _BLANKS.sub(" ", text[start:end]), found


def _phrase(text: str, reading: _Reading) -> list[_Lexeme]:
    core, _ = _core(text)
    if not core:
        if text.strip():
            reading.mend("A phrase without words was left out.")
        return []
    return [_Lexeme(_Kind.CLAUSE, Phrase(core))]


def _word(written: str, before_group: bool, following: str, reading: _Reading) -> tuple[list[_Lexeme], bool]:
    """The lexemes a stretch without blanks, quotes and brackets makes, and whether it took the stretch that follows.

    before_group: a quote or bracket follows without a blank, so that a minus at the end belongs to that.
    """
    made: list[_Lexeme] = []
    bare = written.lstrip(_MINUS + "+")
    signs = written[: len(written) - len(bare)]
    core, found = _core(bare)
    if signs and signs[-1] in _MINUS and len(signs) == 1 and (core or (not bare and before_group)):
        made.append(_Lexeme(_Kind.NOT))
    if not core:
        if any(unicodedata.category(character) == "So" for character in bare):
            reading.mend("Signs that are no words were left out.")
        return made, False
    if core in _OPERATORS:
        made.append(_Lexeme(_Kind[core]))
        return made, False
    if _is_number(found) and (scale := _core(following))[0].lower() in _SCALES:
        made.append(_Lexeme(_Kind.CLAUSE, Phrase(f"{core} {scale[0]}"), bare=True, words=2))
        return made, True
    made.append(_Lexeme(_Kind.CLAUSE, Word(core), bare=True))
    if before_group and bare[-1] in _MINUS and len(bare) > 1 and not bare[-2].isalnum():
        made.append(_Lexeme(_Kind.NOT))
    return made, False


def _is_number(found: list[Token]) -> bool:
    main = [token for token in found if token.role is Role.MAIN]
    return len(main) == 1 and _NUMBER.fullmatch(main[0].word) is not None


def _all(clauses: Iterable[Clause]) -> Clause:
    return _joined(And, clauses)


def _any(clauses: Iterable[Clause]) -> Clause:
    """Any of the clauses, but none of those that are excluded."""
    clauses = list(clauses)
    absent = [clause for clause in clauses if isinstance(clause, Not)]
    wanted = [clause for clause in clauses if not isinstance(clause, Not)]
    return _joined(And, [_joined(Or, wanted), *absent] if wanted else absent)


def _joined(kind: type[And] | type[Or], clauses: Iterable[Clause]) -> Clause:
    """And or Or of clauses, without repetitions and needless nesting."""
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(clause.clauses if isinstance(clause, kind) else [clause])
    once = tuple(dict.fromkeys(flat))
    return once[0] if len(once) == 1 else kind(once)


class _Parser:
    """Recursive descent: any := all (OR all)*; all := one (AND? one)*; one := NOT one | clause | ( any )."""

    def __init__(self, lexemes: list[_Lexeme], reading: _Reading, side_by_side: Callable[[Iterable[Clause]], Clause]):
        self._lexemes = lexemes
        self._reading = reading
        self._side_by_side = side_by_side
        self._at = 0
        self._depth = 0

    def read(self) -> Clause:
        clauses = [self._read_any()]
        while self._at < len(self._lexemes):
            self._reading.mend("A closing bracket that closes nothing was left out.")
            self._at += 1
            clauses.append(self._read_any())
        return _all(clause for clause in clauses if clause is not None) if any(clauses) else And(())

    def _next(self) -> _Kind | None:
        return self._lexemes[self._at].kind if self._at < len(self._lexemes) else None

    def _read_any(self) -> Clause | None:
        found: list[Clause] = []
        operators = 0
        while True:
            clause = self._read_all()
            if clause is not None:
                found.append(clause)
            if self._next() is not _Kind.OR:
                break
            operators += 1
            self._at += 1
        self._check(operators, len(found))
        return _joined(Or, found) if found else None

    def _read_all(self) -> Clause | None:
        groups: list[list[Clause]] = [[]]
        operators = 0
        while (kind := self._next()) not in (None, _Kind.OR, _Kind.CLOSE):
            if kind is _Kind.AND:
                operators += 1
                groups.append([])
                self._at += 1
                continue
            clause = self._read_one()
            if clause is not None:
                groups[-1].append(clause)
        full = [group for group in groups if group]
        self._check(operators, len(full))
        return _all(self._side_by_side(group) for group in full) if full else None

    def _check(self, operators: int, operands: int) -> None:
        if operators and operators != operands - 1:
            self._reading.mend("An AND or OR with nothing to join was left out.")

    def _read_one(self) -> Clause | None:
        negated = False
        while self._next() is _Kind.NOT:
            negated = not negated
            self._at += 1
        kind = self._next()
        if kind is _Kind.OPEN:
            clause = self._read_group()
        elif kind is _Kind.CLAUSE:
            clause = self._lexemes[self._at].clause
            self._at += 1
        else:
            self._reading.mend("A NOT with nothing to exclude was left out.")
            return None
        if not negated or clause is None:
            return clause
        return clause.clause if isinstance(clause, Not) else Not(clause)

    def _read_group(self) -> Clause | None:
        self._at += 1
        if self._depth >= _DEEPEST:
            self._reading.mend(f"Brackets more than {_DEEPEST} deep were left out.")
            return None
        self._depth += 1
        clause = self._read_any()
        self._depth -= 1
        if self._next() is _Kind.CLOSE:
            self._at += 1
        else:
            self._reading.mend("An opening bracket was not closed; it was closed at the end.")
        if clause is None:
            self._reading.mend("Empty brackets were left out.")
        return clause
