"""How far fetching may go: sizes, times, ports, and whether private networks are open to it. Settings make these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PORTS: Final = (80, 443, 8080, 8443)


@dataclass(frozen=True, slots=True)
class Limits:
    """most_bytes: of a body, unpacked. seconds: for one address, redirects and all, without the wait for one's turn.
    delay: seconds between two requests to a host. patience: seconds that a host may ask to be waited for before the
    address is given up for now. private: whether loopback and private networks may be fetched from, on any port.
    """

    most_bytes: int = 32 * 1024 * 1024
    seconds: float = 60.0
    seconds_to_connect: float = 10.0
    redirects: int = 10
    delay: float = 1.0
    patience: float = 60.0
    ports: tuple[int, ...] = PORTS
    private: bool = False
