"""The page of results, and the same search as JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.search.search import SearchPage
from app.search.serialize import search_json
from app.web.dependencies import Archive, ArchiveDep
from app.web.pages import page
from app.web.parameters import on_page, read_search
from app.web.results import results_view

router = APIRouter()


@router.get("/search")
def search_page(archive: ArchiveDep, request: Request) -> Response:
    view = results_view(_ask(archive, request))
    return page(request, "search.html", canonical=view.path, view=view)


@router.get("/search.json")
def search_as_json(archive: ArchiveDep, request: Request) -> Response:
    return JSONResponse(search_json(_ask(archive, request), archive.base_url))


def _ask(archive: Archive, request: Request) -> SearchPage:
    """A page beyond the last is answered with the last."""
    asked = read_search(request.query_params)
    found = archive.search(asked)
    if asked.page > found.pages:
        return archive.search(on_page(asked, found.pages))
    return found
