"""The query tree: what a search asks for, independent of any engine.

A parser makes it from what a person typed, an engine answers it. Words are kept as typed;
which forms of a word an engine takes to be the same is the analyzer's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any of its forms (`stabilize` also finds `stabilized`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, in order, each exactly as written; stop words count."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """Articles in which the clause does not occur."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class And:
    """Articles in which every clause holds. With no clauses: every article."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Articles in which at least one clause holds. With no clauses: none."""

    clauses: tuple[Clause, ...]


Clause = Word | Phrase | Not | And | Or


class Match(StrEnum):
    """Whether every bare word must occur, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """A query as read: the tree and what the reading did.

    text: as typed. root: the tree. repaired: something could not be understood and was mended or left out;
    notes says what, in sentences for the person who typed it.
    """

    text: str
    root: Clause
    match: Match = Match.ALL
    repaired: bool = False
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is asked for: every article answers."""
        return self.root == And(())


class Sort(StrEnum):
    """Order of hits. Undated articles come last by date, either way."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows a search by metadata. Values are exact names; a repeated field asks for every value (and).

    year: four digits, or "unknown" for undated articles.
    """

    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    year: tuple[str, ...] = ()

    def without(self, field: str) -> Filters:
        """The same filters without one field, as a facet on that field needs them."""
        return Filters(**{name: () if name == field else getattr(self, name) for name in FILTER_FIELDS})

    @property
    def any(self) -> bool:
        return any(getattr(self, name) for name in FILTER_FIELDS)


FILTER_FIELDS = ("source", "author", "topic", "year")
