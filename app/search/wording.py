"""Says in words what a query tree asks for, as part of a sentence: `articles with “mosul”, in any form`."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.query import And, Clause, Dated, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Undated, Widened, Word
from app.search.analysis import tokens
from app.search.analysis.tokens import ACRONYMS_LIKE_WORDS
from app.search.tree import texts

_MOST_ALIASES = 3
_PLACES = {"title": "the title", "text": "the text"}


def in_words(root: Clause) -> str:
    """What a tree asks for, beginning with `articles` or `all articles`."""
    if root == And(()):
        return "all articles"
    clauses = root.clauses if isinstance(root, And) else (root,)
    dated = [clause for clause in clauses if _is_dated(clause)]
    absent = [clause.clause for clause in clauses if isinstance(clause, Not) and clause not in dated]
    wanted = [clause for clause in clauses if not isinstance(clause, Not) and clause not in dated]
    said = [*_said_wanted(wanted)]
    if absent:
        said.append(f"without {_listed([_said_absent(clause) for clause in absent], 'or')}")
    said += [_said_date(clause) for clause in dated]
    return f"articles {', '.join(said)}"


def _is_dated(clause: Clause) -> bool:
    return isinstance(clause.clause if isinstance(clause, Not) else clause, Dated | Undated)


def _said_wanted(clauses: Sequence[Clause]) -> list[str]:
    """Words come first, because `in any form` is said of them only."""
    words = [_said(clause) for clause in clauses if _is_words(clause)]
    others = [_said(clause) for clause in clauses if not _is_words(clause)]
    if words and any(_has_forms(clause) for clause in clauses if _is_words(clause)):
        with_others = f", and {_listed(others, 'and')}" if others else ""
        return [f"with {_listed(words, 'and')}, in any form{with_others}"]
    return [f"with {_listed([*words, *others], 'and')}"] if clauses else []


def _is_words(clause: Clause) -> bool:
    if isinstance(clause, Widened):
        inner = clause.clause
        return all(isinstance(it, Word) for it in (inner.clauses if isinstance(inner, And) else (inner,)))
    return isinstance(clause, Word)


def _has_forms(clause: Clause) -> bool:
    """Whether there are forms in which the words may stand: F-16 and 9/11 have no other, nor has an acronym."""
    return any(
        token.word.isascii() and token.word.isalpha() and token.word not in ACRONYMS_LIKE_WORDS
        for text in texts(clause)
        for token in tokens(text)
    )


def _said_absent(clause: Clause) -> str:
    if isinstance(clause, And):
        return f"{_listed([_said(inner, within=True) for inner in clause.clauses], 'and')} together"
    return _said(clause)


def _said_date(clause: Clause) -> str:
    match clause:
        case Not(Undated()):
            return "with a known date"
        case Not(inner):
            return f"not {_said_date(inner)}"
        case Dated(first, last):
            return f"dated {_period(first, last)}"
        case _:
            return "with unknown date"


def _period(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        return f"{first} or later" if last is None else f"{last} or earlier"
    return first if first == last else f"from {first} to {last}"


def _said(clause: Clause, within: bool = False) -> str:
    """The clause as something that an article has. within: inside another And or Or, so that it needs brackets."""
    match clause:
        case Word(text):
            return f"“{text}”"
        case Phrase(text):
            return f"the exact phrase “{text}”" if " " in text else f"exactly “{text}”"
        case Pattern(text):
            return f"any word like “{text}”"
        case Fuzzy(text):
            return f"words spelt like “{text}”"
        case Near(clauses, distance):
            return _said_near([_said_near_operand(inner) for inner in clauses], distance)
        case Field(name, inner):
            return _said_field(name, inner, within)
        case Dated(first, last):
            return f"a date of {_period(first, last)}" if first == last else f"a date {_period(first, last)}"
        case Undated():
            return "an unknown date"
        case Widened(inner, aliases):
            words = f"“{' '.join(texts(inner))}”" if _is_words(clause) else _said(inner, within)
            return f"{words}{_said_aliases(aliases)}"
        case Not(inner):
            return f"no {_said(inner, within=True)}"
        case And(clauses) | Or(clauses):
            said = [_said(inner, within=True) for inner in clauses]
            if isinstance(clause, And):
                return f"({_listed(said, 'and')})" if within else _all_said(said)
            return f"({_any_said(said)})" if within else _any_said(said)


def _all_said(said: list[str]) -> str:
    return f"{'both' if len(said) == 2 else 'all of'} {_listed(said, 'and')}" if len(said) > 1 else _listed(said, "and")


def _any_said(said: list[str]) -> str:
    return f"{'either' if len(said) == 2 else 'any of'} {_listed(said, 'or')}" if len(said) > 1 else _listed(said, "or")


def _said_near(operands: list[str], distance: int) -> str:
    reach = f"within {distance} {'word' if distance == 1 else 'words'}"
    if len(operands) == 2:
        return f"{operands[0]} {reach} of {operands[1]}"
    return f"{_listed(operands, 'and')} {reach}"


def _said_near_operand(clause: Clause) -> str:
    match clause:
        case Phrase(text):
            return f"“{text}”"
        case Or(clauses):
            return _any_said([_said_near_operand(inner) for inner in clauses])
        case _:
            return _said(clause)


def _said_field(name: str, clause: Clause, within: bool) -> str:
    """Words stand in a title or text; author, source and topic are values."""
    if name in _PLACES:
        said = _said(clause)
        place = f"in {_PLACES[name]}"
        return f"({said} {place})" if within and isinstance(clause, And | Or | Near) else f"{said} {place}"
    if isinstance(clause, And | Or):
        said = _said(clause)
        return f"{name} ({said})" if within else f"{name} {said}"
    if isinstance(clause, Phrase) and " " in clause.text:
        return f"{name} “{clause.text}”"
    return f"{name} {_said(clause)}"


def _said_aliases(aliases: tuple[str, ...]) -> str:
    if not aliases:
        return ""
    # “and 1 more” would take as much room as the name.
    named = len(aliases) if len(aliases) <= _MOST_ALIASES else min(_MOST_ALIASES, len(aliases) - 2)
    said = [f"“{alias}”" for alias in aliases[:named]]
    if named < len(aliases):
        said.append(f"{len(aliases) - named} more")
    return f" (also {_listed(said, 'and')})"


def _listed(items: list[str], last: str) -> str:
    if not items:
        return "nothing"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
