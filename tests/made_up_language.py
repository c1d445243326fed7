"""A translation in which every English letter is another letter, so that English which is left can be told."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_lowercase

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from app.translations import MESSAGES

CYRILLIC = "абвгґдеєжзиїйклмнопрстуфхц"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنه"


def make_up(folder: Path, language: str, alphabet: str) -> None:
    """Writes the translation into a folder. language: that it is said to be. alphabet: the letters for A to Z."""
    made_up = Catalog(locale=language)
    with MESSAGES.open("rb") as file:
        for message in read_po(file):
            if isinstance(message.id, tuple):
                made_up.add(message.id, [_made_up(message.id[1], alphabet)] * made_up.num_plurals)
            elif message.id:
                made_up.add(message.id, _made_up(message.id, alphabet))
    with (folder / f"{language}.po").open("wb") as file:
        write_po(file, made_up)


def _made_up(message: str, alphabet: str) -> str:
    letters = str.maketrans(ascii_lowercase, alphabet)
    parts = re.split(r"(%\(\w+\)s|%%|<[^>]*>|&\w+;|\{\w+\})", message)
    return "".join(part if at % 2 else part.lower().translate(letters) for at, part in enumerate(parts))
