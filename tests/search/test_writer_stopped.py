"""Writers that are killed, or that find the disk full, in the middle of a merge: a real process, stopped by the system
at a byte of the file that it is writing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from whoosh.index import FileIndex

from app.search.engine import IndexDocument
from app.search.whoosh import open_writer
from app.search.whoosh.schema import INDEX_NAME, schema
from app.search.whoosh.storage import DurableStorage
from tests.search.small_index import SmallIndex, document

BEFORE = 15
EACH = 20
"""Articles a commit: fifteen such segments stand side by side, and the sixteenth has all of them merged."""

OWN_WORDS = 100
"""Of each article, which no other has: the file of the terms is then larger than that of the documents."""

WRITE = """
import resource, signal, sys
from pathlib import Path
from app.search.whoosh import open_writer
from tests.search.test_writer_stopped import EACH, articles, BEFORE
if sys.argv[2] == "killed":
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
writer = open_writer(Path(sys.argv[1]))
for article in articles(BEFORE):
    writer.put(article)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    writer.commit()
except OSError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.put(articles(BEFORE)[0])
    writer.commit()
    print(error)
writer.close()
"""


def articles(commit: int) -> list[IndexDocument]:
    return [
        document(
            f"d{commit}-{number}",
            f"commit{commit} common",
            " ".join(f"own{commit}x{number}x{word}" for word in range(OWN_WORDS)),
        )
        for number in range(EACH)
    ]


@pytest.fixture(scope="module")
def unmerged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = SmallIndex(tmp_path_factory.mktemp("unmerged") / "index")
    for commit in range(BEFORE):
        index.commit(*articles(commit))
    assert len(list(index.directory.glob("*.seg"))) == 2 * BEFORE
    return index.directory


@pytest.fixture(scope="module")
def merged_sizes(unmerged: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Of each kind of file, how large the merge makes it."""
    directory = shutil.copytree(unmerged, tmp_path_factory.mktemp("merged") / "index")
    add(directory, BEFORE)
    return {path.name.split(".")[-2]: path.stat().st_size for path in directory.glob("*.seg")}


def stopped(directory: Path, how: str, most: int) -> subprocess.CompletedProcess[str]:
    """A process that writes the sixteenth commit and may make no file larger than so many bytes."""
    return subprocess.run(
        [sys.executable, "-c", WRITE, str(directory), how, str(most)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=60,
    )


MOMENTS = ["early in the documents", "late in the documents", "early in the terms", "at the end of the terms"]


def most_bytes(moment: str, sizes: dict[str, int]) -> int:
    documents, terms = sizes["documents"], sizes["terms"]
    assert documents < terms
    return {
        MOMENTS[0]: documents // 8,
        MOMENTS[1]: documents - 200,
        MOMENTS[2]: documents + (terms - documents) // 8,
        MOMENTS[3]: terms - 200,
    }[moment]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_writer_killed_while_it_merges_leaves_what_was_committed(
    unmerged: Path, merged_sizes: dict[str, int], tmp_path: Path, moment: str
) -> None:
    directory = shutil.copytree(unmerged, tmp_path / "index")
    done = stopped(directory, "killed", most_bytes(moment, merged_sizes))
    assert done.returncode == -signal.SIGXFSZ, done.stderr
    assert found(directory) == BEFORE * EACH
    assert_it_goes_on(directory)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_merge_that_finds_the_disk_full_leaves_what_was_committed_and_can_be_done_again(
    unmerged: Path, merged_sizes: dict[str, int], tmp_path: Path, moment: str
) -> None:
    directory = shutil.copytree(unmerged, tmp_path / "index")
    done = stopped(directory, "full", most_bytes(moment, merged_sizes))
    assert done.returncode == 0 and "File too large" in done.stdout, done.stderr
    assert found(directory) == BEFORE * EACH + 1
    assert_it_goes_on(directory)


def assert_it_goes_on(directory: Path) -> None:
    add(directory, BEFORE)
    assert found(directory) == (BEFORE + 1) * EACH
    assert_nothing_is_left_over(directory)


def add(directory: Path, commit: int) -> None:
    with open_writer(directory) as writer:
        for article in articles(commit):
            writer.put(article)
        writer.commit()


def found(directory: Path) -> int:
    index = SmallIndex(directory, make=False)
    every = index.search("common").total
    assert index.search("own3x4x5").total == 1 and index.engine.document_count() == every
    return every


def assert_nothing_is_left_over(directory: Path) -> None:
    kept = {path.name.rsplit(".", 2)[-2] for path in directory.glob("*.seg")}
    assert kept == {"documents", "terms"} and len(list(directory.glob("*.seg"))) == 2 * segments(directory)


def segments(directory: Path) -> int:
    with FileIndex(DurableStorage(directory), schema(), INDEX_NAME).reader() as reader:
        return len(list(reader.leaf_readers()))
