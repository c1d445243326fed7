"""How many there are of something, as a page says it: `1 article`, `1,204 articles`."""

from __future__ import annotations

from typing import Final

from app.language import plural, remembered


@remembered(8192)
def counted(count: int, noun: str) -> str:
    """noun: one of NOUNS, by its singular."""
    one, many = NOUNS[noun]
    return plural(one, many, count)


def _noun(one: str, many: str) -> tuple[str, str]:
    return one, many


NOUNS: Final = {
    "article": _noun("%(num)s article", "%(num)s articles"),
    "author": _noun("%(num)s author", "%(num)s authors"),
    "feed": _noun("%(num)s feed", "%(num)s feeds"),
    "group": _noun("%(num)s group", "%(num)s groups"),
    "match": _noun("%(num)s match", "%(num)s matches"),
    "matching paragraph": _noun("%(num)s matching paragraph", "%(num)s matching paragraphs"),
    "more change": _noun("%(num)s more change", "%(num)s more changes"),
    "more part": _noun("%(num)s more part", "%(num)s more parts"),
    "paragraph": _noun("%(num)s paragraph", "%(num)s paragraphs"),
    "record": _noun("%(num)s record", "%(num)s records"),
    "rejection": _noun("%(num)s rejection", "%(num)s rejections"),
    "source": _noun("%(num)s source", "%(num)s sources"),
    "topic": _noun("%(num)s topic", "%(num)s topics"),
    "version": _noun("%(num)s version", "%(num)s versions"),
    "word": _noun("%(num)s word", "%(num)s words"),
}
