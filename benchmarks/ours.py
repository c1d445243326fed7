"""The archive as a system among others: a collection's articles go through ingest and indexing, its queries through
the parser, the shipped thesaurus and the engine of the live index, as in production.

What it leaves to others: measuring (`relevance`), what the other systems get (`baselines`).
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from app.domain.query import Match, Similar
from app.domain.record import FIRST_LINE
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import Summary, ingest
from app.search.engine import SearchRequest
from app.search.indexer import Indexer
from app.search.live import LiveIndex
from app.search.parse import parse
from app.search.search import find
from app.search.thesaurus import SHIPPED, Thesaurus
from app.store import articles
from app.store import tables as t
from app.store.database import Database
from app.store.migrate import migrate
from benchmarks.baselines import Ranker
from benchmarks.collection import Collection, Document, Judged, WrongCollection


@dataclass(frozen=True, slots=True)
class Archive:
    """A collection's articles in an archive of their own, and the collection as this archive sees it.

    documents: the articles as others get them. judged: by the ids of `documents`. seconds: to ingest and to index.
    """

    documents: tuple[Document, ...]
    judged: Judged
    seconds: float
    notes: tuple[str, ...]
    _database: Database
    _index: LiveIndex
    _stands_for: dict[str, tuple[str, ...]]

    def ranker(self, match: Match | None, depth: int) -> Ranker:
        """match: whether every word must occur, or any; None lets the text decide, as the search box does.

        What a page shows is ranked: where nothing answers all words, what answers any of them.
        """
        thesaurus = Thesaurus.read(SHIPPED)

        def rank(text: str) -> list[str]:
            request = SearchRequest(parse(text, match), per_page=depth, similar=Similar.ALL)
            with self._index.engine() as engine:
                answer = find(engine, request, thesaurus)
            return [id for hit in answer.result.hits for id in self._stands_for.get(hit.id, ())][:depth]

        return rank


@contextmanager
def archive_of(collection: Collection, folder: Path) -> Iterator[Archive]:
    """An archive in an empty folder.

    Where the collection holds its articles, they keep its ids, and a hit counts as a hit on every id whose text is the
    same, which is one article here. Raises WrongCollection.
    """
    inputs, wrong = find_inputs([str(path) for path in _paths(collection, folder)], None)
    if wrong:
        raise WrongCollection("\n".join(map(str, wrong)))
    database = Database(f"sqlite:///{folder}/archive.sqlite3")
    index = LiveIndex(database, folder / "index")
    try:
        migrate(database)
        started = time.perf_counter()
        summary = ingest(database, inputs, Given())
        Indexer(database, folder / "index").catch_up()
        seconds = time.perf_counter() - started
        notes = [*_told(summary)]
        with database.reading() as connection:
            named = _named(connection)
            if collection.documents is not None:
                documents, judged = collection.documents, collection.judged
                stands_for = _own_ids(named)
            else:
                documents, judged = tuple(_stored(connection)), _by_permalink(collection, named, notes)
                stands_for = {document.id: (document.id,) for document in documents}
        yield Archive(documents, judged, seconds, tuple(notes), database, index, stands_for)
    finally:
        index.close()
        database.close()


def _paths(collection: Collection, folder: Path) -> tuple[Path, ...]:
    if collection.documents is None:
        return collection.articles
    records = folder / "records.jsonl"
    with open(records, "w", encoding="utf-8") as lines:
        for document in collection.documents:
            lines.write(json.dumps({"id": document.id, "title": document.title, "text": document.text}) + "\n")
    return (records,)


def _told(summary: Summary) -> Iterator[str]:
    for reason, records in summary.reasons.most_common():
        yield f"Records that the archive did not store, and so can't find: {records:,} ({reason})."
    if summary.counts.duplicates:
        yield f"Records that duplicate others, each one article with those: {summary.counts.duplicates:,}."


@dataclass(frozen=True, slots=True)
class _Name:
    """What an article is called in one of its versions. standing: the id of the article that stands for it."""

    id: str
    standing: str
    guid: str | None
    url: str | None
    file: str


def _named(connection: Connection) -> list[_Name]:
    query = (
        select(t.article.c.id, t.article.c.represented_by, t.version.c.guid, t.version.c.url, t.version.c.place)
        .join(t.version, t.version.c.article_id == t.article.c.id)
        .order_by(t.article.c.id, t.version.c.number)
    )
    return [
        _Name(id, represented_by or id, guid, url, Path(place).name)
        for id, represented_by, guid, url, place in connection.execute(query)
    ]


def _own_ids(named: list[_Name]) -> dict[str, tuple[str, ...]]:
    """For each article that searches find, the records' own ids that it stands for, in the order of the ids."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in named:
        if name.guid:
            found[name.standing].add(name.guid)
    return {id: tuple(sorted(ids)) for id, ids in found.items()}


def _by_permalink(collection: Collection, named: list[_Name], notes: list[str]) -> Judged:
    """The judgements, which name articles by permalink id, by the records' own id, by address or by file."""
    standing: dict[str, set[str]] = defaultdict(set)
    for name in named:
        for called in (name.id, name.guid, name.url, name.file):
            if called:
                standing[called].add(name.standing)
    judged: Judged = {query: {} for query in collection.judged}
    unknown: set[str] = set()
    for query, grades in collection.judged.items():
        for called, grade in grades.items():
            ids = standing.get(called, set())
            if len(ids) > 1:
                raise WrongCollection(f"{collection.name}: {called} is judged, but several articles are called so.")
            if not ids:
                unknown.add(called)
            id = min(ids, default=called)
            judged[query][id] = max(grade, judged[query].get(id, grade))
    if unknown:
        notes.append(f"Judged articles that are not among the articles: {len(unknown):,}, such as {min(unknown)}.")
    return judged


def _stored(connection: Connection) -> Iterator[Document]:
    """The articles that searches find."""
    after = ""
    while ids := articles.listed_ids(connection, after, articles.AT_ONCE):
        found = articles.current_summaries(connection, ids)
        texts = articles.texts_of(connection, list(found))
        for version, article in sorted(found.items(), key=lambda item: item[1].id):
            # A title that the archive made of the first line is its own doing, and no gift to the others.
            title = "" if article.title_origin == FIRST_LINE else article.title
            yield Document(article.id, title, "\n\n".join((article.summary or "", *texts.get(version, ()))).strip())
        after = ids[-1]
