"""What the scripts say, in the language of the pages; they have no words of their own."""

from __future__ import annotations

import json
from typing import Any

from app.domain.reading_list import MOST_ITEMS
from app.web.language import gettext as _


def keys() -> list[list[str]]:
    """Each key, or pair of keys, and what it does."""
    return [
        ["/", _("to the search box")],
        ["j k", _("next and previous article of a list; Enter opens it")],
        ["n p", _("next and previous match in an article")],
        ["s", _("put the article or the passage on your reading list, or take it off")],
        ["c", _("cite the article or the passage")],
        ["?", _("this list of keys")],
    ]


def script_words() -> str:
    """As a module, `/static/words.js`. What is in braces is filled in by the script."""
    said: dict[str, Any] = {
        "most": MOST_ITEMS,
        "on": _("It is on your reading list now."),
        "off": _("It is off your reading list now."),
        "full": _("Your reading list is full; take something off it first."),
        "notKept": _("This browser keeps nothing for this site, so nothing was kept. A list’s address holds it, too."),
        "own": _("This is your reading list. This browser keeps it, and no one else sees it; whoever you give the "
                 "address to has the list."),
        "notOwn": _("This is not the list that this browser keeps."),
        "keep": _("Add these to your reading list"),
        "replace": _("Keep these instead of yours"),
        "open": _("Open your reading list"),
        "clear": _("Clear your reading list"),
        "undo": _("Undo"),
        "replaced": _("These are your reading list now."),
        "cleared": _("Your reading list is empty now."),
        "match": _("Match {number} of {total}"),
        "keys": {
            "heading": _("Keys"),
            "list": keys(),
            "on": _("Use these single keys"),
            "close": _("Close"),
        },
    }  # fmt: skip
    return f"export const words = {json.dumps(said, ensure_ascii=False, separators=(',', ':'))};\n"
