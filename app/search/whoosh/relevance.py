"""Puts the articles that answer in order of relevance, and tells why each stands where it does.

BM25F orders all of them. The best are looked at again: whether the query's words stand near each other, and whether a
passage means what the query does. For a sentence, of which any word may match, the articles after the first few are
then ordered anew with words that the best ones have in common (pseudo-relevance feedback, Abdul-Jaleel et al. 2004).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from app.domain.query import And, Clause, Field, Match, Near, Or, Phrase, Query, Widened, Word, top_level
from app.search.analysis import tokens
from app.search.analysis.lookups import Forms, InPart, Lookup, Names, Plan, Readings, lookups, translate
from app.search.engine import Contribution
from app.search.meaning import SIZE, Vectors, meaning, nearest
from app.search.parse import as_text
from app.search.whoosh.columns import Columns
from app.search.whoosh.postings import Postings
from app.search.whoosh.ranking import Ranking, Scores
from app.search.whoosh.sets import Articles, Scratch

RERANKED: Final = 200
"""Articles, best first, that are looked at again."""

MEANING: Final = 0.5
"""What a passage that means just what the query does adds, as a part of the best article's score."""

LEARNED_FROM: Final = 10
"""The best articles, whose common words are learned."""

KEPT: Final = 5
"""The best articles, which keep their places whatever is learned: where only one article answers, it is among them."""

LEARNED_WORDS: Final = 20
LEARNED_WEIGHT: Final = 0.3
"""Words that are learned at most, and their weight, the whole query's being 1."""

_CANDIDATES = 40
_COMMON = 0.1  # a word in a larger part of the archive tells nothing


@dataclass(frozen=True, slots=True)
class Ordered:
    """Articles, best first, and their scores. added: what came on top of the occurrences, by name and article."""

    articles: Articles
    scores: Scores
    asked: Mapping[Lookup, float]
    added: dict[str, dict[int, float]] = field(default_factory=dict)


class Relevance:
    """Orders the articles of one generation."""

    def __init__(self, columns: Columns, postings: Postings, ranking: Ranking, reranked: int = RERANKED) -> None:
        self._columns = columns
        self._postings = postings
        self._reranked = reranked
        self._ranking = ranking

    def order(self, query: Query, plan: Plan, articles: Articles, wanted: int, scratch: Scratch) -> Ordered:
        """The best of some articles, which rise, as many as wanted; ties newest first, then by id."""
        asked = dict(_weighed(query, plan))
        vectors = _vectors(query) if self._reranked else None
        first = self._order(asked, {}, vectors, articles, max(wanted, self._reranked), scratch)
        if query.match is not Match.ANY or len(articles) <= KEPT or not self._reranked:
            return first
        learned = self._learned(first)
        if not learned:
            return first
        return _kept(first, self._order(asked, learned, vectors, articles, max(wanted, self._reranked), scratch))

    def by_occurrences(self, query: Query, plan: Plan, articles: Articles, scratch: Scratch) -> Articles:
        """Some articles, which rise, best first by occurrences alone; ties newest first, then by id."""
        scores = self._scores(dict(_weighed(query, plan)), articles, scratch)
        best: Articles = articles[self._ranking.best_first(articles, scores, len(articles))]
        return best

    def explain(self, root: Clause, ordered: Ordered, number: int) -> tuple[Contribution, ...]:
        """What each clause adds; a lookup that several clauses share counts for the first."""
        seen: set[Lookup] = set()
        found = []
        for clause in top_level(root):
            own = [lookup for lookup in lookups(translate(clause)) if lookup not in seen]
            seen.update(own)
            if own:
                occurrences = [(self._postings.find(lookup), ordered.asked[lookup]) for lookup in own]
                found.append(self._ranking.explain(as_text(clause), occurrences, number))
        found += [Contribution(name, more[number]) for name, more in ordered.added.items() if more.get(number)]
        return tuple(found)

    def _order(
        self,
        asked: Mapping[Lookup, float],
        learned: Mapping[Lookup, float],
        vectors: Vectors | None,
        articles: Articles,
        wanted: int,
        scratch: Scratch,
    ) -> Ordered:
        scores = self._scores(asked, articles, scratch)
        more = self._scores(learned, articles, scratch) if learned else None
        if more is not None:
            scores += more
        best = self._ranking.best_first(articles, scores, wanted)
        articles, scores = articles[best], scores[best]
        added = {} if more is None else {"feedback": _by_article(articles, more[best])}
        ordered = Ordered(articles, scores, asked, added)
        return self._looked_at_again(ordered, vectors) if self._reranked and len(articles) else ordered

    def _looked_at_again(self, first: Ordered, vectors: Vectors | None) -> Ordered:
        """The best in a new order, by what is too dear to ask of all."""
        rising = np.argsort(first.articles[: self._reranked])
        head, scores = first.articles[rising], first.scores[rising]
        added = dict(first.added)
        top = float(first.scores[0])
        for name, values in (
            ("nearness", self._nearness(list(first.asked), head)),
            ("meaning", self._meaning(vectors, head) * np.float32(top * MEANING)),
        ):
            if values.any():
                scores = scores + values
                added[name] = _by_article(head, values)
        best = self._ranking.best_first(head, scores, len(head))
        rest = slice(len(head), None)
        return Ordered(
            np.concatenate([head[best], first.articles[rest]]),
            np.concatenate([scores[best], first.scores[rest]]),
            first.asked,
            added,
        )

    def _scores(self, asked: Mapping[Lookup, float], articles: Articles, scratch: Scratch) -> Scores:
        occurrences = [(self._postings.find(lookup), weight) for lookup, weight in asked.items()]
        return self._ranking.scores(occurrences, articles, scratch)

    def _nearness(self, asked: Sequence[Lookup], articles: Articles) -> Scores:
        words = [_exact_word(lookup) for lookup in asked]
        pairs = [
            (asked[at], asked[at + 1], one, other)
            for at, (one, other) in enumerate(pairwise(words))
            if one and other and one != other
        ]
        places = {word: self._postings.keys(word, articles) for pair in pairs for word in pair[2:]}
        rarity = {
            lookup: self._ranking.rarity(len(self._postings.find(lookup))) for pair in pairs for lookup in pair[:2]
        }
        return self._ranking.nearness(
            [(places[one], places[other], min(rarity[first], rarity[second])) for first, second, one, other in pairs],
            articles,
        )

    def _meaning(self, vectors: Vectors | None, articles: Articles) -> Scores:
        """How near the nearest passage of each article is to the query."""
        if vectors is None:
            return np.zeros(len(articles), np.float32)
        stored, held = self._postings.column("meaning", articles, SIZE)
        return nearest(stored.view(np.int8), held, vectors)

    def _learned(self, first: Ordered) -> dict[Lookup, float]:
        """Words that the best articles have in common and few others have, with their weights (a relevance model)."""
        rising = np.argsort(first.articles[:LEARNED_FROM])
        best, scores = first.articles[rising], first.scores[rising]
        total = float(scores.sum()) or 1.0
        shares: defaultdict[str, float] = defaultdict(float)
        for score, terms in zip(scores.tolist(), self._postings.terms(best), strict=True):
            length = sum(terms.values())
            for stem, often in terms.items():
                shares[stem] += score / total * often / length
        worth: dict[str, float] = {}
        for stem, share in sorted(shares.items(), key=lambda item: (-round(item[1], 9), item[0]))[:_CANDIDATES]:
            articles = len(self._postings.find(Forms(stem, "")))
            if 1 < articles <= _COMMON * self._columns.live_count:
                worth[stem] = share * self._ranking.rarity(articles)
        chosen = sorted(worth.items(), key=lambda item: (-round(item[1], 9), item[0]))[:LEARNED_WORDS]
        sum_ = sum(value for _, value in chosen)
        if not sum_:
            return {}
        whole = LEARNED_WEIGHT / (1 - LEARNED_WEIGHT) * sum(first.asked.values())
        return {Forms(stem, ""): whole * value / sum_ for stem, value in chosen}


