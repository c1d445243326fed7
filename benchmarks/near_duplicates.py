"""How well near-duplicates are told: pairs whose truth is known, made from real articles by rule, and all pairs found.

Each copy is an article as newsrooms edit it; each stranger shares with an article what templates and quotations share.
Run: python -m benchmarks.near_duplicates FILE.jsonl.gz ... [--pairs]
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from app.search.engine import IndexDocument
from app.search.near_duplicates import Marks, Shingles, marks, resemblance, shingles
from app.search.whoosh import create, open_engine, open_writer
from app.search.whoosh.near import Kept, Marked, NearDuplicates

ARTICLES: Final = 600
"""Articles, evenly from all that are given, of which copies and strangers are made."""

THRESHOLDS: Final = (0.7, 0.75, 0.8, 0.85, 0.9)
BITS_APART: Final = (3, 6, 9, 12)
"""Of 64, up to which SimHash takes two texts for near-duplicates."""

Text = tuple[str, ...]
Change = Callable[[Random, Text, Text], Text]
"""Takes an article's paragraphs, and those of another article."""

_FIGURE: Final = re.compile(r"\d+")
_NAME: Final = re.compile(r"\b[A-Z][a-z]{3,}\b")


def cut(random: Random, text: Text, _: Text) -> Text:
    """A tenth of the paragraphs taken out, at one place."""
    count = max(1, len(text) // 10)
    at = random.randrange(len(text) - count + 1)
    return text[:at] + text[at + count :]


def lead(_: Random, text: Text, other: Text) -> Text:
    """Another lead before the first paragraph."""
    return (" ".join(" ".join(other).split()[:30]), *text)


def words(random: Random, text: Text, _: Text) -> Text:
    """One word in a hundred put in the place of another."""
    return tuple(
        " ".join("another" if random.random() < 0.01 else word for word in paragraph.split()) for paragraph in text
    )


def correction(random: Random, text: Text, _: Text) -> Text:
    """One figure corrected."""
    places = [at for at, paragraph in enumerate(text) if _FIGURE.search(paragraph)]
    if not places:
        return text
    at = random.choice(places)
    return (*text[:at], _FIGURE.sub(lambda figure: _other_figure(random, figure), text[at], count=1), *text[at + 1 :])


def frame(_: Random, text: Text, __: Text) -> Text:
    """A byline above and rights below."""
    return ("From our own correspondent, 12.30", *text, "© The Gazette. No part of it may be used without our leave.")


def order(random: Random, text: Text, _: Text) -> Text:
    """Two paragraphs that changed places."""
    one, other = sorted((random.randrange(len(text)), random.randrange(len(text))))
    if one == other:
        return text
    return (*text[:one], text[other], *text[one + 1 : other], text[one], *text[other + 1 :])


def scan(random: Random, text: Text, _: Text) -> Text:
    """One letter in five hundred read wrongly."""
    return tuple(
        "".join(random.choice("lI1oec") if letter.isalpha() and random.random() < 0.002 else letter for letter in one)
        for one in text
    )


def typography(_: Random, text: Text, __: Text) -> Text:
    """Other quotation marks and dashes, broken into lines."""
    changed = (one.replace("'", "’").replace('"', "“").replace(" - ", "—").replace(", ", ",\n") for one in text)
    return tuple(changed)


def figures(random: Random, text: Text, _: Text) -> Text:
    """The same sentences with every figure another: next year's report."""
    return tuple(_FIGURE.sub(lambda figure: _other_figure(random, figure), paragraph) for paragraph in text)


def half_the_figures(random: Random, text: Text, _: Text) -> Text:
    """The same sentences with each second figure another."""
    return tuple(
        _FIGURE.sub(lambda figure: _other_figure(random, figure) if random.random() < 0.5 else figure[0], paragraph)
        for paragraph in text
    )


def names(random: Random, text: Text, _: Text) -> Text:
    """The same sentences of three others."""
    found = _NAME.findall("\n".join(text))
    chosen = sorted(set(found), key=lambda name: (-found.count(name), name))[:3]
    others = dict(zip(chosen, random.sample(["Zubrovia", "Karelon", "Mirandel", "Ostovar"], 3), strict=False))
    return tuple(_NAME.sub(lambda name: others.get(name[0], name[0]), paragraph) for paragraph in text)


def quotation(_: Random, text: Text, other: Text) -> Text:
    """Half of the article quoted within another."""
    return (*other[: len(other) // 2], *text[: len(text) // 2], *other[len(other) // 2 :])


COPIES: Final[tuple[Change, ...]] = (cut, lead, words, correction, frame, order, scan, typography)
STRANGERS: Final[tuple[Change, ...]] = (figures, half_the_figures, names, quotation)


def _other_figure(random: Random, figure: re.Match[str]) -> str:
    return "".join(str((int(digit) + random.randint(1, 9)) % 10) if digit.isascii() else digit for digit in figure[0])


def read(files: Sequence[Path]) -> Iterator[tuple[str, str, Text]]:
    """Name, title and paragraphs of each article."""
    for file in files:
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
            for line in lines:
                record = json.loads(line)
                text = tuple(part for part in re.split(r"\n\s*\n", record.get("text") or "") if part.strip())
                yield f"{file.name.partition('.')[0]}: {record.get('id')}", record.get("title") or "", text


def found(one: Marks, other: Marks) -> bool:
    """Whether an archive of these two would show them as one."""
    marked = Marked(
        np.arange(2),
        np.arange(2),
        np.stack([one.signature, other.signature]),
        *(
            Kept.of(both, [np.array([len(kept)]) for kept in both])
            for both in ([one.figures, other.figures], [one.names, other.names])
        ),
    )
    return NearDuplicates(marked, 2).pairs == 1


def simhash(own: Shingles) -> npt.NDArray[np.bool_]:
    """Shape (64,): of each bit, what most shingles have (Charikar 2002)."""
    bits = (own[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    of_most: npt.NDArray[np.bool_] = bits.mean(axis=0) > 0.5
    return of_most


def measure(articles: Sequence[Text]) -> None:
    print(f"\n{'':>18} {'pairs':>6} {'found':>6}  Jaccard>={' '.join(f'{limit:6}' for limit in THRESHOLDS)}", end="")
    print(f"  SimHash<={' '.join(f'{bits:5}' for bits in BITS_APART)}")
    totals: dict[bool, list[npt.NDArray[np.float64]]] = {True: [], False: []}
    for changes, true in ((COPIES, True), (STRANGERS, False)):
        for change in changes:
            random = Random(change.__name__)
            rows = []
            for at, text in enumerate(articles):
                other = change(random, text, articles[(at + 1) % len(articles)])
                one_marks, other_marks = marks(text), marks(other)
                if other == text or one_marks is None or other_marks is None:
                    continue
                one, two = shingles(text), shingles(other)
                share, apart = resemblance(one, two), int((simhash(one) != simhash(two)).sum())
                rows.append(
                    [found(one_marks, other_marks), *(share >= limit for limit in THRESHOLDS)]
                    + [apart <= bits for bits in BITS_APART]
                )
            own = np.array(rows, np.float64)
            totals[true].append(own)
            _line(change.__name__, own)
    for true, name in ((True, "copies"), (False, "strangers")):
        _line(name, np.concatenate(totals[true]))


def _line(name: str, rows: npt.NDArray[np.float64]) -> None:
    ours, *others = (f"{share:6.1%}" for share in rows.mean(axis=0))
    ways = len(THRESHOLDS)
    print(f"{name:>18} {len(rows):6} {ours}           {' '.join(others[:ways])}            {' '.join(others[ways:])}")


def all_pairs(articles: Sequence[tuple[str, str, Text]], *, tell: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder))
        with open_writer(Path(folder), alone=True) as writer:
            for at, (_, title, text) in enumerate(articles):
                writer.put(IndexDocument(f"{at:07}", title, "", text))
            writer.commit(whole=True)
        engine = open_engine(Path(folder), 1)
        started = time.perf_counter()
        engine.near_duplicates("0000000")
        print(f"\nFinding all pairs took {time.perf_counter() - started:.3f} s, reading included.")
        pairs = []
        for at, (_, _, text) in enumerate(articles):
            for other in map(int, engine.near_duplicates(f"{at:07}")):
                if at < other:
                    pairs.append((resemblance(shingles(text), shingles(articles[other][2])), at, other))
        engine.close()
    print(f"{len(pairs):,} pairs among {len(articles):,} articles.")
    for share, at, other in sorted(pairs) if tell else ():
        print(f"{share:.3f}  {articles[at][0]}  {articles[at][1]}\n       {articles[other][0]}  {articles[other][1]}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", nargs="+", type=Path, help="articles as .jsonl or .jsonl.gz")
    asked.add_argument("--pairs", action="store_true", help="list all pairs found among them, the least alike first")
    given = asked.parse_args()
    articles = list(read(given.files))
    long_enough = [text for _, _, text in articles if len(text) > 3 and marks(text) is not None]
    step = max(1, len(long_enough) // ARTICLES)
    chosen = long_enough[::step][:ARTICLES]
    started = time.perf_counter()
    for text in chosen:
        marks(text)
    spent, read_words = time.perf_counter() - started, sum(len(" ".join(text).split()) for text in chosen)
    print(f"{len(chosen)} articles; marks take {spent / read_words * 300_000:.3f} ms for each 300 words.")
    measure(chosen)
    all_pairs(articles, tell=given.pairs)


if __name__ == "__main__":
    main()
