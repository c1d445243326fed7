"""The engines that are compared, one module each, set up as somebody who knows it would for this purpose.

To each query all give the same: the best 10 by their BM25, the exact total, and how many of these articles each source
and each year has. All keep title and text apart, stem English, keep positions and function words (bm25s: neither), and
store no text: an application has that elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import Kind, Question

BEST: Final = 10
"""Hits that are asked for."""
VALUES: Final = 60_000
"""Values of a facet that are asked for: all that there are."""


@dataclass(frozen=True, slots=True)
class Answer:
    """total: articles that answer. best: ids, in order. sources, years: of the articles that answer; the unknown is
    left out."""

    total: int
    best: tuple[str, ...]
    sources: dict[str, int]
    years: dict[int, int]


class System(Protocol):
    """An engine that takes part. kinds: of questions that it can answer."""

    kinds: frozenset[Kind]

    def version(self) -> str:
        """What decides how its index is made."""
        ...

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        """Make its index in an empty folder, as it would be left to searches for long."""
        ...

    def open(self, folder: Path) -> None: ...

    def answer(self, question: Question) -> Answer: ...


class NotInstalled(Exception):
    """A system is left out because its package is not there; the message says which."""


SYSTEMS: Final = {
    "ours": "ours:Ours",
    "ours-bm25": "ours:OursByBm25",
    "tantivy": "tantivy_package:Tantivy",
    "fts5": "fts5:Fts5",
    "xapian": "xapian_bindings:Xapian",
    "bm25s": "bm25s_package:Bm25s",
    "whoosh": "stock_whoosh:StockWhoosh",
}
"""Name -> module and class. What a system needs is imported only when it takes part."""


def system(name: str) -> System:
    """Raises NotInstalled."""
    module, _, kind = SYSTEMS[name].partition(":")
    try:
        found: System = getattr(import_module(f"{__name__}.{module}"), kind)()
    except ModuleNotFoundError as error:
        raise NotInstalled(f"{name}: not installed ({error.name} is missing).") from None
    return found
