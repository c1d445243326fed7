"""One address, several forms: an article's permalink answers in the form that the Accept header asks for.

What it answers with is made under the form's own address, so that it is the same, with the same ETag, as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.forms import FORMS

_PERMALINK: Final = re.compile(r"(/a/[^/.]+)(?:/([^/]*))?|(/a/[^/.]+/v/[0-9]+)")
_BESIDE: Final = frozenset({"cite", "diff", "versions"})
_HTML: Final = "html"
_TYPES: Final[dict[str, str]] = {
    "text/html": _HTML,
    "application/xhtml+xml": _HTML,
    **{form.media_type: name for name, form in FORMS.items()},
    "text/x-bibtex": "bib",
    "application/ld+json": "json",
}
_LONGEST_READ: Final = 1000
"""Characters of an Accept header that are read."""


class Negotiation:
    """ASGI middleware around what keeps pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        permalink = _PERMALINK.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if permalink is None or permalink[2] in _BESIDE:
            await self._app(scope, receive, send)
            return
        form = preferred_form(_accept(scope))
        location = None
        if form != _HTML:
            location = f"{permalink[1] or permalink[3]}.{form}"
            scope = {**scope, "path": location, "raw_path": location.encode("utf-8", "replace")}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _varying(message["headers"])
                if location is not None and message["status"] == 200:
                    headers.append((b"content-location", location.encode("utf-8", "replace")))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, answer)


def _varying(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers that say that the answer goes by Accept, too."""
    varies = [value for name, value in headers if name == b"vary"]
    return [*(header for header in headers if header[0] != b"vary"), (b"vary", b", ".join([*varies, b"Accept"]))]


@lru_cache(maxsize=256)
def preferred_form(accept: str) -> str:
    """The form that an Accept header (RFC 9110, 12.5.1) likes best; `html` where it does not care, or knows none."""
    liked: dict[str, tuple[float, int]] = {}
    for position, part in enumerate(accept[:_LONGEST_READ].split(",")):
        type, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = _quality(parameters)
        if type in ("*/*", "text/*") and quality:
            form = _HTML
        elif type in _TYPES and quality:
            form = _TYPES[type]
        else:
            continue
        # A wildcard asks for nothing in particular: it counts less than what is named with the same quality.
        rank = (quality, -position - (1000 if "*" in type else 0))
        liked[form] = max(liked.get(form, (0.0, 0)), rank)
    return max(liked, key=lambda form: liked[form]) if liked else _HTML


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0.0 <= quality <= 1.0 else 0.0
    return 1.0


def _accept(scope: Scope) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept")
