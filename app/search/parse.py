"""Reads what a person typed into a query tree. Never fails: what can't be understood is mended or left out, and a
note says so. Left to others: the wording of single clauses (lexemes, periods), printing trees back (printing,
wording), which forms of a word are the same (the analyzer and the engine).

    any   := all (OR all)*
    all   := one (AND? one)*            words side by side mean AND, with Match.ANY they mean OR
    one   := (NOT | - | name:)* near
    near  := operand (NEAR operand)*    a NEAR b NEAR c: a near b, and b near c
    operand := ( any ) | clause
    clause := word | =word | "phrase" | patt*rn | fuzzy~ | "near words"~10 | date:2016..2018

NEAR binds tightest (`title:a NEAR/5 b` is both near each other in a title), then a field's name and NOT, then AND,
then OR. NEAR takes words, phrases, patterns, fuzzy words and an OR of these in brackets; before anything else it is
read as AND. In a field's brackets, what has a field of its own or is a date keeps that. Operators are capitals; in a
query that is all capitals and a sentence they are words, and in such a query acronyms (US, IN) are asked for as
everyday words too. A query in brackets throughout is taken word for word: as no sentence and no query in capitals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from app.domain.query import ENTITY_FIELDS, And, Clause, Dated, Field, Match, Near, Or, Query, Undated, Word
from app.language import _, listed, noted, number_text
from app.search.analysis import Role, tokens
from app.search.analysis.tokens import ACRONYMS_LIKE_WORDS
from app.search.capitals import is_in_capitals, is_read_twice
from app.search.function_words import is_function_word
from app.search.lexemes import (
    MOST_DISTANCE,
    MOST_PATTERNS,
    Kind,
    Lexeme,
    Reading,
    as_word,
    is_plain_word,
    read_lexemes,
    shown,
)
from app.search.printing import SENTENCE, as_text
from app.search.tree import (
    DEEPEST,
    LONGEST_CLAUSES,
    MOST_CLAUSES,
    any_of,
    as_phrases,
    fallback,
    fitted,
    in_field,
    joined,
    narrow,
    near_operand,
    negated,
    parts,
    texts,
)
from app.search.wording import in_words

__all__ = [
    "LONGEST_CLAUSES",
    "LONGEST_QUERY",
    "LONGEST_TYPED",
    "MOST_CLAUSES",
    "MOST_DISTANCE",
    "MOST_PATTERNS",
    "SENTENCE",
    "as_text",
    "fallback",
    "in_words",
    "narrow",
    "parse",
]

LONGEST_QUERY = 100_000
"""Characters of a query that are read."""

LONGEST_TYPED = 4_096
"""Characters of a query that a web page reads: every link on it repeats them."""

_DEEPEST_TYPED = 2 * DEEPEST + 8
"""Brackets in one another that are read; printing may write twice as many as make a difference."""

_NO_OPERATORS = frozenset({Kind.GAP, Kind.OPEN, Kind.CLOSE})
"""What may stand among bare words without making them more than a sentence: brackets then only set an aside apart."""

_NOT_TOLD_APART: Final = {
    "person": (
        noted("Persons are not told apart yet; %(words)s was looked for anywhere in the article."),
        noted("Persons are not told apart yet; %(words)s were looked for anywhere in the article."),
    ),
    "place": (
        noted("Places are not told apart yet; %(words)s was looked for anywhere in the article."),
        noted("Places are not told apart yet; %(words)s were looked for anywhere in the article."),
    ),
    "org": (
        noted("Organisations are not told apart yet; %(words)s was looked for anywhere in the article."),
        noted("Organisations are not told apart yet; %(words)s were looked for anywhere in the article."),
    ),
    "speaker": (
        noted("Speakers are not told apart yet; %(words)s was looked for anywhere in the article."),
        noted("Speakers are not told apart yet; %(words)s were looked for anywhere in the article."),
    ),
}
"""What is said of one word, and of several."""


def parse(text: str, match: Match | None = None) -> Query:
    """The query a text means.

    match: whether every bare word must occur, or any; None lets the text decide (see SENTENCE).
    """
    reading = Reading()
    if len(text) > LONGEST_QUERY:
        reading.mend("Only the first %(most)s characters of the query were read.", most=number_text(LONGEST_QUERY))
    lexemes = read_lexemes(text[:LONGEST_QUERY], reading)
    in_capitals = not _is_in_brackets(lexemes) and is_in_capitals(_texts(lexemes))
    if in_capitals and _is_headline(lexemes):
        reading.note("In a sentence all in capitals AND, OR, NOT and NEAR are read as words.")
        lexemes = [as_word(lexeme) if lexeme.spelled else lexeme for lexeme in lexemes]
    plain = all(lexeme.bare for lexeme in lexemes if lexeme.kind not in _NO_OPERATORS) and not _is_in_brackets(lexemes)
    sentence = match is None and plain and sum(lexeme.words for lexeme in lexemes if lexeme.bare) >= SENTENCE
    if sentence:
        reading.note(
            "A query of %(count)s or more words is read as a sentence: "
            "articles with any of the words answer, best first.",
            count=SENTENCE,
        )
    any_will_do = sentence or match is Match.ANY
    if any_will_do and all(lexeme.kind in _NO_OPERATORS or lexeme.kind is Kind.CLAUSE for lexeme in lexemes):
        lexemes = [lexeme for lexeme in lexemes if lexeme.kind is Kind.CLAUSE]
        lexemes = _without_function_words(lexemes, in_capitals, reading)
        lexemes = [part for lexeme in lexemes for part in _with_parts(lexeme)]
    if in_capitals:
        lexemes = [_both_readings(lexeme) for lexeme in lexemes]
    root = _Parser(lexemes, reading, any_of if any_will_do else _all).read()
    root = fitted(root, reading.mend)
    if root == And(()) and text.strip():
        reading.mend("Nothing in the query can be searched for, so every article is shown.")
    return Query(
        text=text,
        root=root,
        match=Match.ANY if any_will_do else Match.ALL,
        repaired=reading.repaired,
        notes=tuple(reading.notes),
    )


def _all(clauses: Iterable[Clause]) -> Clause:
    return joined(And, clauses)


def _texts(lexemes: Iterable[Lexeme]) -> Iterator[str]:
    return (text for lexeme in lexemes for text in texts(lexeme.clause))


def _is_in_brackets(lexemes: list[Lexeme]) -> bool:
    """Whether one pair of brackets is around everything."""
    if not lexemes or lexemes[0].kind is not Kind.OPEN or lexemes[-1].kind is not Kind.CLOSE:
        return False
    depth = 0
    for lexeme in lexemes[:-1]:
        depth += (lexeme.kind is Kind.OPEN) - (lexeme.kind is Kind.CLOSE)
        if not depth:
            return False
    return True


def _is_headline(lexemes: list[Lexeme]) -> bool:
    """Whether words in capitals are a sentence rather than joined by operators, which stand between any two words."""
    if not all(lexeme.bare or lexeme.spelled for lexeme in lexemes):
        return False
    count = sum(lexeme.words for lexeme in lexemes)
    side_by_side = any(left.bare and right.bare for left, right in pairwise(lexemes))
    return count >= SENTENCE and side_by_side and any(lexeme.spelled for lexeme in lexemes)


def _without_function_words(lexemes: list[Lexeme], in_capitals: bool, reading: Reading) -> list[Lexeme]:
    """The words without those that only hold a sentence together, unless there are no others."""

    def is_left_out(lexeme: Lexeme) -> bool:
        if not isinstance(lexeme.clause, Word):
            return False
        text = lexeme.clause.text
        return is_function_word(text) and (in_capitals or text not in ACRONYMS_LIKE_WORDS)

    kept = [lexeme for lexeme in lexemes if not is_left_out(lexeme)]
    named = list(dict.fromkeys(text.lower() for text in _texts(filter(is_left_out, lexemes))))
    if not named or not any(lexeme.bare for lexeme in kept):
        return lexemes
    if len(named) == 1:
        reading.note("The word “%(word)s” was left out.", word=named[0])
    else:
        reading.note("Words such as “%(word)s” and “%(other)s” were left out.", word=named[0], other=named[1])
    return kept


def _with_parts(lexeme: Lexeme) -> Iterator[Lexeme]:
    """Where any word will do, any part of a hyphened one will, too: boundary-layers also finds a boundary layer."""
    yield lexeme
    if isinstance(lexeme.clause, Word):
        text = lexeme.clause.text
        main = [text[token.start : token.end] for token in tokens(text) if token.role is Role.MAIN]
        if len(main) > 1:
            telling = (part for part in main if is_plain_word(part) and not is_function_word(part))
            yield from (replace(lexeme, clause=Word(part)) for part in telling)


def _both_readings(lexeme: Lexeme) -> Lexeme:
    """Where a query is typed in capitals throughout, case doesn't tell US from us: both are asked for."""
    clause = lexeme.clause
    if not isinstance(clause, Word) or not is_read_twice(clause.text):
        return lexeme
    return replace(lexeme, clause=Or((clause, Word(clause.text.lower()))))


