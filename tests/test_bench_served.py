"""`make bench-http` puts the same articles into two systems, reads any page, and compares in turns."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import served
from benchmarks.engines.mixing import corpus_of
from benchmarks.pages import Asked, Browser, run, server

SEEDS = str(Path(__file__).parents[1] / "seeds")

STREAMING = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one ", b"two two ", b"x" * 70_000):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


@pytest.fixture(scope="module")
def streaming() -> Iterator[int]:
    with server([sys.executable, "-c", STREAMING]) as port:
        yield port


def test_a_page_in_chunks_is_read_to_its_end(streaming: int) -> None:
    browser = Browser(streaming)
    answers = [browser.get(Asked("/")) for _ in range(2)]
    browser.close()
    assert [(answer.status, answer.size) for answer in answers] == [(200, 70_012)] * 2


def test_when_there_is_nothing_left_to_ask_for_it_says_so(streaming: int) -> None:
    with pytest.raises(SystemExit, match="There is nothing left to ask for"):
        run(streaming, iter([Asked("/")] * 3), seconds=60, clients=2, wanted=200)


def test_both_systems_hold_the_articles_and_are_made_once(tmp_path: Path) -> None:
    corpus = corpus_of([SEEDS], 30, tmp_path)
    paths = served.archive_of(corpus, tmp_path / "ours")
    assert len(set(paths)) == 30
    assert served.archive_of(corpus, tmp_path / "ours") == paths
    file = served.database_of(corpus, tmp_path)
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT count(*), count(year) FROM article").fetchone()[0] == 30
    word, stem = next((form, stem) for stem, form in corpus.forms.items() if corpus.frequencies[stem] == 2)
    found = connection.execute("SELECT rowid FROM article_search WHERE article_search MATCH ?", (word,)).fetchall()
    connection.close()
    assert len(found) == corpus.frequencies[stem]
    written = file.stat().st_mtime_ns
    assert served.database_of(corpus, tmp_path).stat().st_mtime_ns == written


def page(*rates: float) -> dict[str, Any]:
    return {str(clients): {"a_second": rates[0], "p50_ms": 1.0, "p99_ms": 2.0, "rates": rates} for clients in (1, 8)}


def test_ratios_are_the_median_of_the_rounds() -> None:
    found = {
        "ours: a search": page(30.0, 10.0, 40.0),
        "a bare page as large": page(300.0, 1000.0, 400.0),
        "Datasette: a search": page(10.0, 10.0, 10.0),
    }
    assert served.tables(found, 30, 3).count("| ours: a search | 30 | 1.0 / 2.0 | 3.00 | 0.10 |") == 2


def test_without_datasette_its_column_is_empty() -> None:
    found = {"ours: a search": page(30.0), "a bare page as large": page(300.0)}
    assert "| ours: a search | 30 | 1.0 / 2.0 | – | 0.10 |" in served.tables(found, 30, 1)
