"""Where a version stands among the others, as its page says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.article import Article, VersionNote, version_path
from app.web.present import DateView, date_text


@dataclass(frozen=True, slots=True)
class StandingView:
    """newest: whether it is the current one. changed: the comparison with the current version, None where it is that.

    as_of: the moment that was asked for, as it reads; too_early: whether the archive did not hold the article then.
    leads_elsewhere: whether the permalink leads to another article now.
    """

    number: int
    versions: int
    newest: bool
    stored: DateView
    now: str
    all: str
    changed: str | None
    previous: str | None
    next: str | None
    as_of: str | None
    too_early: bool
    leads_elsewhere: bool


def standing_view(
    article: Article, versions: Sequence[VersionNote], *, as_of: str | None = None, too_early: bool = False
) -> StandingView:
    numbers = {version.number for version in versions}
    newest = article.version == article.current

    def path(number: int) -> str | None:
        return version_path(article.id, number) if number in numbers else None

    return StandingView(
        number=article.version,
        versions=len(versions),
        newest=newest,
        stored=DateView(date_text(article.stored_at), article.stored_at.date().isoformat()),
        now=f"/a/{article.id}" if article.leads_elsewhere else article.path,
        all=f"/a/{article.id}/versions",
        changed=None if newest else f"/a/{article.id}/diff/{article.version}/{article.current}",
        previous=path(article.version - 1),
        next=path(article.version + 1),
        as_of=as_of,
        too_early=too_early,
        leads_elsewhere=article.leads_elsewhere,
    )
