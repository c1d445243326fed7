"""What pages say, in other languages, a file each (`de.po`). `messages.pot` lists what they say in English.

`python -m app.translations` writes `messages.pot` anew from the code and the templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

ROOT: Final = Path(__file__).parents[2]
MESSAGES: Final = Path(__file__).with_name("messages.pot")

_SOURCES: Final = {
    "app": [("language.py", "python"), ("search/**.py", "python"), ("web/**.py", "python")],
    "templates": [("**.html", "jinja2")],
}
"""Folder -> patterns of files in it that say something on pages, and the extractor that reads them."""
_OPTIONS: Final[dict[str, dict[str, Any]]] = {"**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS: Final = {
    **DEFAULT_KEYWORDS,
    "plural": (1, 2),
    "_noun": (1, 2),
    **dict.fromkeys(("noted", "note", "mend", "_cut")),
}
"""Functions that take messages -> which of their arguments these are, None for the first."""
_LEFT_OUT: Final = tuple(
    f'"{name}:'.encode()
    for name in (
        *("POT-Creation-Date", "PO-Revision-Date", "Generated-By"),
        *("Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"),
    )
)
"""Lines of the head that say when, by whom and with what."""


def catalogue() -> Catalog:
    """Every message of the code and the templates, with the files it stands in."""
    messages = Catalog(project="Policy Archive", version="1", fuzzy=False)
    messages.header_comment = "# What the pages of Policy Archive say. A translation is one file: docs/translate.md"
    for file, message in _extracted():
        messages.add(message, locations=[(file, 0)])
    return messages


def _extracted() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for folder, methods in _SOURCES.items():
        for file, _line, message, *_more in extract_from_dir(ROOT / folder, methods, _OPTIONS, _KEYWORDS):
            yield f"{folder}/{file}", message


def written(messages: Catalog) -> bytes:
    """The catalogue as a file; the same messages give the same bytes."""
    file = BytesIO()
    write_po(file, messages, sort_by_file=True, include_lineno=False, width=110)
    return b"".join(line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(_LEFT_OUT))
