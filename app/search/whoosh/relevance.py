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
import numpy.typing as npt

from app.domain.query import And, Clause, Field, Match, Near, Or, Phrase, Query, Widened, Word, top_level
from app.search.analysis import tokens
from app.search.analysis.lookups import Forms, InPart, Lookup, Names, Plan, Readings, lookups, translate
from app.search.engine import Contribution
from app.search.meaning import Vectors, from_bytes, meaning, nearest
from app.search.parse import as_text
from app.search.whoosh.batch import read_terms
from app.search.whoosh.columns import Columns
from app.search.whoosh.postings import Postings
from app.search.whoosh.ranking import Ranking, Scores
from app.search.whoosh.segments import reading

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
_DECIMALS = 4

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Articles, best first. scores: of every article of the index, by number. added: what came on top of the
    occurrences, by name and article."""

    numbers: Numbers
    scores: Scores
    asked: Mapping[Lookup, float]
    added: dict[str, dict[int, float]] = field(default_factory=dict)


class Relevance:
    """Orders the articles of one generation."""

    def __init__(self, columns: Columns, postings: Postings) -> None:
        self._columns = columns
        self._postings = postings
        self._ranking = Ranking(columns)

    def order(self, query: Query, plan: Plan, articles: Numbers, wanted: int) -> Ordered:
        """The best of some articles, as many as wanted; ties newest first, then by id."""
        asked = dict(_weighed(query, plan))
        vectors = _vectors(query)
        first = self._order(asked, {}, vectors, articles, max(wanted, RERANKED))
        if query.match is not Match.ANY or len(articles) <= KEPT:
            return first
        learned = self._learned(first)
        if not learned:
            return first
        return _kept(first, self._order(asked, learned, vectors, articles, max(wanted, RERANKED)))

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
        articles: Numbers,
        wanted: int,
    ) -> Ordered:
        scores = self._scores(asked)
        added: dict[str, dict[int, float]] = {}
        if learned:
            more = self._scores(learned)
            scores += more
        ordered = self._best_first(articles, scores, wanted)
        if learned:
            added["feedback"] = {number: float(more[number]) for number in ordered.tolist()}
        head = np.sort(ordered[:RERANKED])
        best = float(scores[ordered[0]])
        for name, values in (
            ("nearness", self._nearness(list(asked), head.tolist())),
            ("meaning", best * MEANING * self._meaning(vectors, head)),
        ):
            scores[head] += values
            added[name] = dict(zip(head.tolist(), values.tolist(), strict=True))
        ordered = np.concatenate([self._best_first(head, scores, RERANKED), ordered[RERANKED:]])
        return Ordered(ordered, scores, asked, added)

    def _scores(self, asked: Mapping[Lookup, float]) -> Scores:
        return self._ranking.scores((self._postings.find(lookup), weight) for lookup, weight in asked.items())

    def _best_first(self, articles: Numbers, scores: Scores, wanted: int) -> Numbers:
        """Sums are rounded, so that the order can't hang on the last bit of a float."""
        own = np.round(scores[articles], _DECIMALS)
        if wanted < len(articles):
            # Only those that can be among the best are sorted; ties at the edge all take part.
            least = np.partition(own, len(own) - wanted)[len(own) - wanted]
            articles, own = articles[own >= least], own[own >= least]
        return articles[np.lexsort((self._columns.newest[articles], -own))][:wanted]

    def _nearness(self, asked: Sequence[Lookup], articles: Sequence[int]) -> Scores:
        words = [_exact_word(lookup) for lookup in asked]
        pairs = [
            (asked[at], asked[at + 1], one, other)
            for at, (one, other) in enumerate(pairwise(words))
            if one and other and one != other
        ]
        positions = {
            word: self._postings.positions(word, articles) for word in {word for pair in pairs for word in pair[2:]}
        }
        rarity = {
            lookup: self._ranking.rarity(len(self._postings.find(lookup))) for pair in pairs for lookup in pair[:2]
        }
        return self._ranking.nearness(
            [
                (positions[one], positions[other], min(rarity[first], rarity[second]))
                for first, second, one, other in pairs
            ],
            articles,
        )

    def _meaning(self, vectors: Vectors | None, articles: Numbers) -> Scores:
        """How near the nearest passage of each article is to the query."""
        near = np.zeros(len(articles))
        if vectors is not None:
            with reading():
                passages = [from_bytes(stored) for stored in self._postings.column("meaning", articles)]
            near[:] = [nearest(own, vectors) for own in passages]
        return near

    def _learned(self, first: Ordered) -> dict[Lookup, float]:
        """Words that the best articles have in common and few others have, with their weights (a relevance model)."""
        best = first.numbers[:LEARNED_FROM]
        total = float(first.scores[best].sum()) or 1.0
        shares: defaultdict[str, float] = defaultdict(float)
        in_order = np.sort(best)
        for number, stored in zip(in_order.tolist(), self._postings.column("terms", in_order), strict=True):
            with reading():
                terms = read_terms(stored)
            length = sum(terms.values())
            for stem, often in terms.items():
                shares[stem] += float(first.scores[number]) / total * often / length
        worth: dict[str, float] = {}
        for stem, share in sorted(shares.items(), key=lambda item: (-round(item[1], 9), item[0]))[:_CANDIDATES]:
            articles = len(self._postings.find(Forms(stem, "")))
            if 1 < articles <= _COMMON * self._columns.live_count:
                worth[stem] = share * self._ranking.rarity(articles)
        chosen = sorted(worth.items(), key=lambda item: (-round(item[1], 9), item[0]))[:LEARNED_WORDS]
        sum_ = sum(value for _, value in chosen)
        whole = LEARNED_WEIGHT / (1 - LEARNED_WEIGHT) * sum(first.asked.values())
        return {Forms(stem, ""): whole * value / sum_ for stem, value in chosen}


def _kept(first: Ordered, second: Ordered) -> Ordered:
    """The second order, except that the best articles of the first stay before all others."""
    kept = first.numbers[:KEPT]
    rest = second.numbers[~np.isin(second.numbers, kept)]
    scores = second.scores.copy()
    scores[kept] = first.scores[kept]
    added = {name: dict(more) for name, more in second.added.items()}
    lift = max(0.0, float(scores[rest[0]] - scores[kept[-1]])) if len(rest) else 0.0
    scores[kept] += lift
    for number in kept.tolist():
        for name, more in added.items():
            more[number] = first.added.get(name, {}).get(number, 0.0)
    added["kept"] = dict.fromkeys(kept.tolist(), lift)
    return Ordered(np.concatenate([kept, rest]), scores, second.asked, added)


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
