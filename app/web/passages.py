"""A paragraph by its lasting name: leads to where it stands now; where it changed or went, shows what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from app.domain.article import Article, Moved, Tombstone, version_path
from app.domain.canonical import Paragraph
from app.domain.diff import Run, align, word_runs
from app.domain.passage import fingerprints, read_fingerprint
from app.language import _
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import moved, unknown, withdrawn
from app.web.errors import NotFound
from app.web.pages import page
from app.web.present import DateView, date_text, shortened

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PassageView:
    """What became of a paragraph. then: its text; version, number: the last version that had it, and its number there.

    now: the paragraph that it became, None where it went; runs: the one turned into the other.
    """

    title: str
    article: str
    then: str
    version: int
    number: int
    stored: DateView
    version_path: str
    now: int | None
    now_path: str | None
    runs: tuple[Run, ...]
    changes: str | None


@router.get("/a/{id}/p/{mark}")
def passage(id: str, mark: str, archive: ArchiveDep, request: Request) -> Response:
    meant = read_fingerprint(mark)
    found = archive.find(id)
    if meant is None:
        raise NotFound(
            _("“%(given)s” is no paragraph’s name; those have eight letters and figures.", given=shortened(mark, 40))
        )
    match found:
        case Article() | Moved():
            return _lead(archive, request, found, meant)
        case Tombstone() as stone:
            return withdrawn(request, stone)
        case None:
            raise unknown(id)


def _lead(archive: Archive, request: Request, found: Article | Moved, mark: str) -> Response:
    current = found if isinstance(found, Article) else archive.find(found.into)
    if not isinstance(current, Article):
        # Moved or withdrawn since, an instant ago.
        return moved(request, f"/a/{found.id}", HTTPStatus.FOUND)
    here = _number(current.paragraphs, mark)
    if here is not None:
        # Not for ever: paragraphs are numbered anew when others come before them.
        return moved(request, f"{current.path}#p{here}", HTTPStatus.FOUND)
    for version in reversed(archive.versions(found.id)):
        then = archive.version(found.id, version.number)
        if isinstance(then, Article) and (number := _number(then.paragraphs, mark)) is not None:
            path = f"/a/{found.id}/p/{mark}"
            if request.scope["path"] != path:
                return moved(request, path)
            return page(request, "passage.html", canonical=path, view=_view(then, number, current))
    raise NotFound(_("No version of this article has, or ever had, a paragraph of this name."))


def _number(paragraphs: tuple[Paragraph, ...], mark: str) -> int | None:
    return next((number for number, one in enumerate(fingerprints(paragraphs), start=1) if one == mark), None)


def _view(then: Article, number: int, current: Article) -> PassageView:
    became = dict(align(then.paragraphs, current.paragraphs)).get(number - 1)
    was = then.paragraphs[number - 1].text
    return PassageView(
        title=current.title.value,
        article=current.path,
        then=was,
        version=then.version,
        number=number,
        stored=DateView(date_text(then.stored_at), then.stored_at.date().isoformat()),
        version_path=f"{version_path(then.id, then.version)}#p{number}",
        now=None if became is None else became + 1,
        now_path=None if became is None else f"{current.path}#p{became + 1}",
        runs=() if became is None else word_runs(was, current.paragraphs[became].text),
        changes=f"/a/{then.id}/diff/{then.version}/{current.version}" if then.id == current.id else None,
    )
