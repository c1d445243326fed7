"""Times pages as a browser gets them: an article, the same when the browser holds it already, searches; each beside a
bare page of the same size from the same server, which is the most that any page of ours could reach.

Usage: python benchmarks/pages.py [--seconds S] [--rounds N]   (on the archive in ARCHIVE_DATA_DIR)
Prints one JSON object. Rounds go over all kinds in turn, so that what else the machine does meets all alike; each
figure is the median of the rounds. One worker, one request at a time unless --clients says more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import select

from app.settings import Settings
from app.store import tables as t
from app.store.articles import listed
from app.store.database import Database
from benchmarks.archive import WORDS

HOST = "127.0.0.1"
BARE = "benchmarks.pages:bare"
SIZE = "POLICY_ARCHIVE_BARE_SIZE"
WARM = 20
"""Pages of the kind "an article again": so many articles, asked for over and over."""


async def bare(scope: Any, _receive: Any, send: Any) -> None:
    """An ASGI application that knows one page."""
    if scope["type"] != "http":
        return
    page = b"<!doctype html>".ljust(int(os.environ[SIZE]), b"x")
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(page))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page})


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    size: int
    seconds: float


class Browser:
    """One connection that is kept open. As simple as can be, so that it costs less than what it measures."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def get(self, asked: Asked) -> Answer:
        started = time.perf_counter()
        self._socket.sendall(f"GET {asked.path} HTTP/1.1\r\nHost: {HOST}\r\n{asked.headers}\r\n".encode())
        status = int(self._file.readline().split()[1])
        headers = {}
        while (line := self._file.readline()) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            size = sum(self._chunks())
        else:
            size = int(headers.get("content-length", 0))
            self._file.read(size)
        return Answer(status, headers, size, time.perf_counter() - started)

    def _chunks(self) -> Iterator[int]:
        """Read past the chunks of a page; their sizes."""
        while size := int(self._file.readline().partition(b";")[0], 16):
            self._file.read(size + 2)
            yield size
        while self._file.readline() != b"\r\n":  # trailers
            pass

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@contextmanager
def server(command: Sequence[str], **environment: str) -> Iterator[int]:
    """The port of a server that is up. command: gets the port as its last argument."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], env={**os.environ, **environment})
    try:
        for _ in range(300):
            if process.poll() is not None:
                sys.exit(f"The server ended with {process.returncode}.")
            try:
                Browser(port).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def bare_server(size: int) -> Any:
    program = (
        f"import sys, uvicorn; uvicorn.run({BARE!r}, port=int(sys.argv[1]), log_level='warning', access_log=False)"
    )
    return server([sys.executable, "-c", program], **{SIZE: str(size)})


def our_server(**environment: str) -> Any:
    return server([sys.executable, "-c", "from app.cli.main import main; main()", "serve", "--port"], **environment)


def run(port: int, asked: Iterator[Asked], seconds: float, clients: int, wanted: int) -> list[float]:
    """Seconds that each answer took. Stops with a sentence at an answer of another status than wanted, and where there
    is nothing left to ask for."""
    taken: list[float] = []
    wrong: list[str] = []
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def ask() -> None:
        browser = Browser(port)
        while time.perf_counter() < until and not wrong:
            with lock:
                one = next(asked, None)
            if one is None:
                wrong.append("There is nothing left to ask for; measure for a shorter time.")
                break
            answer = browser.get(one)
            if answer.status != wanted:
                wrong.append(f"{one.path} answered {answer.status}.")
            taken.append(answer.seconds)
        browser.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit(wrong[0])
    return taken


def article_paths() -> list[str]:
    database = Database(Settings().database)
    with database.reading() as connection:
        rows = connection.execute(listed(select(t.article.c.id, t.article.c.slug)).order_by(t.article.c.id)).all()
    database.close()
    paths = [f"/a/{id}/{quote(slug)}" for id, slug in rows]
    random.Random(7).shuffle(paths)
    return paths


def searches() -> Iterator[Asked]:
    """Queries of two words, each another one, and of three when those are used up."""
    pairs = [f"{one} {other}" for one in WORDS for other in WORDS if one != other]
    random.Random(7).shuffle(pairs)
    for query in [*pairs, *(f"{pair} {word}" for word in WORDS for pair in pairs)]:
        yield Asked(f"/search?{urlencode({'q': query})}")


def main(arguments: Sequence[str]) -> None:
    reading = argparse.ArgumentParser()
    reading.add_argument("--seconds", type=float, default=2.0)
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--clients", type=int, default=1)
    given = reading.parse_args(arguments)
    paths = article_paths()
    if len(paths) < WARM:
        sys.exit(f"The archive has {len(paths)} articles; at least {WARM} are needed.")
    with our_server() as ours:
        browser = Browser(ours)
        browser.get(Asked("/search?q=warm"))
        firsts = {path: browser.get(Asked(path)) for path in paths[:WARM]}
        browser.close()
        size = round(statistics.mean(answer.size for answer in firsts.values()))
        with bare_server(size) as other:
            print(json.dumps(measure(ours, other, paths, firsts, size, given), indent=2))


def measure(
    ours: int, other: int, paths: list[str], firsts: dict[str, Answer], size: int, given: argparse.Namespace
) -> dict[str, Any]:
    held = [Asked(path, f"If-None-Match: {answer.headers['etag']}\r\n") for path, answer in firsts.items()]
    gzip = "Accept-Encoding: gzip\r\n"
    kinds: dict[str, tuple[int, Iterator[Asked], int]] = {
        "a bare page": (other, cycle([Asked("/")]), 200),
        "an article, the first time": (ours, cycle(map(Asked, paths[WARM:])), 200),
        "an article again": (ours, cycle(map(Asked, firsts)), 200),
        "an article again, gzip": (ours, cycle([Asked(path, gzip) for path in firsts]), 200),
        "an article that the browser holds": (ours, cycle(held), 304),
        "the home page again": (ours, cycle([Asked("/")]), 200),
        "a search, each another one": (ours, searches(), 200),
    }
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(given.rounds):
        for kind, (port, asked, wanted) in kinds.items():
            started = time.perf_counter()
            taken = run(port, asked, given.seconds, given.clients, wanted)
            rates[kind].append(len(taken) / (time.perf_counter() - started))
            times[kind] += taken
    bare_rates = rates["a bare page"]
    return {
        "articles": len(paths),
        "bytes": size,
        "clients": given.clients,
        "pages": {
            kind: {
                "a_second": round(statistics.median(rates[kind])),
                "to_a_bare_page": round(_median(lambda one, bare: one / bare, rates[kind], bare_rates), 2),
                "p50_ms": round(statistics.median(times[kind]) * 1000, 2),
                "p99_ms": round(sorted(times[kind])[int(len(times[kind]) * 0.99)] * 1000, 2),
            }
            for kind in kinds
        },
    }


def _median(ratio: Callable[[float, float], float], ours: list[float], bare_rates: list[float]) -> float:
    return statistics.median(ratio(one, bare) for one, bare in zip(ours, bare_rates, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
