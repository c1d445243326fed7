"""Pages for what went wrong, which say what can be done.

For addresses that end in .json the same is answered as an RFC 9457 problem.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from app.language import _, noted
from app.search.engine import IndexUnavailable
from app.store.database import StoreError
from app.web.answers import SECURITY_HEADERS
from app.web.former import other_address
from app.web.pages import page

_log = logging.getLogger(__name__)


class NotFound(HTTPException):
    """Nothing stands at the address. detail: a sentence that says what was looked for."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, detail)


def handle(app: FastAPI) -> None:
    """Answer every error of the site."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(IndexUnavailable, _no_index)
    app.add_exception_handler(StoreError, _no_database)
    app.add_exception_handler(Exception, _broken)


def problem(
    request: Request, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **more: str
) -> JSONResponse:
    """An RFC 9457 problem."""
    content = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": request.scope["path"],
        **more,
    }
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def _answer(
    request: Request, status: HTTPStatus, heading: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    if request.scope["path"].endswith(".json"):
        return problem(request, status, detail, headers)
    answer = page(request, "error.html", status_code=status, status=status.value, heading=heading, detail=detail)
    answer.headers.update(headers or {})
    return answer


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND and (elsewhere := other_address(request)) is not None:
        return RedirectResponse(elsewhere, HTTPStatus.MOVED_PERMANENTLY)
    if isinstance(error, NotFound):
        return _answer(request, status, _("Nothing here"), error.detail)
    if status is HTTPStatus.NOT_FOUND:
        return _answer(request, status, _("Nothing here"), _("There is no page at this address."))
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        sentence = noted("Pages of the archive can be read; %(method)s is not something they answer to.")
        detail = _(sentence, method=request.method)
        return _answer(request, status, _("This page can only be read"), detail, error.headers)
    return _answer(request, status, status.phrase, status.description or status.phrase, error.headers)


def _no_index(request: Request, error: Exception) -> Response:
    _log.error("no search: %s", error)
    detail = _("%(problem)s Articles can still be read, and the archive can be browsed.", problem=str(error))
    return _answer(
        request, HTTPStatus.SERVICE_UNAVAILABLE, _("Search is not available just now"), detail, {"Retry-After": "30"}
    )


def _no_database(request: Request, error: Exception) -> Response:
    _log.error("no database: %s", error)
    detail = _(
        "The database does not answer just now; the server's log says why. Nothing is lost; try again in a minute."
    )
    return _answer(
        request, HTTPStatus.SERVICE_UNAVAILABLE, _("The archive can't be read just now"), detail, {"Retry-After": "30"}
    )


def _broken(request: Request, _error: Exception) -> Response:
    """The error itself goes on to the server, which logs it with its traceback."""
    detail = _(
        "The archive made a mistake in showing this page. It has been noted in the log. Other pages should work."
    )
    answer = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, _("Something broke"), detail)
    answer.headers.update(SECURITY_HEADERS)
    return answer
