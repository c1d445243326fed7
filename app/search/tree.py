"""Puts query trees together in one normal form and makes other trees of them: the wider fallback, the narrow form.

In normal form no And stands in an And and no Or in an Or, nothing is said twice, a Not holds no Not, a Field no
other Field, date or Not. Left to others: reading trees from text, and answering them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.domain.query import (
    And,
    Clause,
    Dated,
    Field,
    Fuzzy,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Undated,
    Widened,
    Word,
)
from app.language import number_text
from app.search.function_words import is_function_word

MOST_CLAUSES = 256
"""Words, phrases and other clauses of a query that are read, each operand of a NEAR counted."""

LONGEST_CLAUSES = 4_096
"""Characters that the words of a query may have in all."""

DEEPEST = 16
"""How deep brackets may stand in one another where they make a difference."""

TextClause = Word | Phrase | Pattern | Fuzzy


def joined(kind: type[And] | type[Or], clauses: Iterable[Clause]) -> Clause:
    """And or Or of clauses, without repetitions and needless nesting."""
    flat: list[Clause] = []
    for clause in clauses:
        flat.extend(clause.clauses if isinstance(clause, kind) else [clause])
    once = tuple(dict.fromkeys(flat))
    return once[0] if len(once) == 1 else kind(once)


def negated(clause: Clause) -> Clause:
    return clause.clause if isinstance(clause, Not) else Not(clause)


def in_field(name: str, clause: Clause) -> Clause:
    """The clause in a field; what has a field of its own, or a date, keeps that."""
    if isinstance(clause, Not):
        return negated(in_field(name, clause.clause))
    if not any(isinstance(part, Field | Dated | Undated) for part in parts(clause)):
        return Field(name, clause)
    if isinstance(clause, And | Or):
        return joined(type(clause), (in_field(name, inner) for inner in clause.clauses))
    return clause


def parts(clause: Clause) -> Iterator[Clause]:
    """The clause and everything in it, from left to right."""
    yield clause
    match clause:
        case And(clauses) | Or(clauses) | Near(clauses):
            for inner in clauses:
                yield from parts(inner)
        case Not(inner) | Field(_, inner) | Widened(inner):
            yield from parts(inner)


def texts(clause: Clause) -> Iterator[str]:
    """Its words and phrases as written."""
    return (part.text for part in parts(clause) if isinstance(part, TextClause))


def is_requirement(clause: Clause) -> bool:
    """Whether a clause only sets bounds (dates, what is excluded), so that it can't stand for what is looked for."""
    if isinstance(clause, And | Or):
        return all(is_requirement(inner) for inner in clause.clauses)
    return isinstance(clause, Not | Dated | Undated)


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Any of the clauses, within the bounds that those among them set which only set bounds."""
    clauses = list(clauses)
    bounds = [clause for clause in clauses if is_requirement(clause)]
    wanted = [clause for clause in clauses if not is_requirement(clause)]
    return joined(And, [joined(Or, wanted), *bounds] if wanted else bounds)


def as_phrases(clause: Clause) -> Clause:
    """The clause with each word exactly as written."""
    match clause:
        case Word(text):
            return Phrase(text)
        case And(clauses) | Or(clauses):
            return joined(type(clause), (as_phrases(inner) for inner in clauses))
        case Not(inner):
            return negated(as_phrases(inner))
        case _:
            return clause


def near_operand(clause: Clause) -> Clause | None:
    """The clause as an operand of a Near; None where it can't be one."""
    match clause:
        case Word(text):
            return Phrase(text)
        case Phrase() | Pattern() | Fuzzy():
            return clause
        case Or(clauses):
            operands = [near_operand(inner) for inner in clauses]
            usable = [operand for operand in operands if operand is not None]
            return joined(Or, usable) if len(usable) == len(operands) else None
        case _:
            return None