class _Parser:
    """Recursive descent over the grammar above; a clause that can't be read is None."""

    def __init__(self, lexemes: list[Lexeme], reading: Reading, side_by_side: Callable[[Iterable[Clause]], Clause]):
        self._lexemes = lexemes
        self._reading = reading
        self._side_by_side = side_by_side
        self._at = 0
        self._depth = 0
        self._too_deep = 0

    def read(self) -> Clause:
        clauses = [self._read_any()]
        while self._at < len(self._lexemes):
            self._reading.mend("A closing bracket that closes nothing was left out.")
            self._at += 1
            clauses.append(self._read_any())
        return _all(clause for clause in clauses if clause is not None)

    def _next(self) -> Kind | None:
        return self._lexemes[self._at].kind if self._at < len(self._lexemes) else None

    def _read_any(self) -> Clause | None:
        found: list[Clause] = []
        operators = 0
        while True:
            clause = self._read_all()
            if clause is not None:
                found.append(clause)
            if self._next() is not Kind.OR:
                break
            operators += 1
            self._at += 1
        self._check(operators, len(found))
        return joined(Or, found) if found else None

    def _read_all(self) -> Clause | None:
        groups: list[list[Clause]] = [[]]
        operators = 0
        while (kind := self._next()) not in (None, Kind.OR):
            if kind is Kind.CLOSE:
                if not self._too_deep:
                    break
                self._too_deep -= 1
                self._at += 1
            elif kind is Kind.AND:
                operators += 1
                groups.append([])
                self._at += 1
            elif kind is Kind.NEAR:
                self._miss_near()
                self._at += 1
            else:
                clause = self._read_one()
                if clause is not None:
                    groups[-1].append(clause)
        full = [group for group in groups if group]
        self._check(operators, len(full))
        return _all(self._side_by_side(group) for group in full) if full else None

    def _check(self, operators: int, operands: int) -> None:
        if operators and operators != operands - 1:
            self._reading.mend("An AND or OR with nothing to join was left out.")

    def _miss_near(self) -> None:
        self._reading.mend("A NEAR with nothing on one side was left out.")

    def _read_one(self) -> Clause | None:
        negates = False
        name = ""
        while (kind := self._next()) in (Kind.NOT, Kind.FIELD):
            if kind is Kind.NOT:
                negates = not negates
            else:
                if name:
                    self._say_inner_field_counts(name)
                name = self._lexemes[self._at].name
            self._at += 1
        if kind not in (Kind.OPEN, Kind.CLAUSE, Kind.GAP):
            if name:
                self._reading.mend("Nothing follows “%(field)s:”, so it was left out.", field=name)
            else:
                self._reading.mend("A NOT with nothing to exclude was left out.")
            return None
        clause = self._read_near(name)
        if clause is not None and name:
            clause = self._in_field(name, clause)
        return negated(clause) if clause is not None and negates else clause

    def _say_inner_field_counts(self, name: str) -> None:
        self._reading.mend(
            "What has a field of its own, or is a date, is not looked for in “%(field)s:” as well.", field=name
        )

    def _in_field(self, name: str, clause: Clause) -> Clause:
        if name in ENTITY_FIELDS:
            named = [f"“{shown(text)}”" for text in dict.fromkeys(texts(clause))]
            one, several = _NOT_TOLD_APART[name]
            self._reading.mend(several if len(named) > 1 else one, words=listed(named) if named else _("it"))
            return as_phrases(clause)
        if any(isinstance(part, Field | Dated | Undated) for part in parts(clause)):
            self._say_inner_field_counts(name)
        return in_field(name, clause)

    def _read_near(self, name: str) -> Clause | None:
        """Operands with NEAR between them. name: the field they stand in; it may be repeated before each."""
        operands = [self._read_operand()]
        distances: list[int] = []
        while self._next() is Kind.NEAR:
            distance = self._lexemes[self._at].distance
            self._at += 1
            if name and self._next() is Kind.FIELD and self._lexemes[self._at].name == name:
                self._at += 1
            following = self._next()
            if following in (Kind.OPEN, Kind.CLAUSE, Kind.GAP):
                distances.append(distance)
                operands.append(self._read_operand())
            elif following in (Kind.NOT, Kind.FIELD):
                self._say_near_is_and()
                self._at -= 1
                self._lexemes[self._at] = Lexeme(Kind.AND)
            else:
                self._miss_near()
        return self._chained(operands, distances)

    def _say_near_is_and(self) -> None:
        self._reading.mend(
            "NEAR takes words and phrases, or some with OR between them in brackets; it was read as AND."
        )

    def _chained(self, operands: list[Clause | None], distances: list[int]) -> Clause | None:
        """Each two neighbours near each other; an operand with no near neighbour stands by itself."""
        usable = [None if operand is None else near_operand(operand) for operand in operands]
        near: list[Clause | None] = []
        for left, right, distance in zip(usable, usable[1:], distances, strict=False):
            near.append(None if left is None or right is None else Near((left, right), distance))
        found: list[Clause] = []
        for at, operand in enumerate(operands):
            before = near[at - 1] if at else None
            after = near[at] if at < len(near) else None
            if operand is None:
                self._miss_near() if near else None
            elif before is None and after is None:
                found.append(operand)
            if after is not None:
                found.append(after)
            elif at < len(near) and operand is not None and operands[at + 1] is not None:
                self._say_near_is_and()
        return _all(found) if found else None

    def _read_operand(self) -> Clause | None:
        lexeme = self._lexemes[self._at]
        if lexeme.kind is Kind.OPEN:
            return self._read_group()
        self._at += 1
        return lexeme.clause if lexeme.kind is Kind.CLAUSE else None

    def _read_group(self) -> Clause | None:
        self._at += 1
        if self._depth >= _DEEPEST_TYPED:
            self._reading.mend("Brackets more than %(most)s deep were left out.", most=_DEEPEST_TYPED)
            self._too_deep += 1
            return None
        self._depth += 1
        clause = self._read_any()
        self._depth -= 1
        if self._next() is Kind.CLOSE:
            self._at += 1
        else:
            self._reading.mend("An opening bracket was not closed; it was closed at the end.")
        if clause is None:
            self._reading.mend("Empty brackets were left out.")
        return clause
