"""Pages that have not changed: told to a browser that holds one (304), and kept for the next who asks.

What decides a page's bytes is asked of the store before the page is made: a stamp of the article, or of the archive.
ETags are strong (the same tag, the same bytes) but where a page shows what the index finds, or how long that took.
What pages show is left to the routes; they are told nothing of this.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.permalink import read_id
from app.search.thesaurus import Thesaurus
from app.settings import Settings
from app.store.database import Changes
from app.store.stamps import archive_stamp, article_stamp
from app.web.dependencies import Archive
from app.web.forms import FORMS, Form
from app.web.near import MOST_LISTED
from app.web.pages import ROOT

MOST_KEPT: Final = 32 * 1024 * 1024
"""Bytes of pages that a process keeps."""
LARGEST_KEPT: Final = 1024 * 1024
MOST_REMEMBERED: Final = 4096
LONGEST_REMEMBERED: Final = 300
"""Addresses, and characters of one, whose state is remembered while nothing changes in the database."""

_FORM: Final = "|".join(re.escape(name) for name in FORMS)
_ARTICLE: Final = re.compile(
    rf"/a/([^/.]+)(?:\.(?P<form>{_FORM})|/(?!cite$)[^/]*|/v/[0-9]+(?:\.(?P<form_then>{_FORM}))?|/diff/[0-9]+/[0-9]+)"
)
_SEARCH: Final = re.compile(r"/search(?:\.[a-z.]+)?")
_HOME: Final = "/"
_HELP: Final = "/help/search"
_OF_THE_ARCHIVE: Final = re.compile(r"/|/help/search|/about|/opensearch\.xml|/browse(?:/.*)?", re.DOTALL)

_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_GZIPPED: Final = "-gzip"
_HEADERS: Final = [(b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding")]
"""no-cache: a browser may keep the page, and asks each time whether it has changed."""


@dataclass(frozen=True, slots=True)
class Validator:
    """What tells one state of a page from another. opaque: the inside of its ETag, before any encoding.

    modified: None where it is not known. keep: whether the page may be shown to the next who asks, too.
    """

    opaque: str
    weak: bool
    keep: bool
    modified: datetime | None = None

    def etag(self, *, gzipped: bool) -> bytes:
        if self.weak:
            return f'W/"{self.opaque}"'.encode()
        return f'"{self.opaque}{_GZIPPED if gzipped else ""}"'.encode()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request says of the page it holds, and whether it takes gzip."""

    gzip: bool
    tags: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Caching:
    """ASGI middleware around what compresses answers. HEAD must have been made GET before."""

    def __init__(self, app: ASGIApp, archive: Archive) -> None:
        self._app = app
        self._validators = _Validators(archive)
        self._kept: OrderedDict[tuple[str, bool], _Page] = OrderedDict()
        self._bytes_kept = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        validator = self._validators.of(scope)
        if validator is None:
            await self._app(scope, receive, send)
            return
        asked = _asked(scope)
        held = _held(validator, asked)
        if held is not None:
            await _send_not_modified(send, held)
            return
        page = self._kept.get((validator.opaque, asked.gzip))
        if page is None:
            await self._make(scope, receive, send, validator, asked)
            return
        self._kept.move_to_end((validator.opaque, asked.gzip))
        await _send(send, asked, page)

    async def _make(self, scope: Scope, receive: Receive, send: Send, validator: Validator, asked: _Asked) -> None:
        """Have the page made; where it is one, and whole, and still what the validator is of, say so and keep it."""
        start: Message | None = None

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _can_be_kept(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            first, start = start, None
            # A change while the page was made may be on it or not; then nothing is said of its state.
            if message.get("more_body", False) or self._validators.of(scope) != validator:
                await send(first)
                await send(message)
                return
            page = _page(first, message["body"], validator)
            if validator.keep:
                self._keep((validator.opaque, asked.gzip), page)
            await _send(send, asked, page)

        await self._app(scope, receive, answer)

    def _keep(self, key: tuple[str, bool], page: _Page) -> None:
        if len(page.body) > LARGEST_KEPT or key in self._kept:
            return
        self._kept[key] = page
        self._bytes_kept += len(page.body)
        while self._bytes_kept > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._bytes_kept -= len(oldest.body)


class _Validators:
    """Finds out what state the page at an address is in."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._site = _digest_of_site(archive.settings)
        self._thesaurus: Thesaurus | None = None
        self._thesaurus_digest = ""
        self._changes: Changes | None = None
        self._remembered: dict[str, Validator] = {}

    def of(self, scope: Scope) -> Validator | None:
        """None for an address that is no page of this kind, and where the database does not answer at once."""
        path: str = scope["path"]
        query: bytes = scope["query_string"]
        if query:
            # Searches and what is opened from them differ too much to be asked for often, and the thesaurus counts.
            return self._ask(path, query)
        changes = self._archive.database.changes()
        if changes is None:
            return None
        if changes != self._changes or len(self._remembered) >= MOST_REMEMBERED:
            # Read before the state is asked for: what is remembered may be newer than the number, never older.
            self._changes = changes
            self._remembered.clear()
        known = self._remembered.get(path)
        if known is None:
            known = self._ask(path, query)
            if known is not None and known.keep and len(path) <= LONGEST_REMEMBERED:
                self._remembered[path] = known
        return known

    def _ask(self, path: str, query: bytes) -> Validator | None:
        if article := _ARTICLE.fullmatch(path):
            form = FORMS.get(article["form"] or article["form_then"] or "")
            return self._of_article(path, query, article[1], form)
        search = _SEARCH.fullmatch(path) is not None
        if not search and not _OF_THE_ARCHIVE.fullmatch(path):
            return None
        stamp = archive_stamp(self._archive.database)
        if stamp is None:
            return None
        # A search tells how long it took, which is true only once.
        widened = search or path == _HELP
        opaque = self._opaque(path, query, stamp, self._names() if widened else "")
        return Validator(opaque, weak=widened or path == _HOME, keep=not widened)

    def _of_article(self, path: str, query: bytes, id: str, form: Form | None) -> Validator | None:
        stamp = article_stamp(self._archive.database, id) if read_id(id) == id else None
        if stamp is None:
            return None
        near = self._near(id) if path == f"/a/{id}/{stamp.slug}" else ()
        # A search in the address is marked, with the names that the thesaurus adds to it.
        dated = form is not None and form.dated
        today = datetime.now(UTC).date().isoformat() if dated else ""
        opaque = self._opaque(path, query, stamp.value, self._names() if query else "", today, *near)
        addresses = (f"/a/{id}/{stamp.slug}", *(f"/a/{id}.{name}" for name in FORMS))
        certain = not query and not dated and not near and path in addresses
        return Validator(opaque, weak=False, keep=not dated, modified=stamp.modified if certain else None)

    def _near(self, id: str) -> tuple[str, ...]:
        """What decides the list of an article's near-duplicates on its page."""
        ids = self._archive.near_duplicates(id)
        stamps = (article_stamp(self._archive.database, one) for one in ids[:MOST_LISTED])
        return (*ids, *("" if stamp is None else stamp.value for stamp in stamps)) if ids else ()

    def _names(self) -> str:
        """A digest of the names by which the thesaurus widens a query."""
        thesaurus = self._archive.thesaurus.current()
        if thesaurus is not self._thesaurus:
            self._thesaurus, self._thesaurus_digest = thesaurus, _digest([repr(thesaurus.groups).encode()])
        return self._thesaurus_digest

    def _opaque(self, path: str, query: bytes, *state: str) -> str:
        parts = (path.encode("utf-8", "replace"), query, *(one.encode("utf-8", "replace") for one in state))
        return _digest([self._site, *parts])


def _digest_of_site(settings: Settings) -> bytes:
    """Over all that pages are made with besides the archive: the program, its templates and static files, settings."""
    files = sorted(
        file
        for folder, pattern in (("app", "*.py"), ("app", "*.csl"), ("templates", "*.html"), ("static", "*"))
        for file in (ROOT / folder).rglob(pattern)
        if file.is_file()
    )
    files += sorted(settings.translations.glob("*.po"))
    said = (settings.title, settings.base_url, settings.locale)
    made_with = [*(one.encode("utf-8", "replace") for one in said), *(file.read_bytes() for file in files)]
    return _digest(made_with).encode()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()[:32]


def _asked(scope: Scope) -> _Asked:
    gzip, tags, since = False, [], []
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            gzip = gzip or b"gzip" in value  # as the middleware that compresses reads it
        elif name == b"if-none-match":
            tags.append(value.decode("latin-1"))
        elif name == b"if-modified-since":
            since.append(value.decode("latin-1"))
    return _Asked(gzip, ", ".join(tags) if tags else None, since[0] if len(since) == 1 else None)


def _held(validator: Validator, asked: _Asked) -> bytes | None:
    """The ETag of the page that the request holds, if that is what it would get now (RFC 9110, 13.1.2, 13.1.3)."""
    if asked.tags is not None:
        held = set(_TAG.findall(asked.tags))
        for gzipped in (asked.gzip, not asked.gzip):
            if validator.opaque + (_GZIPPED if gzipped and not validator.weak else "") in held:
                return validator.etag(gzipped=gzipped)
        return None
    if asked.since is not None and validator.modified is not None:
        since = _moment(asked.since)
        if since is not None and validator.modified.replace(microsecond=0) <= since:
            return validator.etag(gzipped=asked.gzip)
    return None


def _moment(written: str) -> datetime | None:
    """None for what is no date of HTTP."""
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _can_be_kept(start: Message) -> bool:
    """A page that says itself how long it may be kept is left as it is."""
    return start["status"] == HTTPStatus.OK and all(name != b"cache-control" for name, _ in start["headers"])


def _page(start: Message, body: bytes, validator: Validator) -> _Page:
    headers = MutableHeaders(raw=[pair for pair in start["headers"] if pair[0] != b"vary"])
    raw = [*headers.raw, *_HEADERS, (b"etag", validator.etag(gzipped="content-encoding" in headers))]
    if validator.modified is not None:
        raw.append((b"last-modified", format_datetime(validator.modified.astimezone(UTC), usegmt=True).encode()))
    return _Page(raw, body)


async def _send(send: Send, asked: _Asked, page: _Page) -> None:
    if asked.tags is not None and asked.tags.strip() == "*":
        await _send_not_modified(send, next(value for name, value in page.headers if name == b"etag"))
        return
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": page.headers})
    await send({"type": "http.response.body", "body": page.body})


async def _send_not_modified(send: Send, etag: bytes) -> None:
    headers = [*_HEADERS, (b"etag", etag)]
    await send({"type": "http.response.start", "status": HTTPStatus.NOT_MODIFIED, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
