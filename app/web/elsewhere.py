"""What pages of an article answer where they do not show it: it moved, it was withdrawn, or it never was."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from app.domain.article import Article, Moved, Tombstone
from app.language import _
from app.web.errors import NotFound, problem
from app.web.pages import page
from app.web.present import date_text, shortened


def moved(request: Request, path: str, status: HTTPStatus = HTTPStatus.MOVED_PERMANENTLY) -> Response:
    """For ever, unless another status is given; what stood after the question mark is kept."""
    query = request.url.query
    before, hash, fragment = path.partition("#")
    return RedirectResponse(f"{before}?{query}{hash}{fragment}" if query else path, status)


def withdrawn(request: Request, stone: Tombstone) -> Response:
    """410, with the reason and the date, in the form that was asked for."""
    path: str = request.scope["path"]
    detail = withdrawn_text(stone)
    form = path.rpartition("/")[2].partition(".")[2]
    if form.endswith("json"):
        moment = stone.withdrawn_at.isoformat()
        return problem(request, HTTPStatus.GONE, detail, withdrawn_at=moment, reason=stone.reason)
    if (form and path.count("/") in (2, 4)) or path.startswith(("/timegate/", "/timemap/")):
        return PlainTextResponse(f"{detail}\n", HTTPStatus.GONE)
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


def withdrawn_text(stone: Tombstone) -> str:
    """When an article was withdrawn, and why, in a sentence."""
    reason = stone.reason or _("no reason was given.")
    return _("Withdrawn on %(date)s: %(reason)s", date=date_text(stone.withdrawn_at), reason=reason)


def led(request: Request, id: str, found: Article | Moved | Tombstone | None, path: Callable[[str], str]) -> Response:
    """Where a page that belongs to an article is not at the address asked for: it is beside the article that the id
    means, or leads to. path: the page's, by an article's id. Raises NotFound for an id that no article has."""
    match found:
        case Article():
            return moved(request, path(found.id))
        case Moved():
            return moved(request, path(found.into))
        case Tombstone():
            return withdrawn(request, found)
        case None:
            raise unknown(id)


def unknown(id: str) -> NotFound:
    return NotFound(_("No article of this archive has, or ever had, the id “%(id)s”.", id=shortened(id, 40)))
