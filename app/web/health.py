"""For those who keep the site running: is it alive, and can it answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

from app.search.engine import IndexUnavailable
from app.store.database import StoreError
from app.web.dependencies import Archive, ArchiveDep

router = APIRouter()


@router.get("/healthz", response_class=PlainTextResponse)
def alive() -> str:
    return "ok"


@router.get("/readyz")
def ready(archive: ArchiveDep) -> JSONResponse:
    """200 where database and index answer, else 503; says which does not."""
    database, index = _ask_database(archive), _ask_index(archive)
    works = database == index == "ok"
    return JSONResponse({"ready": works, "database": database, "index": index}, 200 if works else 503)


def _ask_database(archive: Archive) -> str:
    return "ok" if archive.database.answers() else "does not answer"


def _ask_index(archive: Archive) -> str:
    try:
        with archive.index.engine() as engine:
            engine.document_count()
    except IndexUnavailable as error:
        return str(error)
    except StoreError:
        return "not known while the database does not answer"
    return "ok"
