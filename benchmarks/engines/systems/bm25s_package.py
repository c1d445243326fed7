"""bm25s: BM25 as sparse matrices, for ranking all at once. No positions, so no phrases; no patterns; any of the words
only, so no AND. A filter is a mask.

Every article's score is computed, which is how it works: those above 0 answer, the best and the counts are taken from
the arrays. PyStemmer's English stemmer, its English stop words left out, as is its habit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
from Stemmer import Stemmer

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import Kind, Question
from benchmarks.engines.systems import BEST, Answer


class Bm25s:
    kinds = frozenset({Kind.RARE, Kind.COMMON, Kind.OR3, Kind.FILTER})

    def __init__(self) -> None:
        self._stemmer = Stemmer("english")

    def version(self) -> str:
        return str(bm25s.__version__)

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        texts: list[str] = []
        ids: list[str] = []
        sources: list[str] = []
        years: list[int] = []
        for article in articles:
            texts.append(f"{article.title}\n{article.text}")
            ids.append(article.id)
            sources.append(article.source)
            years.append(article.year)
        ranking = bm25s.BM25()
        ranking.index(
            bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False), show_progress=False
        )
        ranking.save(str(folder))
        names, numbers = np.unique(np.array(sources), return_inverse=True)
        np.save(folder / "sources.npy", numbers.astype(np.int32))
        np.save(folder / "years.npy", np.array(years, np.int32))
        (folder / "names.json").write_text(json.dumps({"ids": ids, "sources": names.tolist()}))

    def open(self, folder: Path) -> None:
        self._ranking = bm25s.BM25.load(str(folder), mmap=True)
        self._sources = np.load(folder / "sources.npy")
        self._years = np.load(folder / "years.npy")
        names = json.loads((folder / "names.json").read_text())
        self._ids, self._names = names["ids"], names["sources"]

    def answer(self, question: Question) -> Answer:
        known = self._ranking.vocab_dict
        stems = [stem for stem in self._stemmer.stemWords(list(question.words)) if stem in known]
        scores = self._ranking.get_scores(stems, self._mask(question)) if stems else np.zeros(len(self._ids))
        answering = np.flatnonzero(scores > 0)
        own = scores[answering]
        if len(answering) > BEST:
            among = np.argpartition(-own, BEST)[:BEST]
            best = answering[among[np.argsort(-own[among], kind="stable")]]
        else:
            best = answering[np.argsort(-own, kind="stable")]
        sources = np.bincount(self._sources[answering], minlength=len(self._names))
        years = np.bincount(self._years[answering])
        return Answer(
            len(answering),
            tuple(self._ids[number] for number in best.tolist()),
            {self._names[at]: int(sources[at]) for at in np.flatnonzero(sources).tolist() if self._names[at]},
            {at: int(years[at]) for at in np.flatnonzero(years).tolist() if at},
        )

    def _mask(self, question: Question) -> npt.NDArray[np.float32] | None:
        if question.kind is not Kind.FILTER:
            return None
        source = self._names.index(question.source) if question.source in self._names else -1
        passing: npt.NDArray[np.bool_] = (self._sources == source) & (self._years == question.year)
        return passing.astype(np.float32)
