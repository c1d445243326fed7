"""Addresses: which spellings of a web address name the same article.

The normalised form is what permalinks are derived from, so a change here would change permalinks: it never changes
what it did to an address that was already in an archive. docs/permalinks.md lists the rules; the tests are its table.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

_INVISIBLE: Final = re.compile("[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH: Final = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_KEPT_IN_QUERY: Final = _KEPT_IN_PATH | frozenset("?")
_PERCENT: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_TRACKING: Final = re.compile(
    r"utm_.*|mc_[ce]id|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|_ga|_gl|_hsenc|_hsmi|__hs.*|hsctatracking|vero_id|vero_conv|oly_anon_id|oly_enc_id|rb_clickid|s_cid|wickedid"
    r"|mkt_tok|cmpid|ncid|sr_share|ref_src|ref_url|at_(?:medium|campaign|custom\d|link.*)|pk_(?:campaign|kwd|source|medium)"
    r"|mtm_.*|piwik_.*|matomo_.*|ns_(?:mchannel|source|campaign|linkname|fee)",
    re.IGNORECASE,
)


class NotAnAddress(ValueError):
    """The text is not an http(s) address; the message says why."""


def normalise_address(address: str) -> str:
    """The one form in which all spellings of an address meet.

    Taken off or evened out: blanks, invisible characters, the scheme (https stands for both), user info, `www.`, case
    and final dot of the host, default ports, `.` and `..` in the path, doubled and final slashes, percent-encoding of
    what needs none, tracking parameters, the order of parameters, the fragment. Hosts are kept in IDNA form. Raises
    NotAnAddress.
    """
    cleaned = _INVISIBLE.sub("", unicodedata.normalize("NFC", address))
    shown = cleaned if len(cleaned) <= 100 else cleaned[:97] + "..."
    try:
        parts = urlsplit(cleaned)
        port = parts.port
    except ValueError as error:
        raise NotAnAddress(f"“{shown}” is not an address ({error})") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise NotAnAddress(f"“{shown}” is not an http or https address")
    host = _host(parts.hostname or "", shown)
    # As https stands for both, its port may not be left either: what is normalised has to stay as it is.
    suffix = "" if port in (None, _DEFAULT_PORTS[scheme], _DEFAULT_PORTS["https"]) else f":{port}"
    path = _path(parts.path)
    query = _query(parts.query)
    return f"https://{host}{suffix}{path}{'?' + query if query else ''}"


def names_an_article(normalised: str) -> bool:
    """Whether a normalised address can name one article: the bare front page of a site names the site.

    Records that give only their site's front page are told apart by their own id or their text instead.
    """
    parts = urlsplit(normalised)
    return bool(parts.path or parts.query)


def _host(host: str, shown: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    if not host:
        raise NotAnAddress(f"“{shown}” names no host")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise NotAnAddress(f"“{shown}” names a host that can't exist") from None
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", host):
        raise NotAnAddress(f"“{shown}” names a host that can't exist")
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in _encode(path, _KEPT_IN_PATH).split("/"):
        if segment in ("", "."):
            continue
        if segment == "..":
            if kept:
                kept.pop()
            continue
        kept.append(segment)
    return "/" + "/".join(kept) if kept else ""


def _query(query: str) -> str:
    parameters = []
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        name = _encode(name, _KEPT_IN_QUERY - frozenset("=&+"))
        if not name or _TRACKING.fullmatch(name):
            continue
        parameters.append(name + equals + _encode(value.replace("+", "%20"), _KEPT_IN_QUERY - frozenset("&+")))
    return "&".join(sorted(parameters))


def _encode(text: str, kept: frozenset[str]) -> str:
    """Percent-encode all but `kept`, decoding first what was encoded without need."""

    def settle(matched: re.Match[str]) -> str:
        character = chr(int(matched[1], 16))
        return character if character in _UNRESERVED else "%" + matched[1].upper()

    settled = _PERCENT.sub(settle, text)
    out = []
    for position, character in enumerate(settled):
        if character in kept or (character == "%" and _PERCENT.match(settled, position)):
            out.append(character)
        else:
            out.extend(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    return "".join(out)
