"""Keeps the index in step with the database: indexes what the outbox owes, and rebuilds the index beside the live one.

Whatever stops it, what is not recorded as done is still owed, and doing it again changes nothing.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from app.domain.article import ArticleSummary
from app.domain.moments import microseconds
from app.search.engine import EngineWriter, IndexBusy, IndexDocument, IndexUnavailable
from app.search.whoosh import create, exists, open_writer
from app.store import articles, index_state, outbox
from app.store.database import Database
from app.store.index_state import LEASE_SECONDS, Lease, LeaseTaken

ARTICLES_A_COMMIT: Final = 2_000
"""How many one commit brings: more would not fit into the writer's memory and be sorted on the disk."""
ARTICLES_AT_ONCE: Final = 200
"""Articles whose text is held in memory at a time."""

Progress = Callable[[int, int], None]
"""Told the articles done and the articles there are."""


class Indexer:
    """Writes the index below `folder`, under the lease that the database keeps."""

    def __init__(self, database: Database, folder: Path, *, alone: bool = False) -> None:
        """alone: start no other processes, since those that there are have work for every processor."""
        self._database = database
        self._folder = folder
        self._alone = alone

    def catch_up(
        self,
        progress: Progress | None = None,
        *,
        wait: float = 0,
        at_least: int = 1,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Index all that is owed; an index that is missing or can't be read is made anew from the database.

        wait: seconds to wait for another process that is writing the index; it may do our share as well. at_least:
        leave off where fewer are owed. stopped: asked between commits whether to leave the rest to others.
        Returns the number of articles looked at. Raises LeaseTaken, LeaseLost, StoreError.
        """
        give_up = time.monotonic() + wait
        while True:
            try:
                return self._catch_up(progress, at_least, stopped)
            except LeaseTaken:
                if time.monotonic() >= give_up:
                    raise
                time.sleep(min(0.1, wait))

    def _catch_up(self, progress: Progress | None, at_least: int, stopped: Callable[[], bool]) -> int:
        with self._database.reading() as connection:
            waiting = outbox.count(connection)
            directory = index_state.read(connection).directory
        if waiting < at_least and (at_least > 1 or (directory is not None and exists(self._folder / directory))):
            return 0
        with self._lease("bringing it up to date") as lease:
            if lease.directory is not None:
                try:
                    return self._drain(lease, lease.directory, lease.generation, progress, at_least, stopped)
                except IndexUnavailable:
                    pass
            return self._rebuild(lease, progress)

    def tidy(self, most: int | None = None) -> bool:
        """Put together what lies in many pieces, as far as that is soon worth it: searches are quicker then.

        most: articles that may be put together, None for any number. Whether there was anything to do; nothing is done
        where another process is at the index, or where it can't be read. Raises LeaseLost, StoreError.
        """
        with suppress(LeaseTaken, IndexUnavailable), self._lease("putting its pieces together") as lease:
            if lease.directory is not None:
                with self._writer(self._folder / lease.directory) as writer:
                    index_state.check(self._database, lease)
                    if writer.tidy(most):
                        with self._database.writing() as connection:
                            index_state.commit_generation(connection, lease, lease.generation + 1, lease.directory)
                        return True
        return False

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build a new index beside the live one, which goes on answering, then put it in its place.

        Returns the number of articles in it. Raises LeaseTaken, LeaseLost, StoreError.
        """
        with self._lease("rebuilding it") as lease:
            return self._rebuild(lease, progress)

    def _rebuild(self, lease: Lease, progress: Progress | None) -> int:
        name = f"index-{lease.fence:06d}"
        directory = self._folder / name
        shutil.rmtree(directory, ignore_errors=True)
        create(directory)
        with self._database.reading() as connection:
            expected = articles.count_listed(connection)
            # Whatever is owed now is in the articles' current state, which is read after this.
            owed = outbox.notes(connection)
        done, uncommitted, after = 0, 0, ""
        with self._writer(directory) as writer:
            while True:
                with self._database.reading() as connection:
                    ids = articles.listed_ids(connection, after, ARTICLES_AT_ONCE)
                    documents = load_documents(connection, ids)
                if not ids:
                    break
                for *earlier, document in documents:
                    writer.put(document, earlier)
                done, after = done + len(documents), ids[-1]
                uncommitted += len(documents)
                if uncommitted >= ARTICLES_A_COMMIT:
                    writer.commit()
                    uncommitted = 0
                if progress is not None:
                    progress(done, max(done, expected))
            index_state.check(self._database, lease)
            writer.commit(whole=True)
        with self._database.writing() as connection:
            outbox.settle(connection, owed)
            index_state.commit_generation(connection, lease, lease.generation + 1, name)
        # What changed while the new index was built is still in the outbox.
        self._drain(lease, name, lease.generation + 1, None)
        self._clear_away(keep=name)
        return done

    def _drain(
        self,
        lease: Lease,
        name: str,
        generation: int,
        progress: Progress | None,
        at_least: int = 1,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        done = 0
        with self._database.reading() as connection:
            expected = outbox.count(connection) if progress is not None else 0
        with self._writer(self._folder / name) as writer:
            while not stopped():
                with self._database.reading() as connection:
                    owed = outbox.owed(connection, ARTICLES_A_COMMIT)
                if len(owed.notes) < at_least:
                    break
                for start in range(0, len(owed.ids), ARTICLES_AT_ONCE):
                    ids = owed.ids[start : start + ARTICLES_AT_ONCE]
                    self._apply(writer, ids)
                    done += len(ids)
                    if progress is not None:
                        progress(done, max(done, expected))
                index_state.check(self._database, lease)
                writer.commit()
                generation += 1
                with self._database.writing() as connection:
                    outbox.settle(connection, owed.notes)
                    index_state.commit_generation(connection, lease, generation, name)
        return done

    def _apply(self, writer: EngineWriter, ids: Sequence[str]) -> None:
        with self._database.reading() as connection:
            documents = {versions[-1].id: versions for versions in load_documents(connection, ids)}
        for id in ids:
            if id in documents:
                *earlier, document = documents[id]
                writer.put(document, earlier)
            else:
                writer.remove(id)

    @contextmanager
    def _writer(self, directory: Path) -> Iterator[EngineWriter]:
        try:
            writer = open_writer(directory, alone=self._alone)
        except IndexBusy as error:
            raise LeaseTaken(str(error)) from None
        try:
            yield writer
        finally:
            writer.close()

    @contextmanager
    def _lease(self, purpose: str) -> Iterator[Lease]:
        lease = index_state.take_lease(self._database, purpose)
        stop = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(lease, stop), daemon=True)
        keeper.start()
        try:
            yield lease
        finally:
            stop.set()
            keeper.join()
            index_state.release(self._database, lease)

    def _keep(self, lease: Lease, stop: threading.Event) -> None:
        while not stop.wait(LEASE_SECONDS / 4):
            try:
                index_state.renew(self._database, lease)
            except index_state.LeaseLost:
                return  # the writer finds out at its next check

    def _clear_away(self, keep: str) -> None:
        """Remove indexes that are not live. Processes that still read one have its files open and are not disturbed."""
        for directory in self._folder.glob("index-*"):
            if directory.name != keep:
                shutil.rmtree(directory, ignore_errors=True)


def load_documents(connection: Connection, ids: Sequence[str]) -> list[list[IndexDocument]]:
    """What the index should hold of these articles: every version of each, the current one last. Articles that it
    should not hold (withdrawn, moved) are left out."""
    found = articles.summaries(connection, ids)
    shared = articles.shared_names(connection, ids)
    stood = articles.history(connection, [article.id for article in found])
    texts = articles.texts_of(connection, [one.version_id for versions in stood.values() for one in versions])
    earlier = articles.summaries_of_versions(
        connection, [one.version_id for versions in stood.values() for one in versions[:-1]]
    )
    documents = []
    for article in found:
        *before, now = stood[article.id]
        names = shared.get(article.id, articles.SharedNames())
        documents.append(
            [
                *(_document(earlier[one.version_id], texts.get(one.version_id, ()), names, one) for one in before),
                _document(article, texts.get(now.version_id, ()), names, now),
            ]
        )
    return documents


def _document(
    article: ArticleSummary, paragraphs: tuple[str, ...], names: articles.SharedNames, stood: articles.Stood
) -> IndexDocument:
    return IndexDocument(
        id=article.id,
        title=article.title,
        summary=article.summary or "",
        paragraphs=paragraphs,
        sources=_united((article.source,) if article.source else (), names.sources),
        authors=_united(article.authors, names.authors),
        topics=_united(article.topics, names.topics),
        date_key=article.published.key if article.published else None,
        year=article.published.year if article.published else None,
        version=stood.number,
        since=microseconds(stood.since),
        until=None if stood.until is None else microseconds(stood.until),
    )


def _united(own: Sequence[str], shared: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*own, *shared)))
