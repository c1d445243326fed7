"""What commands share: the archive that the settings name, errors as one sentence, progress."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.domain.wording import counted
from app.search.engine import IndexBusy, IndexUnavailable
from app.search.thesaurus import ThesaurusError
from app.settings import Settings
from app.store.database import Database, StoreError
from app.store.index_state import LeaseLost, LeaseTaken
from app.store.migrate import migrate, newest_revision, revision
from app.store.runs import Counts

FAILED: Final = 1
WRONG_USE: Final = 2
INTERRUPTED: Final = 130
SECONDS_BETWEEN_LINES: Final = 5.0
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

out: Final = Console(highlight=False, soft_wrap=True)
err: Final = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong, in one sentence, and stop."""
    say(f"Error: {message}")
    raise typer.Exit(code)


def outcomes(counts: Counts) -> str:
    """What became of a run's records."""
    return (
        f"{counts.added:,} added, {counts.revised:,} revised, {counts.unchanged:,} unchanged, "
        f"{counted(counts.duplicates, 'duplicate')}, {counts.rejected:,} rejected"
    )


def say(message: str) -> None:
    """A line for the person, beside the output proper."""
    err.print(message, markup=False)


def settings() -> Settings:
    try:
        found = Settings()
        _ = found.index_folder
    except ValueError as error:
        problems = getattr(error, "errors", None)
        reasons = (
            "; ".join(f"ARCHIVE_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in problems())
            if problems
            else str(error)
        )
        fail(f"a setting is wrong: {reasons}", WRONG_USE)
    return found


@contextmanager
def archive(*, make: bool = False) -> Iterator[tuple[Settings, Database]]:
    """The archive's settings and database. make: begin a new archive where there is none.

    Whatever goes wrong inside is told in one sentence, with the right exit code.
    """
    try:
        found = settings()
        if not make and not exists(found):
            fail(f"there is no archive in {found.data_dir} yet. Begin one with `policy-archive ingest` or `demo`.")
        database = Database(found.database)
        try:
            _check_schema(database)
            yield found, database
        finally:
            database.close()
    except (StoreError, IndexUnavailable, IndexBusy) as error:
        fail(str(error))
    except ThesaurusError as error:
        fail(f"{error} Mend the file, or name another in ARCHIVE_THESAURUS.", WRONG_USE)
    except LeaseTaken as error:
        fail(f"{error}. Wait until it is done, and try again.")
    except LeaseLost as error:
        fail(f"{error}. Nothing is lost; run the command again if something is missing.")
    except OSError as error:
        if error.errno in _NO_ROOM:
            fail(
                f"there is no room left to write {error.filename or 'a file'} ({error.strerror}). What was stored "
                "stays stored; make room, and run the command again."
            )
        fail(f"{error.filename or 'a file'}: {error.strerror or error}. Check that it exists and who may write there.")
    except KeyboardInterrupt:
        say("Interrupted. What was stored stays stored; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None


def exists(found: Settings) -> bool:
    return bool(found.database_url) or (found.data_dir / "archive.sqlite3").exists()


def _check_schema(database: Database) -> None:
    at, newest = revision(database), newest_revision()
    if at is None or at > newest:
        migrate(database)
    elif at < newest:
        raise StoreError(f"The database is at schema {at}; this program needs {newest}. Run `policy-archive migrate`.")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """Shows how far long work is: a bar on a terminal, a line every few seconds elsewhere. Told done, total and a
    note."""
    if err.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(show_speed=True),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=err, transient=True) as bars:
            task = bars.add_task(what, total=None, note="")
            yield lambda done, total, note: bars.update(task, completed=done, total=total, note=note)
        return
    every_few_seconds = _Seldom()

    def line(done: int, total: int | None, note: str) -> None:
        of = f" of {total:,}" if total else ""
        every_few_seconds.say(lambda seconds: f"{what}: {done:,}{of}, {done / seconds:,.0f}/s {note}".rstrip())

    yield line


@contextmanager
def reading_progress() -> Iterator[Callable[[int, int, int | None, str], None]]:
    """Shows how far reading is, with the rate of records and the time left. Told the records, the bytes done and in all
    (None where nobody knows), and the input."""
    started = time.monotonic()
    if err.is_terminal:
        columns = (
            TextColumn("Reading"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[records]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=err, transient=True) as bars:
            task = bars.add_task("Reading", total=None, records="", note="")

            def bar(records: int, done: int, total: int | None, note: str) -> None:
                rate = records / max(time.monotonic() - started, 1e-3)
                told = f"{records:,} records, {rate:,.0f}/s"
                bars.update(task, completed=done, total=total, records=told, note=note)

            yield bar
        return
    every_few_seconds = _Seldom()

    def line(records: int, done: int, total: int | None, note: str) -> None:
        def told(seconds: float) -> str:
            left = (
                f", {done / total:.0%}, about {_span(seconds * (total - done) / done)} left" if total and done else ""
            )
            return f"Reading: {records:,} records, {records / seconds:,.0f}/s{left} {note}".rstrip()

        every_few_seconds.say(told)

    yield line


class _Seldom:
    """Says how far something is every few seconds, however often it is told."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()

    def say(self, told: Callable[[float], str]) -> None:
        """told: the line, given the seconds since the beginning."""
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            say(told(now - self._started))


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def utf8_output() -> None:
    """Print any article on any terminal: what its encoding lacks is shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
