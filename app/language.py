"""The language of pages: what they say, from one gettext catalogue, and how they write numbers and dates.

English is what the code itself says; any other language is one file, `app/translations/LANGUAGE.po`: docs/translate.md.
A process speaks one language, that of its archive. Commands in a terminal speak English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, ParamSpec, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.support import Translations

TRANSLATIONS: Final = Path(__file__).parent / "translations"
DEFAULT: Final = "en-GB"

P = ParamSpec("P")
R = TypeVar("R")

_PLACE: Final = re.compile(r"%\((\w+)\)s|%%|(%)")


class NoTranslation(ValueError):
    """There is no such language, nothing to say in it, or its file can't be used; the message says which."""


def remembered(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """What a function has said is kept, so many answers of it, while the process speaks the same language."""

    def keeping(function: Callable[P, R]) -> Callable[P, R]:
        kept = lru_cache(size)(function)
        when_another_is_spoken(kept.cache_clear)
        return kept  # type: ignore[return-value]  # called as the function is

    return keeping


def when_another_is_spoken(forget: Callable[[], object]) -> None:
    """What is called when the process begins to speak another language."""
    _to_forget.append(forget)


_to_forget: Final[list[Callable[[], object]]] = []


class _Spoken:
    """What this process speaks."""

    def __init__(self) -> None:
        self.locale = Locale.parse(DEFAULT, sep="-")
        self.catalogue: NullTranslations = NullTranslations()


_spoken: Final = _Spoken()


def speak(tag: str, folder: Path = TRANSLATIONS) -> None:
    """Chooses the language of this process by its tag (BCP 47): `en-GB`, `de`, `pt-BR`. folder: holds the translations.
    Raises NoTranslation."""
    _spoken.locale, _spoken.catalogue = read(tag, folder)
    for forget in _to_forget:
        forget()


@lru_cache(1)  # settings are checked by it before the process speaks
def read(tag: str, folder: Path = TRANSLATIONS) -> tuple[Locale, NullTranslations]:
    """What a process needs to speak a language. Raises NoTranslation."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, TypeError, UnknownLocaleError) as error:
        raise NoTranslation(f"{tag!r} is no language that numbers and dates are known of: {error}") from None
    for name in (str(locale), locale.language):
        if (path := folder / f"{name}.po").is_file():
            return locale, Translations(_machine_readable(path), domain=None)
    if locale.language == "en":
        return locale, NullTranslations()
    known = ", ".join(["en", *sorted(path.stem for path in folder.glob("*.po"))])
    raise NoTranslation(f"Nothing is translated into {locale.english_name}; the pages can speak: {known}")


def _machine_readable(path: Path) -> BytesIO:
    try:
        with path.open("rb") as file:
            messages = read_po(file, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise NoTranslation(f"{path.name} can't be read: {error}") from None
    for problem in _problems(messages):
        raise NoTranslation(f"{path.name}: {problem}")
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return compiled


def _problems(messages: Catalog) -> Iterator[str]:
    """What pages would stumble over: a value that no page fills in, or a per cent sign that is not doubled."""
    for message in messages:
        if message.id:
            known = {place for said in _forms(message.id) for place in _places(said)}
            for said in _forms(message.string):
                for place in sorted(_places(said) - known):
                    yield f"line {message.lineno}: {said!r} has {place}, which the English has not"


def _forms(said: Any) -> Sequence[str]:
    """Of a message that depends on a number, each of its forms."""
    return (said,) if isinstance(said, str) else said


def _places(message: str) -> set[str]:
    """What stands in a message to be filled in, and `a single %`, which none may have."""
    found = _PLACE.finditer(message)
    return {"a single %" if one[2] else f"%({one[1]})s" for one in found if one[1] or one[2]}


@remembered(4096)
def gettext(message: str) -> str:
    """What is said for this English message, its places not filled in: what Jinja asks for."""
    return _spoken.catalogue.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for a message that depends on a number."""
    return _spoken.catalogue.ngettext(one, many, count)


def _(message: str, /, **values: str | int) -> str:
    """What is said for this English message, its places (`%(name)s`) filled in; a per cent sign is written twice."""
    return gettext(message) % values


def plural(one: str, many: str, count: int, /, **values: str | int) -> str:
    """The same for a message that depends on a number, which fills in `%(num)s`."""
    return ngettext(one, many, count) % {"num": number_text(count), **values}


def noted(message: str) -> str:
    """The message itself, noted for the catalogue; it is translated where it is shown."""
    return message


def listed(items: Sequence[str], joint: Literal["and", "or"] = "and") -> str:
    """`one`, `one and two`, `one, two and three`"""
    return str(format_list(items, "standard" if joint == "and" else "or", locale=_spoken.locale))


def tag() -> str:
    """The language as `lang` attributes have it (BCP 47)."""
    return str(_spoken.locale).replace("_", "-")


def direction() -> str:
    """`ltr` or `rtl`, as `dir` attributes have it."""
    return str(_spoken.locale.text_direction)


def number_text(value: int) -> str:
    """`1,204`"""
    separator = _thousands()
    return _grouped(value) if separator is None else f"{value:,}".replace(",", separator)


@remembered(1)
def _thousands() -> str | None:
    """What parts thousands, where numbers are written by thousands and in these digits; None elsewhere. A page has so
    many numbers that what Babel does for each would be felt."""
    plain = _grouped(1234567890)
    separator = plain[1:].partition("234")[0]
    return separator if plain == separator.join(("1", "234", "567", "890")) else None


@remembered(8192)
def _grouped(value: int) -> str:
    return str(format_decimal(value, locale=_spoken.locale))


@remembered(128)
def percent_text(percent: int) -> str:
    """`37 %`"""
    return _("%(number)s %%", number=number_text(percent))


@remembered(8192)
def day_text(day: date) -> str:
    """`21 July 2016`"""
    return str(format_date(day, "long", locale=_spoken.locale))


@remembered(1024)
def month_text(year: int, month: int) -> str:
    """`July 2016`"""
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=_spoken.locale))


@remembered(1024)
def year_text(year: int) -> str:
    """`2016`"""
    return str(format_skeleton("y", date(year, 1, 1), locale=_spoken.locale))


@remembered(16)
def month_name(month: int) -> str:
    """`July`"""
    return str(format_date(date(2000, month, 1), "LLLL", locale=_spoken.locale))


@remembered(16)
def short_month_name(month: int) -> str:
    """`Jul`"""
    return str(format_date(date(2000, month, 1), "MMM", locale=_spoken.locale))


def time_text(at: time) -> str:
    """`08:05`"""
    return str(format_time(at, "short", locale=_spoken.locale))


def decimal_text(value: float) -> str:
    """`0.25`"""
    return f"{value:.2f}".replace(".", _decimal_point()) if _thousands() is not None else _in_full(value)


@remembered(1)
def _decimal_point() -> str:
    return _in_full(0.55)[1:-2]


def _in_full(value: float) -> str:
    return str(format_decimal(value, "0.00", locale=_spoken.locale))
