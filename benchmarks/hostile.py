"""Times queries that were made to hurt, on a large archive, through the site itself.

Usage: python benchmarks/hostile.py FOLDER [PATH ARTICLES]
FOLDER is the archive's data folder. Where it is empty, ARTICLES articles are made by mixing the paragraphs of the
articles in PATH at random (always the same way), ingested and indexed first, which takes minutes.
Prints one line a query: status, milliseconds, size of the page, and what the process has grown by since it was warm.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from fastapi.testclient import TestClient

from app.domain.canonical import canonical_text
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.indexer import Indexer
from app.settings import Settings
from app.store import articles
from app.store.database import Database
from app.store.migrate import migrate
from app.web.app import create_app

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
    with TestClient(create_app(settings)) as site:
        while site.get("/search", params={"q": "warm"}).status_code != 200:
            time.sleep(1)
        time.sleep(10)  # what is read ahead is read now
        before = resident_mb()
        print(f"{site.get('/search.json').json()['total']:,} articles; {before} MB when warm")
        for name, parameters in QUERIES.items():
            for turn in ("first", "again"):
                started = time.perf_counter()
                answer = site.get(f"/search?{urlencode(parameters)}")
                taken = (time.perf_counter() - started) * 1000
                size = len(answer.content) / 1000
                grown = resident_mb() - before
                print(f"{name:24} {turn:6} {answer.status_code} {taken:8.0f} ms {size:8.0f} kB {grown:+6} MB")


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
                article = articles.find(connection, id)
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


def resident_mb() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("there is no VmRSS in /proc/self/status")


if __name__ == "__main__":
    main(sys.argv[1:])
