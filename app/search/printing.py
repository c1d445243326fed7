"""Prints a query tree as the query that would be typed for it: the canonical text, which reads as the same tree.

Each kind of clause has one way of writing. Whatever the reader would take for more than it says is written so that
it can't: words of a sentence with AND between them, a query all in capitals in brackets.
"""

from __future__ import annotations

from itertools import pairwise

from app.domain.query import And, Clause, Dated, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Undated, Widened, Word
from app.search.capitals import is_in_capitals, is_read_twice
from app.search.lexemes import is_one_stretch, is_plain_word, may_join_numbers
from app.search.tree import texts, unwidened
from app.search.wildcards import usual_edits

SENTENCE = 7
"""From so many bare words on, a query is taken for a sentence of which any word may match."""


def as_text(root: Clause) -> str:
    """The canonical query string of a tree; it parses to the same tree. What a thesaurus added is not printed."""
    plain = unwidened(root)
    if isinstance(plain, And) and len(plain.clauses) >= SENTENCE and all(isinstance(it, Word) for it in plain.clauses):
        printed = " AND ".join(map(_operand, plain.clauses))
    else:
        printed = _unbracketed(plain)
    typed = list(texts(plain))
    literal = is_in_capitals(typed) and any(map(is_read_twice, typed))
    return f"({printed})" if literal else printed


def _unbracketed(clause: Clause) -> str:
    match clause:
        case And(clauses):
            operands = [_operand(inner) for inner in clauses]
            numbers = any(may_join_numbers(left, right) for left, right in pairwise(operands))
            return (" AND " if numbers else " ").join(operands)
        case Or(clauses):
            return " OR ".join(map(_operand, clauses))
        case Near((first, second), distance):
            return f"{_near_operand(first)} NEAR/{distance} {_near_operand(second)}"
        case _:
            return _operand(clause)


def _operand(clause: Clause) -> str:
    """The clause as it stands beside others."""
    match clause:
        case Word(text) | Pattern(text):
            return text
        case Phrase(text):
            return f"={text}" if is_one_stretch(text) else f'"{text}"'
        case Fuzzy(text, edits):
            return f"{text}~" if edits == usual_edits(text) else f"{text}~{edits}"
        case Near((_, _)):
            return _unbracketed(clause)
        case Near(clauses, distance):
            return f'"{" ".join(text for inner in clauses for text in texts(inner))}"~{distance}'
        case Field(name, inner):
            return f"{name}:{_governed(inner)}"
        case Not(inner):
            return f"-{_governed(inner)}"
        case Dated(first, last):
            return f"date:{first}" if first == last else f"date:{first or ''}..{last or ''}"
        case Undated():
            return "date:unknown"
        case Widened(inner):
            return _operand(inner)
        case And() | Or():
            return f"({_unbracketed(clause)})"


def _governed(clause: Clause) -> str:
    """The clause as what a minus or a field's name stands before."""
    printed = _operand(clause)
    return f"({printed})" if isinstance(clause, Near) and len(clause.clauses) == 2 else printed


def _near_operand(clause: Clause) -> str:
    match clause:
        case Phrase(text) if is_plain_word(text):
            return text
        case Or(clauses):
            return f"({' OR '.join(map(_near_operand, clauses))})"
        case _:
            return _operand(clause)
