import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.store import index_state
from app.store import tables as t
from app.store.index_state import LeaseLost, LeaseTaken, check, commit_generation, release, renew, take_lease
from tests.conftest import Archive


def test_one_process_at_a_time_holds_the_lease(archive: Archive) -> None:
    lease = take_lease(archive.database, "testing it")
    with pytest.raises(LeaseTaken, match=rf"process {os.getpid()}/.* \(testing it\)"):
        take_lease(archive.database, "testing it too")
    release(archive.database, lease)
    assert take_lease(archive.database, "testing it too").fence == lease.fence + 1


def test_a_holder_that_slept_past_its_lease_can_change_nothing(archive: Archive) -> None:
    old = take_lease(archive.database, "sleeping")
    with archive.database.writing() as connection:
        connection.execute(update(t.index_state).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    new = take_lease(archive.database, "working")
    for forbidden in (renew, check):
        with pytest.raises(LeaseLost):
            forbidden(archive.database, old)
    with pytest.raises(LeaseLost), archive.database.writing() as connection:
        commit_generation(connection, old, 99, "index-old")
    release(archive.database, old)
    check(archive.database, new)


def test_the_lease_of_a_dead_process_is_free_at_once(archive: Archive) -> None:
    script = (
        "import os, signal, sys\n"
        "from app.store.database import Database\n"
        "from app.store.index_state import take_lease\n"
        "take_lease(Database(sys.argv[1]), 'dying')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, archive.settings.database], check=False)
    with archive.database.reading() as connection:
        assert index_state.read(connection).purpose == "dying"
    take_lease(archive.database, "living")
