"""One engine in a process of its own, so that its memory is its own: makes its index, or answers over a pipe.

Usage: python -m benchmarks.engines.worker NAME know|build CORPUS FOLDER|serve FOLDER
Writes one JSON object a line to standard output; `serve` reads one a line from standard input.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from benchmarks.engines.corpus import read
from benchmarks.engines.questions import Question
from benchmarks.engines.systems import NotInstalled, System, system


def main(arguments: Sequence[str]) -> None:
    # Whatever an engine prints must not come between.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            own = system(arguments[0])
        except NotInstalled as error:
            _tell(out, {"missing": str(error)})
            return
        match arguments[1:]:
            case ["know"]:
                _tell(out, {"version": own.version(), "kinds": sorted(own.kinds)})
            case ["build", corpus, folder]:
                _tell(out, _build(own, Path(corpus), Path(folder)))
            case ["serve", folder]:
                for line in sys.stdin:
                    _tell(out, _do(own, Path(folder), json.loads(line)))


def _build(own: System, corpus: Path, folder: Path) -> dict[str, float]:
    """Seconds by the clock, and of processors, with those of processes that the engine started."""
    began, used = time.perf_counter(), _processor_seconds()
    own.build(read(corpus), folder)
    seconds = time.perf_counter() - began
    for process in multiprocessing.active_children():
        process.join()
    return {"seconds": seconds, "cpu_seconds": _processor_seconds() - used}


def _processor_seconds() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _do(own: System, folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    if "open" in asked:
        question = Question.of(**asked["open"])
        began = time.perf_counter()
        own.open(folder)
        own.answer(question)
        return {"seconds": time.perf_counter() - began}
    if "ask" in asked:
        return {"answers": _ask(own, [Question.of(**one) for one in asked["ask"]], asked["patience"])}
    return {"memory": memory_mb()}


def _ask(own: System, questions: Sequence[Question], patience: float) -> list[tuple[float, int]]:
    """Seconds and total of each, until patience (seconds) ends."""
    answers = []
    until = time.perf_counter() + patience
    for question in questions:
        began = time.perf_counter()
        answer = own.answer(question)
        ended = time.perf_counter()
        answers.append((ended - began, answer.total))
        if ended > until:
            break
    return answers


def memory_mb() -> dict[str, float]:
    """What the process holds: all, and without the pages of files, which the system can take back. Linux only; empty
    elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    held = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return {name: int(held[key].split()[0]) / 1024 for name, key in (("all", "VmRSS"), ("own", "RssAnon"))}


def _tell(out: TextIO, told: dict[str, Any]) -> None:
    out.write(json.dumps(told) + "\n")
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
