"""Xapian through its Python bindings, where the system has them (Debian: python3-xapian); it is a separate program
under the GPL, so it is neither required nor installed.

English stems, of all words, and not the exact forms, which it would else keep as well; the title before the text;
source and year as values, counted by match spies over all that answers, and as terms to filter by.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

try:
    import xapian
except ModuleNotFoundError:
    # Its bindings come with the system's Python and are no package that could be installed into an environment.
    sys.path.append("/usr/lib/python3/dist-packages")
    try:
        import xapian
    finally:
        sys.path.pop()

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import WITHIN, Kind, Question
from benchmarks.engines.systems import BEST, Answer

_SOURCE, _YEAR = 0, 1
_SOURCE_PREFIX, _YEAR_PREFIX = "XS", "XY"
_LONGEST_TERM: Final = 200
_AT_ONCE: Final = 50_000


class Xapian:
    kinds = frozenset(Kind)

    def __init__(self) -> None:
        self._stem = xapian.Stem("en")

    def version(self) -> str:
        return str(xapian.version_string())

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        loose = folder / "loose"
        database = xapian.WritableDatabase(str(loose), xapian.DB_CREATE)
        generator = xapian.TermGenerator()
        generator.set_stemmer(self._stem)
        generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)
        for number, article in enumerate(articles, start=1):
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(article.title)
            generator.increase_termpos()
            generator.index_text(article.text)
            document.set_data(article.id)
            document.add_value(_SOURCE, article.source)
            document.add_value(_YEAR, str(article.year))
            document.add_boolean_term(_source_term(article.source))
            document.add_boolean_term(f"{_YEAR_PREFIX}{article.year}")
            database.add_document(document)
            if number % _AT_ONCE == 0:
                database.commit()
        database.commit()
        database.compact(str(folder / "index"))
        database.close()
        for file in loose.iterdir():
            file.unlink()
        loose.rmdir()

    def open(self, folder: Path) -> None:
        self._database = xapian.Database(str(folder / "index"))
        self._parser = xapian.QueryParser()
        self._parser.set_database(self._database)

    def answer(self, question: Question) -> Answer:
        enquire = xapian.Enquire(self._database)
        enquire.set_query(self._query(question))
        spies = [xapian.ValueCountMatchSpy(slot) for slot in (_SOURCE, _YEAR)]
        for spy in spies:
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, BEST, self._database.get_doccount())
        sources, years = ({_text(item.term): item.termfreq for item in spy.values()} for spy in spies)
        sources.pop("", None)
        years.pop("0", None)
        return Answer(
            found.get_matches_estimated(),  # exact, as all that answer are looked at
            tuple(_text(hit.document.get_data()) for hit in found),
            sources,
            {int(year): total for year, total in years.items()},
        )

    def _query(self, question: Question) -> Any:
        stems = [_text(self._stem(word)) for word in question.words]
        terms = [xapian.Query(stem) for stem in stems]
        match question.kind:
            case Kind.PREFIX:
                return self._parser.parse_query(f"{question.words[0]}*", xapian.QueryParser.FLAG_WILDCARD)
            case Kind.PHRASE:
                return xapian.Query(xapian.Query.OP_PHRASE, stems, len(stems))
            case Kind.NEAR:
                return xapian.Query(xapian.Query.OP_NEAR, stems, WITHIN + 1)
            case Kind.OR3:
                return xapian.Query(xapian.Query.OP_OR, terms)
            case Kind.FILTER:
                narrow = [_source_term(str(question.source)), f"{_YEAR_PREFIX}{question.year}"]
                return xapian.Query(
                    xapian.Query.OP_FILTER,
                    xapian.Query(xapian.Query.OP_AND, terms),
                    xapian.Query(xapian.Query.OP_AND, narrow),
                )
            case _:
                return xapian.Query(xapian.Query.OP_AND, terms)


def _source_term(source: str) -> str:
    # A term may have 245 bytes.
    return _SOURCE_PREFIX + source.encode()[:_LONGEST_TERM].decode(errors="ignore")


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()
