"""The articles that are most like another, and why, on a page of their own: an article's own page does not change when
others come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from app.domain.article import Article, ArticleSummary
from app.language import _
from app.search.engine import Related
from app.store import articles
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import led
from app.web.pages import page
from app.web.present import ArticleLine, article_line

_BETWEEN: Final = "[-‑’'.]?"
"""What the index leaves out of words."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RelatedView:
    """words: that tell the article from others and stand in both, as the article writes them. reasons: what else they
    share, in a few words each."""

    line: ArticleLine
    words: tuple[str, ...]
    reasons: tuple[str, ...]


@router.get("/related/{id}")
def related_articles(id: str, archive: ArchiveDep, request: Request) -> Response:
    article = archive.find(id)
    if not isinstance(article, Article) or article.id != id:
        return led(request, id, article, "/related/{}".format)
    found = _related(archive, article)
    answer = page(request, "related.html", article=(article.title.value, article.path), related=found)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _related(archive: Archive, article: Article) -> tuple[RelatedView, ...]:
    found = archive.related(article.id)
    with archive.database.reading() as connection:
        listed = {one.id: one for one in articles.summaries(connection, [one.id for one in found])}
    text = "\n".join([article.title.value, *(paragraph.text for paragraph in article.paragraphs)])
    return tuple(_view(article, text, one, listed[one.id]) for one in found if one.id in listed)


def _view(article: Article, text: str, found: Related, other: ArticleSummary) -> RelatedView:
    return RelatedView(article_line(other), tuple(_as_written(found.words, text)), tuple(_shared(article, other)))


def _shared(article: Article, other: ArticleSummary) -> Iterator[str]:
    for name in (author.value for author in article.authors if author.value in other.authors):
        yield _("also by %(name)s", name=name)
    for name in (topic.value for topic in article.topics if topic.value in other.topics):
        yield _("topic: %(name)s", name=name)


def _as_written(words: Sequence[str], text: str) -> Iterator[str]:
    """Words of the index as they first stand in the text: with capitals, accents and hyphens. Those that don't stand
    there in this very form are left out."""
    for word in words:
        found = re.search(rf"(?<!\w){_BETWEEN.join(map(re.escape, word))}(?!\w)", text, re.IGNORECASE)
        if found:
            yield found[0]
