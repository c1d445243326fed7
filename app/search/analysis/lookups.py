"""From the query tree to what can be looked up in an index or a text: stems, exact words, and exact words in a row."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.query import And, Clause, Not, Or, Phrase, Word
from app.search.analysis.tokens import Role, Token, tokens


@dataclass(frozen=True, slots=True)
class Forms:
    """A word in any form: the stem finds it, the exact word ranks a little higher."""

    stem: str
    exact: str


@dataclass(frozen=True, slots=True)
class Row:
    """Exact words in a row: at each offset from the first, any one of the words."""

    slots: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """Several ways to write one thing (long-term, longterm); counts as one word in ranking."""

    ways: tuple[Forms | Row, ...]


Lookup = Forms | Row | Readings


@dataclass(frozen=True, slots=True)
class All:
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Any:
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    plan: Plan


Plan = Lookup | All | Any | Without

NOTHING = Any(())


def translate(clause: Clause) -> Plan:
    """The lookups that answer a clause."""
    match clause:
        case Word(text):
            return _word(list(tokens(text)))
        case Phrase(text):
            return _phrase(list(tokens(text)))
        case Not(inner):
            return Without(translate(inner))
        case And(clauses):
            return All(tuple(map(translate, clauses)))
        case Or(clauses):
            return Any(tuple(map(translate, clauses)))


def lookups(plan: Plan) -> tuple[Lookup, ...]:
    """What of a plan an article is ranked by: every lookup that is not excluded."""
    match plan:
        case All(plans) | Any(plans):
            return tuple(dict.fromkeys(lookup for inner in plans for lookup in lookups(inner)))
        case Without():
            return ()
        case _:
            return (plan,)


def _word(found: list[Token]) -> Plan:
    main = [token for token in found if token.role is Role.MAIN]
    if not main:
        return NOTHING
    if len(main) > 1:
        return _readings(found)
    ways = tuple(dict.fromkeys(Forms(token.stem, token.word) for token in found if token.role <= Role.EITHER))
    return ways[0] if len(ways) == 1 else Readings(ways)


def _phrase(found: list[Token]) -> Plan:
    if not any(token.role is Role.MAIN for token in found):
        return NOTHING
    parts = _row(found)
    joined = _joined(found)
    if joined is None:
        return parts
    return Readings((parts, Row(tuple((offset, (token.word,)) for offset, token in enumerate(joined)))))


def _readings(found: list[Token]) -> Plan:
    """A word of several parts (al-Abadi, and/or): its exact parts in a row, or all of it as one word."""
    parts = _row(found)
    joined = _joined(found)
    if joined is None:
        return parts
    if len(joined) == 1:
        return Readings((parts, Forms(joined[0].stem, joined[0].word)))
    return Readings((parts, Row(tuple((offset, (token.word,)) for offset, token in enumerate(joined)))))


def _row(found: list[Token]) -> Row:
    slots: dict[int, list[str]] = {}
    for token in found:
        if token.role <= Role.EITHER:
            slots.setdefault(token.position, []).append(token.word)
    first = min(slots)
    return Row(tuple((position - first, tuple(words)) for position, words in sorted(slots.items())))


def _joined(found: list[Token]) -> list[Token] | None:
    """The words with hyphened parts written as one; None if there are none."""
    joined = [token for token in found if token.role is Role.JOINED]
    if not joined:
        return None
    inside = [(token.start, token.end) for token in joined]
    alone = [
        token
        for token in found
        if token.role is Role.MAIN and not any(start <= token.start and token.end <= end for start, end in inside)
    ]
    return sorted([*joined, *alone], key=lambda token: token.position)
