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
    """not_before: on the monotonic clock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    not_before: float = 0.0


class Turns:
    """stop: set, it ends every wait."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._guard = threading.Lock()
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @contextmanager
    def turn(self, host: str, patience: float) -> Iterator[None]:
        """Inside, nobody else asks the host anything. Raises FetchFailed where the pause is longer than patience
        (seconds), or when told to stop."""
        one = self._host(host)
        with one.lock:
            wait = one.not_before - time.monotonic()
            if wait > patience:
                raise FetchFailed(Why.BUSY, f"{host} asked not to be asked again for {wait:,.0f} seconds")
            self.pause(wait)
            yield

    def rest(self, host: str, seconds: float) -> None:
        """Nobody asks the host anything for so long, from now on."""
        one = self._host(host)
        one.not_before = max(one.not_before, time.monotonic() + seconds)

    def pause(self, seconds: float) -> None:
        """Raises FetchFailed when told to stop."""
        if self._stop.wait(max(0.0, seconds)):
            raise FetchFailed(Why.STOPPED, "fetching was stopped before it was its turn")

    def _host(self, host: str) -> _Host:
        with self._guard:
            one = self._hosts.setdefault(host, _Host())
            self._hosts.move_to_end(host)
            if len(self._hosts) > MOST_HOSTS and not self._hosts[next(iter(self._hosts))].lock.locked():
                self._hosts.popitem(last=False)
            return one
