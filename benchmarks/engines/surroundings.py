"""Where a comparison takes its articles from and keeps its work, and on what machine it is made."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
REAL: Final = ROOT.parent / "shared" / "data"
"""Real articles, where they lie beside the checkout; else our samples are mixed."""
WORK: Final = ROOT / "data" / "bench"


FEWEST: Final = 50
"""Articles that can be compared on: of fewer, not every kind of query can be drawn."""


def size(text: str) -> int:
    """How many articles somebody asks for on the command line."""
    if not text.isdecimal() or int(text) < FEWEST:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of articles from {FEWEST}")
    return int(text)


def default_articles() -> list[str]:
    return [str(REAL if REAL.is_dir() else ROOT / "seeds")]


def machine_told() -> dict[str, Any]:
    return {
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
