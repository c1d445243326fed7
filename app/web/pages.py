"""Renders templates. The Jinja environment is built once; everything a template prints is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from app import language
from app.web.counted import counted
from app.web.said_by_assets import STYLE_WORDS, style_words

ROOT: Final = Path(__file__).parents[2]
STATIC: Final = ROOT / "static"


class Translated(Extension):
    """`_("…")` without values becomes what is said for it when a template is read, not each time it is shown."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if [one.type for one in held] == ["name", "lparen", "string", "rparen"] and held[0].value == "_":
                yield Token(held[0].lineno, "string", language._(held[2].value))
                held = []
            elif token.type == "name":
                yield from held[:-1]
                held = [token]
            elif len(held) > 3 or [one.type for one in held] != ["name", "lparen", "string"][: len(held)]:
                yield from held
                held = []
        yield from held


_environment: Final = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n", Translated],
    auto_reload=False,  # what pages are made with is read once, as `caching` counts on
)


def _asset(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    return _named_by_digest(name, (STATIC / name).read_bytes())


def _named_by_digest(name: str, content: bytes) -> str:
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


@language.remembered(1)
def _words_style() -> str | None:
    """The address of what the style sheet says in this language; None for English, which it has itself."""
    words = style_words()
    return _named_by_digest(STYLE_WORDS, words.encode()) if words else None


language.when_another_is_spoken(_environment.cache.clear)  # type: ignore[union-attr]
_environment.policies["ext.i18n.trimmed"] = True
_environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
# What Jinja has under this name makes markup anew each time: several times as slow, and each paragraph has four.
_environment.globals["_"] = language._
_environment.filters.update(number=language.number_text, counted=counted)
_environment.globals.update(
    language=language.tag,
    direction=language.direction,
    words_style=_words_style,
    style=_asset("style.css"),
    icon=_asset("icon.svg"),
    scripts={name: _asset(f"{name}.js") for name in ("cite", "keys", "list", "related", "results")},
)


def page(
    request: Request, template: str, *, canonical: str | None = None, status_code: int = 200, **values: Any
) -> HTMLResponse:
    """One page. canonical: path and query of its own address, where that is not the path as asked."""
    settings = request.app.state.archive.settings
    path = quote(request.scope["path"], errors="replace") if canonical is None else canonical
    html = _environment.get_template(template).render(
        site=settings.title, canonical=settings.base_url.rstrip("/") + path, **values
    )
    return HTMLResponse(html.encode("utf-8", "replace"), status_code)
