"""A search in one article: what it matches, marked and counted, and the way back to the results.

Marks what the engine matches, by the same rules; which of an article's texts are marked is left to `reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from app.domain.query import Query
from app.language import _, listed, noted, number_text
from app.search.analysis.lookups import Part
from app.search.engine import SearchRequest
from app.search.marks import finder
from app.search.serialize import search_parameters
from app.search.snippets import mark, to_html
from app.web.present import shortened


@dataclass(frozen=True, slots=True)
class Marked:
    """A text as HTML, escaped, with what matches in <mark>; and how often something does."""

    html: Markup
    matches: int


class Marker:
    """Marks what one query matches, in any number of texts."""

    def __init__(self, query: Query) -> None:
        self._finders = {part: finder(query, part) for part in Part}

    def stretches(self, part: Part, text: str) -> list[tuple[int, int]]:
        """Where something matches in a text. part: of the article, where the text stands."""
        found: list[tuple[int, int]] = []
        start = 0
        for piece in mark(self._finders[part], text):
            if piece.marked:
                found.append((start, start + len(piece.text)))
            start += len(piece.text)
        return found

    def mark(self, part: Part, text: str) -> Marked:
        """part: of the article, where the text stands."""
        pieces = mark(self._finders[part], text)
        html = Markup(to_html(pieces))  # noqa: S704 - to_html escapes
        return Marked(html, sum(piece.marked for piece in pieces))


@dataclass(frozen=True, slots=True)
class MatchesView:
    """text: the query as typed, cut. matches: in how many places of the text, in how many of its paragraphs.

    first: the first paragraph that matches, None where none does. elsewhere: matches in title and summary, in words.
    """

    text: str
    matches: int
    paragraphs: int
    first: int | None
    elsewhere: str
    results_path: str


def matches_view(
    request: SearchRequest, title: Marked, summary: Marked | None, paragraphs: Sequence[tuple[int, int]]
) -> MatchesView:
    """request: the search that the article was opened from. paragraphs: number and matches of each."""
    results = replace(request, explain=False, generation=None)
    matching = [(number, matches) for number, matches in paragraphs if matches]
    places = (
        (noted("%(count)s in the title"), title.matches),
        (noted("%(count)s in the summary"), 0 if summary is None else summary.matches),
    )
    return MatchesView(
        text=shortened(request.query.text, 80),
        matches=sum(matches for _number, matches in matching),
        paragraphs=len(matching),
        first=matching[0][0] if matching else None,
        elsewhere=listed([_(place, count=number_text(count)) for place, count in places if count]),
        results_path=f"/search?{search_parameters(results, page=request.page)}",
    )
