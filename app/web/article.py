"""An article at its permalink; where a search is in the address, with its matches marked; with `as_of`, as it was then.

A permalink that is spelt otherwise, or whose article moved, leads to the right one; a withdrawn one says why. To
crawlers the page is the same with a search in its address: its canonical link is always the bare permalink.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response

from app.domain.article import Article, Moved, Tombstone
from app.domain.moments import AsOf, read_as_of
from app.search.engine import SearchRequest
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import moved, unknown, withdrawn
from app.web.forms import FORM_TYPES
from app.web.links import link_header
from app.web.memento import memento_headers, original_links, standing_at
from app.web.metadata import article_metadata
from app.web.near import nearly_the_same
from app.web.pages import page
from app.web.parameters import read_search
from app.web.present import as_of_problem, as_of_text
from app.web.reading import article_view
from app.web.signposting import article_links
from app.web.standing import standing_view

router = APIRouter()


@router.get("/a/{id}")
@router.get("/a/{id}/{slug}")
def article_page(id: str, archive: ArchiveDep, request: Request, slug: str = "") -> Response:
    as_of = read_as_of(request.query_params.get("as_of", ""))
    match archive.find(id):
        case Article() as article if as_of is not None and as_of.until is not None and article.id == id:
            return _as_it_stood(archive, request, article, as_of, as_of.until)
        case Article() as article if (article.id, article.slug) == (id, slug):
            return _page(archive, request, article, as_of)
        case Article() | Moved() as found:
            return moved(request, found.path)
        case Tombstone() as stone:
            return withdrawn(request, stone)
        case None:
            raise unknown(id)


def _page(archive: Archive, request: Request, article: Article, as_of: AsOf | None) -> Response:
    view = article_view(article, archive.base_url, _found_by(archive, request), near=nearly_the_same(archive, article))
    answer = page(
        request,
        "article.html",
        canonical=article.path,
        view=view,
        metadata=article_metadata(article, archive.base_url),
        problem=None if as_of is None else as_of_problem(as_of),
    )
    links = [*article_links(article, archive.base_url, FORM_TYPES), *original_links(archive, article)]
    answer.headers["Link"] = link_header(links)
    return answer


def _as_it_stood(archive: Archive, request: Request, article: Article, as_of: AsOf, until: datetime) -> Response:
    versions = archive.versions(article.id)
    then = standing_at(versions, until)
    found = archive.version(article.id, (then or versions[0]).number)
    if not isinstance(found, Article):
        # Withdrawn since it was looked up, an instant ago.
        return moved(request, article.path)
    answer = page(
        request,
        "version.html",
        canonical=found.version_path,
        view=article_view(found, archive.base_url, _found_by(archive, request)),
        metadata=None,
        problem=None,
        standing=standing_view(found, versions, as_of=as_of_text(as_of), too_early=then is None),
    )
    answer.headers.update(memento_headers(archive, found, versions))
    return answer


def _found_by(archive: Archive, request: Request) -> SearchRequest | None:
    """The search that the article was opened from; None where the address has no words of one."""
    if not request.query_params.get("q"):
        return None
    asked = read_search(request.query_params)
    return archive.widened(asked) if asked.query.text else None
