"""The process in which a reader reads what nobody vouches for: `python -m app.ingest.reading_process SECONDS MEMORY`.

Takes messages from standard input, answers on standard output, and ends with the process that started it.
"""

from __future__ import annotations

import os
import signal
import sys
from io import BytesIO
from typing import BinaryIO, cast

from app.domain.record import Unread
from app.ingest.apart import receive, send
from app.ingest.draft import RAW_BYTES, Found, Hints, Part
from app.ingest.readers import reader


def main() -> None:
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the starting process's matter
    _limit(memory)
    send(answers, [])  # ready
    while True:
        try:
            name, raw, size, hints = cast(tuple[str, bytes, int, Hints], receive(sys.stdin.buffer))
        except EOFError:
            return
        if hasattr(signal, "setitimer"):
            # Should the starting process be gone, nobody else would end a reader that hangs.
            signal.setitimer(signal.ITIMER_REAL, seconds + 5)
        send(answers, read_whole(name, raw, size, hints))
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_whole(name: str, raw: bytes, size: int, hints: Hints) -> list[Found]:
    """All that a reader finds in some bytes; its mistakes are the record's rejection."""
    found: list[Found] = []
    try:
        for one in reader(name).read(cast(BinaryIO, BytesIO(raw)), hints):
            if not isinstance(one, Part):
                found.append(one)
        if not found:
            found.append(Unread(hints.place, "it has no text", raw[:RAW_BYTES], size, name))
    except MemoryError:
        found.append(Unread(hints.place, "reading it takes more memory than a record may", raw[:RAW_BYTES], size, name))
    except RecursionError:
        found.append(Unread(hints.place, "it is nested too deeply", raw[:RAW_BYTES], size, name))
    except Exception as error:  # noqa: BLE001  (parsers raise anything)
        reason = f"its reader ({name}) failed ({type(error).__name__}: {error})"
        found.append(Unread(hints.place, reason[:500], raw[:RAW_BYTES], size, name))
    return found


if __name__ == "__main__":
    main()
