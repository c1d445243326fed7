from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from app.store import tables as t
from app.store.database import Database, StoreError
from app.store.migrate import migrate, newest_revision, revision
from tests.conftest import LONG_ENOUGH, Archive


def test_up_and_down_and_up_again_on_a_database_with_rows(archive: Archive) -> None:
    archive.add({"text": LONG_ENOUGH, "title": "T", "id": "1", "topics": ["ports"], "author": "A", "source": "S"})
    archive.add({"text": LONG_ENOUGH, "title": "T", "id": "2"}, {"text": ""})
    assert migrate(archive.database, to="base")
    assert revision(archive.database) is None
    with archive.database.reading() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert migrate(archive.database)
    assert archive.add("An article after all that.").counts.added == 1


def test_each_migration_goes_up_and_down(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.sqlite3")
    for number in range(1, int(newest_revision()) + 1):
        migrate(database, to=f"{number:04d}")
        assert revision(database) == f"{number:04d}"
    for number in range(int(newest_revision()) - 1, 0, -1):
        migrate(database, to=f"{number:04d}")
        assert revision(database) == f"{number:04d}"
    database.close()


def test_the_migrated_schema_is_that_of_the_tables(archive: Archive) -> None:
    assert t.article is not None
    with archive.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_a_second_migrate_has_nothing_to_do(archive: Archive) -> None:
    assert not migrate(archive.database)


def test_a_database_of_a_newer_program_is_left_alone(archive: Archive) -> None:
    with archive.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer program"):
        migrate(archive.database)
