"""Runs readers in processes of their own, as many as there are processors, with a memory limit and a deadline: a
parser that dies, hangs or eats memory costs the record it was at, and nothing else.

The processes speak over pipes, in pickled messages; the other end is `reading_process`.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from app.domain.record import Unread
from app.ingest.draft import RAW_BYTES, Found, Hints

SECONDS: Final = 60
"""The deadline of one record."""
MEMORY: Final = 1536 * 1024 * 1024
"""Bytes of address space that a reading process may have."""

LENGTH: Final = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reading process may take for one record: seconds, and bytes of memory."""

    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass(slots=True)
class Task:
    """Bytes that are to be read by a reader in a process of its own; `wait` gives what became of them."""

    reader: str
    raw: bytes
    size: int
    hints: Hints
    _outcome: list[Found] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def wait(self) -> list[Found]:
        self._done.wait()
        return self._outcome

    def finish(self, outcome: list[Found]) -> None:
        self._outcome = outcome
        self._done.set()

    def reject(self, reason: str) -> None:
        self.finish([Unread(self.hints.place, reason, self.raw[:RAW_BYTES], self.size, self.reader)])


class Apart:
    """Reading processes, started when they are first needed. To be used as a context; leaving it ends them."""

    def __init__(self, limits: Limits | None = None, processes: int | None = None) -> None:
        self._limits = limits or Limits()
        self.processes = processes or (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
        self._waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._running: set[_Process] = set()
        self._owed = 0
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, error: type[BaseException] | None = None, *_: object) -> None:
        self._ended = True
        if error is not None:  # nobody waits for what is being read
            for process in list(self._running):
                process.stop()
        for _one in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def submit(self, task: Task) -> Task:
        """Have a task done; in order, as processes become free."""
        with self._lock:
            self._owed += 1
            if len(self._threads) < min(self.processes, self._owed):
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._waiting.put(task)
        return task

    def _work(self) -> None:
        process: _Process | None = None
        while (task := self._waiting.get()) is not None:
            if self._ended:
                task.reject("the run was ended before it was read")
                continue
            try:
                if process is None:
                    process = _Process(self._limits)
                    self._running.add(process)
                process.do(task)
            except _Died as died:
                task.reject(str(died))
            except Exception as error:  # noqa: BLE001  (the record it was at is told; the thread goes on)
                task.reject(f"it could not be handed to its reader ({type(error).__name__}: {error})")
                if process is not None:
                    process.stop()
            if process is not None and not process.alive:
                self._running.discard(process)
                process = None
            with self._lock:
                self._owed -= 1
        if process is not None:
            process.end()


class _Died(Exception):
    """The process ended in the middle of a task; the message says how."""


class _Process:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "app.ingest.reading_process", str(limits.seconds), str(limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._late = False
        try:
            receive(cast(BinaryIO, self._process.stdout))  # it is ready: the time to start is not the first record's
        except EOFError:
            self.end()
            raise

    def do(self, task: Task) -> None:
        """Have the process read. Raises _Died."""
        deadline = threading.Timer(self._limits.seconds, self.stop)
        deadline.daemon = True
        deadline.start()
        try:
            send(cast(BinaryIO, self._process.stdin), (task.reader, task.raw, task.size, task.hints))
            outcome = receive(cast(BinaryIO, self._process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process.kill()
            raise _Died(self._why(task)) from None
        finally:
            deadline.cancel()
            if self._process.poll() is not None or self._late:
                self.end()
        task.finish(outcome)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None and not self._late

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        self._late = True
        self._process.kill()

    def _why(self, task: Task) -> str:
        code = self._process.wait()
        if self._late or (hasattr(signal, "SIGALRM") and code == -signal.SIGALRM):
            return f"its reader ({task.reader}) was not done after {self._limits.seconds:g} seconds"
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"its reader ({task.reader}) died over it ({how}); it may be damaged, or made to do harm"


def send(pipe: BinaryIO, message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> list[Found]:
    """The next message. Raises EOFError where there is none."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    found: list[Found] = pickle.loads(data)  # noqa: S301  (from a process of ours)
    return found
