"""Why an address could not be fetched, as a sentence and as what follows from it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """The kinds of failure. Those in PASSING may be over at the next try."""

    ADDRESS = "address"
    REFUSED = "refused address"
    ROBOTS = "robots"
    STATUS = "status"
    GONE = "gone"
    TOO_LARGE = "too large"
    REDIRECTS = "redirects"
    BROKEN = "broken answer"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    STOPPED = "stopped"


PASSING = frozenset({Why.BROKEN, Why.TIMEOUT, Why.UNREACHABLE, Why.BUSY, Why.STOPPED})


class FetchFailed(Exception):
    """The message is the reason, without a full stop. not_before: when the host asked to be asked again."""

    def __init__(self, why: Why, reason: str, *, status: int | None = None, not_before: datetime | None = None) -> None:
        super().__init__(reason)
        self.why = why
        self.status = status
        self.not_before = not_before

    @property
    def passing(self) -> bool:
        """Whether another try, later, may well succeed."""
        return self.why in PASSING
