"""Memento (RFC 7089): the permalink is the original resource, each version one of its mementos, dated by when the
archive stored it; and the links between versions (RFC 5829)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from app.domain.article import Article, Moved, Tombstone, VersionNote, version_path
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import moved, unknown, withdrawn
from app.web.links import WebLink, link_format, link_header

router = APIRouter()


@router.get("/timegate/a/{id}")
@router.get("/timegate/a/{id}/{slug}")
def timegate(id: str, archive: ArchiveDep, request: Request, slug: str = "") -> Response:  # noqa: ARG001
    """Leads to the version that stood at the moment in Accept-Datetime; without one, to the newest."""
    found = archive.find(id)
    if not isinstance(found, Article):
        return _elsewhere(request, found, id, "timegate")
    versions = archive.versions(found.id)
    asked = request.headers.get("accept-datetime")
    moment = None if asked is None else read_moment(asked)
    if asked is not None and moment is None:
        sentence = f"Accept-Datetime is {asked[:80]!r}; it has to be a date such as Tue, 20 Mar 2026 20:35:00 GMT.\n"
        return PlainTextResponse(sentence, HTTPStatus.BAD_REQUEST, {"Vary": "accept-datetime"})
    chosen = versions[-1] if moment is None else standing_at(versions, moment) or versions[0]
    links = [*_links(archive, found, versions), _memento_link(archive, found, versions, chosen, "memento")]
    headers = {"Vary": "accept-datetime", "Link": link_header(_united(links))}
    return RedirectResponse(version_path(found.id, chosen.number), HTTPStatus.FOUND, headers)


@router.get("/timemap/a/{id}")
@router.get("/timemap/a/{id}/{slug}")
def timemap(id: str, archive: ArchiveDep, request: Request, slug: str = "") -> Response:  # noqa: ARG001
    """Every version of an article with its date."""
    found = archive.find(id)
    if not isinstance(found, Article):
        return _elsewhere(request, found, id, "timemap")
    versions = archive.versions(found.id)
    span = (("from", http_date(versions[0].stored_at)), ("until", http_date(versions[-1].stored_at)))
    base = archive.base_url
    links = [
        WebLink(base + found.path, "original"),
        WebLink(f"{base}/timemap/a/{found.id}", "self", (("type", "application/link-format"), *span)),
        WebLink(f"{base}/timegate/a/{found.id}", "timegate"),
        *(_memento_link(archive, found, versions, version, "memento") for version in versions),
    ]
    return Response(link_format(_united(links)), media_type="application/link-format")


def memento_headers(archive: Archive, article: Article, versions: Sequence[VersionNote]) -> dict[str, str]:
    """What the page of a version says of itself: when it stood, and where the others are."""
    links = _links(archive, article, versions)
    at = {version.number: version for version in versions}
    for number, name in ((article.version - 1, "prev"), (article.version + 1, "next")):
        if number in at:
            links.append(_memento_link(archive, article, versions, at[number], f"{name} memento"))
    if article.version - 1 in at:
        links.append(WebLink(archive.base_url + version_path(article.id, article.version - 1), "predecessor-version"))
    if article.version + 1 in at:
        links.append(WebLink(archive.base_url + version_path(article.id, article.version + 1), "successor-version"))
    links.append(WebLink(f"{archive.base_url}{version_path(article.id, article.current)}", "latest-version"))
    links.append(WebLink(f"{archive.base_url}/a/{article.id}/versions", "version-history"))
    return {"Memento-Datetime": http_date(article.stored_at), "Link": link_header(_united(links))}


def original_links(archive: Archive, article: Article) -> list[WebLink]:
    """What the permalink says of its versions, without looking at them."""
    base = archive.base_url
    return [
        *_guides(archive, article),
        WebLink(base + article.version_path, "latest-version"),
        WebLink(f"{base}/a/{article.id}/versions", "version-history"),
    ]


def standing_at(versions: Sequence[VersionNote], moment: datetime) -> VersionNote | None:
    """The version that stood at a moment; None before the first. Dates of HTTP count whole seconds."""
    then = [version for version in versions if version.stored_at.replace(microsecond=0) <= moment]
    return then[-1] if then else None


def read_moment(text: str) -> datetime | None:
    """A date of HTTP; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _links(archive: Archive, article: Article, versions: Sequence[VersionNote]) -> list[WebLink]:
    return [
        WebLink(archive.base_url + article.path, "original"),
        *_guides(archive, article),
        _memento_link(archive, article, versions, versions[0], "memento"),
        _memento_link(archive, article, versions, versions[-1], "memento"),
    ]


def _guides(archive: Archive, article: Article) -> list[WebLink]:
    base = archive.base_url
    return [
        WebLink(f"{base}/timegate/a/{article.id}", "timegate"),
        WebLink(f"{base}/timemap/a/{article.id}", "timemap", (("type", "application/link-format"),)),
    ]


def _memento_link(
    archive: Archive, article: Article, versions: Sequence[VersionNote], version: VersionNote, rel: str
) -> WebLink:
    names = [name for name, one in (("first", versions[0]), ("last", versions[-1])) if one.number == version.number]
    target = archive.base_url + version_path(article.id, version.number)
    return WebLink(target, " ".join([*names, rel]), (("datetime", http_date(version.stored_at)),))


def _united(links: Sequence[WebLink]) -> list[WebLink]:
    """One link for each target and set of attributes, with all the relations that were said of it."""
    relations: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, None]] = {}
    for link in links:
        relations.setdefault((link.target, link.attributes), {}).update(dict.fromkeys(link.rel.split()))
    return [WebLink(target, " ".join(names), attributes) for (target, attributes), names in relations.items()]


def _elsewhere(request: Request, found: Moved | Tombstone | None, id: str, kind: str) -> Response:
    match found:
        case Moved():
            return moved(request, f"/{kind}/a/{found.into}")
        case Tombstone():
            return withdrawn(request, found)
        case None:
            raise unknown(id)
