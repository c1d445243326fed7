"""Names of authors as citations need them: which part is the family's. What is no person's plain name stays whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PARTICLES: Final = frozenset(
    "al ap bin da das de del della den der di do dos du el ibn la le ten ter van von y zu".split()
)
_SUFFIXES: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
# Words that occur in what signs an article and is no person.
_BODIES: Final = frozenset(
    """
    agency alliance analysts archive army assembly association authority bank board bureau center centre chamber
    church college command commission committee commons company conference congress consortium coordination
    corporation corps correspondent correspondents council court department desk directorate division editor
    editorial editors embassy executive federation force foundation fund government group headquarters hospital
    house initiative inspectorate institute institution journal laboratory league library ministry mission
    monitor museum nations news network office organisation organization panel parliament party press programme
    program project republic reserve review school secretariat senate service services society staff states team
    times tribunal trust union united university wire writers
    """.split()
)
_PREFIXED = re.compile(r"(?:[a-z]{1,2}['’-])[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Name:
    """family, given: None where the name stays whole. suffix: such as Jr."""

    literal: str
    family: str | None = None
    given: str | None = None
    suffix: str | None = None

    @property
    def inverted(self) -> str:
        """`Ferreira, Ann`, as lists of names are sorted; the whole name where it has no parts."""
        if self.family is None:
            return self.literal
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


def read_name(text: str) -> Name:
    """`Ann Ferreira`, `Ferreira, Ann`, `Ludwig van Aken Jr.`; anything that may be no person's name stays whole.

    The last word is the family name, with particles in lower case before it: the order of most, not of all languages,
    so a name in another script than Latin, or of one word or more than four, is left as it is.
    """
    whole = Name(text)
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma:
        if not given or "," in given or not (_is_person(family) and _is_person(given)):
            return whole
        if given.lower() in _SUFFIXES:
            plain = read_name(family)
            return whole if plain.family is None else Name(text, plain.family, plain.given, given)
        return Name(text, family, given)
    words = text.split()
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else None
    particles = sum(1 for word in words if word.lower() in _PARTICLES)
    if not 2 <= len(words) - particles <= 4 or not _is_person(text):
        return whole
    begins = len(words) - 1
    while begins > 1 and words[begins - 1] in _PARTICLES:
        begins -= 1
    return Name(text, " ".join(words[begins:]), " ".join(words[:begins]), suffix)


def _is_person(text: str) -> bool:
    words = text.split()
    return bool(words) and all(
        word.lower().strip(".") not in _BODIES and _is_name(word) for word in words
    )  # fmt: skip


def _is_name(word: str) -> bool:
    """Latin letters, with what stands inside names; capital, unless it is a particle."""
    if word in _PARTICLES:
        return True
    bare = re.sub("[-'’.]", "", word)
    if not bare.isalpha() or not (word[0].isupper() or _PREFIXED.match(word)):
        return False
    # Letters without full stops may be a body's: UN Women.
    shouted = len(bare) > 1 and bare.isupper() and "." not in word
    return not shouted and all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 for letter in bare)
