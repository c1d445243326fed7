"""Whose turn it is: one request at a time to a host, with a pause between two, whichever threads ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from app.ingest.fetch.failure import FetchFailed, Why

MOST_HOSTS: Final = 10_000
"""Hosts remembered; the one not asked for longest is forgotten."""


@dataclass(slots=True)
class _Host:
    """On the monotonic clock: paused_until, between two requests; busy_until, as the host asked for itself."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    paused_until: float = 0.0
    busy_until: float = 0.0


class Turns:
    """stop: set, it ends every wait."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._guard = threading.Lock()
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @contextmanager
    def turn(self, host: str, patience: float) -> Iterator[None]:
        """Inside, nobody else asks the host anything. Raises FetchFailed where the host is busy for longer than
        patience (seconds), or when told to stop."""
        one = self._host(host)
        with one.lock:
            now = time.monotonic()
            if one.busy_until - now > patience:
                wait = one.busy_until - now
                raise FetchFailed(Why.BUSY, f"{host} asked not to be asked again for {wait:,.0f} seconds")
            if self._stop.wait(max(0.0, one.busy_until - now, one.paused_until - now)):
                raise FetchFailed(Why.STOPPED, "fetching was stopped before it was its turn")
            yield

    def pause(self, host: str, seconds: float) -> None:
        """The next turn begins so much later, from now on."""
        one = self._host(host)
        one.paused_until = max(one.paused_until, time.monotonic() + seconds)

    def leave_alone(self, host: str, seconds: float) -> None:
        """The host asked to be left alone for so long."""
        one = self._host(host)
        one.busy_until = max(one.busy_until, time.monotonic() + seconds)

    def _host(self, host: str) -> _Host:
        with self._guard:
            one = self._hosts.setdefault(host, _Host())
            self._hosts.move_to_end(host)
            if len(self._hosts) > MOST_HOSTS and not self._hosts[next(iter(self._hosts))].lock.locked():
                self._hosts.popitem(last=False)
            return one
