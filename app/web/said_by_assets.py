"""What scripts and the style sheet say, in the language of the pages. Scripts have no words of their own."""

from __future__ import annotations

import json
from typing import Any, Final

from app.domain.reading_list import MOST_ITEMS
from app.language import _, noted

STYLE_WORDS: Final = "words.css"
SCRIPT_WORDS: Final = "words.js"

_OF_THE_STYLE: Final = {
    "lasting-link": noted("Lasting link"),
    "cite": noted("Cite"),
    "list": noted("List"),
    "now-finds": noted("now finds"),
}
"""What `style.css` says itself, by the name of its property without `--say-`."""


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


def style_words() -> str:
    """As a style sheet, `/static/words.css`: the words of `style.css` that this language has others for; empty for
    English."""
    others = [f"--say-{name}: {_css(said)};" for name, words in _OF_THE_STYLE.items() if (said := _(words)) != words]
    return f":root {{{' '.join(others)}}}" if others else ""


def _css(words: str) -> str:
    """As a string of CSS, in which every letter may be written by its number."""
    return '"' + "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in words) + '"'
