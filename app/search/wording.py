"""Says in words what a query tree asks for, as part of a sentence: `articles with “mosul”, in any form`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from app.domain.query import And, Clause, Dated, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Undated, Widened, Word
from app.language import _, listed, noted, plural
from app.search.analysis import tokens
from app.search.analysis.tokens import ACRONYMS_LIKE_WORDS
from app.search.tree import texts

_MOST_ALIASES = 3
_PLACES = {"title": noted("%(words)s in the title"), "text": noted("%(words)s in the text")}
_VALUES = {"author": noted("author %(words)s"), "source": noted("source %(words)s"), "topic": noted("topic %(words)s")}


def in_words(root: Clause) -> str:
    """What a tree asks for, beginning with `articles` or `all articles`."""
    if root == And(()):
        return _("all articles")
    clauses = root.clauses if isinstance(root, And) else (root,)
    dated = [clause for clause in clauses if _is_dated(clause)]
    absent = [clause.clause for clause in clauses if isinstance(clause, Not) and clause not in dated]
    wanted = [clause for clause in clauses if not isinstance(clause, Not) and clause not in dated]
    said = [*_said_wanted(wanted)]
    if absent:
        said.append(_("without %(words)s", words=_listed([_said_absent(clause) for clause in absent], "or")))
    said += [_said_date(clause) for clause in dated]
    return _("articles %(parts)s", parts=", ".join(said))


def _is_dated(clause: Clause) -> bool:
    return isinstance(clause.clause if isinstance(clause, Not) else clause, Dated | Undated)


def _said_wanted(clauses: Sequence[Clause]) -> list[str]:
    """Words come first, because `in any form` is said of them only."""
    words = [_said(clause) for clause in clauses if _is_words(clause)]
    others = [_said(clause) for clause in clauses if not _is_words(clause)]
    if words and any(_has_forms(clause) for clause in clauses if _is_words(clause)):
        if not others:
            return [_("with %(words)s, in any form", words=_listed(words, "and"))]
        sentence = noted("with %(words)s, in any form, and %(others)s")
        return [_(sentence, words=_listed(words, "and"), others=_listed(others, "and"))]
    return [_("with %(words)s", words=_listed([*words, *others], "and"))] if clauses else []


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
        words = _listed([_said(inner, within=True) for inner in clause.clauses], "and")
        return _("%(words)s together", words=words)
    return _said(clause)


def _said_date(clause: Clause) -> str:
    match clause:
        case Not(Undated()):
            return _("with a known date")
        case Not(inner):
            return _("not %(words)s", words=_said_date(inner))
        case Dated(first, last):
            return _("dated %(period)s", period=_period(first, last))
        case _:
            return _("with unknown date")


def _period(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        return _("%(date)s or later", date=str(first)) if last is None else _("%(date)s or earlier", date=last)
    return first if first == last else _("from %(first)s to %(last)s", first=first, last=last)


def _said(clause: Clause, within: bool = False) -> str:
    """The clause as something that an article has. within: inside another And or Or, so that it needs brackets."""
    match clause:
        case Word(text):
            return _("“%(text)s”", text=text)
        case Phrase(text):
            return _("the exact phrase “%(text)s”", text=text) if " " in text else _("exactly “%(text)s”", text=text)
        case Pattern(text):
            return _("any word like “%(text)s”", text=text)
        case Fuzzy(text):
            return _("words spelt like “%(text)s”", text=text)
        case Near(clauses, distance):
            return _said_near([_said_near_operand(inner) for inner in clauses], distance)
        case Field(name, inner):
            return _said_field(name, inner, within)
        case Dated(first, last):
            period = _period(first, last)
            return _("a date of %(period)s", period=period) if first == last else _("a date %(period)s", period=period)
        case Undated():
            return _("an unknown date")
        case Widened(inner, aliases):
            words = _("“%(text)s”", text=" ".join(texts(inner))) if _is_words(clause) else _said(inner, within)
            return f"{words}{_said_aliases(aliases)}"
        case Not(inner):
            return _("no %(words)s", words=_said(inner, within=True))
        case And(clauses) | Or(clauses):
            said = [_said(inner, within=True) for inner in clauses]
            if isinstance(clause, And):
                return f"({_listed(said, 'and')})" if within else _all_said(said)
            return f"({_any_said(said)})" if within else _any_said(said)


def _all_said(said: list[str]) -> str:
    words = _listed(said, "and")
    if len(said) < 2:
        return words
    return _("both %(words)s", words=words) if len(said) == 2 else _("all of %(words)s", words=words)


def _any_said(said: list[str]) -> str:
    words = _listed(said, "or")
    if len(said) < 2:
        return words
    return _("either %(words)s", words=words) if len(said) == 2 else _("any of %(words)s", words=words)


def _said_near(operands: list[str], distance: int) -> str:
    if len(operands) == 2:
        one, other = operands
        return plural(
            "%(one)s within %(num)s word of %(other)s",
            "%(one)s within %(num)s words of %(other)s",
            distance,
            one=one,
            other=other,
        )
    words = _listed(operands, "and")
    return plural("%(words)s within %(num)s word", "%(words)s within %(num)s words", distance, words=words)


def _said_near_operand(clause: Clause) -> str:
    match clause:
        case Phrase(text):
            return _("“%(text)s”", text=text)
        case Or(clauses):
            return _any_said([_said_near_operand(inner) for inner in clauses])
        case _:
            return _said(clause)


def _said_field(name: str, clause: Clause, within: bool) -> str:
    """Words stand in a title or text; author, source and topic are values."""
    if name in _PLACES:
        said = _said(clause)
        said = _(_PLACES[name], words=said)
        return f"({said})" if within and isinstance(clause, And | Or | Near) else said
    said = _said(clause)
    if isinstance(clause, And | Or) and within:
        said = f"({said})"
    elif isinstance(clause, Phrase) and " " in clause.text:
        said = _("“%(text)s”", text=clause.text)
    return _(_VALUES[name], words=said)


def _said_aliases(aliases: tuple[str, ...]) -> str:
    if not aliases:
        return ""
    # “and 1 more” would take as much room as the name.
    named = len(aliases) if len(aliases) <= _MOST_ALIASES else min(_MOST_ALIASES, len(aliases) - 2)
    said = [_("“%(text)s”", text=alias) for alias in aliases[:named]]
    if named < len(aliases):
        said.append(_("%(count)s more", count=len(aliases) - named))
    return f" ({_('also %(names)s', names=_listed(said, 'and'))})"


def _listed(items: list[str], joint: Literal["and", "or"]) -> str:
    return listed(items, joint) if items else _("nothing")
