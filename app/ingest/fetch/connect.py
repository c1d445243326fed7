"""Connections to checked addresses only: a host is resolved once, every address it has is judged, and the connection is
made to the very address that was judged. TLS still verifies the host's name.

Nothing here knows HTTP. Proxies that the environment names are not used: they would resolve the host again.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import httpcore2

from app.ingest.fetch.failure import FetchFailed, Why
from app.ingest.fetch.limits import Limits
from app.ingest.fetch.reachable import IP, port_refused, refusal

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host. Raises OSError."""

MOST_ADDRESSES_TRIED: Final = 4


def resolve(host: str, port: int) -> list[str]:
    """As the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Deadline:
    """The moment by which all must be done, on the monotonic clock. seconds: from now; of: how many there were in
    all."""

    def __init__(self, seconds: float, of: float) -> None:
        self._of = of
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than 0. Raises FetchFailed when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise FetchFailed(Why.TIMEOUT, f"it was not done within {self._of:g} seconds")
        return left


class CheckedNetwork(httpcore2.NetworkBackend):
    """Makes the connections of one fetch."""

    def __init__(self, limits: Limits, deadline: Deadline, resolve: Resolve) -> None:
        self._limits = limits
        self._deadline = deadline
        self._resolve = resolve
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (the deadline rules)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        if port_refused(port, self._limits):
            known = ", ".join(str(one) for one in self._limits.ports)
            raise FetchFailed(Why.REFUSED, f"port {port} is none that is fetched from; they are {known}")
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for ip in self._checked(host, port)[:MOST_ADDRESSES_TRIED]:
            try:
                stream = self._sockets.connect_tcp(
                    str(ip),
                    port,
                    min(self._limits.seconds_to_connect, self._deadline.left()),
                    local_address,
                    socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failed

    def _checked(self, host: str, port: int) -> list[IP]:
        """The host's addresses. One that is refused condemns the host: an honest one has none."""
        try:
            found = [ipaddress.ip_address(host)]
        except ValueError:
            found = [ipaddress.ip_address(one.partition("%")[0]) for one in self._resolved(host, port)]
        for ip in found:
            kind = refusal(ip, self._limits)
            if kind is not None:
                raise FetchFailed(Why.REFUSED, f"{_named(host, ip)} is not on the open web ({kind})")
        return found

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Resolving can't be told to stop, so it is left to a thread that nobody waits for too long."""
        answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
        try:
            found = answer.get(timeout=min(self._limits.seconds_to_connect, self._deadline.left()))
        except queue.Empty:
            raise FetchFailed(Why.TIMEOUT, f"the name {host} was not resolved in time") from None
        if isinstance(found, Exception):
            reason = getattr(found, "strerror", None) or str(found)
            raise FetchFailed(Why.UNREACHABLE, f"the name {host} can't be resolved ({reason})")
        return found


def _named(host: str, ip: IP) -> str:
    return host if host == str(ip) else f"{host} ({ip})"


class _TimedStream(httpcore2.NetworkStream):
    """A connection that ends at the deadline, however slowly the other side keeps talking."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._within(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _within(self, timeout: float | None) -> float:
        left = self._deadline.left()
        return left if timeout is None else min(timeout, left)
