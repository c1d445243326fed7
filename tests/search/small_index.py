"""An index of a few articles in one line, for the tests of searching."""

from __future__ import annotations

from pathlib import Path

from app.domain.query import Filters, Match, Sort
from app.search.engine import EngineResult, IndexDocument, SearchRequest
from app.search.parse import parse
from app.search.whoosh import WhooshEngine, create, open_engine, open_writer


class SmallIndex:
    """add() names articles a1, a2, ... unless given an id; ids() are the ids of the articles that answer, in order."""

    def __init__(self, directory: Path, *, make: bool = True) -> None:
        """make: begin a new index, instead of the one that is there."""
        self.directory = directory
        self._generation = 0
        self._added = 0
        self._engine: WhooshEngine | None = None
        if make:
            create(directory)

    def add(self, *paragraphs: str, **fields: object) -> str:
        self._added += 1
        id = str(fields.pop("id", f"a{self._added}"))
        self.commit(document(id, *paragraphs, **fields))
        return id

    def commit(self, *documents: IndexDocument, remove: tuple[str, ...] = ()) -> None:
        with open_writer(self.directory) as writer:
            for one in documents:
                writer.put(one)
            for id in remove:
                writer.remove(id)
            writer.commit()
        self.renew()

    def commit_versions(self, *articles: list[IndexDocument]) -> None:
        """Each article by its versions, the current one last."""
        with open_writer(self.directory) as writer:
            for *earlier, current in articles:
                writer.put(current, earlier)
            writer.commit()
        self.renew()

    def renew(self) -> None:
        """See what was committed meanwhile."""
        self._engine = None

    @property
    def engine(self) -> WhooshEngine:
        if self._engine is None:
            self._generation += 1
            self._engine = open_engine(self.directory, self._generation)
        return self._engine

    def search(
        self,
        text: str,
        *,
        match: Match | None = None,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        per_page: int = 100,
        **filters: tuple[str, ...],
    ) -> EngineResult:
        return self.engine.search(SearchRequest(parse(text, match), Filters(**filters), sort, page, per_page))

    def ids(self, text: str, **options: object) -> list[str]:
        return [hit.id for hit in self.search(text, **options).hits]  # type: ignore[arg-type]

    def finds(self, text: str) -> set[str]:
        return set(self.ids(text))


def document(id: str, *paragraphs: str, **fields: object) -> IndexDocument:
    values: dict[str, object] = {"title": "", "summary": "", **fields}
    return IndexDocument(id=id, paragraphs=paragraphs, **values)  # type: ignore[arg-type]
