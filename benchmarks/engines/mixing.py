"""Mixes articles to compare engines on: as many as wanted, of 300 words each, from the paragraphs of real ones.

Every word is a real one and stands in a real sentence, so the vocabulary is that of the articles mixed from, however
many are made. The same paths, number and seed give the same articles, and fewer are the first of more.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import snowballstemmer

from app.ingest.apart import Apart
from app.ingest.compose import Given, Unstorable, compose
from app.ingest.draft import Draft
from app.ingest.inputs import find_inputs
from app.ingest.read import read_in_order
from benchmarks.engines.corpus import PLAIN, TOKEN, WORDS, Article, Corpus

_FROM_ONE: Final = 100
"""Words that a mixed article takes from one other."""
_LONGEST_PARAGRAPH: Final = 100
_TRIES: Final = 20


class NoArticles(Exception):
    """There is nothing to mix articles from; the message says where was looked."""


def corpus_of(paths: Sequence[str], count: int, folder: Path, seed: int = 7) -> Corpus:
    """The corpus in a folder, made there first where it is missing. One JSON object a line, as our ingest reads it.

    Raises NoArticles.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, known = folder / "articles.jsonl", folder / "articles.json"
    asked = {"paths": [str(Path(path).resolve()) for path in paths], "count": count, "seed": seed}
    if known.exists() and file.exists():
        found = json.loads(known.read_text())
        if found.pop("asked") == asked:
            return Corpus(file, **found)
    pieces = [piece for article in real_articles(paths) for piece in cut(article)]
    corpus = write(mixed(pieces, count, seed), file)
    found = {name: value for name, value in vars(corpus).items() if name not in ("file", "properties")}
    known.write_text(json.dumps({"asked": asked, **found}))
    return corpus


def real_articles(paths: Sequence[str]) -> Iterator[Article]:
    """What the archive's own readers find in files and folders. Raises NoArticles where that is nothing."""
    inputs, wrong = find_inputs(paths, None)
    if wrong:
        raise NoArticles("\n".join(map(str, wrong)))
    now = datetime.now(UTC)
    number = 0
    with Apart() as apart:
        for _, draft in read_in_order(inputs, apart):
            if not isinstance(draft, Draft):
                continue
            try:
                record = compose(draft, Given(), now)
            except Unstorable:
                continue
            number += 1
            yield Article(
                id=f"r{number}",
                title=record.title.value,
                source=record.source.value if record.source else "",
                published=str(record.published.value)[:10] if record.published else "",
                paragraphs=tuple(" ".join(paragraph.text.split()) for paragraph in record.paragraphs),
            )
    if not number:
        raise NoArticles(f"{', '.join(paths)}: no article that the archive can read is in there.")


def cut(article: Article) -> Iterator[Article]:
    """The article in pieces of at most 300 words: whole paragraphs, but the longest ones cut between words."""
    piece: list[str] = []
    size = number = 0
    for paragraph in article.paragraphs:
        words = paragraph.split()
        for first in range(0, len(words), _LONGEST_PARAGRAPH):
            part = words[first : first + _LONGEST_PARAGRAPH]
            if size + len(part) > WORDS:
                number += 1
                yield Article(f"{article.id}.{number}", article.title, article.source, article.published, tuple(piece))
                piece, size = [], 0
            piece.append(" ".join(part))
            size += len(part)
    if piece:
        yield Article(f"{article.id}.{number + 1}", article.title, article.source, article.published, tuple(piece))


def mixed(pieces: Sequence[Article], count: int, seed: int) -> Iterator[Article]:
    """So many articles, each of some paragraphs in a row from several pieces; title, source and date from the first.

    They have 300 words each, fewer only where a few random pieces don't have as many.
    """
    chance = random.Random(seed)
    for number in range(1, count + 1):
        lead: Article | None = None
        paragraphs: list[str] = []
        size = 0
        for _ in range(_TRIES):
            if size >= WORDS:
                break
            piece = pieces[chance.randrange(len(pieces))]
            lead = lead or piece
            wanted = min(_FROM_ONE, WORDS - size)
            start = chance.randrange(len(piece.paragraphs))
            for paragraph in piece.paragraphs[start:] + piece.paragraphs[:start]:
                words = paragraph.split()[:wanted]
                if words:
                    paragraphs.append(" ".join(words))
                size += len(words)
                wanted -= len(words)
                if not wanted:
                    break
        assert lead is not None
        yield Article(f"a{number:08d}", lead.title, lead.source, lead.published, tuple(paragraphs))


def write(articles: Iterable[Article], file: Path) -> Corpus:
    """Write the articles, one at a time, and count their words on the way."""
    stemmer = snowballstemmer.stemmer("english")
    stem_of: dict[str, str] = {}
    frequencies: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    digest = hashlib.sha256()
    count = words = 0
    unfinished = file.with_suffix(".part")
    with open(unfinished, "wb") as lines:
        for article in articles:
            text = article.text
            record = {"id": article.id, "title": article.title, "text": text}
            if article.source:
                record["source"] = article.source
            if article.published:
                record["published"] = article.published
            line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
            lines.write(line)
            digest.update(line)
            tokens = TOKEN.findall(text.lower())
            count, words = count + 1, words + len(tokens)
            different = set(tokens)
            for token in different:
                if token not in stem_of:
                    stem_of[token] = stemmer.stemWord(token)
            frequencies.update({stem_of[token] for token in different})
            plain.update(PLAIN.findall(text))
    os.replace(unfinished, file)
    forms: dict[str, str] = {}
    for word, _ in plain.most_common():
        forms.setdefault(stem_of.get(word) or stemmer.stemWord(word), word)
    return Corpus(file, count, digest.hexdigest(), words, len(stem_of), dict(frequencies), forms)
