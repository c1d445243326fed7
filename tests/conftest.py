"""A tiny archive in one line: real SQLite and real Whoosh, in a temporary folder."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from app.domain.article import Article, Moved, Tombstone
from app.domain.query import Filters, Sort
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import Summary, ingest
from app.search.engine import SearchRequest
from app.search.indexer import Indexer
from app.search.live import LiveIndex
from app.search.parse import parse
from app.search.search import SearchPage, search
from app.settings import Settings
from app.store import articles, permalinks
from app.store.database import Database
from app.store.migrate import migrate

# A slow machine is no failure, and half the usual examples keep the whole suite under a minute. The examples are the
# same each time, so that what passed once passes again; `make fuzz` looks for new ones.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=50, derandomize=True)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("suite")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real articles, where they lie beside the checkout."""

LONG_ENOUGH = (
    "Ministers met to weigh how the port could be reopened before winter, what it would cost and who would pay for it."
)
"""A text long enough that another article with the same text is its duplicate."""


@cache
def _blank_database() -> Path:
    """A migrated database without rows, made once: migrating takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="policy-archive-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/blank.sqlite3")
    migrate(database)
    database.close()
    return folder / "blank.sqlite3"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser", action="store_true", help="run the tests that need a browser, and only those")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name == "browser" and not config.getoption("--browser") else None


class Archive:
    """An archive in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data_dir=folder / "data", base_url="http://archive.test", _env_file=None)
        file = self.settings.data_dir / "archive.sqlite3"
        if not file.exists():
            file.parent.mkdir(parents=True)
            shutil.copy(_blank_database(), file)
        self.database = Database(self.settings.database)
        self.indexer = Indexer(self.database, self.settings.index_folder)
        self.index = LiveIndex(self.database, self.settings.index_folder)

    def add(self, *records: str | dict[str, Any], **fields: Any) -> Summary:
        """Ingest records, given as fields or as bare text, through a .jsonl, and index them."""
        lines = [{"text": one, **fields} if isinstance(one, str) else {**one, **fields} for one in records]
        return self.ingest(self.write("records.jsonl", "".join(json.dumps(line) + "\n" for line in lines)))

    def ingest(self, *paths: Path | str, given: Given = Given()) -> Summary:
        summary = self.store(*paths, given=given)
        self.indexer.catch_up(wait=10)
        return summary

    def store(self, *paths: Path | str, given: Given = Given()) -> Summary:
        """Ingest, and leave the index as it was."""
        inputs, wrong = find_inputs([str(path) for path in paths], None)
        assert not wrong, wrong
        return ingest(self.database, inputs, given)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / "input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def search(
        self, text: str, *, sort: Sort = Sort.RELEVANCE, page: int = 1, per_page: int = 10, **filters: Any
    ) -> SearchPage:
        chosen = Filters(
            **{name: (value,) if isinstance(value, str) else tuple(value) for name, value in filters.items()}
        )
        with self.index.engine() as engine:
            return search(self.database, engine, SearchRequest(parse(text), chosen, sort, page, per_page))

    def titles(self, text: str, **how: Any) -> list[str]:
        return [hit.article.title for hit in self.search(text, **how).hits]

    def find(self, id: str) -> Article | Moved | Tombstone | None:
        with self.database.reading() as connection:
            return permalinks.find(connection, id)

    def ids(self) -> list[str]:
        """The ids of the articles that pages list."""
        with self.database.reading() as connection:
            return articles.listed_ids(connection, "", 1_000_000)

    def only(self) -> Article:
        """The one article there is."""
        (id,) = self.ids()
        found = self.find(id)
        assert isinstance(found, Article)
        return found

    def close(self) -> None:
        self.index.close()
        self.database.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    yield archive
    archive.close()


@pytest.fixture
def another_archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "another")
    yield archive
    archive.close()


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the real articles do not lie beside this checkout (../shared/data)")
    return SHARED_DATA
