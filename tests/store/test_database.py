import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text

from app.store import tables
from app.store.database import Database, StoreError
from tests.conftest import Archive


def test_sqlite_is_told_everything_on_every_connection(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    for _ in range(2):
        with database.reading() as connection:
            told = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
        assert told == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 2}
    database.close()


def test_people_read_while_a_batch_is_written(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with database.writing() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        seen: list[int] = []

        def read() -> None:
            with database.reading() as reader:
                seen.append(reader.execute(text("SELECT count(*) FROM t")).scalar_one())

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(5)
        assert seen == [0]
    database.close()


def test_a_failed_batch_leaves_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with pytest.raises(StoreError), database.writing() as connection:  # noqa: PT012
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.execute(text("INSERT INTO no_such_table VALUES (1)"))
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    database.close()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"data folder .*file/data.* can't be made"):
        Database(f"sqlite:///{tmp_path}/file/data/a.sqlite3")


def test_a_database_without_a_schema_says_what_to_do(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with pytest.raises(StoreError, match="policy-archive migrate"), database.reading() as connection:
        connection.execute(text("SELECT * FROM article"))
    database.close()


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").write_bytes(b"this is a letter, not a database" * 100)
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with pytest.raises(StoreError, match="not a database"), database.reading():
        pass
    database.close()


def test_a_glimpse_sees_what_is_committed_and_that_something_was(archive: Archive) -> None:
    database, count = archive.database, "SELECT count(*) FROM source WHERE name = :name"
    before = database.changes()
    assert before == database.changes()
    with database.writing() as connection:
        connection.execute(insert(tables.source).values(name="Board"))
        assert database.glimpse(count, name="Board") == [(0,)]
        assert database.changes() == before
    assert database.glimpse(count, name="Board") == [(1,)]
    assert database.changes() != before


def test_a_glimpse_neither_writes_nor_raises(archive: Archive, tmp_path: Path) -> None:
    database = archive.database
    assert database.glimpse("DELETE FROM article") is None
    assert database.glimpse("SELECT nothing FROM nowhere") is None
    empty = Database(f"sqlite:///{tmp_path}/nothing.sqlite3")
    assert empty.glimpse("SELECT 1") is None
    assert empty.changes() is None
    assert not (tmp_path / "nothing.sqlite3").exists()
    empty.close()


def test_a_glimpse_does_not_wait_for_who_holds_the_database_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    alone = sqlite3.connect(tmp_path / "a.sqlite3")
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA locking_mode = EXCLUSIVE", "CREATE TABLE t (n INTEGER)"):
        alone.execute(statement)
    assert database.glimpse("SELECT count(*) FROM t") is None
    alone.close()
    assert database.glimpse("SELECT count(*) FROM t") == [(0,)]
    database.close()


def test_changes_are_told_apart_over_a_failure_in_between(archive: Archive) -> None:
    before = archive.database.changes()
    assert archive.database.glimpse("SELECT nothing FROM nowhere") is None
    assert archive.database.changes() != before


def test_a_new_database_that_another_is_just_beginning_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE begun (x)")
    # SQLite itself would refuse the switch to write-ahead logging at once.
    done = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    done.start()
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    with database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("SELECT count(*) FROM begun").scalar() == 0
    done.join()
    database.close()
    other.close()


def test_what_is_interrupted_lets_go_of_the_lock_at_once(archive: Archive) -> None:
    """Even while the interrupt, and all that it refers to, is at hand. Else the second would wait for half a minute."""
    database = archive.database
    with database.writing() as connection:
        connection.execute(insert(tables.source), [{"name": "One"}, {"name": "Two"}])

    def interrupt(*_said: object) -> None:
        event.remove(database.engine, "after_cursor_execute", interrupt)
        raise KeyboardInterrupt

    try:
        with database.writing() as connection:
            event.listen(database.engine, "after_cursor_execute", interrupt)
            connection.execute(select(tables.source))
    except KeyboardInterrupt:
        with database.writing() as connection:
            connection.execute(insert(tables.source), [{"name": "Three"}])
    with database.reading() as connection:
        assert connection.execute(select(tables.source.c.name)).scalars().all() == ["One", "Two", "Three"]
