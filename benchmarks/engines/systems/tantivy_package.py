"""Tantivy, Lucene's like in Rust, through its Python package.

Text and title with its English stemmer; source and year as fast fields, which facets are counted from by its
aggregations; the id as a fast field as well, so that no stored document is read. The best hits are asked for without a
count, which lets it skip what can't be among them; the total is the sum over the years. All processors index, with half
a gigabyte for what waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Occur, Query

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import WITHIN, Kind, Question
from benchmarks.engines.systems import BEST, VALUES, Answer

TEXTS: Final = ("title", "text")
_HEAP: Final = 512_000_000
_FACETS: Final = {name: {"terms": {"field": name, "size": VALUES}} for name in ("source", "year")}


class Tantivy:
    kinds = frozenset(Kind)

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("number", fast=True)
        for name in TEXTS:
            builder.add_text_field(name, tokenizer_name="en_stem")
        builder.add_text_field("source", fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("year", fast=True, indexed=True)
        self._schema = builder.build()
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )

    def version(self) -> str:
        return version("tantivy")

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        index = tantivy.Index(self._schema, path=str(folder))
        writer = index.writer(heap_size=_HEAP)
        for article in articles:
            fields: dict[str, Any] = {
                "number": int(article.id[1:]),
                "title": article.title,
                "text": article.text,
                "source": article.source,
                "year": article.year,
            }
            writer.add_document(tantivy.Document.from_dict(fields, self._schema))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def answer(self, question: Question) -> Answer:
        query = self._query(question)
        hits = self._searcher.search(query, BEST, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        facets = self._searcher.aggregate(query, _FACETS)
        sources = {bucket["key"]: bucket["doc_count"] for bucket in facets["source"]["buckets"]}
        years = {int(bucket["key"]): bucket["doc_count"] for bucket in facets["year"]["buckets"]}
        total = sum(years.values())
        sources.pop("", None)
        years.pop(0, None)
        return Answer(total, tuple(f"a{number:08d}" for number in numbers), sources, years)

    def _query(self, question: Question) -> Query:
        words = question.words
        match question.kind:
            case Kind.PREFIX:
                return self._in_texts(lambda name: Query.regex_query(self._schema, name, f"{words[0]}.*"))
            case Kind.PHRASE:
                return self._in_texts(lambda name: self._row(name, words, 0))
            case Kind.NEAR:
                return _any(self._row(name, row, WITHIN - 1) for name in TEXTS for row in (words, words[::-1]))
            case Kind.OR3:
                return _any(map(self._word, words))
            case Kind.FILTER:
                source = Query.term_query(self._schema, "source", question.source)
                year = Query.term_query(self._schema, "year", question.year)
                unranked = (Query.const_score_query(one, 0.0) for one in (source, year))
                return _all([*map(self._word, words), *unranked])
            case _:
                return _all(map(self._word, words))

    def _word(self, word: str) -> Query:
        stems = self._analyzer.analyze(word)
        return self._in_texts(lambda name: Query.term_query(self._schema, name, stems[0]))

    def _row(self, name: str, words: tuple[str, ...], slop: int) -> Query:
        return Query.phrase_query(self._schema, name, self._analyzer.analyze(" ".join(words)), slop)

    def _in_texts(self, query: Any) -> Query:
        return _any(map(query, TEXTS))


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])
