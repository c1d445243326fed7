import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.database import Database, StoreError


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
