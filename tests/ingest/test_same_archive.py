"""The same input makes the same archive: in any order, from several processes at once, and over a crash."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest

from app.store.proof import database_problems
from tests.conftest import LONG_ENOUGH, Archive

RECORDS: list[dict[str, Any]] = [
    *({"url": f"https://{name}.example/port?utm_source=x", "title": "Port", "text": LONG_ENOUGH} for name in "abcd"),
    *(
        {"id": str(n), "source": f"S{n % 3}", "title": f"Title {n}", "text": f"The text of number {n}."}
        for n in range(40)
    ),
    *({"text": f"Neither address nor id, only text {n}."} for n in range(10)),
]


def permalinks(archive: Archive) -> list[tuple[Any, ...]]:
    """Every permalink there is, what it leads to, and its versions' sha256."""
    with archive.database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT a.id, slug, current, represented_by, v.number, fixity, metadata_digest"
            " FROM article a JOIN version v ON v.article_id = a.id ORDER BY a.id, v.number"
        )
        rows = [tuple(row) for row in found]
        assert list(database_problems(connection)) == []
    return rows


def _write(folder: Path, name: str, records: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def _ingest(folder: Path, *paths: Path) -> None:
    archive = Archive(folder)
    for path in paths:
        archive.ingest(path)
    archive.close()


@pytest.fixture
def expected(archive: Archive) -> list[tuple[Any, ...]]:
    archive.add(*RECORDS)
    return permalinks(archive)


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order(another_archive: Archive, expected: list[tuple[Any, ...]], seed: int) -> None:
    shuffled = random.Random(seed).sample(RECORDS, len(RECORDS))
    for start in range(0, len(shuffled), 17):
        another_archive.add(*shuffled[start : start + 17])
    assert permalinks(another_archive) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_from_several_processes_at_once(tmp_path: Path, expected: list[tuple[Any, ...]]) -> None:
    folder = tmp_path / "together"
    _ingest(folder, _write(tmp_path, "none.jsonl", RECORDS[:1]))
    parts = [_write(tmp_path, f"{n}.jsonl", RECORDS[n::3] + RECORDS[:4]) for n in range(3)]
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_ingest, args=(folder, part)) for part in parts]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    archive = Archive(folder)
    assert permalinks(archive) == expected
    archive.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_over_a_crash(tmp_path: Path, expected: list[tuple[Any, ...]]) -> None:
    folder = tmp_path / "killed"
    path = _write(tmp_path, "all.jsonl", RECORDS)
    chance = random.Random(5)
    for _ in range(3):
        child = multiprocessing.get_context("fork").Process(target=_ingest, args=(folder, path))
        child.start()
        child.join(chance.uniform(0.05, 0.6))
        if child.is_alive() and child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)
        child.join()
    _ingest(folder, path)
    archive = Archive(folder)
    assert permalinks(archive) == expected
    archive.close()
