"""What pages ask: the archive, with its database, its live index and its settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from app.domain.article import Article, Moved, Tombstone, VersionNote
from app.domain.correction import Correction
from app.domain.permalink import read_id
from app.search.engine import IndexUnavailable, Related, SearchRequest
from app.search.live import LiveIndex
from app.search.search import SearchPage, search
from app.search.thesaurus import ThesaurusFile
from app.settings import Settings
from app.store import corrections, permalinks
from app.store.database import Database


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    database: Database
    index: LiveIndex
    thesaurus: ThesaurusFile
    settings: Settings

    @property
    def base_url(self) -> str:
        """What permalinks begin with, without a final slash."""
        return self.settings.base_url.rstrip("/")

    def find(self, id: str) -> Article | Moved | Tombstone | None:
        """What the permalink with this id answers with; the id may be written as people write it. Raises StoreError."""
        meant = read_id(id)
        if meant is None:
            return None
        with self.database.reading() as connection:
            return permalinks.find(connection, meant)

    def version(self, id: str, number: int) -> Article | Tombstone | None:
        """One version of an article; the id may be written as people write it. Raises StoreError."""
        meant = read_id(id)
        if meant is None:
            return None
        with self.database.reading() as connection:
            return permalinks.find_version(connection, meant, number)

    def versions(self, id: str) -> tuple[VersionNote, ...]:
        """An article's versions, from the first. Raises StoreError."""
        with self.database.reading() as connection:
            return permalinks.versions_of(connection, id)

    def corrections(self, id: str) -> list[Correction]:
        """What the librarian did to an article, in order. Raises StoreError."""
        with self.database.reading() as connection:
            return corrections.corrections_of(connection, id)

    def widened(self, request: SearchRequest) -> SearchRequest:
        """The request with what the thesaurus adds to its query."""
        return replace(request, query=self.thesaurus.current().widen(request.query))

    def near_duplicates(self, id: str) -> tuple[str, ...]:
        """The ids of the articles whose text is nearly that of an article; none while there is no index to ask. Raises
        StoreError."""
        try:
            with self.index.engine() as engine:
                return engine.near_duplicates(id)
        except IndexUnavailable:
            return ()

    def related(self, id: str) -> tuple[Related, ...]:
        """The articles that are most like one; none while there is no index to ask."""
        try:
            with self.index.engine() as engine:
                return engine.related(id)
        except IndexUnavailable:
            return ()

    def search(self, request: SearchRequest) -> SearchPage:
        """Raises IndexUnavailable, StoreError."""
        with self.index.engine(request.generation) as engine:
            return search(self.database, engine, request, self.thesaurus.current())


async def _archive(request: Request) -> Archive:
    # async though it waits for nothing: what is not would be handed to another thread.
    archive: Archive = request.app.state.archive
    return archive


ArchiveDep = Annotated[Archive, Depends(_archive)]
