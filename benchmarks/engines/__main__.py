"""`make bench`: the comparison with other engines, from the command line.

Prints tables in Markdown; figures as JSON and a chart go to the folder of the work, and where they are asked for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.engines.chart import bar_chart
from benchmarks.engines.contest import Plan, compare
from benchmarks.engines.figures import Figures, tables, write_between
from benchmarks.engines.mixing import NoArticles, corpus_of
from benchmarks.engines.processes import Failed
from benchmarks.engines.questions import Kind
from benchmarks.engines.surroundings import WORK, default_articles, machine_told, say, size
from benchmarks.engines.systems import SYSTEMS

MARKER: Final = "bench:engines"
QUICK: Final = Plan(questions=15, warm=5, rounds=1, patience=20.0)


def main(arguments: Sequence[str]) -> None:
    given = _read(arguments)
    names = given.engines.split(",")
    if unknown := [name for name in names if name not in SYSTEMS]:
        sys.exit(f"{', '.join(unknown)}: no such engine; known are {', '.join(SYSTEMS)}.")
    plan = QUICK if given.quick else Plan()
    plan = Plan(given.questions or plan.questions, plan.warm, given.rounds or plan.rounds, plan.patience, given.fresh)
    folder = Path(given.work) / str(given.size)
    try:
        say(f"{given.size:,} articles")
        corpus = corpus_of(given.articles or default_articles(), given.size, folder)
        found = compare(corpus, names, folder, plan, say)
    except (NoArticles, Failed) as error:
        sys.exit(str(error))
    machine = machine_told()
    told = tables(found, corpus.properties, machine, plan.questions, plan.rounds)
    figures = {
        "machine": machine,
        "corpus": corpus.properties,
        "plan": asdict(plan),
        "engines": list(map(asdict, found)),
    }
    json_file = Path(given.json or folder / "engines.json")
    json_file.write_text(json.dumps(figures, indent=2))
    svg_file = Path(given.chart or folder / "engines.svg")
    svg_file.write_text(chart(found, given.size), encoding="utf-8")
    print(told)
    say(f"figures: {json_file}, chart: {svg_file}")
    if given.write:
        try:
            write_between(Path(given.write), MARKER, told)
        except ValueError as error:
            sys.exit(str(error))


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    reading = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    reading.add_argument("--size", type=size, default=10_000, help="articles to compare on")
    reading.add_argument("--engines", default=",".join(SYSTEMS), help="names parted by commas; all if not given")
    reading.add_argument("--articles", action="append", metavar="PATH", help="what to mix the articles from")
    reading.add_argument("--questions", type=int, help="of each kind")
    reading.add_argument("--rounds", type=int)
    reading.add_argument("--quick", action="store_true", help="few questions, one round: to see whether it works")
    reading.add_argument("--fresh", action="store_true", help="make all indexes anew")
    reading.add_argument("--work", default=str(WORK), metavar="FOLDER", help="articles and indexes are kept there")
    reading.add_argument("--json", metavar="FILE")
    reading.add_argument("--chart", metavar="FILE")
    reading.add_argument("--write", metavar="FILE", help=f"put the tables between <!-- {MARKER} --> and its end there")
    return reading.parse_args(arguments)


def chart(found: Sequence[Figures], size: int) -> str:
    there = [one for one in found if one.kinds]
    groups = {
        kind.value: {one.name: one.kinds[kind].p50_ms for one in there if kind in one.kinds}
        for kind in Kind
        if any(kind in one.kinds for one in there)
    }
    title = f"Milliseconds to a page of results, median, {size:,} articles (logarithmic)"
    return bar_chart(title, "ms", groups, [one.name for one in there])


if __name__ == "__main__":
    main(sys.argv[1:])
