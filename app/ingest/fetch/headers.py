"""What an answer's headers say, read with care: they are whatever the other side chose to send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

_LONGEST_REST: Final = timedelta(days=7)
_MOST_SECONDS: Final = 10**9


def by_name(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; of those that came twice, the first."""
    found: dict[str, str] = {}
    for name, value in raw:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        found.setdefault(name.decode("latin-1").lower(), text)
    return found


def media_type(headers: Mapping[str, str]) -> tuple[str, str | None]:
    """The type, in lower case and maybe empty, and the charset where it names one."""
    named, *parameters = headers.get("content-type", "").split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(" \"'"):
            return named.strip().lower(), value.strip(" \"'")[:40]
    return named.strip().lower(), None


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """As it came; one of absurd length is none to send back with every request."""
    value = headers.get(name, "")
    return value if value and len(value) <= 1_000 and value.isascii() and value.isprintable() else None


def retry_after(headers: Mapping[str, str]) -> datetime | None:
    """When the site asks to be asked again, at most in a week; None where it does not say."""
    value = headers.get("retry-after", "").strip()
    now = datetime.now(UTC)
    if value.isascii() and value.isdigit():
        return now + min(_LONGEST_REST, timedelta(seconds=_seconds(value)))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now), now + _LONGEST_REST)


def lasts(headers: Mapping[str, str]) -> float | None:
    """Seconds for which the answer says it holds."""
    for directive in headers.get("cache-control", "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        value = value.strip('"')
        if name == "max-age" and value.isascii() and value.isdigit():
            return float(_seconds(value))
    return None


def said(status: int) -> str:
    """`404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _seconds(digits: str) -> int:
    return min(int(digits[:12]), _MOST_SECONDS)
