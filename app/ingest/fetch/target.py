"""An address as it is asked for: read strictly, with its host in ASCII. Which addresses name the same article is the
domain's matter."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import idna

from app.ingest.fetch.failure import FetchFailed, Why

LONGEST: Final = 8_000
"""Characters of an address; servers and proxies take no longer ones."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_INVISIBLE: Final = re.compile("[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_KEPT: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]|%[0-9A-Fa-f]{2}")
_LABELS: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class Target:
    """host: in ASCII, an IPv6 address without brackets. path: with its query, percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> str:
        return f"{self.origin}{self.path}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def is_address(text: str) -> bool:
    """Whether somebody who wrote this meant an address, if not one that can be fetched, and no file."""
    return re.match(r"\s*[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) is not None


def without_secrets(address: str) -> str:
    """The address as it may be kept and shown: without the name and password that somebody left in it."""
    return re.sub(r"//[^/?#@]*(?:@[^/?#@]*)*@", "//…@", address, count=1)


def read_target(address: str) -> Target:
    """Raises FetchFailed for what is no http(s) address, has a name or password in it, or writes an IP address in an
    odd way."""
    text = address.strip()
    if len(text) > LONGEST:
        raise FetchFailed(Why.ADDRESS, f"the address is longer than {LONGEST:,} characters")
    # Tabs and line breaks inside are taken out as browsers do; a blank inside is encoded.
    text = re.sub(r"[\t\r\n]", "", text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise FetchFailed(Why.ADDRESS, f"it is not an address ({error})") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise FetchFailed(Why.ADDRESS, f"“{scheme or text[:40]}” is not http or https, and nothing else is fetched")
    if "@" in parts.netloc:
        raise FetchFailed(Why.ADDRESS, "the address has a user name or password in it; take it out")
    if port == 0:
        raise FetchFailed(Why.ADDRESS, "there is no port 0")
    path = _encode(parts.path or "/") + (f"?{_encode(parts.query)}" if parts.query else "")
    return Target(scheme, _host(parts.hostname or ""), port or _DEFAULT_PORTS[scheme], path)


def follow(target: Target, location: str) -> Target:
    """Where a redirect leads. Raises FetchFailed."""
    try:
        joined = urljoin(target.address, location.strip())
    except ValueError:
        raise FetchFailed(Why.REDIRECTS, "it redirects to something that is no address") from None
    return read_target(joined)


def _host(host: str) -> str:
    if ":" in host:
        try:
            found = ipaddress.IPv6Address(host)
        except ValueError:
            found = None
        if found is None or found.scope_id:
            raise FetchFailed(Why.ADDRESS, f"“[{host}]” is no IPv6 address of a host")
        return found.compressed
    host = _INVISIBLE.sub("", host)
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
        except idna.IDNAError:
            raise FetchFailed(Why.ADDRESS, f"“{host[:80]}” is no host name that can exist") from None
    host = host.lower().removesuffix(".")
    if not host or len(host) > 253 or not _LABELS.fullmatch(host):
        raise FetchFailed(Why.ADDRESS, f"“{host[:80]}” is no host name that can exist")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # 0x7f.1, 017700000001 and 127.1 are 127.0.0.1 to some resolvers and something else to others.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise FetchFailed(Why.REFUSED, f"“{host[:80]}” writes an IP address in an odd way") from None
    return host


def _encode(text: str) -> str:
    out: list[str] = []
    position = 0
    while position < len(text):
        if kept := _KEPT.match(text, position):
            out.append(kept[0])
            position = kept.end()
            continue
        out.extend(f"%{byte:02X}" for byte in text[position].encode("utf-8", "replace"))
        position += 1
    return "".join(out)
