"""Large batches are indexed by several processes, to the same effect as by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.search.engine import IndexDocument
from app.search.whoosh import workers
from app.search.whoosh.workers import Workers
from tests.search.small_index import SmallIndex, document

ARTICLES = [
    document(f"a{number:04}", f"word{number % 7} common US trade", f"again {number}", title=f"Title {number % 50}")
    for number in range(workers.WORTH_IT + 200)
]
QUERIES = [
    "common",
    "word3 -title:7",
    '"US trade"',
    "again NEAR/3 17",
    "titl*",
    "trade or common or word3 or title or us now",
]


def answers(index: SmallIndex) -> list[tuple[int, list[str]]]:
    found = [index.search(query, per_page=50) for query in QUERIES]
    return [(one.total, [hit.id for hit in one.hits]) for one in found]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, on a machine with one processor, too."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


@pytest.mark.usefixtures("two")
def test_several_processes_make_the_same_index_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_several = SmallIndex(tmp_path / "several")
    by_several.commit(*ARTICLES, remove=("a0003",))
    monkeypatch.setattr(workers, "WORTH_IT", len(ARTICLES) + 1)
    by_one = SmallIndex(tmp_path / "one")
    by_one.commit(*ARTICLES, remove=("a0003",))
    assert answers(by_several) == answers(by_one)
    assert by_several.search("common").total == len(ARTICLES) - 1


@pytest.mark.usefixtures("two")
def test_where_a_process_dies_the_writer_does_its_work(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    hurt = Workers(index.directory)
    hurt.write([document("first", "x")] * workers.WORTH_IT)
    assert hurt._pool is not None
    for process in list(hurt._pool._processes.values()):
        os.kill(process.pid or 0, signal.SIGKILL)
    segments = hurt.write(ARTICLES)
    assert sum(segment.doc_count_all() for segment in segments) == len(ARTICLES)
    hurt.stop()


WRITE_AND_WAIT = """
import os, sys, time
from pathlib import Path
from app.search.engine import IndexDocument
from app.search.whoosh import workers
os.sched_getaffinity = lambda _: {0, 1}
if __name__ == "__main__":
    pool = workers.Workers(Path(sys.argv[1]))
    pool.write([IndexDocument(f"d{n}", "", "", ("text",)) for n in range(workers.WORTH_IT)])
    print(*pool._pool._processes, flush=True)
    time.sleep(60)
"""


def test_a_writer_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "write.py"
    script.write_text(WRITE_AND_WAIT)
    index = SmallIndex(tmp_path / "index")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), str(index.directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2
        process.kill()
    give_up = time.monotonic() + 20
    while any(map(is_running, pids)):
        assert time.monotonic() < give_up, "a worker outlived its writer"
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be counted out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_few_articles_start_no_process(tmp_path: Path) -> None:
    index = SmallIndex(tmp_path / "index")
    few = Workers(index.directory)
    (segment,) = few.write([IndexDocument("a", "", "", ("x",))])
    assert segment.doc_count_all() == 1
    assert few._pool is None
