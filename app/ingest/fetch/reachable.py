"""Which hosts may be fetched from: the open web, never the networks behind the machine that asks.

The tables follow the special-purpose registries of IANA (RFC 6890 and its updates). What is not plainly a public
address is refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from app.ingest.fetch.limits import Limits

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_NEVER_V4: Final = (
    ("0.0.0.0/8", "no host of its own"),
    ("100.100.100.200/32", "a cloud's metadata service"),
    ("168.63.129.16/32", "a cloud's metadata service"),
    ("169.254.169.254/32", "a cloud's metadata service"),
    ("169.254.0.0/16", "link-local"),
    ("192.0.0.0/24", "reserved for protocols"),
    ("192.0.2.0/24", "for documentation"),
    ("192.88.99.0/24", "a retired relay"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)
_PRIVATE_V4: Final = (
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "a carrier's private network"),
    ("127.0.0.0/8", "loopback"),
    ("172.16.0.0/12", "private"),
    ("192.168.0.0/16", "private"),
)
_NEVER_V6: Final = (
    ("::/128", "no host of its own"),
    ("fd00:ec2::254/128", "a cloud's metadata service"),
    ("fd20:ce::254/128", "a cloud's metadata service"),
    ("2001::/23", "reserved for protocols"),
    ("2001:db8::/32", "for documentation"),
    ("3fff::/20", "for documentation"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_PRIVATE_V6: Final = (("::1/128", "loopback"), ("fc00::/7", "private"))
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def _table(rows: Iterable[tuple[str, str]]) -> tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...]:
    return tuple((ipaddress.ip_network(network), what) for network, what in rows)


_NEVER: Final = _table((*_NEVER_V4, *_NEVER_V6))
_PRIVATE: Final = _table((*_PRIVATE_V4, *_PRIVATE_V6))


def refusal(ip: IP, limits: Limits) -> str | None:
    """What kind of address it is, where nothing may be fetched from it; None where it may."""
    for network, what in _NEVER:
        if ip in network:
            return what
    for network, what in _PRIVATE:
        if ip in network:
            return None if limits.private else what
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    inner = _inside(ip)
    if inner is not None:
        return refusal(inner, limits)
    return None if ip in _PUBLIC_V6 else "reserved"


def port_refused(port: int, limits: Limits) -> bool:
    return port not in limits.ports and not limits.private


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, translated (NAT64) or tunnelled (6to4)."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour
