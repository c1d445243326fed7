"""What a site asks of programs in its robots.txt (RFC 9309). Protego parses; which file counts, and what the lack of
one means, is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protego import Protego

from app.ingest.fetch.failure import FetchFailed, Why

MOST_BYTES: Final = 512 * 1024
"""Of a robots.txt; what comes after is not read (RFC 9309, 2.5)."""
SECONDS_KEPT: Final = 3600.0
SECONDS_UNREACHABLE_KEPT: Final = 300.0
LONGEST_DELAY: Final = 60.0
"""Seconds of a Crawl-delay that are kept to; a site that asks for more is asked once a minute."""


@dataclass(frozen=True, slots=True)
class Rules:
    """parsed: None where nothing is forbidden. unreachable: why the rules are not known, and all is forbidden."""

    parsed: Protego | None = None
    unreachable: FetchFailed | None = None

    def check(self, address: str, agent: str) -> None:
        """Raises FetchFailed where the site asks programs to keep away from the address."""
        failed = self.unreachable
        if failed is not None and failed.status is None:
            raise FetchFailed(failed.why, str(failed))  # what keeps from the one keeps from the other
        if failed is not None:
            reason = f"its site's robots.txt can't be read ({failed})"
            raise FetchFailed(Why.UNREACHABLE, reason, status=failed.status, not_before=failed.not_before)
        if self.parsed is not None and not self.parsed.can_fetch(address, agent):
            raise FetchFailed(Why.ROBOTS, "its site's robots.txt asks programs to stay away from it")

    def delay(self, agent: str) -> float:
        """Seconds that the site asks for between requests, 0 where it asks for none."""
        asked = self.parsed.crawl_delay(agent) if self.parsed is not None else None
        return min(LONGEST_DELAY, max(0.0, asked or 0.0))


def read_rules(body: bytes) -> Rules:
    try:
        return Rules(Protego.parse(body[:MOST_BYTES].decode("utf-8-sig", "replace")))
    except ValueError:
        return Rules()  # what nobody can read forbids nothing


def without_file(failed: FetchFailed) -> Rules:
    """A site that has no robots.txt (4xx) forbids nothing; one that can't say just now forbids all."""
    if failed.status is not None and 400 <= failed.status < 500 and failed.status != 429:
        return Rules()
    if failed.why in (Why.TOO_LARGE, Why.REDIRECTS, Why.ADDRESS):
        return Rules()
    return Rules(unreachable=failed)
