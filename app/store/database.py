"""Opens the database. Everything that SQLite must be told is told here."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError
from sqlmodel import create_engine

BUSY_TIMEOUT_MS: Final = 30_000
"""How long a statement waits for another process's write before it gives up."""


Changes = tuple[int, int]
"""Stands for a state of the database while a process looks at it."""


class StoreError(Exception):
    """The database can't be used; the message says why and what to do."""


class Database:
    """One database and the two ways to work in it: `reading()` and `writing()`.

    A read sees one state of the database from beginning to end and never waits for a writer. A write is one
    transaction that holds the write lock from its start, so that what it read is still so when it commits.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = make_url(url)
        self.sqlite_file = Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None
        if self.sqlite_file is not None:
            _check_folder(self.sqlite_file)
        self.engine: Engine = create_engine(url)
        if self.sqlite_file is not None:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            event.listen(self.engine, "handle_error", _roll_back_when_interrupted)
        self._glimpsing = threading.Lock()
        self._glimpses: sqlite3.Connection | None = None
        self._times_opened = 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._explained(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._explained(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def glimpse(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]] | None:
        """The rows of one small statement, at once or not at all: None where the database would have to be waited for,
        can't be used, or is none of SQLite's.

        For what is asked with every request: a tenth of what `reading()` takes, as nothing is set up for it.
        """
        if self.sqlite_file is None:
            return None
        with self._glimpsing:
            try:
                if self._glimpses is None:
                    self._glimpses = _read_only(self.sqlite_file)
                    self._times_opened += 1
                return self._glimpses.execute(statement, parameters).fetchall()
            except sqlite3.Error:
                self._end_glimpses()
                return None

    def changes(self) -> Changes | None:
        """Another value after each commit to the database, by whomever; None where `glimpse` is None.

        It tells nothing to other processes, nor after a restart.
        """
        found = self.glimpse("PRAGMA data_version")
        # SQLite counts anew for each connection.
        return None if found is None else (self._times_opened, int(found[0][0]))

    def _end_glimpses(self) -> None:
        if self._glimpses is not None:
            self._glimpses.close()
            self._glimpses = None

    @property
    def size(self) -> int:
        """Bytes of a SQLite database, with what is still in its write-ahead log."""
        if self.sqlite_file is None:
            return 0
        files = (self.sqlite_file, Path(f"{self.sqlite_file}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        with self._glimpsing:
            self._end_glimpses()
        self.engine.dispose()

    def answers(self) -> bool:
        """Whether a query over the archive's tables gets an answer now."""
        try:
            with self.reading() as connection:
                connection.execute(text("SELECT count(*) FROM index_state"))
        except StoreError:
            return False
        return True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError):
            raise  # about the values, not about the database
        except DatabaseError as error:
            raise StoreError(self._explain(str(error.orig))) from error

    def _explain(self, said: str) -> str:
        where = self.sqlite_file or make_url(self.url).render_as_string(hide_password=True)
        if "no such table" in said or "no such column" in said:
            return f"The database {where} is not at the newest schema ({said}). Run `policy-archive migrate`."
        if "locked" in said or "busy" in said:
            return (
                f"The database {where} is held by another process that has been writing for too long. Try again later."
            )
        if "readonly" in said or "unable to open" in said:
            return (
                f"The database {where} can't be opened for writing ({said}). "
                "Check that its folder exists and who may write in it."
            )
        if "full" in said:
            return (
                f"The disk that holds the database {where} is full. Nothing of the last batch was stored; "
                "free some space and run again."
            )
        if "not a database" in said or "malformed" in said:
            return f"The database {where} is damaged ({said}). Restore it from a backup, or move it away."
        return f"The database {where} does not work: {said}"


def _check_folder(file: Path) -> None:
    folder = file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} can't be made: {error.strerror}. Choose another with ARCHIVE_DATA_DIR."
        ) from None


def _read_only(file: Path) -> sqlite3.Connection:
    """A connection that neither writes nor waits; threads may take turns with it."""
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None, check_same_thread=False
    )


def _set_up_sqlite(dbapi: sqlite3.Connection, _record: Any) -> None:
    dbapi.isolation_level = None  # transactions are begun by _begin_sqlite, not behind our back
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -32768",
        "temp_store = MEMORY",
    ):
        dbapi.execute(f"PRAGMA {pragma}")
    _log_ahead(dbapi)


def _log_ahead(dbapi: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, which SQLite remembers with the file.

    Where several processes open a new file at once, it refuses all but one of them without waiting, whatever the busy
    timeout says.
    """
    give_up = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            dbapi.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= give_up:
                raise
            time.sleep(0.01)


def _roll_back_when_interrupted(context: ExceptionContext) -> None:
    """SQLAlchemy would close the connection; but SQLite keeps one that has unfinished statements, and its lock, until
    nothing refers to them, and the traceback does. So it is left open, and the transaction is rolled back as ever."""
    if isinstance(context.original_exception, KeyboardInterrupt):
        context.is_disconnect = False


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
