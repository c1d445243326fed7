"""Fetches what stands at an address: follows redirects, asks robots.txt, waits its turn, and gives up within bounds.

What the bytes are is left to the readers.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import Final

import httpcore2

from app.ingest.fetch import headers as headers_of
from app.ingest.fetch import robots
from app.ingest.fetch.connect import CheckedNetwork, Deadline, Resolve, resolve
from app.ingest.fetch.failure import FetchFailed, Why
from app.ingest.fetch.limits import Limits
from app.ingest.fetch.target import Target, follow, read_target
from app.ingest.fetch.turns import Turns
from app.ingest.fetch.unpack import ACCEPTED, read_body, too_large

AGENT: Final = "PolicyArchive"
"""What robots.txt files call this program."""
MOST_SITES: Final = 1_000
"""Sites whose robots.txt is remembered."""
MOST_TRIES: Final = 3
"""Requests for one address of a site that answers that it is busy."""
SECONDS_A_READ: Final = 20.0
_WITH_BODY: Final = frozenset({200, 203})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD: Final = frozenset({301, 308})
_BUSY: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Known:
    """What was said of an address the last time it was fetched: its validators (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect: the address that was asked for, and with which status it led on."""

    address: str
    status: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at an address. address: the one that answered. hops: the redirects on the way there.

    body: unpacked; None where nothing has changed since it was `Known`. media_type: of the Content-Type, in lower case;
    charset: as it says, where it does. lasts: seconds for which the answer says it holds.
    """

    address: str
    hops: tuple[Hop, ...]
    body: bytes | None
    media_type: str
    charset: str | None
    known: Known
    lasts: float | None

    @property
    def moved_to(self) -> str | None:
        """Where the address asked for has moved for good; None where it has not."""
        if not self.hops or self.hops[0].status not in _FOR_GOOD:
            return None
        for hop in self.hops:
            if hop.status not in _FOR_GOOD:
                return hop.address
        return self.address


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Fetcher:
    """One for a process: it remembers whose turn it is and what robots.txt files say. Threads may share it.

    about: the archive's own address, which the User-Agent tells. stop: set, it ends fetching soon.
    """

    def __init__(
        self,
        limits: Limits,
        about: str,
        *,
        stop: threading.Event | None = None,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits
        self.agent = f"{AGENT} (+{about})"
        self.stop = stop or threading.Event()
        self._resolve = resolve
        self._given_tls = tls
        self._turns = Turns(self.stop)
        self._guard = threading.Lock()
        self._rules: OrderedDict[str, tuple[float, robots.Rules]] = OrderedDict()

    def fetch(self, address: str, known: Known = Known(), patience: float | None = None) -> Fetched:
        """Raises FetchFailed. patience: seconds that a busy host is waited for, as the limits say if not given."""
        patience = self.limits.patience if patience is None else patience
        target = read_target(address)
        hops: list[Hop] = []
        been = {target.address}
        spent = 0.0
        while True:
            answer, seconds = self._ask_politely(target, known, patience, self.limits.seconds - spent)
            spent += seconds
            if answer.status not in _MOVED:
                break
            hops.append(Hop(target.address, answer.status))
            target = _next(target, answer, len(hops), self.limits.redirects)
            if target.address in been:
                raise FetchFailed(Why.REDIRECTS, f"its redirects run in a circle, back to {target.address}")
            been.add(target.address)
        if answer.status == HTTPStatus.NOT_MODIFIED and known == Known():
            raise FetchFailed(Why.BROKEN, "its site says that it has not changed, which was not asked", status=304)
        return _fetched(target, hops, answer)

    def _ask_politely(self, target: Target, known: Known, patience: float, seconds: float) -> tuple[_Answer, float]:
        """In the host's turn, if its robots.txt allows; and how many seconds that took, without the waiting."""
        waited = 0.0
        for more_tries in reversed(range(MOST_TRIES)):
            with self._turns.turn(target.host, patience - waited):
                began = time.monotonic()
                deadline = Deadline(seconds, self.limits.seconds)
                rules = self._rules_of(target, deadline)
                rules.check(target.address, AGENT)
                try:
                    answer = self._ask(target, known, deadline, self.limits.most_bytes)
                finally:
                    self._turns.pause(target.host, max(self.limits.delay, rules.delay(AGENT)))
            if answer.status not in _BUSY:
                return answer, time.monotonic() - began
            not_before = headers_of.retry_after(answer.headers)
            wait = (not_before - datetime.now(UTC)).total_seconds() if not_before else 0.0
            self._turns.leave_alone(target.host, wait)
            if not_before is None or waited + wait > patience or not more_tries:
                raise FetchFailed(
                    Why.BUSY,
                    f"its site is busy ({headers_of.said(answer.status)})",
                    status=answer.status,
                    not_before=not_before,
                )
            waited += wait
        raise AssertionError("the last try answers or fails")

    def _rules_of(self, target: Target, deadline: Deadline) -> robots.Rules:
        now = time.monotonic()
        with self._guard:
            until, rules = self._rules.get(target.origin, (0.0, robots.Rules()))
        if now < until:
            return rules
        try:
            rules = robots.read_rules(self._robots_txt(target, deadline))
        except FetchFailed as failed:
            if failed.why is Why.STOPPED:
                raise
            rules = robots.without_file(failed)
        kept = robots.SECONDS_KEPT if rules.unreachable is None else robots.SECONDS_UNREACHABLE_KEPT
        with self._guard:
            self._rules[target.origin] = (now + kept, rules)
            if len(self._rules) > MOST_SITES:
                self._rules.popitem(last=False)
        return rules

    def _robots_txt(self, target: Target, deadline: Deadline) -> bytes:
        asked = replace(target, path="/robots.txt")
        for hops in range(1, self.limits.redirects + 1):
            answer = self._ask(asked, Known(), deadline, robots.MOST_BYTES, cut=True)
            if answer.status in _MOVED:
                asked = _next(asked, answer, hops, self.limits.redirects)
                continue
            if answer.status not in _WITH_BODY:
                raise FetchFailed(
                    Why.STATUS, f"its site answered {headers_of.said(answer.status)}", status=answer.status
                )
            return answer.body
        raise FetchFailed(Why.REDIRECTS, "robots.txt redirects too often")

    def _ask(self, target: Target, known: Known, deadline: Deadline, most_bytes: int, *, cut: bool = False) -> _Answer:
        """One request, without following where it leads. cut: of too large a body, the beginning will do."""
        if self.stop.is_set():
            raise FetchFailed(Why.STOPPED, "fetching was stopped before it was its turn")
        network = CheckedNetwork(self.limits, deadline, self._resolve)
        read = min(SECONDS_A_READ, self.limits.seconds)
        with (
            _explained(target),
            httpcore2.ConnectionPool(
                ssl_context=self._tls, network_backend=network, max_connections=1, max_keepalive_connections=0
            ) as pool,
            pool.stream(
                "GET",
                httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
                headers=self._headers(target, known),
                extensions={
                    "timeout": {"connect": self.limits.seconds_to_connect, "read": read, "write": read, "pool": 1}
                },
            ) as response,
        ):
            headers = headers_of.by_name(response.headers)
            if response.status not in _WITH_BODY:
                return _Answer(response.status, headers, b"")
            length = headers.get("content-length", "")
            if length.isdigit() and int(length[:19]) > most_bytes and not cut:
                raise too_large(most_bytes)
            body = read_body(response.iter_stream(), headers.get("content-encoding", ""), most_bytes, cut=cut)
            return _Answer(response.status, headers, body)

    def _headers(self, target: Target, known: Known) -> list[tuple[str, str]]:
        headers = [
            ("Host", target.authority),
            ("User-Agent", self.agent),
            ("Accept", "*/*"),
            ("Accept-Encoding", ACCEPTED),
            ("Connection", "close"),
        ]
        if known.etag:
            headers.append(("If-None-Match", known.etag))
        if known.last_modified:
            headers.append(("If-Modified-Since", known.last_modified))
        return headers

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpcore2.default_ssl_context()


def _next(target: Target, answer: _Answer, hops: int, most: int) -> Target:
    if hops > most:
        raise FetchFailed(Why.REDIRECTS, f"it redirects more than {most} times")
    location = answer.headers.get("location", "")
    if not location.strip():
        raise FetchFailed(Why.REDIRECTS, f"it answers {headers_of.said(answer.status)} without saying where to")
    try:
        return follow(target, location)
    except FetchFailed as failed:
        raise FetchFailed(failed.why, f"it redirects to {location[:200]}, but {failed}") from None


def _fetched(target: Target, hops: list[Hop], answer: _Answer) -> Fetched:
    if answer.status == HTTPStatus.GONE:
        raise FetchFailed(Why.GONE, "it is gone (410): its site says that it will not come back", status=answer.status)
    if answer.status not in _WITH_BODY and answer.status != HTTPStatus.NOT_MODIFIED:
        passing = answer.status >= 500 or answer.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)
        raise FetchFailed(
            Why.UNREACHABLE if passing else Why.STATUS,
            f"its site answered {headers_of.said(answer.status)}",
            status=answer.status,
        )
    media_type, charset = headers_of.media_type(answer.headers)
    return Fetched(
        address=target.address,
        hops=tuple(hops),
        body=None if answer.status == HTTPStatus.NOT_MODIFIED else answer.body,
        media_type=media_type,
        charset=charset,
        known=Known(
            headers_of.validator(answer.headers, "etag"), headers_of.validator(answer.headers, "last-modified")
        ),
        lasts=headers_of.lasts(answer.headers),
    )


@contextlib.contextmanager
def _explained(target: Target) -> Iterator[None]:
    try:
        yield
    except httpcore2.TimeoutException:
        raise FetchFailed(Why.TIMEOUT, f"{target.host} did not answer in time") from None
    except httpcore2.NetworkError as error:
        cause = error.__cause__ or error.args[0] if error.args else error
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            raise FetchFailed(Why.UNREACHABLE, f"no safe connection to {target.host} ({reason})") from None
        reason = getattr(cause, "strerror", None) or str(cause) or "the connection broke off"
        raise FetchFailed(Why.UNREACHABLE, f"{target.host} can't be reached ({reason})") from None
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise FetchFailed(Why.BROKEN, f"{target.host} does not answer as HTTP lays down ({error})") from None
