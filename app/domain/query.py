"""The query tree: what a search asks for, independent of any engine.

A parser makes it from what a person typed, a thesaurus widens it, an engine answers it. Words are kept as typed; which
forms of a word an engine takes to be the same is the analyzer's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any of its forms (`stabilize` also finds `stabilized`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, in order, each exactly as written; stop words count. One word: exactly that word."""

    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Any word of a shape: `*` stands for any letters or none, `?` for one."""

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Any word at most `edits` letters away: left out, put in, changed, or two neighbours swapped."""

    text: str
    edits: int


@dataclass(frozen=True, slots=True)
class Near:
    """All of these in one paragraph, in any order, the last beginning at most `distance` words after the first ends.

    Operands are phrases (a single word is a phrase of one), patterns, fuzzy words, or an Or of these.
    """

    clauses: tuple[Clause, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Field:
    """The clause in one field of the article. name: one of FIELDS."""

    name: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Dated:
    """Published, as far as the date is known, wholly within these periods.

    first, last: a year, month or day as `2016`, `2016-07`, `2016-07-21`, both counted in; None leaves that end open.
    """

    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Undated:
    """The date is unknown."""


@dataclass(frozen=True, slots=True)
class Widened:
    """The clause, or one of the other names of what it names."""

    clause: Clause
    aliases: tuple[str, ...]


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


Clause = Word | Phrase | Pattern | Fuzzy | Near | Field | Dated | Undated | Widened | Not | And | Or


def top_level(root: Clause) -> tuple[Clause, ...]:
    """The clauses that a query is made of, each of which is told of alone."""
    return root.clauses if isinstance(root, And | Or) else (root,)


FIELDS: Final = ("title", "text", "author", "source", "topic")
"""What `title:` and its like can name."""

ENTITY_FIELDS: Final = ("person", "place", "org", "speaker")
"""Fields that are understood, but that no article has until entities and quotations are told apart."""


class Match(StrEnum):
    """Whether every bare word must occur, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """A query as read: the tree and what the reading did.

    text: as typed. root: the tree. repaired: something could not be understood and was mended or left out;
    notes says what, in sentences for the person who typed it. wide: the tree with what a thesaurus added, None where
    it added nothing.
    """

    text: str
    root: Clause
    match: Match = Match.ALL
    repaired: bool = False
    notes: tuple[str, ...] = ()
    wide: Clause | None = None

    @property
    def empty(self) -> bool:
        """Nothing is asked for: every article answers."""
        return self.root == And(())

    @property
    def asked(self) -> Clause:
        """What is searched for: the tree, widened."""
        return self.root if self.wide is None else self.wide


class Sort(StrEnum):
    """Order of hits. Undated articles come last by date, either way."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Similar(StrEnum):
    """Whether near-duplicates of a hit are collapsed beneath it, or have places of their own."""

    COLLAPSED = "collapsed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows a search by metadata. Values are exact names; a repeated field asks for every value (and).

    year: four digits, or "unknown" for undated articles. since, until: the bounds of a Dated, both counted in.
    """

    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    @property
    def any(self) -> bool:
        return self != Filters()


FILTER_FIELDS: Final = ("source", "author", "topic", "year")
"""The filters that take names, each with a facet."""
