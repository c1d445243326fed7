"""Whoosh as it comes: its own codec, its own BM25F, its collectors and facets; the very package that our engine keeps
its files with.

Written by one process with room for all that waits, in one commit, so that there is one segment to read. Source and
year are sortable columns, counted by `groupedby`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.query import And, NumericRange, Or, Phrase, Prefix, Query, Term
from whoosh.scoring import BM25F
from whoosh.sorting import Count

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import WITHIN, Kind, Question
from benchmarks.engines.systems import BEST, Answer

_TEXTS = ("title", "text")


class StockWhoosh:
    kinds = frozenset(Kind)

    def __init__(self) -> None:
        self._analyzer = StemmingAnalyzer(stoplist=None, cachesize=-1)

    def version(self) -> str:
        return version("whoosh3")

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        schema = Schema(
            id=ID(stored=True),
            title=TEXT(analyzer=self._analyzer),
            text=TEXT(analyzer=self._analyzer),
            source=ID(sortable=True),
            year=NUMERIC(sortable=True),
        )
        writer = create_in(folder, schema).writer(limitmb=1024)
        for article in articles:
            writer.add_document(
                id=article.id, title=article.title, text=article.text, source=article.source, year=article.year
            )
        writer.commit()

    def open(self, folder: Path) -> None:
        self._searcher = open_dir(folder).searcher(weighting=BM25F())

    def answer(self, question: Question) -> Answer:
        narrowed = None
        if question.kind is Kind.FILTER:
            narrowed = And([Term("source", question.source), NumericRange("year", question.year, question.year)])
        results = self._searcher.search(
            self._query(question), limit=BEST, filter=narrowed, groupedby=["source", "year"], maptype=Count
        )
        sources, years = dict(results.groups("source")), dict(results.groups("year"))
        sources.pop("", None)
        years.pop(0, None)
        return Answer(len(results), tuple(hit["id"] for hit in results[:BEST]), sources, years)

    def _query(self, question: Question) -> Query:
        words = question.words
        match question.kind:
            case Kind.PREFIX:
                return Or([Prefix(name, words[0]) for name in _TEXTS])
            case Kind.PHRASE:
                return Or([self._row(name, words, 1) for name in _TEXTS])
            case Kind.NEAR:
                return Or([self._row(name, row, WITHIN) for name in _TEXTS for row in (words, words[::-1])])
            case Kind.OR3:
                return Or([self._word(word) for word in words])
            case _:
                return And([self._word(word) for word in words])

    def _word(self, word: str) -> Query:
        return Or([Term(name, self._stem(word)) for name in _TEXTS])

    def _row(self, name: str, words: tuple[str, ...], slop: int) -> Query:
        return Phrase(name, [self._stem(word) for word in words], slop)

    def _stem(self, word: str) -> str:
        return str(next(self._analyzer(word)).text)
