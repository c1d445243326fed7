"""From the query tree to what can be looked up in an index or a text: stems, exact words, words in a row, and so on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from app.domain import query
from app.domain.query import Clause
from app.search.analysis.folding import fold
from app.search.analysis.tokens import APOSTROPHES, Role, Token, tokens


class Part(IntEnum):
    """Where in an article a word stands."""

    TITLE = 0
    SUMMARY = 1
    TEXT = 2


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
    """Several ways to write one thing (long-term, longterm); an article counts by the way it has most."""

    ways: tuple[Forms | Row, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Several names of one thing (ISIS, Islamic State); counts as one word, however it is named."""

    ways: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Any folded word of a shape: `*` is any letters or none, `?` one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Spelt:
    """Any folded word at most `edits` letters away (Damerau-Levenshtein)."""

    word: str
    edits: int


@dataclass(frozen=True, slots=True)
class Close:
    """One way of every operand in one paragraph, the last beginning at most `distance` words after the first ends."""

    operands: tuple[tuple[Row | Shape | Spelt, ...], ...]
    distance: int


@dataclass(frozen=True, slots=True)
class InPart:
    """The lookup in one part of the article only."""

    part: Part
    lookup: Lookup


Lookup = Forms | Row | Readings | Names | Shape | Spelt | Close | InPart


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a metadata field (author, source, topic) in which the plan holds."""

    field: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class All:
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Any:
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    plan: Plan


Plan = Lookup | Named | query.Dated | query.Undated | All | Any | Without

NOTHING: Final = Any(())

_SIGNS: Final = "*?/.$£€¥&%'"
_ONE_APOSTROPHE: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_PARTS: Final = {"title": Part.TITLE, "text": Part.TEXT}


def translate(clause: Clause, part: Part | None = None) -> Plan:
    """The lookups that answer a clause; part: in which part of the article alone."""
    match clause:
        case query.Not(inner):
            return Without(translate(inner, part))
        case query.And(clauses):
            return All(tuple(translate(inner, part) for inner in clauses))
        case query.Or(clauses):
            return Any(tuple(translate(inner, part) for inner in clauses))
        case query.Field(name, inner) if name in _PARTS:
            return translate(inner, _PARTS[name])
        case query.Field(name, query.Not(inner)):
            return Without(Named(name, translate(inner)))
        case query.Field(name, inner):
            return Named(name, translate(inner))
        case query.Dated() | query.Undated():
            return clause
        case query.Widened(inner, aliases):
            return _widened(inner, aliases, part)
        case query.Word(text):
            return _only_in(part, _word(list(tokens(text))))
        case query.Phrase(text):
            return _only_in(part, _phrase(list(tokens(text))))
        case query.Pattern(text):
            return _only_in(part, _shape(text))
        case query.Fuzzy(text, edits):
            return _only_in(part, _spelt(text, edits))
        case query.Near(clauses, distance):
            return _only_in(part, _close(clauses, distance))


def lookups(plan: Plan) -> tuple[Lookup, ...]:
    """What of a plan an article is ranked by: every lookup that is not excluded."""
    match plan:
        case All(plans) | Any(plans):
            return tuple(dict.fromkeys(lookup for inner in plans for lookup in lookups(inner)))
        case Without() | Named() | query.Dated() | query.Undated():
            return ()
        case _:
            return (plan,)


def shape_of(pattern: str) -> re.Pattern[str]:
    """What a Shape's words look like, as a regular expression that matches the whole of one."""
    first, *others = [".".join(map(re.escape, piece.split("?"))) for piece in pattern.split("*")]
    if not others:
        return re.compile(first, re.DOTALL)
    *middle, last = others
    # Each piece where it first fits, for good: trying all places would take time without bound.
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + ".*" + last, re.DOTALL)


def _only_in(part: Part | None, plan: Plan) -> Plan:
    if part is None or isinstance(plan, All | Any | Without | Named | query.Dated | query.Undated):
        return plan
    return InPart(part, plan)


def _widened(inner: Clause, aliases: tuple[str, ...], part: Part | None) -> Plan:
    """A name in any form, or all of its words, or another name of the same thing."""
    typed = translate(inner)
    others = [plan for name in aliases for plan in lookups(translate(_name(name)))]
    if isinstance(typed, All | Any):
        return Any((translate(inner, part), _only_in(part, Names(tuple(dict.fromkeys(others))))))
    return _only_in(part, Names(tuple(dict.fromkeys([*lookups(typed), *others]))))


def _name(name: str) -> Clause:
    return query.Phrase(name) if len(name.split()) > 1 else query.Word(name)


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


def _shape(text: str) -> Plan:
    """The letters folded; signs between them as they stand in words of the index (O'Hanlon, 9/11, $5000)."""
    pieces = re.split(f"([{_SIGNS}])", text.translate(_ONE_APOSTROPHE))
    folded = "".join(piece if piece in _SIGNS else fold(piece) for piece in pieces)
    return Shape(re.sub(r"\*+", "*", folded)) if folded.strip("*?") else NOTHING


def _spelt(text: str, edits: int) -> Plan:
    main = [token.word.lower() for token in tokens(text) if token.role is Role.MAIN]
    # Of a word in several parts only a row of exact parts would be left; as one word it can be misspelt.
    return Spelt("".join(main), edits) if main else NOTHING


def _close(clauses: tuple[Clause, ...], distance: int) -> Plan:
    operands = tuple(tuple(_operands(clause)) for clause in clauses)
    if not all(operands):
        return NOTHING
    # Words side by side are one apart; three need two words from the first to the last.
    return Close(operands, max(distance, len(operands) - 1))


def _operands(clause: Clause) -> list[Row | Shape | Spelt]:
    if isinstance(clause, query.Or):
        return [operand for inner in clause.clauses for operand in _operands(inner)]
    found: list[Row | Shape | Spelt] = []
    for lookup in lookups(translate(clause)):
        match lookup:
            case Row() | Shape() | Spelt():
                found.append(lookup)
            case Readings(ways):
                found.extend(way for way in ways if isinstance(way, Row))
            case _:
                pass
    return found
