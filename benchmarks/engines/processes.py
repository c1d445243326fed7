"""The engines' processes as the comparison sees them: making indexes, and asking questions over a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.engines.questions import Kind, Question

_SECONDS_BETWEEN_LOOKS: Final = 0.2


class Failed(Exception):
    """An engine's process ended where it should have answered; the message says which and where to look."""


@dataclass(frozen=True, slots=True)
class Built:
    """seconds by the clock; cpu_seconds of all processors; peak_mb: of all the engine's processes together, None where
    the system does not tell."""

    seconds: float
    cpu_seconds: float
    peak_mb: float | None


@dataclass(frozen=True, slots=True)
class Known:
    """What an engine tells of itself: its version, and the kinds of questions that it can answer."""

    version: str
    kinds: frozenset[Kind]


def know(name: str) -> Known | None:
    """None where the engine is not installed."""
    told = _run(name, "know")
    return None if "missing" in told else Known(told["version"], frozenset(map(Kind, told["kinds"])))


def build(name: str, corpus: Path, folder: Path) -> Built:
    """Raises Failed."""
    peak = _Peak()
    told = _run(name, "build", str(corpus), str(folder), peak=peak)
    return Built(told["seconds"], told["cpu_seconds"], peak.megabytes or None)


def _command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.engines.worker", name, *arguments]


def _run(name: str, *arguments: str, peak: _Peak | None = None) -> dict[str, Any]:
    with subprocess.Popen(_command(name, *arguments), stdout=subprocess.PIPE, text=True) as process:
        if peak is not None:
            peak.watch(process)
        told = process.communicate()[0]
    if process.returncode or not told:
        raise Failed(f"{name}: {arguments[0]} ended with {process.returncode}; what it said stands above.")
    found: dict[str, Any] = json.loads(told)
    return found


class Asked:
    """A process of one engine with its index open."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            _command(name, "serve", str(folder)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def open(self, question: Question) -> float:
        """Seconds from opening the index to the first answer; what the engine's code takes to load is not in it."""
        return float(self._do({"open": asdict(question)})["seconds"])

    def ask(self, questions: Sequence[Question], patience: float) -> list[tuple[float, int]]:
        """Seconds and total of each; those that patience (seconds) did not suffice for are left out."""
        told = self._do({"ask": [asdict(question) for question in questions], "patience": patience})
        return [(seconds, total) for seconds, total in told["answers"]]

    def memory_mb(self) -> dict[str, float]:
        found: dict[str, float] = self._do({"memory": True})["memory"]
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _do(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"{self.name}: its process has ended; what it said stands above.") from None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"{self.name}: its process ended instead of answering; what it said stands above.")
        found: dict[str, Any] = json.loads(line)
        return found


class _Peak:
    """The most memory that a process and all below it held at any look; pages that several share count once."""

    def __init__(self) -> None:
        self.megabytes = 0.0

    def watch(self, process: subprocess.Popen[str]) -> None:
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()

    def _watch(self, process: subprocess.Popen[str]) -> None:
        ended = threading.Event()
        while process.poll() is None and not ended.wait(_SECONDS_BETWEEN_LOOKS):
            self.megabytes = max(self.megabytes, sum(map(_held, _family(process.pid))))


def _family(process: int) -> list[int]:
    found = [process]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
    return found


def _held(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
