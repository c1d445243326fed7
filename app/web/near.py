"""The articles whose text is nearly that of another, as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.article import Article, ArticleSummary
from app.language import percent_text
from app.search.near_duplicates import resemblance, shingles
from app.store import articles
from app.web.dependencies import Archive
from app.web.present import ArticleLine, article_line

MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class NearView:
    """share: the part of both texts that they have in common."""

    line: ArticleLine
    share: str


@dataclass(frozen=True, slots=True)
class NearlyTheSame:
    """articles: those that are listed, the likest first. more: how many are not."""

    articles: tuple[NearView, ...]
    more: int


def nearly_the_same(archive: Archive, article: Article) -> NearlyTheSame | None:
    """None where no article is nearly the same, and while there is no index to ask. Raises StoreError."""
    ids = archive.near_duplicates(article.id)
    if not ids:
        return None
    with archive.database.reading() as connection:
        found = articles.current_summaries(connection, ids[:MOST_LISTED])
        texts = articles.texts_of(connection, list(found))
    own = shingles(paragraph.text for paragraph in article.paragraphs)
    shares = [(resemblance(own, shingles(texts.get(version, ()))), one) for version, one in found.items()]
    shares.sort(key=lambda pair: (-pair[0], pair[1].id))
    listed = tuple(_view(share, one) for share, one in shares)
    return NearlyTheSame(listed, len(ids) - len(listed)) if listed else None


def _view(share: float, one: ArticleSummary) -> NearView:
    """Only what is all the same is told to be."""
    return NearView(article_line(one), percent_text(100 if share == 1 else min(99, round(share * 100))))
