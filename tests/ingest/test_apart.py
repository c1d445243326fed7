"""Readers that hang, die, or eat memory cost one record; the others are read all the same."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from app.domain.record import Unread
from app.ingest.apart import Apart, Limits, Task
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.readers import FORMATS, Format
from tests.ingest.readers.files import zipped

PAGE = b"<title>Ports</title><h1>Ports</h1><p>Ministers met to weigh how the port could be reopened.</p>"


def task(format: str, raw: bytes, file: str = "a") -> Task:
    return Task(format, raw, len(raw), Hints.of(file))


def outcome(one: Task) -> Draft | Unread:
    (only,) = one.wait()
    assert isinstance(only, Draft | Unread)
    return only


def test_documents_are_read_in_other_processes_in_order() -> None:
    with Apart(processes=2) as apart:
        tasks = [apart.submit(task("html", PAGE.replace(b"Ports", b"Ports %d" % n), str(n))) for n in range(20)]
        titles = [one.title.value if isinstance(one := outcome(each), Draft) and one.title else "" for each in tasks]
    assert titles == [f"Ports {n}" for n in range(20)]


def test_what_runs_over_its_time_is_one_rejection() -> None:
    endless = b"".join(b"<p><a href=x>%d</a> some words and more of them here" % n for n in range(300_000))
    with Apart(Limits(seconds=1), processes=1) as apart:
        slow = apart.submit(task("html", endless))
        quick = apart.submit(task("txt", b"Some text."))
        late, fine = outcome(slow), outcome(quick)
    assert isinstance(late, Unread) and "not done after 1 seconds" in late.reason and late.raw == endless[:RAW_BYTES]
    assert isinstance(fine, Draft)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process so")
def test_what_eats_memory_is_one_rejection() -> None:
    with Apart(Limits(memory=400 * 1024 * 1024), processes=1) as apart:
        bomb = apart.submit(task("odt", zipped({"content.xml": b"<a>" + b"<b>x</b>" * 3_000_000 + b"</a>"})))
        fine = apart.submit(task("html", PAGE))
        assert isinstance(outcome(bomb), Unread) and isinstance(outcome(fine), Draft)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_a_reader_that_dies_is_one_rejection(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    others = children()
    with Apart(processes=1) as apart:
        assert isinstance(outcome(apart.submit(task("html", PAGE))), Draft)
        (process,) = children() - others
        os.kill(process, signal.SIGKILL)
        dead = outcome(apart.submit(task("html", PAGE)))
        assert isinstance(dead, Unread) and "died over it" in dead.reason
        assert isinstance(outcome(apart.submit(task("html", PAGE))), Draft)
    assert children() == others


def children() -> set[int]:
    """The processes that this one started and that still run."""
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
                with open(f"/proc/{name}/cmdline") as command:
                    if int(fields[1]) == os.getpid() and "reading_process" in command.read():
                        found.add(int(name))
            except OSError:
                continue
    return found


def test_a_reader_that_makes_a_mistake_says_which() -> None:
    with Apart(processes=1) as apart:
        (only,) = apart.submit(task("no such reader", b"x")).wait()
    assert isinstance(only, Unread) and "failed (KeyError" in only.reason


def test_every_format_has_its_reader() -> None:
    from app.ingest.readers import reader

    for format in FORMATS.values():
        assert isinstance(format, Format) and reader(format.name).name == format.name
