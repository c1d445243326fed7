"""Which process did something, and whether it still runs: told apart from later processes with the same number."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def whoami() -> str:
    """`process 17/4711 on host`: its number, when it was started, and where."""
    return f"process {os.getpid()}/{_started(os.getpid())} on {socket.gethostname()}"


def has_ended(process: str) -> bool:
    """Whether a process that said so of itself is known to have ended: one of another machine never is."""
    words = process.split()
    if len(words) != 4 or words[3] != socket.gethostname():
        return False
    pid, _, started = words[1].partition("/")
    return not _alive(int(pid)) or _started(int(pid)) != started


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """In the kernel's ticks."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "?"
    return stat.rpartition(")")[2].split()[19]
