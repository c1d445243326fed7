"""Widens a query by the other names of what it names: who asks for ISIS also gets Daesh, and is told.

The names stand in a text file that the librarian edits (`thesaurus.txt` explains itself). Which spellings are one name
is the analyzer's matter; how a name is looked up is the engine's.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.domain.query import And, Clause, Field, Match, Not, Or, Query, Widened, Word
from app.search.analysis import Role, Token, tokens

SHIPPED: Final = Path(__file__).with_name("thesaurus.txt")
"""The thesaurus that comes with the package."""

LONGEST_NAME: Final = 120
"""Characters of a name."""

MOST_NAMES: Final = 40
"""Names of a group: each is looked up whenever one of them is asked for."""

_TEXT_FIELDS: Final = frozenset({"title", "text"})
_LINE_END: Final = re.compile(r"\r\n|\r|\n")

log = logging.getLogger(__name__)


class ThesaurusError(ValueError):
    """The thesaurus can't be used; the message says where, why and what to do."""


_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """keys: its words by their stems, hyphened parts apart and joined; names that share one are the same name.
    lookups: what an engine will look up, any form of a single word but the very words of several."""

    text: str
    keys: frozenset[_Key]
    lookups: frozenset[_Key]


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in a row of words: how many of the words it takes, and the other names."""

    length: int
    aliases: tuple[str, ...]


class Thesaurus:
    """Groups of names that mean the same. It never changes, so threads may share it."""

    def __init__(self, groups: Iterable[tuple[str, ...]]) -> None:
        """groups: each the names of one thing, as they are to be shown. Raises ThesaurusError for one that is no use.

        Names that are looked up in the same way (US, U.S.) are kept once, the first.
        """
        self._groups: list[tuple[_Name, ...]] = []
        self._group_of: dict[_Key, tuple[_Name, ...]] = {}
        self._longest = 0
        for names in groups:
            self._add(names)

    @classmethod
    def read(cls, path: Path) -> Thesaurus:
        """The thesaurus in a UTF-8 file: a group a line, names parted by commas, comments after `#`.

        Raises ThesaurusError, naming file and line, where the file can't be read or a group is no use.
        """
        thesaurus = cls(())
        for number, line in enumerate(_LINE_END.split(_text_of(path)), start=1):
            written = line.partition("#")[0]
            if not written.strip():
                continue
            try:
                thesaurus._add(tuple(" ".join(name.split()) for name in written.split(",")))
            except ThesaurusError as error:
                raise ThesaurusError(f"{path}, line {number}: {error}") from None
        return thesaurus

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The names of each group, in the file's order."""
        return tuple(tuple(name.text for name in group) for group in self._groups)

    def aliases(self, text: str) -> tuple[str, ...]:
        """The other names of what a text names as a whole, in the file's order; none where it names nothing known."""
        return self._aliases(*_keys(text))

    def widen(self, query: Query) -> Query:
        """The query with `wide` set where the thesaurus adds something; else the query as it is.

        Words in any form are widened, also those that are excluded and those in titles and texts. What is asked for
        exactly stays exact: phrases, patterns, fuzzy and near words, and the fields that hold metadata.
        """
        wide = self._wider(query.root, query.match is Match.ANY)
        return query if wide == query.root else replace(query, wide=wide)

    def _add(self, names: tuple[str, ...]) -> None:
        if len(names) > MOST_NAMES:
            raise ThesaurusError(f"the group has {len(names)} names; {MOST_NAMES} is the most.")
        group: list[_Name] = []
        for name in map(_named, names):
            other = next((self._group_of[key] for key in sorted(name.keys) if key in self._group_of), None)
            if other is not None:
                raise ThesaurusError(
                    f"“{name.text}” already stands in the group that begins with “{other[0].text}”. "
                    "A name belongs to one group; join the two or take it out of one."
                )
            if all(name.lookups.isdisjoint(known.lookups) for known in group):
                group.append(name)
        if all(not group[0].keys.isdisjoint(name.keys) for name in group):
            raise ThesaurusError(
                f"“{group[0].text}” stands alone; a group needs two names that a search tells apart. "
                "Upper and lower case, accents, dots, hyphens and the forms of a word make no other name."
            )
        once = tuple(group)
        self._groups.append(once)
        for name in once:
            self._group_of.update(dict.fromkeys(name.keys, once))
            self._longest = max(self._longest, *map(len, name.keys))

    def _aliases(self, *keys: _Key) -> tuple[str, ...]:
        group = next((self._group_of[key] for key in keys if key in self._group_of), ())
        return tuple(name.text for name in group if name.keys.isdisjoint(keys))

    def _wider(self, clause: Clause, any_word: bool) -> Clause:
        match clause:
            case Word(text):
                aliases = self.aliases(text)
                return Widened(clause, aliases) if aliases else clause
            case And(clauses):
                wide = tuple(self._wider_row(clauses, any_word, keep_words=False))
                # Where one name took all the words, it needs no And around it.
                return wide[0] if len(wide) == 1 < len(clauses) else And(wide)
            case Or(clauses) if any_word:
                # Any word of a sentence may match, so the words of a name still count alone as well.
                return Or(tuple(self._wider_row(clauses, any_word, keep_words=True)))
            case Or(clauses):
                return Or(tuple(self._wider(inner, any_word) for inner in clauses))
            case Not(inner):
                return Not(self._wider(inner, any_word))
            case Field(name, inner) if name in _TEXT_FIELDS:
                return Field(name, self._wider(inner, any_word))
            case _:
                return clause

    def _wider_row(self, clauses: tuple[Clause, ...], any_word: bool, *, keep_words: bool) -> Iterator[Clause]:
        """The clauses, widened, the words of each name of several together: leftmost first, and then the longest."""
        keys = [_keys(clause.text) if isinstance(clause, Word) else None for clause in clauses]
        at = 0
        while at < len(clauses):
            found = self._longest_name(keys[at:])
            if found is None:
                yield self._wider(clauses[at], any_word)
                at += 1
                continue
            words = clauses[at : at + found.length]
            yield Widened(And(words), found.aliases)
            if keep_words:
                yield from words
            at += found.length

    def _longest_name(self, row: list[tuple[_Key, _Key] | None]) -> _Found | None:
        """The longest name that the first two or more of a row make; None stands for what is no word."""
        apart: _Key = ()
        joined: _Key = ()
        longest = None
        for length, keys in enumerate(row, start=1):
            if keys is None:
                break
            apart += keys[0]
            joined += keys[1]
            if min(len(apart), len(joined)) > self._longest:
                break
            if length > 1 and (aliases := self._aliases(apart, joined)):
                longest = _Found(length, aliases)
        return longest


