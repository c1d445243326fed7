"""The feeds that the archive follows, and how they fare."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.language import _, plural
from app.store import feeds
from app.store.feeds import Feed
from app.web.dependencies import ArchiveDep
from app.web.pages import page
from app.web.present import moment_text, shortened

router = APIRouter()


@dataclass(frozen=True, slots=True)
class FeedRow:
    """state: how it fares, in words. failing: something is wrong with it."""

    title: str
    address: str
    polled: str | None
    changed: str | None
    next: str | None
    state: str
    failing: bool


@router.get("/about/feeds")
def feeds_page(archive: ArchiveDep, request: Request) -> Response:
    with archive.database.reading() as connection:
        found = feeds.every(connection)
    rows = [_row(feed) for feed in found]
    return page(request, "feeds.html", feeds=rows, failing=sum(row.failing for row in rows))


def _row(feed: Feed) -> FeedRow:
    return FeedRow(
        title=shortened(feed.title or feed.address, 200),
        address=feed.address,
        polled=None if feed.polled_at is None else moment_text(feed.polled_at),
        changed=None if feed.changed_at is None else moment_text(feed.changed_at),
        next=None if feed.gone_at is not None else moment_text(feed.next_poll_at),
        state=_state(feed),
        failing=feed.failures > 0 or feed.gone_at is not None,
    )


def _state(feed: Feed) -> str:
    problem = shortened(feed.problem or "", 400)
    if feed.gone_at is not None:
        return _("Not followed any more: %(problem)s.", problem=problem)
    if feed.failures:
        return plural(
            "Failed once: %(problem)s.", "Failed %(num)s times in a row: %(problem)s.", feed.failures, problem=problem
        )
    return _("well") if feed.polled_at is not None else _("new")
