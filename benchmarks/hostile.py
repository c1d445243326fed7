"""Times queries that were made to hurt, on a large archive, through the web server.

Usage: python benchmarks/hostile.py FOLDER [PATH ARTICLES]
FOLDER is the archive's data folder. Where it is empty, ARTICLES articles are made by mixing the paragraphs of the
articles in PATH at random (always the same way), ingested and indexed first, which takes minutes.
Prints one line a query: status, milliseconds, size of the page, and what the process has grown by since it was warm.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from app.domain.canonical import canonical_text
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.indexer import Indexer
from app.settings import Settings
from app.store import articles, permalinks
from app.store.database import Database
from app.store.migrate import migrate

PARAGRAPHS = 5
"""Of a mixed article."""

QUERIES: dict[str, dict[str, str]] = {
    "a word": {"q": "government"},
    "a sentence": {"q": "what did the government do to protect the health of people who work in schools"},
    "*": {"q": "*"},
    "*a*": {"q": "*a*"},
    "a* b* c*": {"q": "a* b* c*"},
    "title:a*": {"q": "title:a*"},
    "a* NEAR/9 b*": {"q": "a* NEAR/9 b*"},
    "1,000 clauses": {"q": " OR ".join(f"word{i}" for i in range(1000))},
    "1,000 known words": {"q": " OR ".join("government people state policy law water school".split() * 143)},
    "fuzzy on every word": {"q": " ".join(f"{word}~" for word in ("goverment", "peple", "stte", "polcy") * 25)},
    '"a"~1000000': {"q": '"a"~1000000'},
    '"the of"~1000000': {"q": '"the of"~1000000'},
    '"of the"': {"q": '"of the"'},
    "1 MB": {"q": "government " * 95_000},
    "1 MB of (": {"q": "(" * 1_000_000},
    "page=10^9": {"q": "government", "page": "1000000000"},
    "100 a page, explained": {"q": "government policy", "per_page": "100", "explain": "1"},
    "many stars": {"q": " ".join("*".join("aeiourstln") for _ in range(20))},
}


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    settings = Settings(data_dir=folder, _env_file=None)
    if not (folder / "archive.sqlite3").exists():
        make(settings, arguments[1], int(arguments[2]))
    with free_port() as port:
        pass
    environment = {**os.environ, "ARCHIVE_DATA_DIR": str(folder)}
    serve = [sys.executable, "-m", "app.cli.main", "serve", "--port", str(port)]
    with subprocess.Popen(serve, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            ask_all(port, server.pid)
        finally:
            server.terminate()


def ask_all(port: int, process: int) -> None:
    while ask(port, {"q": "warm"})[0] != 200:
        time.sleep(1)
    time.sleep(15)  # what is read ahead is read now
    before = memory_mb(process)
    print(f"{before} MB when warm")
    for name, parameters in QUERIES.items():
        for turn in ("first", "again"):
            started = time.perf_counter()
            status, size = ask(port, parameters)
            taken = (time.perf_counter() - started) * 1000
            grown = memory_mb(process) - before
            print(f"{name:24} {turn:6} {status} {taken:8.0f} ms {size / 1000:8.0f} kB {grown:+6} MB", flush=True)


def ask(port: int, parameters: dict[str, str]) -> tuple[int, int]:
    """Status and size of a page of results; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", f"/search?{urlencode(parameters)}")
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    except ConnectionRefusedError:
        return 0, 0
    finally:
        connection.close()


@contextmanager
def free_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def make(settings: Settings, path: str, wanted: int) -> None:
    database = Database(settings.database)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(database)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder, "mixed.jsonl")
        with open(records, "w", encoding="utf-8") as lines:
            for record in mixed(path, wanted):
                lines.write(json.dumps(record) + "\n")
        inputs, _ = find_inputs([str(records)], None)
        ingest(database, inputs, Given())
    Indexer(database, settings.index_folder).catch_up(lambda done, total: print(f"{done:,} of {total:,}", end="\r"))
    database.close()


def mixed(path: str, wanted: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/archive.sqlite3")
        migrate(database)
        inputs, wrong = find_inputs([path], None)
        if wrong:
            sys.exit("\n".join(map(str, wrong)))
        ingest(database, inputs, Given())
        titles: list[str] = []
        paragraphs: list[str] = []
        with database.reading() as connection:
            for id in articles.listed_ids(connection, "", 1_000_000):
                article = permalinks.find(connection, id)
                if article is not None and hasattr(article, "paragraphs"):
                    titles.append(article.title.value)
                    paragraphs += [canonical_text([one]) for one in article.paragraphs if len(one.text) > 200]
        database.close()
    dice = random.Random(7)
    for number in range(wanted):
        yield {
            "id": f"mixed-{number}",
            "title": dice.choice(titles),
            "text": "\n\n".join(dice.choices(paragraphs, k=PARAGRAPHS)),
            "source": f"Source {number % 40}",
            "author": f"Author {number % 5000}",
            "published": f"{1990 + number % 35}-{1 + number % 12:02}-{1 + number % 28:02}",
            "topics": [f"topic {number % 300}"],
        }


def memory_mb(process: int) -> int:
    """Memory of a process's own: pages of files, which the system takes back as it likes, are not counted."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError(f"there is no RssAnon in /proc/{process}/status")


if __name__ == "__main__":
    main(sys.argv[1:])
