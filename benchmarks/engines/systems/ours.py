"""The archive's embedded engine, through its protocol, as the site asks it; only the thesaurus, which others don't
have, is left out.

It answers more than is asked of all: each clause's own total, and facets of a filtered field without that filter; and
it ranks the best hits anew by nearness and meaning. `OursByBm25` leaves the second ranking out: the others have none.
Words near each other are asked for in the very form, and within a paragraph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import app
from app.domain.query import Filters
from app.search.engine import IndexDocument, SearchEngine, SearchRequest
from app.search.indexer import ARTICLES_A_COMMIT
from app.search.parse import parse
from app.search.whoosh import create, open_engine, open_writer
from app.search.whoosh.relevance import RERANKED
from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import WITHIN, Kind, Question
from benchmarks.engines.systems import BEST, VALUES, Answer


class Ours:
    kinds = frozenset(Kind)
    reranked = RERANKED
    _engine: SearchEngine

    def version(self) -> str:
        """A digest of the program's own text: any change to it may be one to the index, or to how fast it is made."""
        root = Path(app.__file__).parent
        digest = hashlib.sha256()
        for file in sorted([*root.glob("search/**/*.py"), *root.glob("domain/**/*.py")]):
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        """As a reindex does: a commit every so many articles, the last of which makes one piece; the writer uses all
        processors."""
        create(folder)
        writer = open_writer(folder)
        try:
            for number, article in enumerate(articles, start=1):
                writer.put(
                    IndexDocument(
                        id=article.id,
                        title=article.title,
                        summary="",
                        paragraphs=article.paragraphs,
                        sources=(article.source,) if article.source else (),
                        date_key=article.date_key,
                        year=article.year or None,
                    )
                )
                if number % ARTICLES_A_COMMIT == 0:
                    writer.commit()
            writer.commit(whole=True)
        finally:
            writer.close()

    def open(self, folder: Path) -> None:
        self._engine = open_engine(folder, 1, self.reranked)

    def answer(self, question: Question) -> Answer:
        filters = Filters()
        if question.kind is Kind.FILTER:
            filters = Filters(source=(str(question.source),), year=(str(question.year),))
        request = SearchRequest(
            parse(_typed(question)),
            filters,
            per_page=BEST,
            facets=("source", "year"),
            facet_values=VALUES,
            months=False,
        )
        result = self._engine.search(request)
        return Answer(
            result.total,
            tuple(hit.id for hit in result.hits),
            {value.value: value.total for value in result.facets["source"].values},
            {int(value.value): value.total for value in result.facets["year"].values},
        )


class OursByBm25(Ours):
    """In the order of BM25F alone."""

    reranked = 0


def _typed(question: Question) -> str:
    """As a reader would type it."""
    words = question.words
    match question.kind:
        case Kind.OR3:
            return " OR ".join(words)
        case Kind.PHRASE:
            return f'"{" ".join(words)}"'
        case Kind.PREFIX:
            return f"{words[0]}*"
        case Kind.NEAR:
            return f" NEAR/{WITHIN} ".join(words)
        case _:
            return " ".join(words)
