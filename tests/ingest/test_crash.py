"""kill -9 at any moment: the same ingest again makes the archive that an undisturbed run makes."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Archive

WORDS = "port ship trade aid court climate health vote minister budget treaty coalition tariff election".split()
KILLS = 10


def make_input(folder: Path) -> Path:
    """Articles, second versions, duplicates, bad lines."""
    chance = random.Random(7)
    lines = []
    for n in range(120):
        text = " ".join(chance.choices(WORDS, k=60)) + f" number{n}"
        record = {
            "id": str(n % 100),
            "source": f"Source {n % 7}",
            "title": f"Article {n}",
            "text": text,
            "published": f"20{n % 20:02d}-01-01",
            "topics": [chance.choice(WORDS)],
            "author": f"Author {n % 11}",
        }
        lines.append(json.dumps(record) if n % 40 else '{"text": "cut off')
        if n % 50 == 1:
            lines.append(json.dumps({**record, "id": f"again-{n}", "source": "Another"}))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "articles.jsonl"
    path.write_text("\n".join(lines))
    return path


def run_ingest(folder: Path, path: Path) -> None:
    archive = Archive(folder)
    archive.ingest(path)
    archive.close()


def contents(folder: Path) -> dict[str, Any]:
    """All that the archive holds and finds, without row numbers and times."""
    archive = Archive(folder)
    with archive.database.reading() as connection:
        ask = connection.exec_driver_sql
        tables = {
            "articles": "SELECT id, identity_key, slug, current, duplicate_key, represented_by FROM article ORDER BY 1",
            "versions": "SELECT article_id, number, fixity, metadata_digest, title, words, place, published_key, s.name"
            " FROM version LEFT JOIN source s ON s.id = source_id ORDER BY article_id, number",
            "paragraphs": "SELECT article_id, v.number, p.number, kind, text FROM paragraph p"
            " JOIN version v ON v.id = version_id ORDER BY 1, 2, 3",
            "authors": "SELECT article_id, number, position, name FROM version_author"
            " JOIN author ON author.id = author_id JOIN version v ON v.id = version_id ORDER BY 1, 2, 3",
            "topics": "SELECT article_id, number, position, name FROM version_topic JOIN topic ON topic.id = topic_id"
            " JOIN version v ON v.id = version_id ORDER BY 1, 2, 3",
            "rejections": "SELECT file, number, reason, raw FROM rejection ORDER BY digest",
            "owed": "SELECT count(*) FROM outbox",
        }
        found: dict[str, Any] = {name: [tuple(row) for row in ask(query)] for name, query in tables.items()}
    with archive.index.engine() as engine:
        found["indexed"] = sorted(engine.document_ids())
    for query in ("", *WORDS[:4], "port ship", '"court climate"', "-vote", "number17"):
        page = archive.search(query, per_page=100)
        found[query] = (page.result.total, [hit.article.id for hit in page.hits], page.result.facets)
    archive.close()
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_ingest_killed_at_any_moment_goes_on(tmp_path: Path) -> None:
    path = make_input(tmp_path / "input")
    run_ingest(tmp_path / "undisturbed", path)
    started = time.monotonic()
    # As long as those take that will be killed, to which a forked process brings what this one has learned by then.
    run_ingest(tmp_path / "timed", path)
    seconds = time.monotonic() - started
    expected = contents(tmp_path / "undisturbed")
    assert expected["owed"] == [(0,)]
    assert len(expected["indexed"]) > 90

    chance = random.Random()
    fork = multiprocessing.get_context("fork")
    killed = 0
    for n in range(3 * KILLS):
        if killed == KILLS:
            break
        folder = tmp_path / f"killed-{n}"
        child = fork.Process(target=run_ingest, args=(folder, path))
        child.start()
        moment = chance.uniform(0.02, seconds)
        child.join(moment)
        if child.is_alive() and child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)
            killed += 1
        else:
            seconds *= 0.7  # the machine was busier while it was timed
        child.join()
        run_ingest(folder, path)
        assert contents(folder) == expected, f"killed after {moment:.3f} s of {seconds:.3f} s"
    assert killed >= 3, "an ingest ended before it could be killed, again and again"
