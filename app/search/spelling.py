"""“Did you mean”: mends words of a query that the archive doesn't know, from the words it does know.

What is offered has been searched for, with the same filters, and has hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Final

from app.domain.query import And, Clause, Field, Not, Or, Widened, Word
from app.search.engine import SearchEngine, SearchRequest
from app.search.parse import as_text

RARE: Final = 2
"""Articles up to which a word may still be a misspelling that got into the archive."""

MUCH_MORE_FREQUENT: Final = 20
"""How many times more articles then have what it should be."""

_MOST_WORDS = 8
_CANDIDATES = 3
_MOST_TRIED = 6


def did_you_mean(engine: SearchEngine, request: SearchRequest, total: int) -> str | None:
    """The query with its misspelt words mended; None where it has none, or nothing would answer.

    total: how many articles answer the query as it stands.
    """
    root = request.query.root
    words = list(dict.fromkeys(_words(root)))[:_MOST_WORDS]
    candidates: dict[str, tuple[str, ...]] = {}
    for word in words:
        known = engine.count(Word(word), as_of=request.as_of)
        if known == 0 or (known <= RARE and total <= RARE):
            least = known * MUCH_MORE_FREQUENT
            mended = [
                other
                for other in engine.spellings(word, _CANDIDATES)
                if engine.count(Word(other), as_of=request.as_of) > least
            ]
            if mended:
                candidates[word] = tuple(mended)
    if not candidates:
        return None
    tried = islice(product(*candidates.values()), _MOST_TRIED)
    for choice in tried:
        mended_root = _with(root, dict(zip(candidates, choice, strict=True)))
        if engine.count(mended_root, request.filters, request.as_of) > total:
            return as_text(mended_root)
    return None


def _words(clause: Clause) -> Iterator[str]:
    """The words that must or may occur, as typed."""
    match clause:
        case Word(text):
            yield text
        case And(clauses) | Or(clauses):
            for inner in clauses:
                yield from _words(inner)
        case Field(_, inner) | Widened(inner, _):
            yield from _words(inner)
        case _:
            return


def _with(clause: Clause, mended: dict[str, str]) -> Clause:
    match clause:
        case Word(text):
            return Word(mended.get(text, text))
        case And(clauses) | Or(clauses):
            return replace(clause, clauses=tuple(_with(inner, mended) for inner in clauses))
        case Field(_, inner) | Widened(inner, _) | Not(inner):
            return replace(clause, clause=inner if isinstance(clause, Not) else _with(inner, mended))
        case _:
            return clause
