"""What was measured of each engine, as JSON and as tables in Markdown."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.engines.processes import Built
from benchmarks.engines.questions import MEANINGS, Kind, Question

CLOSE: Final = 0.02
"""By how much of the greater one two totals may differ and count as equal."""

MEASURE: Final = "tantivy"
"""The engine that the others are put in relation to."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of the questions of one kind, each the median of its rounds. to_measure_p50, to_measure_p99: how many times the
    measure's on the same questions. equal: the share of totals that are the measure's; all three None without it."""

    questions: int
    p50_ms: float
    p99_ms: float
    to_measure_p50: float | None
    to_measure_p99: float | None
    equal: float | None


@dataclass(frozen=True, slots=True)
class Index:
    version: str
    megabytes: float
    built: Built


@dataclass(frozen=True, slots=True)
class Figures:
    """absent: why there are no figures, None where there are. memory_mb: warm, by what was counted (see
    worker.memory_mb)."""

    name: str
    absent: str | None = None
    index: Index | None = None
    opening_ms: float = 0.0
    memory_mb: dict[str, float] = field(default_factory=dict)
    kinds: dict[Kind, Times] = field(default_factory=dict)


median = statistics.median


def percentile_99(taken: Iterable[float]) -> float:
    """Nearest rank: of 100 and fewer, the greatest."""
    ranked = sorted(taken)
    return ranked[math.ceil(len(ranked) * 0.99) - 1]


def times(
    seconds: dict[Question, float],
    totals: dict[Question, int],
    measure: dict[Question, float],
    measure_totals: dict[Question, int],
) -> Times:
    """measure: the seconds of the engine that others are put in relation to; empty where it does not take part."""
    both = [question for question in seconds if question in measure]
    equal = [close(totals[question], measure_totals[question]) for question in both]
    own, other = [seconds[question] for question in both], [measure[question] for question in both]
    return Times(
        questions=len(seconds),
        p50_ms=median(seconds.values()) * 1000,
        p99_ms=percentile_99(seconds.values()) * 1000,
        to_measure_p50=median(own) / median(other) if both else None,
        to_measure_p99=percentile_99(own) / percentile_99(other) if both else None,
        equal=sum(equal) / len(both) if both else None,
    )


def close(one: int, other: int) -> bool:
    return abs(one - other) <= CLOSE * max(one, other)


def tables(found: Sequence[Figures], corpus: dict[str, Any], machine: dict[str, Any], asked: int, rounds: int) -> str:
    there = [one for one in found if one.index is not None]
    kinds = [kind for kind in Kind if any(kind in one.kinds for one in there)]
    names = [one.name for one in there]
    most = max((times.questions for one in there for times in one.kinds.values()), default=0)
    parts = [
        f"{corpus['articles']:,} articles of 300 words: {corpus['words']:,} words, {corpus['distinct_words']:,} "
        f"different ones. Queries of each kind: {asked}, rounds: {rounds}. {machine['processors']} processors, Python "
        f"{machine['python']}.",
        "The queries: " + "; ".join(f"{kind.value}: {MEANINGS[kind]}" for kind in kinds) + ".",
        "Milliseconds to the best 10, the exact total, and the counts by source and by year: p50 / p99.",
        table(
            ["query", *names],
            [[kind.value, *(_spent(one.kinds.get(kind), most) for one in there)] for kind in kinds],
        ),
    ]
    if MEASURE in names:
        parts += [
            f"How many times as long as {MEASURE.capitalize()}, p50 / p99 (below 1 is quicker):",
            table(
                ["query", *(name for name in names if name != MEASURE)],
                [
                    [kind.value, *(_ratios(one.kinds.get(kind)) for one in there if one.name != MEASURE)]
                    for kind in kinds
                ],
            ),
            f"Share of queries whose total is within {CLOSE:.0%} of {MEASURE.capitalize()}'s. Stems, tokens and what "
            "phrases and NEAR mean differ; so few in a row would mean that not the same was asked.",
            table(
                ["query", *(name for name in names if name != MEASURE)],
                [
                    [kind.value, *(_share(one.kinds.get(kind)) for one in there if one.name != MEASURE)]
                    for kind in kinds
                ],
            ),
        ]
    parts += [
        "Indexing, size and memory. Per processor: articles a second of processor time, whatever the clock said. "
        "Memory: of the process when warm, and of that without pages of files. Opening: from a started process to its "
        "first answer, files in the system's cache.",
        table(
            [
                "engine",
                "articles/s",
                "per processor",
                "CPU s per 1,000",
                "peak MB",
                "index MB",
                "warm MB",
                "without files",
                "opening ms",
            ],
            [_costs(one, corpus["articles"]) for one in found],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _spent(times: Times | None, most: int) -> str:
    if times is None:
        return "–"
    short = f" (first {times.questions})" if times.questions < most else ""
    return f"{_round(times.p50_ms)} / {_round(times.p99_ms)}{short}"


def _ratios(times: Times | None) -> str:
    if times is None or times.to_measure_p50 is None or times.to_measure_p99 is None:
        return "–"
    return f"{_round(times.to_measure_p50)} / {_round(times.to_measure_p99)}"


def _share(times: Times | None) -> str:
    return "–" if times is None or times.equal is None else f"{times.equal:.0%}"


def _costs(one: Figures, articles: int) -> list[str]:
    if one.index is None:
        return [one.name, one.absent or "", *[""] * 7]
    built = one.index.built
    return [
        f"{one.name} {one.index.version}" if not one.name.startswith("ours") else one.name,
        f"{articles / built.seconds:,.0f}",
        f"{articles / built.cpu_seconds:,.0f}",
        _round(built.cpu_seconds * 1000 / articles),
        "–" if built.peak_mb is None else f"{built.peak_mb:,.0f}",
        _round(one.index.megabytes),
        *(f"{one.memory_mb[what]:,.0f}" if what in one.memory_mb else "–" for what in ("all", "own")),
        _round(one.opening_ms),
    ]


def _round(figure: float) -> str:
    """Two significant digits, three from 100."""
    if figure >= 100:
        return f"{figure:,.0f}"
    digits = max(0, 1 - math.floor(math.log10(figure))) if figure > 0 else 0
    return f"{figure:.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_between(file: Path, name: str, text: str) -> None:
    """Put a text between the markers `<!-- name -->` and `<!-- /name -->` of a Markdown file.

    Raises ValueError where they are missing.
    """
    whole = file.read_text(encoding="utf-8")
    fresh: Callable[[re.Match[str]], str] = lambda found: f"{found[1]}\n{text.strip()}\n{found[2]}"  # noqa: E731
    written, count = re.subn(rf"(<!-- {name} -->).*?(<!-- /{name} -->)", fresh, whole, count=1, flags=re.DOTALL)
    if not count:
        raise ValueError(f"{file}: the lines <!-- {name} --> and <!-- /{name} --> are missing; put them where it goes.")
    file.write_text(written, encoding="utf-8")