class ThesaurusFile:
    """A thesaurus file that may be edited while the site serves. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._thesaurus: Thesaurus | None = None

    def current(self) -> Thesaurus:
        """What the file holds now; where a change made it unusable, what it held before, and the log says so once.

        Raises ThesaurusError where it never was usable.
        """
        with self._lock:
            # Looked at before reading, so that a change during the reading is seen the next time.
            stamp = _stamp_of(self._path)
            if self._thesaurus is None or stamp != self._stamp:
                try:
                    self._thesaurus = Thesaurus.read(self._path)
                except ThesaurusError as error:
                    if self._thesaurus is None:
                        raise
                    log.warning("%s Until that is mended, searches use the thesaurus as it was before.", error)
                self._stamp = stamp
            return self._thesaurus


def _stamp_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ThesaurusError(f"{path}: the thesaurus can't be read ({error.strerror}).") from error
    try:
        # Some editors begin a file with a byte order mark.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = len(_LINE_END.findall(error.object[: error.start].decode("latin-1"))) + 1
        raise ThesaurusError(f"{path}, line {number}: the text is not UTF-8; save the file as UTF-8.") from error


def _named(text: str) -> _Name:
    if len(text) > LONGEST_NAME:
        raise ThesaurusError(f"“{text[:40]}…” has {len(text)} characters; a name may have {LONGEST_NAME}.")
    apart, joined = _words(text)
    if not apart:
        raise ThesaurusError(
            f"“{text}” is a name without any word." if text else "there is a comma too many, with no name beside it."
        )
    keys = frozenset({_stems(apart), _stems(joined)})
    lookups = keys if len(apart) == 1 else frozenset({_written(apart), _written(joined)})
    return _Name(text, keys, lookups)


def _keys(text: str) -> tuple[_Key, _Key]:
    apart, joined = _words(text)
    return _stems(apart), _stems(joined)


def _words(text: str) -> tuple[list[Token], list[Token]]:
    """The words of a text, once with hyphened parts apart and once with them joined."""
    apart: list[Token] = []
    joined: list[Token] = []
    joined_up_to = 0
    for token in tokens(text):
        if token.role is Role.JOINED:
            joined.append(token)
            joined_up_to = token.end
        elif token.role is Role.MAIN:
            apart.append(token)
            if token.start >= joined_up_to:
                joined.append(token)
    return apart, joined


def _stems(words: list[Token]) -> _Key:
    return tuple(token.stem for token in words)


def _written(words: list[Token]) -> _Key:
    return tuple(token.word for token in words)
