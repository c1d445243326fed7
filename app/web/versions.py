"""The versions of an article: each as it was, the list of them, and what changed from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.domain.article import Article, Moved, Tombstone, VersionNote, version_path
from app.domain.correction import Correction, Kind
from app.domain.permalink import without_trailing
from app.language import _, noted
from app.web import fields
from app.web.changes import changes_view
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import moved, unknown, withdrawn
from app.web.errors import NotFound
from app.web.links import WebLink, link_header
from app.web.memento import memento_headers, original_links
from app.web.metadata import article_metadata
from app.web.pages import page
from app.web.present import DateView, date_text, read_number
from app.web.reading import article_view
from app.web.standing import standing_view

router = APIRouter()


@router.get("/a/{id}/v/{number}")
def version_page(id: str, number: str, archive: ArchiveDep, request: Request) -> Response:
    article = _version(archive, id, number)
    if isinstance(article, Tombstone):
        return withdrawn(request, article)
    if request.scope["path"] != article.version_path:
        return moved(request, article.version_path)
    versions = archive.versions(article.id)
    answer = page(
        request,
        "version.html",
        canonical=article.version_path,
        view=article_view(article, archive.base_url),
        metadata=article_metadata(article, archive.base_url),
        problem=None,
        standing=standing_view(article, versions),
    )
    answer.headers.update(memento_headers(archive, article, versions))
    return answer


@router.get("/a/{id}/versions")
def versions_page(id: str, archive: ArchiveDep, request: Request) -> Response:
    article = _version(archive, id, None)
    if isinstance(article, Tombstone):
        return withdrawn(request, article)
    if request.scope["path"] != (path := f"/a/{article.id}/versions"):
        return moved(request, path)
    versions = archive.versions(article.id)
    corrections = archive.corrections(article.id)
    answer = page(
        request,
        "versions.html",
        canonical=path,
        article=article,
        now=f"/a/{article.id}" if article.leads_elsewhere else article.path,
        versions=[_line(article, version, corrections) for version in reversed(versions)],
        corrections=[_correction_line(one) for one in reversed(corrections) if one.kind is not Kind.EDIT],
        several=len(versions) > 1,
    )
    links = [WebLink(archive.base_url + article.path, "original"), *original_links(archive, article)]
    answer.headers["Link"] = link_header(links)
    return answer


@router.get("/a/{id}/diff")
def chosen_diff(id: str, request: Request) -> Response:
    """Where the form on the list of versions leads."""
    asked = request.query_params
    before, after = (read_number(asked.get(name, "")) for name in ("from", "to"))
    if not before or not after:
        raise NotFound(_("A comparison needs the numbers of two versions, as in /a/…/diff/1/2."))
    return Response(status_code=303, headers={"Location": f"/a/{id}/diff/{before}/{after}"})


@router.get("/a/{id}/diff/{before}/{after}")
def diff_page(id: str, before: str, after: str, archive: ArchiveDep, request: Request) -> Response:
    old, new = _version(archive, id, before), _version(archive, id, after)
    for stone in (old, new):
        if isinstance(stone, Tombstone):
            return withdrawn(request, stone)
    assert isinstance(old, Article)  # noqa: S101
    assert isinstance(new, Article)  # noqa: S101
    path = f"/a/{old.id}/diff/{old.version}/{new.version}"
    if request.scope["path"] != path:
        return moved(request, path)
    return page(request, "diff.html", canonical=path, view=changes_view(old, new))


def _version(archive: Archive, id: str, number: str | None) -> Article | Tombstone:
    """Raises NotFound. number: None for the current one, wherever the permalink leads."""
    if number is None:
        found = archive.find(id)
        if isinstance(found, Article | Tombstone):
            return found
        if isinstance(found, Moved):
            current = archive.versions(found.id)[-1].number
            return _version(archive, found.id, str(current))
        raise unknown(id)
    asked = read_number(without_trailing(number))
    version = archive.version(id, asked or 0)
    if version is not None:
        return version
    if archive.find(id) is None:
        raise unknown(id)
    asked_for = without_trailing(number)[:20] or number[:20]
    raise NotFound(_("This article has no version %(number)s.", number=asked_for))


@dataclass(frozen=True, slots=True)
class VersionLine:
    """made: how it came to be. since: what changed since the version before it; None for the first."""

    number: int
    path: str
    stored: DateView
    title: str
    words: int
    sha256: str
    current: bool
    made: str
    reason: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    what: str
    at: DateView
    reason: str | None
    into: str | None


def _line(article: Article, version: VersionNote, corrections: Sequence[Correction]) -> VersionLine:
    made = next((one for one in corrections if one.id == version.correction), None)
    if made is None:
        how = _("stored first") if version.number == 1 else _("came in with other text or metadata")
    else:
        edited = ", ".join(fields.within_a_sentence(field) for field in made.detail)
        sentence = noted("the librarian edited %(fields)s")
        if made.undoes:
            sentence = noted("the librarian took back the edit of %(fields)s")
        how = _(sentence, fields=edited)
    return VersionLine(
        number=version.number,
        path=version_path(article.id, version.number),
        stored=DateView(date_text(version.stored_at), version.stored_at.date().isoformat()),
        title=version.title,
        words=version.words,
        sha256=version.fixity,
        current=version.number == article.current,
        made=how,
        reason=made.reason if made else None,
        since=f"/a/{article.id}/diff/{version.number - 1}/{version.number}" if version.number > 1 else None,
    )


_DONE = {
    (Kind.WITHDRAWAL, False): noted("withdrawn"),
    (Kind.WITHDRAWAL, True): noted("brought back"),
    (Kind.MERGE, False): noted("merged into another article"),
    (Kind.MERGE, True): noted("parted from the article it was merged into"),
}


def _correction_line(one: Correction) -> CorrectionLine:
    into = one.detail.get("into")
    return CorrectionLine(
        what=_(_DONE[one.kind, one.undoes is not None]),
        at=DateView(date_text(one.at), one.at.date().isoformat()),
        reason=one.reason,
        into=f"/a/{into}" if into else None,
    )