def unwidened(clause: Clause) -> Clause:
    """The clause without what a thesaurus added, in normal form."""
    return _rebuilt(clause, lambda widened: unwidened(widened.clause))


def narrow(root: Clause) -> Clause:
    """The tree with each widened word exactly as written instead, so that no thesaurus widens it again."""
    return _rebuilt(root, _as_written)


def _as_written(widened: Widened) -> Clause:
    match widened.clause:
        case Word(text):
            return Phrase(text)
        case And(clauses) if clauses and all(isinstance(inner, Word) for inner in clauses):
            return Phrase(" ".join(texts(widened.clause)))
        case other:
            return narrow(other)


def _rebuilt(clause: Clause, replace: Callable[[Widened], Clause]) -> Clause:
    match clause:
        case Widened():
            return replace(clause)
        case And(clauses) | Or(clauses):
            return joined(type(clause), (_rebuilt(inner, replace) for inner in clauses))
        case Not(inner):
            return negated(_rebuilt(inner, replace))
        case Field(name, inner):
            return in_field(name, _rebuilt(inner, replace))
        case Near(clauses, distance):
            return Near(tuple(_rebuilt(inner, replace) for inner in clauses), distance)
        case _:
            return clause


def fallback(root: Clause) -> Clause | None:
    """What is tried where nothing answers: any of the wanted clauses but function words, within the same bounds.

    None where there are not two wanted clauses to choose from.
    """
    clauses = root.clauses if isinstance(root, And) else (root,)
    wanted = [clause for clause in clauses if not is_requirement(clause)]
    if len(wanted) < 2:
        return None
    telling = [clause for clause in wanted if not (isinstance(clause, Word) and is_function_word(clause.text))]
    return any_of([*(telling or wanted), *(clause for clause in clauses if is_requirement(clause))])


def fitted(root: Clause, cut: Callable[..., None]) -> Clause:
    """The tree within the bounds of MOST_CLAUSES, LONGEST_CLAUSES and DEEPEST; cut is told what was left out."""
    return _Fitting(cut).fit(root, 0) or And(())


class Room:
    """What a query may still hold."""

    def __init__(self, cut: Callable[..., None]) -> None:
        self._cut = cut
        self._clauses = MOST_CLAUSES
        self._characters = LONGEST_CLAUSES

    def take(self, clause: Clause) -> bool:
        """Whether there is room for the clause; then it is taken."""
        characters = sum(map(len, texts(clause)))
        self._clauses -= sum(isinstance(part, TextClause | Dated | Undated) for part in parts(clause))
        self._characters -= characters
        if self._clauses < 0:
            self._cut("Only the first %(clauses)s words and phrases of the query were read.", clauses=MOST_CLAUSES)
        elif self._characters < 0:
            self._cut(
                "Only the first %(most)s characters of the query's words were read.", most=number_text(LONGEST_CLAUSES)
            )
        return self._clauses >= 0 and self._characters >= 0


class _Fitting:
    def __init__(self, cut: Callable[..., None]) -> None:
        self._cut = cut
        self._room = Room(cut)

    def fit(self, clause: Clause, depth: int) -> Clause | None:
        """depth: the brackets around the clause that can't be left out. None where nothing of it fits."""
        if depth > DEEPEST:
            self._cut("What stands more than %(most)s brackets deep was left out.", most=DEEPEST)
            return None
        match clause:
            case And(clauses) | Or(clauses):
                within = isinstance(clause, And)
                fitting = [self.fit(inner, depth + (within and isinstance(inner, Or))) for inner in clauses]
                kept = [inner for inner in fitting if inner is not None]
                return joined(type(clause), kept) if kept else None
            case Not(inner):
                held = self.fit(inner, depth + isinstance(inner, And | Or | Near))
                return None if held is None else negated(held)
            case Field(name, inner):
                held = self.fit(inner, depth + isinstance(inner, And | Or | Near))
                return None if held is None else in_field(name, held)
            case _:
                return clause if self._room.take(clause) else None
