"""An article at its permalink, as a page and as JSON; where a search is in the address, with its matches marked.

A permalink that is spelt otherwise, or whose article moved, leads to the right one; a withdrawn one says why. To
crawlers the page is the same with a search in its address: its canonical link is always the bare permalink.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app.domain.article import Article, Moved, Tombstone
from app.search.engine import SearchRequest
from app.web.dependencies import Archive, ArchiveDep
from app.web.errors import NotFound, problem
from app.web.pages import page
from app.web.parameters import read_search
from app.web.present import date_text, shortened
from app.web.reading import article_view
from app.web.serialize import article_json

router = APIRouter()


@router.get("/a/{id}.json")
def article_as_json(id: str, archive: ArchiveDep, request: Request) -> Response:
    match archive.find(id):
        case Article() as article if article.id == id:
            return JSONResponse(article_json(article, archive.base_url))
        case Article() as article:
            return _redirect(request, f"/a/{article.id}.json")
        case Moved() as moved:
            return _redirect(request, f"/a/{moved.into}.json")
        case Tombstone() as stone:
            detail = f"Withdrawn on {date_text(stone.withdrawn_at)}: {stone.reason}"
            return problem(
                request, HTTPStatus.GONE, detail, withdrawn_at=stone.withdrawn_at.isoformat(), reason=stone.reason
            )
        case None:
            raise _unknown(id)


@router.get("/a/{id}")
@router.get("/a/{id}/{slug}")
def article_page(id: str, archive: ArchiveDep, request: Request, slug: str = "") -> Response:
    match archive.find(id):
        case Article() as article if (article.id, article.slug) == (id, slug):
            view = article_view(article, archive.base_url, _found_by(archive, request))
            return page(request, "article.html", canonical=article.path, view=view)
        case Article() | Moved() as found:
            return _redirect(request, found.path)
        case Tombstone() as stone:
            return page(
                request,
                "tombstone.html",
                canonical=f"/a/{stone.id}",
                status_code=HTTPStatus.GONE,
                id=stone.id,
                reason=stone.reason,
                date=date_text(stone.withdrawn_at),
                iso=stone.withdrawn_at.date().isoformat(),
            )
        case None:
            raise _unknown(id)


def _found_by(archive: Archive, request: Request) -> SearchRequest | None:
    """The search that the article was opened from; None where the address has no words of one."""
    if not request.query_params.get("q"):
        return None
    asked = read_search(request.query_params)
    return archive.widened(asked) if asked.query.text else None


def _redirect(request: Request, path: str) -> Response:
    """For ever; what stood after the question mark is kept."""
    query = request.url.query
    return RedirectResponse(f"{path}?{query}" if query else path, HTTPStatus.MOVED_PERMANENTLY)


def _unknown(id: str) -> NotFound:
    return NotFound(f"No article of this archive has, or ever had, the id “{shortened(id, 40)}”.")