def _by_article(articles: Articles, values: Scores) -> dict[int, float]:
    return dict(zip(articles.tolist(), values.tolist(), strict=True))


def _kept(first: Ordered, second: Ordered) -> Ordered:
    """The second order, except that the best articles of the first stay before all others."""
    kept, own = first.articles[:KEPT], first.scores[:KEPT]
    others = ~np.isin(second.articles, kept)
    rest, theirs = second.articles[others], second.scores[others]
    added = {name: dict(more) for name, more in second.added.items()}
    lift = np.float32(max(0.0, float(theirs[0] - own[-1]))) if len(rest) else np.float32(0)
    for number in kept.tolist():
        for name, more in added.items():
            more[number] = first.added.get(name, {}).get(number, 0.0)
    for name, more in first.added.items():
        for number in kept.tolist():
            added.setdefault(name, {})[number] = more.get(number, 0.0)
    added["kept"] = dict.fromkeys(kept.tolist(), float(lift))
    return Ordered(np.concatenate([kept, rest]), np.concatenate([own + lift, theirs]), second.asked, added)


def _weighed(query: Query, plan: Plan) -> Iterator[tuple[Lookup, float]]:
    """What articles are ranked by. In a sentence, a word that was typed twice counts twice."""
    typed = Counter(token.word for token in tokens(query.text)) if query.match is Match.ANY else Counter[str]()
    for lookup in lookups(plan):
        word = _exact_word(lookup)
        yield lookup, float(max(1, typed[word])) if word else 1.0


def _vectors(query: Query) -> Vectors | None:
    known, text = meaning(), " ".join(_wanted_words(query.root))
    return known.of_query(text) if known is not None and text else None


def _wanted_words(clause: Clause) -> Iterator[str]:
    """The words and phrases that should stand in an article, as typed."""
    match clause:
        case Word(text) | Phrase(text):
            yield text
        case And(clauses) | Or(clauses) | Near(clauses):
            for inner in clauses:
                yield from _wanted_words(inner)
        case Widened(inner, _) | Field("title" | "text", inner):
            yield from _wanted_words(inner)
        case _:
            return


def _exact_word(lookup: Lookup) -> str | None:
    match lookup:
        case Forms(_, word):
            return word
        case Readings(ways) | Names(ways) if isinstance(ways[0], Forms):
            return ways[0].exact
        case InPart(_, inner):
            return _exact_word(inner)
        case _:
            return None
