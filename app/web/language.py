"""The words of the pages in the reader's language, from one gettext catalogue. English is what the code says itself."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Final

_catalogue: Final = NullTranslations()


def gettext(message: str) -> str:
    """What a page says for this English message. Templates write `_("…")` or `{% trans %}`."""
    return _catalogue.gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The same for a message that tells a number; many holds `%(num)s` or whatever the caller fills in."""
    return _catalogue.ngettext(one, many, number)
