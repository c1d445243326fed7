"""The articles that engines are compared on, in a file, and what is true of them.

What it leaves to others: making them (`mixing`), and what is asked of them (`questions`). An engine's own process reads
them with this module, so it imports nothing of the archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

WORDS: Final = 300
"""Words of an article."""

TOKEN: Final = re.compile(r"[^\W_]+")
PLAIN: Final = re.compile(r"(?<![\w'’.&/-])[a-z]{4,}(?![\w'’&/-])")
"""Words that no engine cuts, joins or takes for a name."""


@dataclass(frozen=True, slots=True)
class Article:
    """published: the date as far as it is known, `2016-07`; "" for undated. source: "" where it is not known."""

    id: str
    title: str
    source: str
    published: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def year(self) -> int:
        """0 for undated."""
        return int(self.published[:4] or 0)

    @property
    def date_key(self) -> int | None:
        """YYYYMMDDhhmm, unknown parts 0; None for undated."""
        return int(self.published[:10].replace("-", "").ljust(12, "0")) if self.published else None


@dataclass(frozen=True)
class Corpus:
    """A file of articles, and what is true of it.

    digest: of the file's bytes. words: in all; distinct: different ones, in lower case. frequencies: stem -> articles
    that hold it. forms: stem -> the word of this stem that occurs most often, of those that are plain in every engine.
    """

    file: Path
    articles: int
    digest: str
    words: int
    distinct: int
    frequencies: dict[str, int]
    forms: dict[str, str]

    def sample(self, count: int) -> list[Article]:
        """So many articles, evenly spread over the file."""
        step = max(1, self.articles // count)
        with open(self.file, encoding="utf-8", newline="\n") as lines:
            return [_article(line) for number, line in enumerate(lines) if number % step == 0][:count]

    @cached_property
    def properties(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "words": self.words,
            "distinct_words": self.distinct,
            "stems": len(self.frequencies),
            "megabytes": round(self.file.stat().st_size / 1e6, 1),
            "sha256": self.digest,
        }


def read(file: Path) -> Iterator[Article]:
    """The articles of a corpus, one at a time."""
    with open(file, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield _article(line)


def _article(line: str) -> Article:
    record = json.loads(line)
    return Article(
        record["id"],
        record["title"],
        record.get("source", ""),
        record.get("published", ""),
        tuple(record["text"].split("\n\n")),
    )
