"""Puts the same questions to all engines in turns, and gathers what each took.

A round begins with fresh processes, which open their indexes and answer other questions until they are warm; then each
is asked each question once, kind by kind, another engine beginning each time. So nothing is answered from what an
engine kept of the very same question, and whatever else the machine does meets all alike.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.engines.corpus import Corpus
from benchmarks.engines.figures import MEASURE, Figures, Index, median, times
from benchmarks.engines.processes import Asked, Built, Failed, Known, build, know
from benchmarks.engines.questions import Kind, Question, draw

FIRST: Final = Kind.COMMON
"""The kind of the first question to a fresh process: one that every system answers."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """questions: of each kind; warm: others of each kind before them. patience: seconds that an engine may take for
    the questions of one kind in a round; those left then are not asked. fresh: make indexes anew that are there."""

    questions: int = 100
    warm: int = 20
    rounds: int = 3
    patience: float = 60.0
    fresh: bool = False


@dataclass(slots=True)
class _Taken:
    """By kind and question: seconds of each round, and the total."""

    seconds: dict[Kind, dict[Question, list[float]]] = field(default_factory=dict)
    totals: dict[Kind, dict[Question, int]] = field(default_factory=dict)
    opening: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)


def compare(corpus: Corpus, names: Sequence[str], folder: Path, plan: Plan, say: Say) -> list[Figures]:
    """In the order of the names. folder: indexes are kept there for the next time. Raises Failed."""
    there = {name: known for name in names if (known := know(name)) is not None}
    absent = {name: "not installed" for name in names if name not in there}
    indexes: dict[str, Index] = {}
    for name in list(there):
        try:
            indexes[name] = _index(name, there[name].version, corpus, folder / name, plan.fresh, say)
        except Failed as error:
            # At a million articles an engine may not have the memory; the others go on.
            say(str(error))
            absent[name] = "indexing failed"
            del there[name]
    for name, reason in absent.items():
        say(f"{name}: {reason}")
    taken = {name: _Taken() for name in there}
    drawn = draw(corpus, plan.questions + plan.warm)
    for number in range(plan.rounds):
        say(f"round {number + 1} of {plan.rounds}")
        _round(folder, there, drawn, plan, number, taken)
    measure = taken.get(MEASURE, _Taken())
    return [
        Figures(name, absent[name]) if name in absent else _figures(name, indexes[name], taken[name], measure)
        for name in names
    ]


def _index(name: str, version: str, corpus: Corpus, folder: Path, fresh: bool, say: Say) -> Index:
    """The engine's index of the corpus, made unless it is there from before."""
    note, index = folder / "built.json", folder / "index"
    if note.exists() and not fresh:
        known = json.loads(note.read_text())
        if (known["version"], known["corpus"]) == (version, corpus.digest):
            return Index(version, known["megabytes"], Built(**known["built"]))
    say(f"{name}: indexing {corpus.articles:,} articles")
    shutil.rmtree(folder, ignore_errors=True)
    index.mkdir(parents=True)
    built = build(name, corpus.file, index)
    megabytes = sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 1e6
    note.write_text(
        json.dumps({"version": version, "corpus": corpus.digest, "megabytes": megabytes, "built": asdict(built)})
    )
    return Index(version, megabytes, built)


def _round(
    folder: Path,
    there: dict[str, Known],
    drawn: dict[Kind, list[Question]],
    plan: Plan,
    number: int,
    taken: dict[str, _Taken],
) -> None:
    with ExitStack() as stack:
        engines = [stack.enter_context(closing(Asked(name, folder / name / "index"))) for name in there]
        for engine in engines:
            taken[engine.name].opening.append(engine.open(drawn[FIRST][0]))
            for kind in there[engine.name].kinds:
                engine.ask(drawn[kind][: plan.warm], plan.patience)
        for turn, (kind, questions) in enumerate(drawn.items(), start=number):
            for engine in _from(engines, turn):
                if kind not in there[engine.name].kinds:
                    continue
                own = taken[engine.name]
                asked = questions[plan.warm :]
                for question, (seconds, total) in zip(asked, engine.ask(asked, plan.patience), strict=False):
                    own.seconds.setdefault(kind, {}).setdefault(question, []).append(seconds)
                    own.totals.setdefault(kind, {})[question] = total
        for engine in engines:
            for what, megabytes in engine.memory_mb().items():
                taken[engine.name].memory.setdefault(what, []).append(megabytes)


def _from(engines: Sequence[Asked], first: int) -> Iterator[Asked]:
    for place in range(len(engines)):
        yield engines[(first + place) % len(engines)]


def _figures(name: str, index: Index, own: _Taken, measure: _Taken) -> Figures:
    return Figures(
        name,
        index=index,
        opening_ms=median(own.opening) * 1000,
        memory_mb={what: median(megabytes) for what, megabytes in own.memory.items()},
        kinds={
            kind: times(
                _medians(asked), own.totals[kind], _medians(measure.seconds.get(kind, {})), measure.totals.get(kind, {})
            )
            for kind, asked in own.seconds.items()
        },
    )


def _medians(asked: dict[Question, list[float]]) -> dict[Question, float]:
    return {question: median(seconds) for question, seconds in asked.items()}
