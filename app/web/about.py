"""What this archive is, with its own numbers."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.store import browse
from app.web.dependencies import ArchiveDep
from app.web.pages import page

router = APIRouter()


@router.get("/about")
def about(archive: ArchiveDep, request: Request) -> Response:
    with archive.database.reading() as connection:
        glance = browse.glance(connection)
    return page(request, "about.html", glance=glance, generation=archive.index.generation())
