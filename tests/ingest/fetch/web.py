"""A web to fetch from: real servers on loopback that answer as they are told, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.ingest.fetch.fetch import Fetcher
from app.ingest.fetch.limits import Limits


@dataclass
class Request:
    path: str
    headers: dict[str, str]


Answer = bytes | Callable[[Request, socket.socket], None]
"""The bytes of an answer, or what to do with the connection."""


def answer(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer. Names of headers are given with underscores."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if "Content_Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def moved(to: str, status: str = "301 Moved Permanently") -> bytes:
    return answer(status=status, Location=to)


def page(title: str = "A page", text: str = "The council met on Monday.", head: str = "") -> bytes:
    html = f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body><p>{text}</p></body></html>"
    return answer(html, Content_Type="text/html; charset=utf-8")


@dataclass
class Server:
    """Answers by path; what it has no answer to is 404. asked: every request, in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked if request.path != "/robots.txt"]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            received = b""
            while b"\r\n\r\n" not in received:
                piece = connection.recv(65536)
                if not piece:
                    return
                received += piece
            request = _request(received)
            self.asked.append(request)
            found = self.answers.get(request.path, answer(status="404 Not Found"))
            if callable(found):
                found(request, connection)
            else:
                connection.sendall(found)
            connection.close()

    def close(self) -> None:
        self.over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)


def _request(received: bytes) -> Request:
    first, *lines = received.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Request(first.split(" ")[1], headers)


@contextlib.contextmanager
def serving(answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answers, tls=tls)
    try:
        yield server
    finally:
        server.close()


def fetcher(private: bool = True, **limits: float) -> Fetcher:
    """Quick, and open to loopback."""
    return Fetcher(Limits(**{"delay": 0.0, "seconds": 5.0, **limits}, private=private), "http://archive.test/about")  # type: ignore[arg-type]


def certificate(folder: Path, name: str) -> Path:
    """A certificate and key for one name, in one file, made by openssl."""
    import subprocess

    file = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return file
